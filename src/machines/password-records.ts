import type { ToldWhy } from '../domain/authority.ts';
import { nextLocalMidnight } from '../domain/deferral.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, type Stamp } from '../domain/instant.ts';
import type { RestartBy } from '../domain/ledger.ts';
import type { AgentContext, Change } from './context.ts';
import { dialogFailed } from './dialog-records.ts';
import type { DialogOutcome, PasswordOutcome } from './effects.ts';
import { uidOf } from './wake-records.ts';

/** People may mistype; two below the usual lock-out of five, then not again that day (design rule 9). */
export const PASSWORD_TRIES = 3;
/** How long somebody who has just typed a password is told what became of it. */
const NOTICE_MS = 10 * MINUTE_MS;

export function passwordAnswered(context: AgentContext, outcome: PasswordOutcome, stamp: Stamp): Change {
  const { at } = stamp;
  const { ledger, decision } = context;
  const by: RestartBy = decision?.kind === 'authorize' ? decision.by : 'person';
  const consent = { at, by, uid: uidOf(context) };
  switch (outcome.answer) {
    case 'typed':
      return {
        credential: { handle: outcome.handle, user: outcome.user },
        again: false,
        ledger: { ...ledger, consent, dialogFailures: 0, dialogTrouble: null },
      };
    case 'wrong': {
      const consented = { ...context, ledger: { ...ledger, consent, dialogFailures: 0, dialogTrouble: null } };
      if (outcome.again) return withTelling(mistyped(consented, at), outcome.user, at);
      return notToday(context, at, 'wrong-password', outcome.user, TOLD['near-lockout']);
    }
    case 'cannot':
      return notToday(context, at, outcome.why, outcome.user);
    case 'gone':
      // Whatever was agreed to was agreed to by somebody who has left; the next look says who is there now.
      return { credential: null, again: false, ledger: { ...ledger, consent: null } };
    default:
      return notTyped(context, outcome, at);
  }
}

/** Whether the person has to be told at once what became of the password they typed. */
export function mustBeTold(context: AgentContext, outcome: PasswordOutcome, { at }: Stamp): boolean {
  if (outcome.answer === 'cannot') return true;
  return outcome.answer === 'wrong' && (!outcome.again || triesWith(context, at) >= PASSWORD_TRIES);
}

/** A mistyped password may be typed again at once, three times; then not before the next day, to keep the account safe. */
export function mistyped(context: AgentContext, at: Instant): Change {
  const { ledger } = context;
  const passwordAttempts = triesWith(context, at);
  if (passwordAttempts < PASSWORD_TRIES)
    return { credential: null, passwordAttempts, wrongAt: at, again: true, ledger: { ...ledger, install: null } };
  const text =
    'the password was not accepted three times; to keep the account from locking it is not asked for before tomorrow';
  return {
    credential: null,
    passwordAttempts: 0,
    wrongAt: at,
    again: false,
    ledger: {
      ...ledger,
      install: null,
      consent: null,
      notBefore: { at: at + DAY_MS, code: 'password', text },
    },
  };
}

/** The wrong tries of a day, this one included. */
function triesWith({ passwordAttempts, wrongAt }: AgentContext, at: Instant): number {
  return wrongAt !== undefined && at - wrongAt >= DAY_MS ? 1 : passwordAttempts + 1;
}

function withTelling(change: Change, account: string, at: Instant): Change {
  if (change.again === true) return change;
  return { ...change, telling: { why: 'wrong-password', account, closesAt: at + NOTICE_MS } };
}

function notToday(context: AgentContext, at: Instant, why: ToldWhy, account: string, because = TOLD[why]): Change {
  const text = `the password of ${account} is not asked for before tomorrow: ${because}`;
  return {
    credential: null,
    again: false,
    telling: { why, account, closesAt: at + NOTICE_MS },
    ledger: { ...context.ledger, consent: null, notBefore: { at: at + DAY_MS, code: 'password', text } },
  };
}

/** Why a password is of no use, continuing a sentence. */
export const TOLD: Record<ToldWhy, string> = {
  'not-owner': 'the account is no owner of the volume',
  'no-token': 'the account has no secure token',
  'near-lockout': 'one more wrong password could lock the account',
  locked: 'the account is locked',
  drifted: 'what logs in and what the disk knows are two different passwords',
  'wrong-password': 'it was not accepted',
};

/** Not now: asked again in an hour. Somebody who would have to find another person for it is asked again tomorrow. */
function notTyped(
  context: AgentContext,
  outcome: Extract<PasswordOutcome, { answer: 'declined' | 'timed-out' | 'failed' }>,
  at: Instant,
): Change {
  const { ledger, decision, facts } = context;
  const ofOthers = decision?.kind === 'authorize' && decision.others !== undefined && outcome.answer !== 'failed';
  const text =
    outcome.answer === 'failed'
      ? outcome.why
      : outcome.answer === 'declined'
        ? 'the person did not want to type their password now'
        : 'nobody typed the password';
  const until = ofOthers ? nextLocalMidnight(at, facts?.zone ?? 'UTC') : at + HOUR_MS;
  return {
    credential: null,
    again: false,
    ledger: { ...ledger, consent: null, notBefore: { at: until, code: 'password dialog', text } },
  };
}

/** The person was told; however they put the notice away, that was it for today. */
export function noticeEnded({ ledger }: AgentContext, outcome: DialogOutcome, { at }: Stamp): Change {
  if (outcome.answer === 'failed') return { telling: null, ledger: dialogFailed(ledger, at, outcome.why) };
  return { telling: null, ledger: { ...ledger, toldAt: at, dialogFailures: 0, dialogTrouble: null } };
}
