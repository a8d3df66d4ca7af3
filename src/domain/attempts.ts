import { type Lockout, lockoutAttempts } from './accounts.ts';
import { DAY_MS, type Instant, MINUTE_MS } from './instant.ts';

/**
 * A password that was, or may have been, tried. It is written down before the try: one that was cut off counts as wrong,
 * since nobody can say that it was not.
 */
export type Attempt = {
  account: string;
  /** Which password: the version of a saved one, or null for one that somebody typed. */
  credential: string | null;
  at: Instant;
  /** Whether it logs in; null until it is known. */
  right: boolean | null;
  /** Whether the startup volume knows it, where that was asked and answered. */
  disk?: boolean | undefined;
};

/** What the last try of a saved password showed; `only-login` and `only-disk` where the two passwords of the account differ. */
export type LastVerdict = 'right' | 'wrong' | 'only-login' | 'only-disk' | null;

/** Null where it was not tried since it was saved, or nobody knows what came of it. */
export function lastVerdict(account: string, credential: string, attempts: readonly Attempt[]): LastVerdict {
  const last = attempts.findLast((one) => one.account === account && one.credential === credential);
  if (last === undefined || last.right === null) return null;
  if (last.right) return last.disk === false ? 'only-login' : 'right';
  return last.disk === true ? 'only-disk' : 'wrong';
}

/** What the Mac says about the account now; null where it does not say. */
export type LockoutFacts = {
  lockout: Lockout;
  /** Wrong passwords in a row so far, whoever typed them. */
  failures: number | null;
  lockedUntil: Instant | 'for good' | null;
};

export type AttemptVerdict =
  | { may: true }
  | {
      may: false;
      why: 'locked' | 'near-lockout' | 'failures-unknown' | 'tried-today' | KnownRefusal;
      until: Instant | null;
    };

/** What a try of a saved password has shown for good: only another version of it is worth a try. */
export type KnownRefusal = 'known-wrong' | 'known-drifted';

/** So many wrong passwords are always left to the person. */
export const LEFT_TO_THE_PERSON = 2;

/**
 * Whether a password of an account may be tried now, so that the account is never locked by it: one try a day for each
 * version of a saved password, none with one that is known to be wrong or to have drifted, and none that could leave the
 * person fewer than two. Pure.
 */
export function mayAttempt(
  { account, credential, at }: { account: string; credential: string | null; at: Instant },
  { lockout, failures, lockedUntil }: LockoutFacts,
  attempts: readonly Attempt[],
): AttemptVerdict {
  if (lockedUntil === 'for good' || (lockedUntil !== null && lockedUntil > at)) {
    return { may: false, why: 'locked', until: lockedUntil === 'for good' ? null : lockedUntil };
  }
  const ours = attempts.filter((attempt) => attempt.account === account);
  if (credential !== null) {
    const refusal = knownRefusal({ account, credential }, ours);
    if (refusal !== null) return { may: false, why: refusal, until: null };
    const same = ours.filter((attempt) => attempt.credential === credential);
    const last = same.reduce((latest, attempt) => Math.max(latest, attempt.at), Number.NEGATIVE_INFINITY);
    // A clock that was set back makes a try look as if it were still to come: that counts as today as well.
    if (last > at - DAY_MS) return { may: false, why: 'tried-today', until: last + DAY_MS };
    if (failures === null) return { may: false, why: 'failures-unknown', until: null };
  }
  // The Mac's count has everybody's tries and knows of each right one; it may be a little slow to count ours.
  const own = failuresInARow(ours, failures === null ? Number.NEGATIVE_INFINITY : at - SLOW_TO_COUNT_MS);
  const limit = (lockoutAttempts(lockout) ?? Number.POSITIVE_INFINITY) - LEFT_TO_THE_PERSON;
  return Math.max(failures ?? 0, own) + 1 > limit ? { may: false, why: 'near-lockout', until: null } : { may: true };
}

/**
 * Whether a saved password that proved right within the day may be given to a tool now. It is most likely still right, so
 * that it was tried today is no hindrance; but it may have been changed since, and then it counts like any other wrong one.
 * Pure.
 */
export function mayUseProven(
  attempt: { account: string; credential: string; at: Instant },
  facts: LockoutFacts,
  attempts: readonly Attempt[],
): AttemptVerdict {
  const others = attempts.filter(
    (one) =>
      one.account !== attempt.account || one.credential !== attempt.credential || one.right === false || isDrifted(one),
  );
  return mayAttempt(attempt, facts, others);
}

/** What the tries of a saved password have shown for good; null where nothing. Pure. */
export function knownRefusal(
  { account, credential }: { account: string; credential: string },
  attempts: readonly Attempt[],
): KnownRefusal | null {
  const same = attempts.filter((attempt) => attempt.account === account && attempt.credential === credential);
  if (same.some(isDrifted)) return 'known-drifted';
  return same.some(({ right }) => right === false) ? 'known-wrong' : null;
}

/** One of the two passwords of an account, and not the other. */
const isDrifted = ({ right, disk }: Attempt): boolean => right !== null && disk !== undefined && right !== disk;

const SLOW_TO_COUNT_MS = 15 * MINUTE_MS;

/** Our own wrong or unfinished tries since the last right one, from a moment on. */
function failuresInARow(attempts: readonly Attempt[], from: Instant): number {
  const lastRight = attempts.findLastIndex(({ right }) => right === true);
  return attempts.slice(lastRight + 1).filter(({ at }) => at > from).length;
}

/** Older tries are forgotten, except for those that showed of a saved password that it is wrong or has drifted. */
const KEPT_MS = 30 * DAY_MS;

/** The same tries without those that no longer matter. Pure. */
export function withoutOldAttempts(attempts: readonly Attempt[], at: Instant): Attempt[] {
  return attempts.filter(
    (attempt) =>
      attempt.at > at - KEPT_MS || (attempt.credential !== null && (attempt.right === false || isDrifted(attempt))),
  );
}
