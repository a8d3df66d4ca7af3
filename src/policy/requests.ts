import { stageAt } from '../domain/deadlines.ts';
import { deferralEnd, SHORTEST_DEFERRAL_MINUTES } from '../domain/deferral.ts';
import { type Facts, valueOr } from '../domain/facts.ts';
import { DAY_MS, type Instant, lengthWords, localWords, MINUTE_MS, wholeMinute } from '../domain/instant.ts';
import type { Ledger, Warning } from '../domain/ledger.ts';
import { LONGEST_PAUSE_DAYS, mayAsk, type Request, type Requester } from '../domain/request.ts';
import type { Settings } from '../domain/settings.ts';
import { CONSENT_LIFE_MS } from './observe.ts';
import { scheduleForTarget, TIME_LEAD_MINUTES, warnMoment } from './situation.ts';

/** A request as it reaches the agent: asked at one moment, heard at another. */
export type Heard = { at: Instant; askedAt: Instant; by: Requester; request: Request };

/** What becomes of a request: the ledger after it, and the end of a sentence for whoever asked. */
export type RequestOutcome = {
  ledger: Ledger;
  accepted: boolean;
  words: string;
  /** Whether a dialog on the screen has to make room for what follows from it. */
  stirs: boolean;
};

/** Without a hard or soft deadline a chosen time lies no further ahead than this. */
const FURTHEST_TIME_DAYS = 14;

/** One request with everything it is judged by, and the two ways it can end. */
type Hearing = Heard & {
  settings: Settings;
  facts: Facts | null;
  ledger: Ledger;
  zone: string;
  accepted: (words: string, changes: Partial<Ledger>, stirs?: boolean) => RequestOutcome;
  refused: (words: string) => RequestOutcome;
};

/**
 * Hears a request. Pure. A request is a wish: it never shortens a warning, never takes a promise away and never goes
 * past a deadline; what cannot be granted changes nothing and says why.
 */
export function hearRequest(settings: Settings, facts: Facts | null, ledger: Ledger, heard: Heard): RequestOutcome {
  const { by, request } = heard;
  const hearing: Hearing = {
    ...heard,
    settings,
    facts,
    ledger,
    zone: facts?.zone ?? ledger.target?.zone ?? 'UTC',
    refused: (words) => ({ ledger, accepted: false, words, stirs: false }),
    accepted: (words, changes, stirs = false) => ({ ledger: { ...ledger, ...changes }, accepted: true, words, stirs }),
  };
  if (!mayAsk(by, request)) return hearing.refused('only an administrator may ask that');
  switch (request.kind) {
    case 'check':
      return hearing.accepted('upkeep looks for updates now', { lastScan: null, scanNextAt: null });
    case 'reset':
      return hearing.accepted('failed attempts and waiting times are forgotten', forgetFailures(ledger));
    case 'resume':
      return hearing.accepted(ledger.pause === null ? 'nothing was paused' : 'the pause is over', { pause: null });
    case 'pause':
      return pause(hearing, request.until);
    case 'install':
      return by.kind === 'admin' ? order(hearing) : consent(hearing, by.uid);
    case 'defer':
      return fixedAlready(hearing) ?? defer(hearing, request.minutes);
    case 'schedule':
      return fixedAlready(hearing) ?? schedule(hearing, request.at);
  }
}

function pause({ ledger, at, zone, accepted, refused }: Hearing, until: Instant): RequestOutcome {
  if (until <= at) return refused(`${localWords(until, zone)} has passed`);
  if (until - at > LONGEST_PAUSE_DAYS * DAY_MS) return refused(`a pause lasts ${LONGEST_PAUSE_DAYS} days at the most`);
  if (ledger.install !== null) return refused(TOO_LATE);
  const { warning } = ledger;
  // The warning leaves the screen with the pause: it has to be shown anew, and its time never comes forward.
  const taken =
    warning === null ? null : { ...warning, openedAt: null, openedMonotonicMs: null, told: wasTold(warning) };
  const changes = { pause: { since: at, until }, consent: null, warning: taken };
  return accepted(`upkeep is paused until ${localWords(until, zone)}`, changes, true);
}

/** An administrator's word begins a warning; it never is the consent of the person at the Mac. */
function order({ ledger, at, zone, accepted }: Hearing): RequestOutcome {
  if (ledger.install !== null) return accepted(TOO_LATE, {});
  const { warning } = ledger;
  if (warning !== null && warning.openedAt !== null && warning.restartAt > at)
    return accepted(`the restart is announced already, for ${localWords(warning.restartAt, zone)}`, {});
  const changes = { ...forgetFailures(ledger), pause: null, order: { at } };
  return accepted('the update is installed as soon as people have been warned in time', changes, true);
}

function consent({ ledger, facts, at, askedAt, by, zone, accepted, refused }: Hearing, uid: number): RequestOutcome {
  if (ledger.install !== null) return accepted(TOO_LATE, {});
  if (isSomebodyElseAtTheScreen(facts, by)) return refused(SOMEBODY_ELSE);
  if (ledger.pause !== null)
    return refused(`an administrator has paused upkeep until ${localWords(ledger.pause.until, zone)}`);
  if (at - askedAt >= CONSENT_LIFE_MS) return refused('it was asked too long ago to count as consent now');
  const scan = ledger.target === null ? { lastScan: null, scanNextAt: null } : {};
  const agreed = { at: Math.min(askedAt, at), by: 'person' as const, uid };
  return accepted('the update is installed now', { ...scan, consent: agreed, deferral: null }, true);
}

function defer({ settings, ledger, at, by, zone, accepted, refused }: Hearing, minutes: number): RequestOutcome {
  const { target } = ledger;
  if (target === null) return refused(NOTHING_TO_INSTALL);
  const planned = scheduleForTarget(settings, target);
  const stage = stageAt(planned, at);
  if (stage === 'past-soft' || stage === 'past-hard') return refused('the soft deadline has passed');
  if (ledger.order !== null) return refused('an administrator asked for the install');
  if (ledger.scheduled !== null) return refused(`the restart is set for ${localWords(ledger.scheduled.at, zone)}`);
  const longest = Math.max(settings.deferral.defaultMinutes, ...settings.deferral.menuMinutes);
  if (by.kind === 'user' && minutes > longest)
    return refused(`at most ${lengthWords(longest * MINUTE_MS)} can be chosen`);
  if (minutes < SHORTEST_DEFERRAL_MINUTES)
    return refused(`${SHORTEST_DEFERRAL_MINUTES} minutes are the shortest choice`);
  const limits = [planned.soft.at, warnMoment({ settings, ledger, schedule: planned })].filter(
    (limit) => limit !== null,
  );
  const limit = limits.length === 0 ? null : Math.min(...limits);
  if (limit !== null && limit - at < SHORTEST_DEFERRAL_MINUTES * MINUTE_MS)
    return refused(`the next deadline is so near (${localWords(limit, zone)}) that there is nothing left to defer`);
  const asked = deferralEnd(at, minutes, limit);
  // An administrator puts it off for people: what these chose themselves is not cut short by it.
  const until = by.kind === 'admin' ? Math.max(asked, ledger.deferral?.until ?? 0) : asked;
  const counted = { ...target, deferralCount: target.deferralCount + 1, countedAt: until };
  const changes = { deferral: { chosenAt: at, until }, consent: null, target: counted };
  return accepted(`it is put off until ${localWords(until, zone)}`, changes, true);
}

function schedule({ settings, ledger, at, zone, accepted, refused }: Hearing, wanted: Instant): RequestOutcome {
  const { target } = ledger;
  if (target === null) return refused(NOTHING_TO_INSTALL);
  const restartAt = wholeMinute(wanted);
  const planned = scheduleForTarget(settings, target);
  const earliest = at + (settings.warning.floorMinutes + TIME_LEAD_MINUTES) * MINUTE_MS;
  const latest = planned.hard.at ?? planned.soft.at ?? at + FURTHEST_TIME_DAYS * DAY_MS;
  if (restartAt > latest) return refused(`the latest time is ${localWords(latest, zone)}`);
  if (restartAt < earliest)
    return refused(`the earliest time is ${localWords(earliest, zone)}, so that a warning fits in`);
  const changes = { scheduled: { chosenAt: at, at: restartAt }, warning: null, deferral: null, consent: null };
  return accepted(`the restart is set for ${localWords(restartAt, zone)}`, changes, true);
}

const TOO_LATE = 'macOS has taken the update already and is about to restart';
const SOMEBODY_ELSE = 'somebody else is logged in at the screen';
const NOTHING_TO_INSTALL = 'there is no update to install';

/** A restart that no longer can be put off or moved, and by whom it cannot; null while it can. */
function fixedAlready({ ledger, facts, by, zone, refused }: Hearing): RequestOutcome | null {
  if (ledger.install !== null) return refused(TOO_LATE);
  if (isSomebodyElseAtTheScreen(facts, by)) return refused(SOMEBODY_ELSE);
  const { warning } = ledger;
  return warning !== null && wasTold(warning)
    ? refused(`a restart has been announced for ${localWords(warning.restartAt, zone)}`)
    : null;
}

const wasTold = (warning: Warning): boolean => warning.openedAt !== null || warning.told;

function isSomebodyElseAtTheScreen(facts: Facts | null, by: Requester): boolean {
  const there = facts === null ? null : valueOr(facts.consoleUser, null);
  return by.kind === 'user' && there !== null && there.uid !== by.uid;
}

/** Attempts are counted anew and nothing is waited for; the wait after wrong passwords stays, for the account's sake. */
function forgetFailures(ledger: Ledger): Partial<Ledger> {
  const { target } = ledger;
  return {
    scanFailures: 0,
    scanNextAt: null,
    lastScan: null,
    networkFailures: 0,
    dialogFailures: 0,
    dialogTrouble: null,
    askNotBefore: null,
    notBefore: ledger.notBefore?.code === 'password' ? ledger.notBefore : null,
    target:
      target === null
        ? null
        : { ...target, downloadFailures: 0, installFailures: 0, restarts: 0, postponements: 0, lastFailureAt: null },
  };
}
