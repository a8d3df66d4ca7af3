import type { Places } from '../adapters/places.ts';
import type { Http } from '../ports/http.ts';

/**
 * What asks servers for this Mac; nothing is loaded before it does. Null below a root: a simulated Mac is enrolled with a
 * server that is nowhere, and the name it has for it could be somebody's.
 */
export function httpOf({ root }: Pick<Places, 'root'>): Http | null {
  if (root !== '') return null;
  let made: Promise<Http> | null = null;
  return {
    send: async (request, signal) => {
      made ??= nodeHttp();
      return (await made).send(request, signal);
    },
  };
}

async function nodeHttp(): Promise<Http> {
  const { NodeHttp } = await import('../adapters/http/node-http.ts');
  const { systemClock } = await import('../adapters/clock/system-clock.ts');
  return new NodeHttp(systemClock);
}
