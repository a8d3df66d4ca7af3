import { DAY_MS, HOUR_MS, type Instant, isoOf, localTimeOf, localWords, MINUTE_MS } from '../domain/instant.ts';
import type { Settings } from '../domain/settings.ts';
import type { HappeningOf } from './mac/happenings.ts';
import type { VirtualMac } from './mac/virtual-mac.ts';
import type { SimulationRun } from './simulate.ts';

export type Violation = { invariant: string; at: string; text: string };
/** What the deferral check needs of a prompt: `at` and `until` in ISO 8601. */
export type AnsweredPrompt = { at: string; kind: string; answer: string | null; until: string | null };
export type InvariantReport = { checked: number; names: string[]; violated: Violation[] };

/** Consent is good for half an hour (the agent's own rule); the install it allows has to begin within it. */
const CONSENT_MS = 30 * MINUTE_MS;
const LATE_MS = 16 * MINUTE_MS;
/** A server waits five minutes between its scan and its order, and a Mac that puts a command off five more, each time. */
const LATE_BY_SERVER_MS = 31 * MINUTE_MS;
const GRACE_FROM_MS = 58 * MINUTE_MS;
const GRACE_TO_MS = 62 * MINUTE_MS;
const FIRST_LOOK_MS = 10 * MINUTE_MS;
/** macOS takes no shorter passwords. */
const SHORTEST_SECRET = 4;

type Restart = HappeningOf<'restart'> & { at: Instant };
type Dialog = HappeningOf<'dialog-opened'> & { at: Instant };
/** When the install that ends in a restart began, in true time and by the Mac’s clock. */
type Begun = { at: Instant; wall: Instant };

/**
 * Holds what truly happened on the Mac (not what the agent believes) against what may never happen. Every restart,
 * dialog, wake and text is one check.
 */
export function checkInvariants(
  run: SimulationRun,
  prompts: readonly AnsweredPrompt[],
  settings: Settings,
): InvariantReport {
  const tally = new Tally();
  const { mac } = run;
  const restarts = mac.happenings.filter((one): one is Restart => one.kind === 'restart' && one.call !== null);
  for (const restart of restarts) {
    const { at, wall } = mac.calls[restart.call ?? -1] ?? restart;
    checkWarning(tally, mac, restart, { at, wall }, settings);
  }
  for (const { restart, begun } of orderedRestarts(run)) checkWarning(tally, mac, restart, begun, settings);
  checkBudget(tally, mac, restarts, settings);
  for (const dialog of dialogsOf(mac)) checkWanted(tally, run, dialog, settings);
  checkDeferrals(tally, mac, prompts);
  checkPromptsPerDay(tally, run, settings);
  checkLockouts(tally, mac);
  tally.check(
    'every-wait-has-a-wake',
    run.restsWithoutWake === 0,
    run.endedAt,
    `${run.restsWithoutWake} wakes ended without arming the next`,
  );
  checkSecret(tally, run);
  return tally.report();
}

class Tally {
  #checked = 0;
  readonly #names = new Set<string>();
  readonly #violated: Violation[] = [];

  check(invariant: string, holds: boolean, at: Instant, text: string): void {
    this.#checked += 1;
    this.#names.add(invariant);
    if (!holds) this.#violated.push({ invariant, at: isoOf(at), text });
  }

  report(): InvariantReport {
    return { checked: this.#checked, names: [...this.#names].sort(), violated: this.#violated };
  }
}

const dialogsOf = (mac: VirtualMac): Dialog[] =>
  mac.happenings.filter((one): one is Dialog => one.kind === 'dialog-opened');

/** Fair warning, and the promise in it kept: design rules 6 and 7. */
function checkWarning(tally: Tally, mac: VirtualMac, restart: Restart, begun: Begun, settings: Settings): void {
  if (restart.loggedIn === null) {
    // Nobody's session was ended; it is a check all the same, and one that holds.
    tally.check('fair-warning', true, restart.at, '');
    return;
  }
  const { at: begunAt, wall: begunWall } = begun;
  const warned = warnedBefore(mac, begunAt, begunWall, restart, settings);
  // What was agreed to in time, a server orders in time, and begins minutes later.
  const consentMs = CONSENT_MS + (restart.call === null ? LATE_BY_SERVER_MS : 0);
  const consented = consentBefore(mac, begunAt, restart.loggedIn, consentMs);
  tally.check(
    'fair-warning',
    warned !== null || consented !== null,
    restart.at,
    `restarted while ${restart.loggedIn} was logged in, without consent and without a warning shown long enough before`,
  );
  const last = lastPromise(mac, begunAt);
  if (consented !== null || last === null) return;
  tally.check(
    'promise-kept',
    begunWall >= last,
    restart.at,
    `the warning named ${isoOf(last)}, the install began ${isoOf(begunWall)} by the same clock`,
  );
}

/** Where macOS restarted for its management server: when it took on the install that ended so. */
export function begunForServer(mac: VirtualMac, restart: HappeningOf<'restart'>): Begun | null {
  if (restart.call !== null || restart.cause !== 'softwareupdate') return null;
  const accepted = mac.happenings.findLast(
    (one) => one.kind === 'install-accepted' && one.call === null && one.at <= restart.at,
  );
  return accepted ?? restart;
}

/**
 * Restarts that came of what was ordered through the API of the server, which nobody uses here but the agent. What others
 * order or declare, the server brings about without asking anybody.
 */
function orderedRestarts({ mac, mdm }: SimulationRun): { restart: Restart; begun: Begun }[] {
  const { ordered = [], told = [] } = mdm?.record ?? {};
  return mac.happenings.flatMap((restart) => {
    if (restart.kind !== 'restart') return [];
    const begun = begunForServer(mac, restart);
    if (begun === null) return [];
    const before = ordered.filter(({ at }) => at <= begun.at);
    const byCommand = told.some(
      (one) => one.kind === 'command' && one.command === 'ScheduleOSUpdate' && Math.abs(begun.at - one.at) < MINUTE_MS,
    );
    const isOurs = before.some(({ action }) => {
      if (action.kind !== 'enforce') return action.kind === 'install-and-restart' && byCommand;
      return !byCommand && action.by <= localTimeOf(begun.wall, restart.zone);
    });
    return isOurs ? [{ restart, begun }] : [];
  });
}

/** The last warning, if it named the time at which the install began and stood on the screen as long as it had to. */
export function warnedBefore(
  mac: VirtualMac,
  begunAt: Instant,
  begunWall: Instant,
  restart: Restart,
  settings: Settings,
): { shownAt: Instant; promised: Instant } | null {
  const lateMs = restart.call === null ? LATE_BY_SERVER_MS : LATE_MS;
  for (const dialog of dialogsOf(mac).reverse()) {
    if (dialog.at > begunAt) continue;
    const promised = timeNamed(dialog);
    if (promised === null) continue;
    if (begunWall < promised || begunWall > promised + lateMs) return null;
    // It stood in somebody else's session, or fell over: whoever is restarted now has not been warned by it.
    const crashed = mac.happenings.some(
      (one) => one.kind === 'dialog-closed' && one.dialog === dialog.dialog && one.why === 'crashed',
    );
    if (crashed || dialog.user !== restart.loggedIn) return null;
    const visible = mac.happenings.find((one) => one.kind === 'dialog-visible' && one.dialog === dialog.dialog);
    const floorMs = Math.min(settings.warning.floorMinutes * MINUTE_MS, graceLeft(mac, begunAt, restart));
    if (visible !== undefined && begunAt - visible.at >= floorMs) return { shownAt: visible.at, promised };
    const lockedMs = settings.warning.lockedFloorMinutes * MINUTE_MS;
    if (restart.screenLocked && begunAt - dialog.at >= lockedMs) return { shownAt: dialog.at, promised };
    return null;
  }
  return null;
}

/** A missed declaration leaves an hour from when the Mac was up again, and no warning can be longer: it has to begin with that hour. */
function graceLeft(mac: VirtualMac, begunAt: Instant, restart: Restart): number {
  const up = mac.happenings.findLast(
    (one) =>
      (one.kind === 'woke-up' || one.kind === 'booted') && one.at <= begunAt && begunAt - one.at >= GRACE_FROM_MS,
  );
  const isMissed = restart.call === null && up !== undefined && begunAt - up.at <= GRACE_TO_MS;
  return isMissed ? begunAt - up.at - FIRST_LOOK_MS : Infinity;
}

/** The restart time of the last warning shown before, whatever became of it. */
function lastPromise(mac: VirtualMac, begunAt: Instant): Instant | null {
  for (const dialog of dialogsOf(mac).reverse()) {
    const promised = dialog.at > begunAt ? null : timeNamed(dialog);
    if (promised !== null) return promised;
  }
  return null;
}

/** When somebody pressed a button that says now, or typed a password, shortly before. */
function consentBefore(mac: VirtualMac, begunAt: Instant, user: string, withinMs: number): Instant | null {
  for (const one of [...mac.happenings].reverse()) {
    if (one.kind === 'asked' && one.user === user && one.what === 'install' && one.at <= begunAt) {
      if (begunAt - one.at <= withinMs) return one.at;
    }
    if (one.kind !== 'dialog-answered' || one.at > begunAt || begunAt - one.at > withinMs) continue;
    const dialog = dialogsOf(mac).find((opened) => opened.dialog === one.dialog);
    if (dialog === undefined || dialog.user !== user) continue;
    const label = dialog.shows[`${one.button}text`];
    if (label === 'Restart now' || (one.typed.length > 0 && one.button === 'button1')) return one.at;
  }
  return null;
}

/** The restart time (by the Mac's clock) a dialog shows in its title, read as a person reads it; null where it names none. */
export function timeNamed(dialog: Dialog): Instant | null {
  const words = /^This Mac restarts at (.+)$/.exec(String(dialog.shows.title ?? ''))?.[1];
  if (words === undefined) return null;
  // The words hold no seconds: the minute they name is found by writing out the minutes of the next days.
  for (let at = Math.floor(dialog.wall / MINUTE_MS) * MINUTE_MS; at < dialog.wall + 9 * DAY_MS; at += MINUTE_MS) {
    if (localWords(at, dialog.zone) === words) return at;
  }
  return null;
}

function checkBudget(tally: Tally, mac: VirtualMac, restarts: readonly Restart[], settings: Settings): void {
  const failures = new Map<string, number>();
  for (const restart of restarts) {
    const key = mac.calls[restart.call ?? -1]?.args.find((arg) => arg.startsWith('macOS ')) ?? restart.from.version;
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    const limit = settings.budgets.restartsPerTarget;
    tally.check('restart-budget', count <= limit, restart.at, `restart ${count} for ${key}, ${limit} are allowed`);
  }
}

/** No dialog while the Mac already runs the newest macOS that was on offer when the agent last got a list. */
function checkWanted(tally: Tally, run: SimulationRun, dialog: Dialog, settings: Settings): void {
  const { mac } = run;
  const running = mac.happenings.findLast((one) => one.kind === 'booted' && one.at <= dialog.at);
  const release = running?.kind === 'booted' ? running.release : { version: mac.spec.macOS, build: mac.spec.build };
  // What was withdrawn since the last look may still be asked about; while Apple cannot be reached no look succeeds.
  const looks = listsReceived(run).filter((wall) => wall <= dialog.wall);
  const moments = [dialog.at, dialog.at - settings.scan.everyHours * HOUR_MS, looks.at(-1) ?? dialog.at];
  const newer = moments.some((at) =>
    mac.catalogue.offersFor(at, release, new Set()).some((offer) => offer.kind === 'macos'),
  );
  tally.check(
    'no-prompt-when-up-to-date',
    newer,
    dialog.at,
    `a dialog on macOS ${release.version}, with nothing newer offered`,
  );
}

/** When, by the Mac's clock, the agent got a list it could read. */
function listsReceived({ journal }: SimulationRun): Instant[] {
  return journal.flatMap(({ event }) => {
    const value = (event as { output?: { value?: { at?: number; offers?: { known?: boolean } | null } } }).output
      ?.value;
    return value?.offers?.known === true && value.at !== undefined ? [value.at] : [];
  });
}

/** Whoever put it off until a time is not asked again before it. */
/** What ends a deferral early: the person asked for something else since, or an administrator for the install. */
function replacedAt(mac: VirtualMac, from: Instant): Instant {
  const asked = mac.happenings.find(
    (one) =>
      one.kind === 'asked' &&
      one.at >= from &&
      (one.what === 'install' || (one.user !== null && (one.what === 'defer' || one.what === 'schedule'))),
  );
  return asked?.at ?? Number.POSITIVE_INFINITY;
}

/** When it truly was that the Mac's clock showed this: the clock may have been set since. */
function trueTime(mac: VirtualMac, wall: Instant): Instant {
  let nearest = { at: wall, apartMs: Number.POSITIVE_INFINITY };
  for (const one of mac.happenings) {
    const apartMs = Math.abs(one.wall - wall);
    if (apartMs < nearest.apartMs) nearest = { at: one.at + (wall - one.wall), apartMs };
  }
  return nearest.at;
}

/**
 * Nobody is asked again before a deferral is over: by the clock they see, or in true time where that clock was set back
 * and would make it a year.
 */
function checkDeferrals(tally: Tally, mac: VirtualMac, prompts: readonly AnsweredPrompt[]): void {
  const instant = (text: string): Instant => Temporal.Instant.from(text).epochMilliseconds;
  prompts.forEach((prompt, index) => {
    if (prompt.answer !== 'defer' || prompt.until === null) return;
    const askedAt = trueTime(mac, instant(prompt.at));
    const next = prompts.slice(index + 1).find((later) => later.kind !== 'schedule');
    // macOS keeps to what it was told since, whatever people chose before, and they have to be warned of it.
    const told =
      next?.kind === 'warning'
        ? mac.happenings.find(({ kind, at }) => kind === 'declarations-changed' && at >= askedAt)?.at
        : undefined;
    const until = Math.min(
      askedAt + (instant(prompt.until) - instant(prompt.at)),
      replacedAt(mac, askedAt),
      told ?? Number.POSITIVE_INFINITY,
    );
    const nextAt = next === undefined ? Number.POSITIVE_INFINITY : trueTime(mac, instant(next.at));
    tally.check(
      'deferral-kept',
      nextAt >= until || instant(next?.at ?? prompt.until) >= instant(prompt.until),
      nextAt === Number.POSITIVE_INFINITY ? until : nextAt,
      `put off until ${prompt.until}, asked again at ${next?.at}`,
    );
  });
}

/** Questions and warnings have a budget a day, by the Mac's own clock. Passwords and times are answers to questions. */
function checkPromptsPerDay(tally: Tally, { mac, cutsMade }: SimulationRun, settings: Settings): void {
  // A dialog that was up when the agent was cut off is shown again, and could not be counted before.
  const most = {
    question: settings.prompts.maxPerDay + cutsMade,
    warning: settings.budgets.warningsPerDay + settings.meetings.maxPostponements + cutsMade,
  };
  const days = new Map<string, number>();
  for (const dialog of dialogsOf(mac)) {
    const isQuestion = dialog.shows.button1text === 'Remind me later' || dialog.shows.button1text === 'Restart now';
    const kind = timeNamed(dialog) !== null ? 'warning' : isQuestion ? 'question' : null;
    if (kind === null) continue;
    const day = `${kind} on ${localWords(dialog.wall, dialog.zone).split(',')[0]}`;
    const count = (days.get(day) ?? 0) + 1;
    days.set(day, count);
    tally.check('prompts-a-day', count <= most[kind], dialog.at, `${day}: ${count}, where ${most[kind]} are allowed`);
  }
}

/** No account was locked by passwords that tools of the agent gave. At the login window nobody mistypes here. */
function checkLockouts(tally: Tally, mac: VirtualMac): void {
  for (const one of mac.happenings) {
    if (one.kind !== 'authentication-failed') continue;
    tally.check(
      'no-account-locked',
      !one.lockedOut,
      one.at,
      `${one.user} is locked after ${one.failedLogins} wrong passwords`,
    );
  }
}

/**
 * No password, recovery key or kept secret of this Mac stands where others can read it: in a tool's arguments or
 * environment, in those of a program it started, or in the journal. On a tool's stdin they may be.
 */
function checkSecret(tally: Tally, run: SimulationRun): void {
  const { mac } = run;
  // What also names somebody is no secret, and a very short one stands in many words by chance.
  const names = new Set(mac.accounts.all().flatMap(({ name, fullName }) => [name, fullName]));
  const secrets = [...mac.secrets(), ...(run.mdm?.secrets() ?? [])].filter(
    (one) => one.length >= SHORTEST_SECRET && !names.has(one),
  );
  if (secrets.length === 0) return;
  const within = (text: string): boolean => secrets.some((one) => text.includes(one));
  // In JSON a quote or backslash of a password is escaped.
  const escaped = secrets.map((one) => JSON.stringify(one).slice(1, -1));
  for (const call of mac.calls) {
    const where = call.args.some(within) ? 'arguments' : call.exposed.some(within) ? 'surroundings' : null;
    tally.check('no-secret-in-the-open', where === null, call.at, `a password among the ${where} of ${call.name}`);
  }
  for (const row of run.journal) {
    const text = JSON.stringify(row);
    const clean = !escaped.some((one) => text.includes(one));
    tally.check('no-secret-in-the-open', clean, row.at, 'a password in the journal');
  }
}
