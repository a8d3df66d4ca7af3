import { type Answer, apiError, cause, empty } from './answers.ts';
import type { Call } from './parts.ts';

export type Members = Readonly<Record<string, unknown>>;

/** The object in the body of a request, or what to answer where there is none. */
export function objectIn({ headers, body }: Call): { ok: true; value: Members } | { ok: false; answer: Answer } {
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return { ok: false, answer: empty(415) };
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return { ok: true, value };
  } catch {
    // Told below, like everything else that is no object.
  }
  return { ok: false, answer: apiError(400, cause('INVALID_JSON', 'The body is not a JSON object')) };
}

export const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Ids are text, but numbers are taken as well. */
export function idIn(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
