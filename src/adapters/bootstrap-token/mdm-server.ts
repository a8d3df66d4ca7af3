import { type Fact, known, unknown } from '../../domain/facts.ts';
import { SECOND_MS } from '../../domain/instant.ts';
import type { Http } from '../../ports/http.ts';

const LIMITS = { timeoutMs: 20 * SECOND_MS, answerBytes: 65_536 };

/** The name of the server in the address the Mac calls; the rest of that address is nobody's business. */
export function hostOf(server: string): string | null {
  const url = URL.parse(server);
  return url === null || url.host === '' ? null : url.host;
}

/**
 * Whether an MDM server answers, by asking its host for a page's heading. It needs no credential and changes nothing. A
 * refusal is an answer; an address where there is nothing, or a server that says it is ill or busy, is none.
 */
export async function serverAnswers(http: Http | null, server: string, signal?: AbortSignal): Promise<Fact<boolean>> {
  if (http === null) return unknown('no server is asked for a simulated Mac');
  const url = URL.parse(server);
  if (url === null || url.protocol !== 'https:') return unknown('its address is not one of https');
  const request = { method: 'HEAD', url: `https://${url.host}/`, headers: {}, body: null, limits: LIMITS } as const;
  const result = await http.send(request, signal);
  if (result.kind === 'answer') return known(isAnswer(result.answer.status));
  // Stopped by us, it says nothing of the server.
  return result.why === 'aborted' ? unknown('the question was broken off') : known(false);
}

function isAnswer(status: number): boolean {
  return status < 400 || [401, 402, 403, 405].includes(status);
}
