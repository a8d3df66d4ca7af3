import { type Facts, isSomebodyElse, sameBoot, valueOr } from '../domain/facts.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, type Stamp } from '../domain/instant.ts';
import { type Ledger, noTarget, type TrackedTarget } from '../domain/ledger.ts';
import { majorOf, reached } from '../domain/os-version.ts';
import type { Settings } from '../domain/settings.ts';
import { chooseTarget, type Target } from '../domain/target.ts';
import { afterClockSetBack } from './clock-set-back.ts';

/** Consent is for now: after this long without the restart it is asked for again. */
export const CONSENT_LIFE_MS = 30 * MINUTE_MS;
/** How late a promised restart may come; later than that the moment has passed and people are told anew. */
export const LATE_TOLERANCE_MS = 15 * MINUTE_MS;

/** macOS throws an unprepared or prepared asset away after about three days. */
export const STAGED_LIFE_MS = 3 * DAY_MS;

/** Whether the list of updates should be asked for again now. */
export function scanIsDue(ledger: Ledger, settings: Settings, at: Instant): boolean {
  if (
    ledger.scanNextAt !== null &&
    ledger.scanNextAt > at &&
    ledger.scanNextAt - at <= settings.scan.everyHours * HOUR_MS
  ) {
    return false;
  }
  const last = ledger.lastScan?.at;
  // A last scan in the future means the wall clock was set back: look again.
  return last === undefined || last > at || at - last >= settings.scan.everyHours * HOUR_MS;
}

/** Takes new facts into the ledger: what is offered, which target follows from it, what is already there. Pure. */
export function observe(ledger: Ledger, facts: Facts, settings: Settings): Ledger {
  const known = afterClockSetBack(ledger, facts.at, settings);
  return forgetSpent(
    forgetMissedTime(checkDownload(followTarget(takeScan(known, facts, settings), facts, settings), facts), facts),
    facts,
  );
}

function takeScan(ledger: Ledger, facts: Facts, settings: Settings): Ledger {
  if (facts.offers === null) return ledger;
  if (!facts.offers.known) {
    const scanFailures = ledger.scanFailures + 1;
    return {
      ...ledger,
      scanFailures,
      scanNextAt: facts.at + backOffMs(scanFailures, settings.scan.everyHours * HOUR_MS),
    };
  }
  const passedOver = facts.os.known ? chooseTarget(facts.offers.value, facts.os.value, settings.target).passedOver : [];
  return {
    ...ledger,
    lastScan: { at: facts.at, offers: facts.offers.value, passedOver },
    scanFailures: 0,
    scanNextAt: null,
  };
}

/** Which release this Mac is driven to, after the latest scan and with what it runs now. */
function followTarget(ledger: Ledger, facts: Facts, settings: Settings): Ledger {
  if (!facts.os.known || ledger.lastScan === null) return ledger;
  const running = facts.os.value;
  const { target } = chooseTarget(ledger.lastScan.offers, running, settings.target);
  const before = ledger.target;
  if (target === null || reached(running, target)) {
    // An order to install is fulfilled, or void, once a look finds nothing left to install.
    const order = facts.offers?.known ? null : ledger.order;
    if (before === null) return { ...ledger, order };
    // Apple's list is empty now and then for no reason: that must not give every deadline and count a new start.
    const { deferral, scheduled } = ledger;
    const parted = reached(running, before) ? null : { target: before, deferral, scheduled };
    return { ...withoutTarget(ledger), order, parted };
  }
  if (before?.label === target.label) return ledger;
  if (before !== null) return replaceTarget(ledger, before, target, facts, settings);
  const { parted } = ledger;
  if (parted === null) return { ...ledger, target: track(target, facts, settings) };
  if (parted.target.label === target.label) {
    // A chosen time that passed while there was nothing to install was not missed by the person.
    const scheduled = parted.scheduled !== null && parted.scheduled.at > facts.at ? parted.scheduled : null;
    return { ...ledger, ...parted, scheduled, parted: null };
  }
  const { deferral } = parted;
  return replaceTarget({ ...ledger, deferral, parted: null }, parted.target, target, facts, settings);
}

function track(target: Target, facts: Facts, settings: Settings): TrackedTarget {
  const fixed = settings.deadlines.zeroDate;
  return {
    ...target,
    foundAt: facts.at,
    zeroDate: fixed === 'discovery' ? facts.at : fixedZeroDate(fixed, facts.zone),
    zone: facts.zone,
    deferralCount: 0,
    countedAt: facts.at,
    downloadFailures: 0,
    installFailures: 0,
    restarts: 0,
    postponements: 0,
    lastFailureAt: null,
  };
}

function fixedZeroDate(date: string, zone: string): Instant {
  return Temporal.PlainDate.from(date.slice(0, 10)).toZonedDateTime(zone).epochMilliseconds;
}

/**
 * A newer release took the target's place. Days and deferrals already counted stay counted (or Apple's next release
 * would put every deadline off for ever), unless the settings say otherwise or it is another major release. What was
 * promised about the old one (a chosen time, a warning, consent) does not carry over: people agreed to something else.
 */
function replaceTarget(
  ledger: Ledger,
  before: TrackedTarget,
  target: Target,
  facts: Facts,
  settings: Settings,
): Ledger {
  // The zone stays: on a Mac that travels the same local date would fall hours earlier, inside what was promised.
  const fresh = track(target, { ...facts, zone: before.zone }, settings);
  const keeps = settings.deadlines.newTarget === 'keep' && majorOf(before.version) === majorOf(target.version);
  const next = keeps
    ? {
        ...fresh,
        zeroDate: before.zeroDate,
        zone: before.zone,
        deferralCount: before.deferralCount,
        countedAt: before.countedAt,
      }
    : fresh;
  return { ...withoutTarget(ledger), deferral: ledger.deferral, target: next };
}

/** Nothing is left to do for the target: what belonged to it goes too. */
export function withoutTarget(ledger: Ledger): Ledger {
  // Three wrong passwords endanger the account, whichever update they were typed for.
  const notBefore = ledger.notBefore?.code === 'password' ? ledger.notBefore : null;
  return { ...ledger, ...noTarget, notBefore };
}

/**
 * Two sources must agree on what is downloaded. Where the tool said "prepared" and macOS holds nothing, the download
 * failed if that was just now; later it simply was thrown away, and is fetched again without blame.
 */
function checkDownload(ledger: Ledger, facts: Facts): Ledger {
  const { target, download } = ledger;
  if (target === null || download === null || !facts.staged.known) return ledger;
  if (readiness(ledger, facts) !== 'not-downloaded') return ledger;
  if (!download.prepared || facts.at - download.at > HOUR_MS) return { ...ledger, download: null };
  return failedDownload(
    { ...ledger, download: null },
    facts.at,
    'macOS holds no prepared update although the download said so',
  );
}

/** Apple cannot be reached: wait and try again, longer each time, without holding it against the update. */
export function unreachable(ledger: Ledger, at: Instant, text: string): Ledger {
  const networkFailures = ledger.networkFailures + 1;
  return {
    ...ledger,
    networkFailures,
    notBefore: { at: at + backOffMs(networkFailures, 6 * HOUR_MS), code: 'network', text },
  };
}

/** A week after the last failure the attempts are counted anew, so that no Mac stays halted for good. Restarts are not. */
function forgiven(target: TrackedTarget | null, at: Instant): TrackedTarget | null {
  if (target !== null && target.lastFailureAt !== null && target.lastFailureAt > at)
    return { ...target, lastFailureAt: at };
  if (target === null || target.lastFailureAt === null || at - target.lastFailureAt < 7 * DAY_MS) return target;
  return { ...target, downloadFailures: 0, installFailures: 0, lastFailureAt: null };
}

/** Counts a failed download and waits before the next. */
export function failedDownload(ledger: Ledger, at: Instant, text: string): Ledger {
  if (ledger.target === null) return ledger;
  const downloadFailures = ledger.target.downloadFailures + 1;
  return {
    ...ledger,
    target: { ...ledger.target, downloadFailures, lastFailureAt: at },
    notBefore: { at: at + backOffMs(downloadFailures, 6 * HOUR_MS), code: 'download', text },
  };
}

/**
 * The time a person chose has passed and nothing happened, as when the Mac slept. They are asked again rather than
 * restarted at a moment they did not choose; it counts as one more deferral, so that it cannot go on for ever.
 */
function forgetMissedTime(ledger: Ledger, facts: Facts): Ledger {
  const { scheduled, warning, target } = ledger;
  if (scheduled === null || target === null || ledger.install !== null) return ledger;
  // Agreed to since: the password dialog of that very restart may take longer than the tolerance.
  if (ledger.consent !== null && facts.at - ledger.consent.at < CONSENT_LIFE_MS) return ledger;
  const warned = warning !== null && warning.openedAt !== null ? warning.restartAt : 0;
  if (facts.at <= Math.max(scheduled.at, warned) + LATE_TOLERANCE_MS) return ledger;
  const counted = { ...target, deferralCount: target.deferralCount + 1, countedAt: facts.at };
  return { ...ledger, target: counted, scheduled: null, warning: null };
}

function forgetSpent(ledger: Ledger, facts: Facts): Ledger {
  const boot = facts.boot.known ? facts.boot.value : null;
  const restarted = boot !== null && ledger.boot !== null && !sameBoot(boot, ledger.boot);
  return {
    ...ledger,
    boot: boot ?? ledger.boot,
    nobodySince: nobodySince(ledger, facts, restarted),
    awakeSince: unlessSlept(ledger.awakeSince, facts, restarted),
    awaySince: awaySince(ledger, facts),
    // One start uses it up, whoever made it.
    ...(ledger.nextStart && boot !== null && !sameBoot(boot, ledger.nextStart.boot) ? { nextStart: null } : {}),
    target: forgiven(ledger.target, facts.at),
    // Dialogs of more than a day ago no longer count; ones from the future (clock set back) neither.
    prompts: ledger.prompts.filter((prompt) => prompt.at <= facts.at && facts.at - prompt.at < DAY_MS),
    consent: restarted || isSomebodyElse(ledger.consent?.uid, facts) ? null : ledger.consent,
    // No wait is longer than a day (two leave room for a clock set back a little): one that is was reckoned on a clock that has been set back since.
    notBefore:
      ledger.notBefore !== null && (ledger.notBefore.at <= facts.at || ledger.notBefore.at - facts.at > 2 * DAY_MS)
        ? null
        : ledger.notBefore,
    deferral: ledger.deferral !== null && ledger.deferral.until <= facts.at ? null : ledger.deferral,
    askNotBefore: ledger.askNotBefore !== null && ledger.askNotBefore <= facts.at ? null : ledger.askNotBefore,
    pause: pauseLeft(ledger, facts.at),
  };
}

/** A pause ends at its time; a clock set back since does not make it longer than it was asked for. */
function pauseLeft({ pause }: Ledger, at: Instant): Ledger['pause'] {
  if (pause === null || pause.until <= at) return null;
  return at < pause.since ? { since: at, until: at + (pause.until - pause.since) } : pause;
}

/**
 * Since when the login window has stood there untouched. Sleep starts it anew: whoever opens the lid of a Mac is about
 * to log in, and must not find it restarting.
 */
function nobodySince(ledger: Ledger, facts: Facts, restarted: boolean): Ledger['nobodySince'] {
  if (!facts.consoleUser.known || facts.consoleUser.value !== null) return null;
  return unlessSlept(ledger.nobodySince, facts, restarted);
}

/** An earlier moment while the Mac stayed awake since; now, if it slept, was restarted, or its clock was set. */
function unlessSlept(since: Stamp | null, facts: Facts, restarted: boolean): Stamp {
  const now = { at: facts.at, monotonicMs: facts.monotonicMs };
  if (since === null || restarted) return now;
  const sleptMs = Math.abs(facts.at - since.at - (facts.monotonicMs - since.monotonicMs));
  return sleptMs > MINUTE_MS ? now : since;
}

function awaySince(ledger: Ledger, facts: Facts): Instant | null {
  const nobody = facts.consoleUser.known && facts.consoleUser.value === null;
  const locked = facts.screenLocked.known && facts.screenLocked.value;
  if (!nobody && !locked) return null;
  // A clock set back must not make somebody seem to have left in the future.
  return ledger.awaySince === null || ledger.awaySince > facts.at ? facts.at : ledger.awaySince;
}

/** Whether the target can be installed at once: prepared by macOS, or (Apple silicon) downloaded and not too old. */
export function readiness(ledger: Ledger, facts: Facts): 'ready' | 'not-downloaded' | 'unknown' {
  const target = ledger.target;
  if (target === null) return 'not-downloaded';
  if (!facts.staged.known) return 'unknown';
  if (facts.staged.value !== null && facts.staged.value.build === target.build && target.build !== null) return 'ready';
  if (facts.staged.value !== null && target.build === null && facts.staged.value.version === target.version)
    return 'ready';
  const download = ledger.download;
  const fresh = download !== null && download.label === target.label && facts.at - download.at < STAGED_LIFE_MS;
  // Without an owner's password Apple silicon downloads but does not prepare: then only our own record tells.
  return fresh && !download.prepared && valueOr(facts.appleSilicon, false) ? 'ready' : 'not-downloaded';
}

/** 15 minutes, doubled with every failure, up to `most`. */
export function backOffMs(failures: number, most: number): number {
  return Math.min(15 * MINUTE_MS * 2 ** Math.max(0, Math.min(failures, 12) - 1), Math.max(most, 15 * MINUTE_MS));
}
