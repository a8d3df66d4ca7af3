import { type MethodTrouble, PASSING_TROUBLES } from '../../domain/authority.ts';
import { type ProblemCode, UpkeepError } from '../../domain/problem.ts';
import { refusalRemedy } from '../../domain/refusal-remedies.ts';

/** `credential.later` for what passes by itself, `credential.unfit` for what somebody has to mend. */
export function codeOfTrouble(trouble: MethodTrouble): ProblemCode {
  return PASSING_TROUBLES.has(trouble) ? 'credential.later' : 'credential.unfit';
}

export function troubleError(message: string, { trouble }: { trouble: MethodTrouble }, account: string): UpkeepError {
  return new UpkeepError(codeOfTrouble(trouble), message, {
    remedy: remedyFor(trouble, account),
    facts: { trouble, account },
  });
}

/** What somebody can do about it. */
export function remedyFor(trouble: MethodTrouble, account: string): string {
  return trouble === 'not-set' ? 'Save one with `sudo upkeep auth set`.' : refusalRemedy(trouble, account);
}
