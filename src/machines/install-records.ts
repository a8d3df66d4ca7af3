import type { Facts } from '../domain/facts.ts';
import { type NextStart, UNCERTAIN } from '../domain/filevault.ts';
import { HOUR_MS, type Instant, MINUTE_MS, type Stamp } from '../domain/instant.ts';
import { reached } from '../domain/os-version.ts';
import type { Reason } from '../domain/reason.ts';
import { backOffMs, failedDownload, unreachable, withoutTarget } from '../policy/observe.ts';
import type { AgentContext, Change } from './context.ts';
import type { DownloadOutcome, InstallOutcome } from './effects.ts';
import { mistyped } from './password-records.ts';

/** How long macOS may take from accepting an update to the restart before upkeep doubts it. */
export const RESTART_LIMIT_MS = 90 * MINUTE_MS;
/** What a tool says when the way to Apple is the trouble, not the update. */
const NETWORK_REASONS: ReadonlySet<string> = new Set(['unreachable', 'scanFailed']);

export function downloaded(context: AgentContext, outcome: DownloadOutcome, { at }: Stamp): Change {
  const { ledger } = context;
  if (ledger.target === null) return {};
  if (outcome.result === 'failed') {
    const failed = NETWORK_REASONS.has(outcome.reason) ? unreachable : failedDownload;
    return { ledger: failed(ledger, at, outcome.detail) };
  }
  const { label } = ledger.target;
  return {
    ledger: { ...ledger, networkFailures: 0, downloadedAt: at, download: { label, at, prepared: outcome.prepared } },
  };
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

export function restartExpected(before: AgentContext, { at }: Stamp): Change {
  const context = withStartSettled(before, at);
  const { ledger, because } = context;
  if (ledger.install === null) return {};
  const restartExpectedBy = at + RESTART_LIMIT_MS;
  return {
    credential: null,
    ledger: { ...ledger, install: { ...ledger.install, restartExpectedBy } },
    wakeAt: restartExpectedBy,
    because: [{ code: 'restart-expected', by: restartExpectedBy }, ...because.filter(isAboutStart)],
  };
}

/** Remembered until the Mac has started once more, so that nobody is left to wonder whether the disk is open. */
export function startSettled(context: AgentContext, { at, nextStart }: { at: Instant; nextStart: NextStart }): Change {
  const { ledger, because } = context;
  const { install } = ledger;
  if (install === null) return {};
  const sure = nextStart.unlocked;
  // One that is known to be unlocked does not become doubtful by a second try that says nothing.
  const isNews = sure || (UNCERTAIN.has(nextStart.why) && ledger.nextStart?.sure !== true);
  return {
    ledger: {
      ...ledger,
      install: { ...install, nextStart },
      ...(isNews ? { nextStart: { at, boot: install.boot, sure } } : {}),
    },
    because: sure
      ? because
      : [...because.filter((reason) => !isAboutStart(reason)), { code: 'filevault-stops', why: nextStart.why }],
  };
}

/** The same context where all is known; where upkeep was cut off before it heard, nobody can say. */
function withStartSettled(context: AgentContext, at: Instant): AgentContext {
  if (!isForFileVault(context) || context.ledger.install?.nextStart !== undefined) return context;
  return { ...context, ...startSettled(context, { at, nextStart: { unlocked: false, why: 'cut-off' } }) };
}

function isForFileVault({ decision }: AgentContext): boolean {
  return decision?.kind === 'authorize' && decision.forFileVault === true;
}

function isAboutStart({ code }: Reason): boolean {
  return code === 'filevault-stops' || code === 'filevault-passed-by' || code === 'next-start-unlocked';
}

export function installFailed(before: AgentContext, outcome: InstallOutcome, { at }: Stamp): Change {
  const context = withStartSettled(before, at);
  const reason = outcome.result === 'failed' ? outcome.reason : outcome.result;
  const detail =
    outcome.result === 'failed' ? outcome.detail : outcome.result === 'unknown' ? outcome.why : outcome.result;
  // Where root installs no password was refused, whatever the tool says: it failed like any other install.
  const credential = isForFileVault(context) ? null : context.credential;
  if (reason === 'authentication' && credential !== null) {
    if (credential.method === undefined) return mistyped(context, at);
    const refusals = [...(context.refusals ?? []), { method: credential.method, why: 'wrong-password' as const }];
    return { credential: null, refusals, ledger: { ...context.ledger, install: null } };
  }
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
      parted: null,
      boot: facts.boot.known ? facts.boot.value : ledger.boot,
      install: null,
      push: null,
      server: null,
      handOver: null,
      handOverNot: null,
      lastScan: null,
      lastUpdate,
      order: null,
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
