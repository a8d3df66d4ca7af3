import type { Instant } from './instant.ts';

/** With whose password a bootstrap token is escrowed anew: a saved administrator’s, or that of the person at the Mac. */
export type TokenRepairBy = 'saved' | 'person';

/**
 * Why no bootstrap token came of it.
 * - `nobody`: no administrator is there who could do it
 * - `unfit`: one is, and cannot: somebody has to mend that
 * - `unsupported`: the server keeps no token for this Mac
 * - `not-kept`: it was done, and the server does not give the token back
 * - `later`: something that passes by itself
 */
export type TokenRepairTrouble = 'nobody' | 'unfit' | 'unsupported' | 'not-kept' | 'later';

/**
 * `by`: whose password was typed; null where the token proved of use without. `detail` continues a sentence. `forgotten`: nothing
 * was done, since a crash forgot what the person had typed.
 */
export type TokenRepairOutcome =
  | { result: 'repaired'; by: string | null }
  | { result: 'failed'; why: TokenRepairTrouble; detail: string }
  | { result: 'forgotten' };

/** The last try, for the rule that there is one a day. `trouble` null: it went well. */
export type TokenRepair = {
  at: Instant;
  by: TokenRepairBy;
  trouble: { why: TokenRepairTrouble; detail: string } | null;
};
