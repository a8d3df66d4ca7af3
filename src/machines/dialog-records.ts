import { deferralEnd } from '../domain/deferral.ts';
import { HOUR_MS, type Instant, MINUTE_MS, type Stamp } from '../domain/instant.ts';
import type { Ledger, PromptKind, Warning } from '../domain/ledger.ts';
import { backOffMs } from '../policy/observe.ts';
import type { AgentContext, Change } from './context.ts';
import type { DialogOutcome } from './effects.ts';
import type { DialogOpened } from './events.ts';
import { uidOf } from './wake-records.ts';

export function prompted(context: AgentContext, kind: PromptKind, at: Instant): Change {
  const { ledger } = context;
  const id = ledger.promptCount + 1;
  return { ledger: { ...ledger, promptCount: id, prompts: [...ledger.prompts, { id, kind, at, openedAt: null }] } };
}

export function warned(context: AgentContext, at: Instant): Change {
  const { decision } = context;
  const { ledger } = { ...context, ...prompted(context, 'warning', at) };
  if (decision?.kind !== 'warn' || ledger.target === null) return {};
  const { restartAt, why, postponing } = decision;
  return {
    ledger: {
      ...ledger,
      target: {
        ...ledger.target,
        postponements: ledger.target.postponements + (postponing ? 1 : 0),
      },
      warning: {
        promptId: ledger.promptCount,
        restartAt,
        why,
        openedAt: null,
        openedMonotonicMs: null,
        seen: 'unseen',
        boot: null,
        uid: uidOf(context),
        told: wasTold(context.ledger.warning),
      },
    },
  };
}

const wasTold = (warning: Warning | null): boolean => warning !== null && (warning.openedAt !== null || warning.told);

export function dialogOpened(context: AgentContext, event: DialogOpened): Change {
  const { ledger } = context;
  const prompts = ledger.prompts.map((prompt) =>
    prompt.id === event.promptId && prompt.openedAt === null ? { ...prompt, openedAt: event.at } : prompt,
  );
  const { warning } = ledger;
  if (warning === null || warning.promptId !== event.promptId || warning.openedAt !== null)
    return { ledger: { ...ledger, prompts } };
  const seen = event.screenLocked === false ? 'unlocked' : 'unseen';
  const opened = {
    ...warning,
    openedAt: event.at,
    openedMonotonicMs: event.monotonicMs,
    seen,
    boot: event.boot,
  } as const;
  return { ledger: { ...ledger, prompts, warning: opened } };
}

/** What a person said in a choice, soft-deadline or schedule dialog. */
export function answered(context: AgentContext, outcome: DialogOutcome, { at }: Stamp): Change {
  const { ledger, settings, decision } = context;
  if (ledger.target === null || settings === null) return {};
  const limit = decision?.kind === 'ask' ? decision.limit : null;
  const answeredLedger: Ledger = { ...ledger, dialogFailures: 0, dialogTrouble: null, askNotBefore: null };
  switch (outcome.answer) {
    case 'now':
      return { ledger: { ...answeredLedger, consent: { at, by: 'person', uid: uidOf(context) }, deferral: null } };
    case 'time':
      // The dialog stood so long that the time cannot be kept any more: ask again with times that can.
      if (outcome.at < at + settings.warning.floorMinutes * MINUTE_MS) return { ledger: answeredLedger };
      return {
        ledger: { ...answeredLedger, scheduled: { chosenAt: at, at: outcome.at }, warning: null, deferral: null },
      };
    case 'defer':
      // The limit passed while the dialog stood there: nothing is left to give, so nothing is counted.
      if (limit !== null && at >= limit) return { ledger: answeredLedger };
      return { ledger: deferred(answeredLedger, at, deferralEnd(at, outcome.minutes, limit)) };
    case 'timed-out': {
      // Nobody answered a dialog that stood on the screen: it counts as the default deferral where one is left to take.
      const opened = ledger.prompts.at(-1)?.openedAt !== null;
      const until = deferralEnd(at, settings.deferral.defaultMinutes, limit);
      const again = at + settings.deferral.defaultMinutes * MINUTE_MS;
      if (decision?.kind === 'ask' && decision.prompt === 'choice' && opened)
        return { ledger: deferred(answeredLedger, at, until) };
      return { ledger: { ...answeredLedger, askNotBefore: again } };
    }
    case 'no-answer':
      return { ledger: { ...answeredLedger, askNotBefore: at + settings.deferral.defaultMinutes * MINUTE_MS } };
    case 'failed':
      return { ledger: dialogFailed(ledger, at, outcome.why) };
    case 'acknowledged':
    case 'choose-time':
    case 'back':
      return { ledger: dialogFailed(ledger, at, `an answer this dialog does not have (${outcome.answer})`) };
  }
}

function deferred(ledger: Ledger, at: Instant, until: Instant): Ledger {
  if (ledger.target === null) return ledger;
  const target = { ...ledger.target, deferralCount: ledger.target.deferralCount + 1, countedAt: until };
  return { ...ledger, target, deferral: { chosenAt: at, until } };
}

export function dialogFailed(ledger: Ledger, at: Instant, dialogTrouble: string): Ledger {
  const dialogFailures = ledger.dialogFailures + 1;
  return { ...ledger, dialogFailures, dialogTrouble, askNotBefore: at + backOffMs(dialogFailures, 6 * HOUR_MS) };
}

/** How a warning dialog ended. Closing it is having seen it; a crash is not, and the warning has to be shown again. */
export function warningEnded(context: AgentContext, outcome: DialogOutcome, stamp: Stamp): Change {
  const { ledger } = context;
  const { at } = stamp;
  if (outcome.answer === 'now') return { ledger: { ...ledger, consent: { at, by: 'person', uid: uidOf(context) } } };
  if (outcome.answer !== 'failed' && ledger.warning !== null && ledger.warning.openedAt !== null) {
    const warning = outcome.answer === 'acknowledged' ? seenNow(ledger.warning, stamp) : ledger.warning;
    return { ledger: { ...ledger, warning, dialogFailures: 0, dialogTrouble: null } };
  }
  const dialogFailures = ledger.dialogFailures + 1;
  const text = outcome.answer === 'failed' ? outcome.why : 'the warning never came up';
  const waitMs = Math.min(backOffMs(dialogFailures, HOUR_MS), dialogFailures === 1 ? MINUTE_MS : HOUR_MS);
  const warning = ledger.warning === null ? null : { ...ledger.warning, openedAt: null, told: wasTold(ledger.warning) };
  return {
    ledger: {
      ...ledger,
      dialogFailures,
      dialogTrouble: text,
      warning,
      notBefore: { at: at + waitMs, code: 'warning dialog', text },
    },
  };
}

/** Somebody confirmed a warning that had come up unseen: it is seen from this moment on, and counts from it. */
function seenNow(warning: Warning, { at, monotonicMs }: Stamp): Warning {
  return warning.seen === 'unlocked'
    ? warning
    : { ...warning, seen: 'unlocked', openedAt: at, openedMonotonicMs: monotonicMs };
}
