import type { Decision } from '../domain/decision.ts';
import type { Facts } from '../domain/facts.ts';
import { DAY_MS, HOUR_MS } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { decideAttended } from './decide-attended.ts';
import { withRotation } from './decide-rotation.ts';
import { withTokenRepair } from './decide-token-repair.ts';
import { decideUnattended } from './decide-unattended.ts';
import { withEnforcedWarning, withHandOver } from './hand-over.ts';
import { withNextStart } from './next-start.ts';
import { backOffMs, readiness } from './observe.ts';
import { withPendingPush, withServerWords } from './pending-push.ts';
import { LOOK_AGAIN_MS, offered, restAt, type Situation, situationOf, unknownFact } from './situation.ts';

const GB_KIB = 1_000_000_000 / 1024;

/**
 * What to do next, and why. Pure: the same settings, facts and ledger always give the same decision.
 *
 * INVARIANTS
 * - An unknown fact never leads to `install`, and never to a default in its place.
 * - `install` with somebody logged in needs their consent of the last half hour, or a warning that was on the screen
 *   long enough (`warningLapse`).
 * - Every `rest` has a `wakeAt` after `facts.at` and at least one reason.
 */
export function decide(settings: Settings, facts: Facts, ledger: Ledger): Decision {
  const repaired = withTokenRepair(decideAboutUpdate(settings, facts, ledger), settings, facts, ledger);
  const wanted = withHandOver(repaired, settings, facts, ledger);
  const decision = withRotation(wanted, settings, facts, ledger);
  const fair = withEnforcedWarning(withNextStart(decision, ledger), settings, facts, ledger);
  return withServerWords(withPendingPush(fair, settings, facts, ledger), ledger);
}

function decideAboutUpdate(settings: Settings, facts: Facts, ledger: Ledger): Decision {
  const at = facts.at;
  const rest = restAt(at);
  if (ledger.pause !== null) {
    return rest('paused', ledger.pause.until, [{ code: 'paused', until: ledger.pause.until }]);
  }
  if (!facts.os.known) return rest('backingOff', at + LOOK_AGAIN_MS, [unknownFact('the macOS version', facts.os.why)]);
  if (!facts.boot.known)
    return rest('backingOff', at + LOOK_AGAIN_MS, [unknownFact('the boot session', facts.boot.why)]);
  if (ledger.target === null) return decideWithoutTarget(settings, facts, ledger, facts.os.value.version);

  const situation = situationOf(settings, facts, ledger, ledger.target);
  const decision = decideAboutBudgets(situation) ?? decideAboutDownload(situation) ?? decideAboutPeople(situation);
  return withDialogTrouble(decision, ledger);
}

/** Where dialogs fail, that is why nobody is asked or warned, whatever else is said: it comes first. */
function withDialogTrouble(decision: Decision, { dialogFailures, dialogTrouble }: Ledger): Decision {
  if (dialogTrouble === null || decision.kind !== 'rest') return decision;
  const trouble: Reason = { code: 'dialog-failing', failures: dialogFailures, detail: dialogTrouble };
  return { ...decision, because: [trouble, ...decision.because] };
}

function decideWithoutTarget(settings: Settings, facts: Facts, ledger: Ledger, running: string): Decision {
  const rest = restAt(facts.at);
  if (ledger.scanFailures > 0) {
    const detail = facts.offers !== null && !facts.offers.known ? facts.offers.why : 'see the log';
    const wakeAt = ledger.scanNextAt ?? facts.at + backOffMs(ledger.scanFailures, settings.scan.everyHours * HOUR_MS);
    return rest('backingOff', wakeAt, [{ code: 'scan-failed', failures: ledger.scanFailures, detail }]);
  }
  if (ledger.lastScan === null) return rest('backingOff', facts.at + LOOK_AGAIN_MS, [{ code: 'never-looked' }]);
  const passedOver = ledger.lastScan.passedOver.map(({ label, why }): Reason => ({ code: 'passed-over', label, why }));
  return rest('upToDate', ledger.lastScan.at + settings.scan.everyHours * HOUR_MS, [
    { code: 'nothing-to-install', running, scannedAt: ledger.lastScan.at },
    ...passedOver,
    ...declaredBeside(facts),
  ]);
}

/** What macOS was told to install although upkeep has not to, as where a managed deferral hides it: nobody is warned of it. */
function declaredBeside({ declared }: Facts): Reason[] {
  if (declared === undefined || !declared.known || declared.value === null) return [];
  const { version, at } = declared.value;
  return [{ code: 'declared-beside', version, at }];
}

/** Attempts have limits; over one, upkeep stops trying this release, says so, and only looks for a newer one. */
function decideAboutBudgets({ settings, target, ledger, at }: Situation): Decision | null {
  const budgets = settings.budgets;
  const spent: [string, number, number][] = [
    ['downloads', target.downloadFailures, budgets.downloadAttempts],
    ['installs', target.installFailures, budgets.installAttempts],
    ['restarts', target.restarts, budgets.restartsPerTarget],
  ];
  for (const [budget, used, limit] of spent) {
    if (used < limit) continue;
    return restAt(at)('halted', at + DAY_MS, [offered(target), { code: 'budget-spent', budget, limit }]);
  }
  if (ledger.notBefore !== null && ledger.notBefore.at > at) {
    const { at: nextAt, code, text } = ledger.notBefore;
    if (code === 'password dialog') {
      return restAt(at)('waiting', nextAt, [offered(target), { code: 'no-password', detail: text, nextAt }]);
    }
    if (code === 'network') return restAt(at)('waiting', nextAt, [offered(target), { code: 'network-down', nextAt }]);
    return restAt(at)('backingOff', nextAt, [
      offered(target),
      { code: 'attempt-failed', what: code, detail: text, nextAt },
    ]);
  }
  return null;
}

function decideAboutDownload(situation: Situation): Decision | null {
  const { facts, ledger, target, settings, at } = situation;
  const rest = restAt(at);
  const state = readiness(ledger, facts);
  if (state === 'ready') return null;
  if (state === 'unknown') {
    const why = facts.staged.known ? '' : facts.staged.why;
    return rest('backingOff', at + LOOK_AGAIN_MS, [offered(target), unknownFact('what is downloaded', why)]);
  }
  if (!facts.availableKiB.known) {
    return rest('backingOff', at + LOOK_AGAIN_MS, [
      offered(target),
      unknownFact('free storage', facts.availableKiB.why),
    ]);
  }
  const neededKiB =
    (target.kind === 'major' ? settings.storage.upgradeGB : settings.storage.updateGB) * GB_KIB + (target.sizeKiB ?? 0);
  if (facts.availableKiB.value < neededKiB) {
    const low: Reason = { code: 'storage-low', availableGB: toGB(facts.availableKiB.value), neededGB: toGB(neededKiB) };
    return rest('waiting', at + HOUR_MS, [offered(target), low]);
  }
  const missing: Reason =
    ledger.downloadedAt === null
      ? { code: 'not-downloaded', label: target.label }
      : { code: 'download-gone', label: target.label, downloadedAt: ledger.downloadedAt };
  return { kind: 'download', because: [offered(target), missing] };
}

function decideAboutPeople(situation: Situation): Decision {
  const { facts, at, target } = situation;
  if (!facts.consoleUser.known) {
    const reason = unknownFact('who is logged in', facts.consoleUser.why);
    return restAt(at)('backingOff', at + LOOK_AGAIN_MS, [offered(target), reason]);
  }
  return facts.consoleUser.value === null ? decideUnattended(situation) : decideAttended(situation);
}

const toGB = (kib: number): number => Math.round((kib / GB_KIB) * 10) / 10;
