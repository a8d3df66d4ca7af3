import type { z } from 'zod';
import { nearest } from '../mac/nearest.ts';

/** What stands behind a wrong word, for whoever wrote it. */
export type FaultWordProblem = { allowed: string; nearest?: string };

export type FaultRead<Fault> = { ok: true; fault: Fault } | ({ ok: false } & FaultWordProblem);

/** How the faults of a server are written: each with the option that a word behind its name is for. */
export type FaultWords<Fault> = {
  options: Readonly<Record<string, string | null>>;
  schema: z.ZodType<Fault>;
  /** What a word may stand for besides itself. */
  meant?: (option: string, word: string) => string | null;
};

/** Reads a fault as it is written on a command line: its name, or `name:value` for its main option. */
export function readFault<Fault>(
  words: string,
  { options, schema, meant = () => null }: FaultWords<Fault>,
): FaultRead<Fault> {
  const colon = words.indexOf(':');
  const name = (colon < 0 ? words : words.slice(0, colon)).trim();
  const word = colon < 0 ? null : words.slice(colon + 1).trim();
  if (!Object.hasOwn(options, name)) {
    const names = Object.keys(options);
    const near = nearest(name, names);
    return { ok: false, allowed: `one of: ${names.join(', ')}`, ...(near === undefined ? {} : { nearest: near }) };
  }
  const option = options[name] ?? null;
  if (word !== null && option === null) return { ok: false, allowed: `${name} without a colon` };
  const read = (more: object) => schema.safeParse({ name, ...more });
  if (option === null || word === null) {
    const alone = read({});
    return alone.success ? { ok: true, fault: alone.data } : wrong(name, option, alone.error);
  }
  const asText = read({ [option]: meant(option, word) ?? word });
  if (asText.success) return { ok: true, fault: asText.data };
  const isNumber = word !== '' && !Number.isNaN(Number(word));
  const asNumber = isNumber ? read({ [option]: Number(word) }) : asText;
  return asNumber.success ? { ok: true, fault: asNumber.data } : wrong(name, option, asNumber.error);
}

const wrong = (name: string, option: string | null, error: z.ZodError): { ok: false } & FaultWordProblem => ({
  ok: false,
  allowed: `${name}:${(option ?? '').toUpperCase()} (${error.issues.map(({ message }) => message).join('; ')})`,
});
