import { z } from 'zod';
import type { Random } from '../random.ts';
import type { ServerAnswer } from './messages.ts';

/** `times`: how often it strikes before it is used up (without it: always). Instants are those of the server's clock. */
export const usual = { times: z.int().min(1).optional(), from: z.number().optional(), until: z.number().optional() };
/** `on`: only this call. */
export const onCallOf = <const Names extends readonly string[]>(routes: Names) => ({
  ...usual,
  on: z.enum(routes).optional(),
});
export const seconds = z.number().min(0);

/** What can be wrong between any server and whoever calls it; the pages of the servers explain each. */
export function connectionFaults<const Names extends readonly string[]>(routes: Names) {
  const onCall = onCallOf(routes);
  return [
    z.strictObject({ name: z.literal('rate-limited'), ...onCall, retryAfter: seconds.optional() }),
    z.strictObject({ name: z.literal('server-error'), ...onCall }),
    z.strictObject({
      name: z.literal('status'),
      ...onCall,
      status: z.int().min(200).max(599),
      html: z.boolean().default(false),
    }),
    z.strictObject({ name: z.literal('not-json'), ...onCall }),
    z.strictObject({ name: z.literal('huge'), ...onCall, megabytes: z.int().min(1).max(64).default(16) }),
    z.strictObject({ name: z.literal('slow'), ...onCall, seconds: seconds.default(30) }),
    z.strictObject({ name: z.literal('cut-off'), ...onCall }),
    z.strictObject({ name: z.literal('answer-lost'), ...onCall }),
    z.strictObject({ name: z.literal('unreachable'), ...usual }),
    z.strictObject({ name: z.literal('push-lost'), ...usual }),
  ] as const;
}

/** Each with the option that a word behind its name is for, null where it takes none. */
export const CONNECTION_OPTIONS = {
  'rate-limited': 'retryAfter',
  'server-error': 'on',
  status: 'status',
  'not-json': 'on',
  huge: 'megabytes',
  slow: 'seconds',
  'cut-off': 'on',
  'answer-lost': 'on',
  unreachable: null,
  'push-lost': 'times',
} as const;

type Struck = { times?: number | undefined; seconds?: number | undefined; megabytes?: number | undefined };

/** The faults of a server, as far as they are about its answers. */
export interface AnswerFaults {
  strikes(name: 'slow' | 'huge' | 'not-json' | 'cut-off' | 'answer-lost', on: { on?: string }): Struck | null;
}

export type ReadyAnswer = {
  status: number;
  headers: Readonly<Record<string, string>>;
  cookies: readonly string[];
  body: string;
};

/** What becomes of an answer on its way to whoever called: `on` is the call. What was asked for is done by then. */
export function onItsWay(
  faults: AnswerFaults,
  on: { on?: string },
  answer: ReadyAnswer,
  { latencyMs: [least, most], random }: { latencyMs: readonly [number, number]; random: Pick<Random, 'whole'> },
): ServerAnswer {
  const slow = faults.strikes('slow', on);
  const afterMs = (slow?.seconds ?? 0) * 1_000 + (most === 0 ? 0 : random.whole(least, most));
  if (faults.strikes('answer-lost', on) !== null) return { kind: 'lost', afterMs };
  const whole = { ...answer, body: bodyOf(faults, on, answer), afterMs };
  return { kind: faults.strikes('cut-off', on) === null ? 'answer' : 'cut-off', ...whole };
}

function bodyOf(faults: AnswerFaults, on: { on?: string }, { status, body }: ReadyAnswer): string {
  if (status === 204 || status === 304) return '';
  if (faults.strikes('not-json', on) !== null) return '<html><body>Please sign in to the network.</body></html>';
  return body + ' '.repeat((faults.strikes('huge', on)?.megabytes ?? 0) * 1_048_576);
}
