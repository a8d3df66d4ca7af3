import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, wholeMinute } from '../domain/instant.ts';
import type { Ledger, TrackedTarget } from '../domain/ledger.ts';
import type { Settings } from '../domain/settings.ts';

/** A clock is corrected by seconds all the time; only what lies further ahead was written by another clock. */
const TOLERANCE_MS = MINUTE_MS;
/** No dialog asks for longer than this to be waited for; a wait beyond it was reckoned by another clock. */
const LONGEST_WAIT_MS = 2 * DAY_MS;
/** No warning names a time further ahead than a locked Mac's warning lasts, with room to spare. */
const FURTHEST_WARNING_MS = 9 * DAY_MS;

/**
 * The ledger after the clock was set back: whatever was written down "in the future" is moved to now, and every length
 * of time that was promised from then on is kept in full. What was written before that keeps its instants, so that a
 * clock which ran ahead for a while and is right again has shortened nothing. Pure; without such entries it changes nothing.
 */
export function afterClockSetBack(ledger: Ledger, at: Instant, settings: Settings): Ledger {
  const isAhead = (instant: Instant | null | undefined): boolean =>
    instant !== null && instant !== undefined && instant > at + TOLERANCE_MS;
  const latest = <T extends Instant | null>(instant: T): T => (isAhead(instant) ? (at as T) : instant);
  const { deferral, scheduled, warning, install, order, download, parted } = ledger;

  const movedDeferral =
    deferral !== null && isAhead(deferral.chosenAt)
      ? { chosenAt: at, until: at + (deferral.until - deferral.chosenAt) }
      : deferral;
  const movedTarget = (target: TrackedTarget): TrackedTarget => ({
    ...target,
    foundAt: latest(target.foundAt),
    // A fixed day 0 may lie ahead because the administrator said so; a discovery cannot.
    zeroDate: settings.deadlines.zeroDate === 'discovery' ? latest(target.zeroDate) : target.zeroDate,
    countedAt: countedAt(target, deferral, movedDeferral, at),
    lastFailureAt: latest(target.lastFailureAt),
  });
  return {
    ...ledger,
    target: ledger.target === null ? null : movedTarget(ledger.target),
    parted: parted === null ? null : { ...parted, target: movedTarget(parted.target) },
    deferral: movedDeferral,
    scheduled:
      scheduled !== null && isAhead(scheduled.chosenAt)
        ? { chosenAt: at, at: wholeMinute(at + (scheduled.at - scheduled.chosenAt)) }
        : scheduled,
    // Shown by another clock, it names a time nobody can go by any more: people are warned anew, for the full length.
    warning:
      warning !== null && (isAhead(warning.openedAt) || warning.restartAt - at > FURTHEST_WARNING_MS) ? null : warning,
    install:
      install !== null && isAhead(install.startedAt)
        ? { ...install, startedAt: at, restartExpectedBy: at + (install.restartExpectedBy - install.startedAt) }
        : install,
    order: order === null ? null : { at: latest(order.at) },
    download: download === null ? null : { ...download, at: latest(download.at) },
    downloadedAt: latest(ledger.downloadedAt),
    askNotBefore: ledger.askNotBefore !== null && ledger.askNotBefore - at > LONGEST_WAIT_MS ? at : ledger.askNotBefore,
  };
}

/** Where the last counted deferral ends; it moves with the deferral, and without one it cannot lie ahead for long. */
function countedAt(target: TrackedTarget, before: Ledger['deferral'], after: Ledger['deferral'], at: Instant): Instant {
  if (before !== null && after !== null && target.countedAt === before.until) return after.until;
  const longest = before === null ? HOUR_MS : before.until - at;
  return target.countedAt - at > Math.max(longest, LONGEST_WAIT_MS) ? at : target.countedAt;
}
