import type { MethodTrouble } from '../../domain/authority.ts';
import type { PushServer, PushService } from '../../ports/push-service.ts';

/** Why nothing could be asked; continues a sentence. */
export const NO_WAY_IN = 'what lets upkeep in there cannot be had';

/** Asks the management server something and closes it again; `shut` answers where it cannot even be opened. */
export async function withServer<T>(
  server: PushServer,
  signal: AbortSignal,
  work: (service: PushService) => Promise<T>,
  shut: (why: Exclude<MethodTrouble, 'not-set'>) => T,
): Promise<T> {
  const service = await server.open(signal);
  if ('refused' in service) return shut(service.refused === 'not-set' ? 'unknown' : service.refused);
  try {
    return await work(service);
  } finally {
    await service.close();
  }
}
