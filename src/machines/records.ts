import { deferralEnd } from '../domain/deferral.ts';
import type { BootSession, Facts } from '../domain/facts.ts';
import { sameBoot } from '../domain/facts.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, type Stamp } from '../domain/instant.ts';
import type { Ledger, PromptKind, RestartBy, Warning } from '../domain/ledger.ts';
import { reached } from '../domain/os-version.ts';
import { decide } from '../policy/decide.ts';
import { backOffMs, failedDownload, observe, unreachable, withoutTarget } from '../policy/observe.ts';
import type { AgentContext } from './context.ts';
import type { DialogOutcome, DownloadOutcome, InstallOutcome, PasswordOutcome } from './effects.ts';
import type { AgentWoke, DialogOpened } from './events.ts';

/**
 * What each event leaves in the context. Every function is pure: context in, changed fields out. The chart names them;
 * the arithmetic is the domain's.
 */
type Change = Partial<AgentContext>;

/** How long macOS may take from accepting an update to the restart before upkeep doubts it. */
export const RESTART_LIMIT_MS = 90 * MINUTE_MS;
/** What a tool says when the way to Apple is the trouble, not the update. */
const NETWORK_REASONS: ReadonlySet<string> = new Set(['unreachable', 'scanFailed']);
/** People may mistype; two below the usual lock-out of five, then not again that day (design rule 9). */
export const PASSWORD_TRIES = 3;
export const STEP_LIMIT = 60;

export function woke(context: AgentContext, event: AgentWoke): Change {
  return { settings: event.settings ?? context.settings, credential: null, steps: 0 };
}

export function rebooted(context: AgentContext, boot: BootSession | null): boolean {
  const before = context.ledger.install?.boot ?? context.ledger.boot;
  return boot !== null && before !== null && !sameBoot(boot, before);
}

/** Whether a resting agent has anything to do: its time has come, or the world changed meanwhile. */
export function isDue(context: AgentContext, event: AgentWoke): boolean {
  if (context.wakeAt === null || event.settings !== null) return true;
  const clockWentBack = context.facts !== null && event.at < context.facts.at;
  return event.at >= context.wakeAt || clockWentBack || rebooted(context, event.boot);
}

export function assessed(context: AgentContext, facts: Facts): Change {
  if (context.settings === null) return {};
  const ledger = observe(context.ledger, facts, context.settings);
  const decision = decide(context.settings, facts, ledger);
  return { facts, ledger, decision, because: decision.because, steps: context.steps + 1 };
}

/** Resting: the wake and the reasons come from the decision; a password is not kept while nothing happens. */
export function settled(context: AgentContext): Change {
  if (context.decision?.kind !== 'rest') return {};
  return { wakeAt: context.decision.wakeAt, because: context.decision.because, credential: null };
}

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
      },
    },
  };
}

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
  const answeredLedger: Ledger = { ...ledger, dialogFailures: 0, askNotBefore: null };
  switch (outcome.answer) {
    case 'now':
      return { ledger: { ...answeredLedger, consent: { at, by: 'person' }, deferral: null } };
    case 'time':
      return {
        ledger: { ...answeredLedger, scheduled: { chosenAt: at, at: outcome.at }, warning: null, deferral: null },
      };
    case 'defer':
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
    case 'acknowledged':
    case 'choose-time':
    case 'back':
      return { ledger: dialogFailed(ledger, at) };
  }
}

function deferred(ledger: Ledger, at: Instant, until: Instant): Ledger {
  if (ledger.target === null) return ledger;
  const target = { ...ledger.target, deferralCount: ledger.target.deferralCount + 1, countedAt: until };
  return { ...ledger, target, deferral: { chosenAt: at, until } };
}

function dialogFailed(ledger: Ledger, at: Instant): Ledger {
  const dialogFailures = ledger.dialogFailures + 1;
  return { ...ledger, dialogFailures, askNotBefore: at + backOffMs(dialogFailures, 6 * HOUR_MS) };
}

/** How a warning dialog ended. Closing it is having seen it; a crash is not, and the warning has to be shown again. */
export function warningEnded(context: AgentContext, outcome: DialogOutcome, stamp: Stamp): Change {
  const { ledger } = context;
  const { at } = stamp;
  if (outcome.answer === 'now') return { ledger: { ...ledger, consent: { at, by: 'person' } } };
  if (outcome.answer !== 'failed' && ledger.warning !== null && ledger.warning.openedAt !== null) {
    const warning = outcome.answer === 'acknowledged' ? seenNow(ledger.warning, stamp) : ledger.warning;
    return { ledger: { ...ledger, warning, dialogFailures: 0 } };
  }
  const dialogFailures = ledger.dialogFailures + 1;
  const text = outcome.answer === 'failed' ? outcome.why : 'the warning never came up';
  const waitMs = Math.min(backOffMs(dialogFailures, HOUR_MS), dialogFailures === 1 ? MINUTE_MS : HOUR_MS);
  const warning = ledger.warning === null ? null : { ...ledger.warning, openedAt: null };
  return {
    ledger: { ...ledger, dialogFailures, warning, notBefore: { at: at + waitMs, code: 'warning dialog', text } },
  };
}

/** Somebody confirmed a warning that had come up unseen: it is seen from this moment on, and counts from it. */
function seenNow(warning: Warning, { at, monotonicMs }: Stamp): Warning {
  return warning.seen === 'unlocked'
    ? warning
    : { ...warning, seen: 'unlocked', openedAt: at, openedMonotonicMs: monotonicMs };
}

export function passwordAnswered(context: AgentContext, outcome: PasswordOutcome, { at }: Stamp): Change {
  const { ledger, decision } = context;
  const by: RestartBy = decision?.kind === 'authorize' ? decision.by : 'person';
  if (outcome.answer === 'typed') {
    const credential = { handle: outcome.handle, user: outcome.user };
    return { credential, ledger: { ...ledger, consent: { at, by }, dialogFailures: 0 } };
  }
  const text =
    outcome.answer === 'failed'
      ? outcome.why
      : outcome.answer === 'declined'
        ? 'the person did not want to type it now'
        : 'nobody typed it';
  return {
    credential: null,
    ledger: { ...ledger, consent: null, notBefore: { at: at + HOUR_MS, code: 'password dialog', text } },
  };
}

export function downloaded(context: AgentContext, outcome: DownloadOutcome, { at }: Stamp): Change {
  const { ledger } = context;
  if (ledger.target === null) return {};
  if (outcome.result === 'failed') {
    const failed = NETWORK_REASONS.has(outcome.reason) ? unreachable : failedDownload;
    return { ledger: failed(ledger, at, outcome.detail) };
  }
  const { label } = ledger.target;
  return { ledger: { ...ledger, networkFailures: 0, download: { label, at, prepared: outcome.prepared } } };
}

/** The intent to install, written before the tool is started, so that a fast restart cannot lose it. */
export function installBegan(context: AgentContext): Change {
  const { ledger, facts, decision } = context;
  if (ledger.target === null || facts === null || !facts.os.known || !facts.boot.known) return {};
  const by = decision?.kind === 'install' || decision?.kind === 'authorize' ? decision.by : 'person';
  const { label, version, build } = ledger.target;
  return {
    ledger: {
      ...ledger,
      install: {
        label,
        from: facts.os.value,
        to: { version, build },
        by,
        startedAt: facts.at,
        boot: facts.boot.value,
        restartExpectedBy: facts.at + RESTART_LIMIT_MS,
      },
    },
  };
}

export function restartExpected(context: AgentContext, { at }: Stamp): Change {
  const { ledger } = context;
  if (ledger.install === null) return {};
  const restartExpectedBy = at + RESTART_LIMIT_MS;
  return {
    credential: null,
    ledger: { ...ledger, install: { ...ledger.install, restartExpectedBy } },
    wakeAt: restartExpectedBy,
    because: [{ code: 'restart-expected', by: restartExpectedBy }],
  };
}

export function installFailed(context: AgentContext, outcome: InstallOutcome, { at }: Stamp): Change {
  const reason = outcome.result === 'failed' ? outcome.reason : outcome.result;
  const detail =
    outcome.result === 'failed' ? outcome.detail : outcome.result === 'unknown' ? outcome.why : outcome.result;
  if (reason === 'authentication') return wrongPassword(context, at);
  const { ledger } = context;
  if (ledger.target === null) return { credential: null, ledger: { ...ledger, install: null } };
  const installFailures = ledger.target.installFailures + 1;
  const gone = reason === 'noSuchUpdate';
  return {
    credential: null,
    ledger: {
      ...ledger,
      install: null,
      consent: null,
      warning: null,
      // The label is gone or replaced: look again before anything else.
      lastScan: gone ? null : ledger.lastScan,
      download: gone ? null : ledger.download,
      target: { ...ledger.target, installFailures, lastFailureAt: at },
      notBefore: { at: at + backOffMs(installFailures + 1, 6 * HOUR_MS), code: 'install', text: detail },
    },
  };
}

/** A mistyped password may be typed again at once, three times; then not before the next day, to keep the account safe. */
function wrongPassword(context: AgentContext, at: Instant): Change {
  const { ledger } = context;
  const passwordAttempts = context.passwordAttempts + 1;
  const spent = passwordAttempts >= PASSWORD_TRIES;
  const text =
    'the password was not accepted three times; to keep the account from locking it is not asked for before tomorrow';
  return {
    credential: null,
    passwordAttempts: spent ? 0 : passwordAttempts,
    ledger: {
      ...ledger,
      install: null,
      consent: spent ? null : ledger.consent,
      notBefore: spent ? { at: at + DAY_MS, code: 'password', text } : ledger.notBefore,
    },
  };
}

/** The Mac never restarted in the time it had. */
export function restartOverdue(context: AgentContext, at: Instant): Change {
  return installFailed(
    context,
    { result: 'failed', reason: 'no-restart', detail: 'macOS took the update but did not restart' },
    { at, monotonicMs: 0 },
  );
}

export function updateReached(context: AgentContext, facts: Facts): boolean {
  const { install } = context.ledger;
  return install !== null && facts.os.known && reached(facts.os.value, install.to);
}

/** Done means: the running version and build are the target's. Only now are counts and deadlines cleared. */
export function updated(context: AgentContext, facts: Facts): Change {
  const { ledger } = context;
  if (ledger.install === null || !facts.os.known) return {};
  const lastUpdate = { from: ledger.install.from, to: facts.os.value, at: facts.at };
  return {
    facts,
    credential: null,
    passwordAttempts: 0,
    ledger: {
      ...withoutTarget(ledger),
      boot: facts.boot.known ? facts.boot.value : ledger.boot,
      install: null,
      lastScan: null,
      lastUpdate,
    },
  };
}

/** The Mac restarted and still runs the old release: what people were promised and counted stays. */
export function notUpdated(context: AgentContext, facts: Facts): Change {
  const { ledger } = context;
  if (ledger.target === null) return { facts, ledger: { ...ledger, install: null } };
  const failed = installFailed(
    context,
    { result: 'failed', reason: 'not-reached', detail: 'after the restart the old version still runs' },
    facts,
  );
  const after = failed.ledger ?? ledger;
  const target = after.target === null ? null : { ...after.target, restarts: after.target.restarts + 1 };
  return { ...failed, facts, ledger: { ...after, target } };
}

export function notValidated(facts: Facts): Change {
  const why = facts.os.known ? '' : facts.os.why;
  return {
    facts,
    wakeAt: facts.at + 15 * MINUTE_MS,
    because: [{ code: 'fact-unknown', fact: 'the macOS version', why }],
  };
}

/** Something failed that has no better answer than waiting a little. */
export function backedOff(what: string, detail: string, { at }: Stamp): Change {
  const nextAt = at + 15 * MINUTE_MS;
  return { wakeAt: nextAt, because: [{ code: 'attempt-failed', what, detail, nextAt }], credential: null };
}
