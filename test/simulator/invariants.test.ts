// The watcher itself, watched: for each invariant stories that break it and their twins, one detail apart, that do not.
// Without these a watcher that never reports anything would leave every other test green.
import { describe, expect, test } from 'vitest';
import { DAY_MS, type Instant, isoOf, localWords, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { type AnsweredPrompt, checkInvariants, type InvariantReport } from '../../src/simulator/invariants.ts';
import type { ButtonName, HappeningOf, Unstamped } from '../../src/simulator/mac/happenings.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import type { SimulationRun } from '../../src/simulator/simulate.ts';
import { canary, canaryKey } from '../support/canary.ts';
import { berlin, offer, settings } from '../support/situations.ts';
import { macWith, PASSWORD } from './harness.ts';

const BERT = canary('bert');
const LAST_YEAR = canary('last_year');
const NEXT = canary('next');
const KEPT = canary('kept');
const KEY = canaryKey();

const ALL = [
  'deferral-kept',
  'every-wait-has-a-wake',
  'fair-warning',
  'no-prompt-when-up-to-date',
  'no-secret-in-the-open',
  'promise-kept',
  'prompts-a-day',
  'restart-budget',
] as const;
type Invariant = (typeof ALL)[number];

/** Monday 2 November 2026 at this time of day, by a clock in Berlin that is right. */
const at = (time: string): Instant => berlin(`2026-11-02T${time}`);
const ENDED_AT = at('00:00') + 7 * DAY_MS;
const OLD = { version: '26.6', build: '25G72' };
const NEW = { version: '26.6.2', build: '25G83' };
/** From accepting the install to going down. */
const PREPARING_MS = 20 * MINUTE_MS;

const QUESTION = { title: 'macOS 26.6.2 is ready', button1text: 'Remind me later', button2text: 'Restart now' };
const PASSWORD_QUESTION = { title: 'Your password is needed', button1text: 'Continue', button2text: 'Not now' };

type Seen = { visible?: Instant | null };
type Who = Partial<Pick<HappeningOf<'restart'>, 'loggedIn' | 'screenLocked' | 'call'>>;

/** What happened on a Mac, written by hand: the Mac is real, nobody lives on it. */
class Story {
  readonly mac: VirtualMac;
  readonly journal: SimulationRun['journal'] = [];
  readonly prompts: AnsweredPrompt[] = [];
  restsWithoutWake = 0;
  #jumps: { from: Instant; byMs: number }[] = [];
  #dialogs = 0;

  constructor(spec: MacSpecInput = {}) {
    this.mac = macWith(spec, 1, at('00:00')).mac;
    this.mac.publish([offer], at('00:00'));
  }

  /** Somebody sets the Mac's clock forward or back. */
  clockJumps(from: Instant, byMinutes: number): this {
    this.#jumps.push({ from, byMs: byMinutes * MINUTE_MS });
    return this;
  }

  wall(instant: Instant): Instant {
    return this.#jumps.filter(({ from }) => from <= instant).reduce((wall, { byMs }) => wall + byMs, instant);
  }

  note(instant: Instant, happening: Unstamped): this {
    this.mac.happenings.push({ at: instant, wall: this.wall(instant), zone: this.mac.zone, ...happening });
    return this;
  }

  /** A dialog, on an unlocked display at once unless said otherwise. */
  shows(opened: Instant, shows: Record<string, unknown>, { visible = opened }: Seen = {}): this {
    this.#dialogs += 1;
    const there = { awake: true, screenUnlocked: visible === opened, somebodyThere: visible === opened };
    this.note(opened, { kind: 'dialog-opened', dialog: this.#dialogs, call: 0, user: 'anna', shows, ...there });
    return visible === null ? this : this.note(visible, { kind: 'dialog-visible', dialog: this.#dialogs });
  }

  /** The warning that names a time, in the words people read. */
  warns(opened: Instant, named: Instant, seen: Seen = {}): this {
    const title = `This Mac restarts at ${localWords(named, this.mac.zone)}`;
    return this.shows(opened, { title, button1text: 'OK', button2text: 'Restart now' }, seen);
  }

  /** A button of the last dialog is pressed, with something typed into these fields. */
  presses(pressed: Instant, button: ButtonName, typed: string[] = []): this {
    return this.note(pressed, { kind: 'dialog-answered', dialog: this.#dialogs, button, selected: {}, typed });
  }

  calls(instant: Instant, name: string, args: string[], exposed: string[] = []): this {
    const { calls } = this.mac.processes;
    const path = '/usr/sbin/softwareupdate';
    calls.push({
      number: calls.length,
      name,
      path,
      args,
      effect: 'act',
      at: instant,
      wall: this.wall(instant),
      exposed,
    });
    return this;
  }

  /** The install begins, with its arguments, and some minutes later the Mac restarts. */
  installs(begun: Instant, who: Who = {}, args: string[] = ['--install', offer.label, '--restart']): this {
    this.calls(begun, 'softwareupdate.install', args);
    return this.note(begun + PREPARING_MS, {
      kind: 'restart',
      cause: 'softwareupdate',
      call: this.mac.calls.length - 1,
      loggedIn: 'anna',
      screenLocked: false,
      somebodyThere: true,
      from: OLD,
      to: null,
      bootedAt: null,
      ...who,
    });
  }

  writes(instant: Instant, event: unknown): this {
    const seq = this.journal.length + 1;
    const empty = { value: 'resting', because: [], wakeAt: null };
    this.journal.push({ seq, at: instant, monotonicMs: instant - at('00:00'), type: 'event', event, ...empty });
    return this;
  }

  prompted(prompt: AnsweredPrompt): this {
    this.prompts.push(prompt);
    return this;
  }

  report(policy: Settings = settings): InvariantReport {
    const { mac, journal, restsWithoutWake } = this;
    const rest = { status: null, wakes: 1, commits: journal.length, cutsMade: 0, mdm: null };
    const run: SimulationRun = { mac, journal, endedAt: ENDED_AT, restsWithoutWake, ...rest };
    return checkInvariants(run, this.prompts, policy);
  }
}

const violatedIn = (report: InvariantReport): string[] => report.violated.map(({ invariant }) => invariant).sort();

/** Both twins of a story: the broken one violates exactly these, the other nothing. */
function twins<Detail>(
  title: string,
  tell: (detail: Detail) => Story,
  details: { broken: Detail; holds: Detail; violated: Invariant[]; policy?: Settings },
): void {
  const { broken, holds, violated, policy } = details;
  test(`${title}: broken`, () => {
    expect(violatedIn(tell(broken).report(policy))).toEqual(violated);
  });
  test(`${title}: held`, () => {
    expect(violatedIn(tell(holds).report(policy))).toEqual([]);
  });
}

describe('fair-warning', () => {
  const violated: Invariant[] = ['fair-warning'];

  twins<string | null>(
    'no dialog at all, and somebody (nobody) logged in',
    (loggedIn) => new Story().installs(at('10:00'), { loggedIn }),
    { broken: 'anna', holds: null, violated },
  );

  twins<Who>(
    'no dialog at all, and a program (not a program) restarted it',
    (who) => new Story().installs(at('10:00'), who),
    { broken: {}, holds: { call: null }, violated },
  );

  twins<string>(
    'the warning was visible for 59 minutes (60) though open for longer',
    (visible) => new Story().warns(at('08:00'), at('10:00'), { visible: at(visible) }).installs(at('10:00')),
    { broken: '09:01', holds: '09:00', violated },
  );

  twins<string>(
    'the warning stood in the session of somebody else (in theirs)',
    (loggedIn) => new Story().warns(at('09:00'), at('10:00')).installs(at('10:00'), { loggedIn }),
    { broken: 'bert', holds: 'anna', violated },
  );

  twins<string>(
    'the consent was somebody else’s (theirs)',
    (loggedIn) =>
      new Story().shows(at('09:50'), QUESTION).presses(at('09:55'), 'button2').installs(at('10:00'), { loggedIn }),
    { broken: 'bert', holds: 'anna', violated },
  );

  twins<'crashed' | 'answered'>(
    'the warning fell over a minute after it came up (was confirmed)',
    (why) =>
      new Story()
        .warns(at('09:00'), at('10:00'))
        .note(at('09:01'), { kind: 'dialog-closed', dialog: 1, why, exitCode: null })
        .installs(at('10:00')),
    { broken: 'crashed', holds: 'answered', violated },
  );

  twins<number>(
    'an hour is less than this policy asks for (just as much)',
    (minutes) => new Story().warns(at('10:00') - minutes * MINUTE_MS, at('10:00')).installs(at('10:00')),
    {
      broken: 119,
      holds: 120,
      violated,
      policy: { ...settings, warning: { ...settings.warning, floorMinutes: 120 } },
    },
  );

  twins<Instant>(
    'the warning named a time long before (the minute)',
    (named) => new Story().warns(at('08:00'), named).installs(at('15:00')),
    { broken: at('10:00'), holds: at('15:00'), violated },
  );

  twins<string>(
    'the install began 17 minutes after the time named (16)',
    (begun) => new Story().warns(at('08:00'), at('10:00')).installs(at(begun)),
    { broken: '10:17', holds: '10:16', violated },
  );

  twins<string>(
    'the first of two warnings was long enough, the last one was not (was)',
    (second) => new Story().warns(at('08:00'), at('10:00')).warns(at(second), at('10:00')).installs(at('10:00')),
    { broken: '09:30', holds: '09:00', violated },
  );

  twins<Who>(
    'the warning stood 12 hours behind no lock (a lock), where nobody saw it',
    (who) => new Story().warns(at('08:00'), at('20:00'), { visible: null }).installs(at('20:00'), who),
    { broken: { screenLocked: false }, holds: { screenLocked: true }, violated },
  );

  twins<string>(
    'locked, with the warning there for 11 hours (12)',
    (opened) =>
      new Story().warns(at(opened), at('20:00'), { visible: null }).installs(at('20:00'), { screenLocked: true }),
    { broken: '09:00', holds: '08:00', violated },
  );

  twins<string>(
    'somebody chose now 31 minutes (30) before the install began',
    (pressed) => new Story().shows(at('09:00'), QUESTION).presses(at(pressed), 'button2').installs(at('10:00')),
    { broken: '09:29', holds: '09:30', violated },
  );

  twins<ButtonName>(
    'somebody pressed “Remind me later” (“Restart now”)',
    (button) => new Story().shows(at('09:55'), QUESTION).presses(at('09:56'), button).installs(at('10:00')),
    { broken: 'button1', holds: 'button2', violated },
  );

  twins<string>(
    'somebody chose now only once the install had begun (before)',
    (pressed) => new Story().shows(at('09:55'), QUESTION).presses(at(pressed), 'button2').installs(at('10:00')),
    { broken: '10:01', holds: '09:59', violated },
  );

  twins<string[]>(
    '“Continue” without a password typed (with one)',
    (typed) =>
      new Story().shows(at('09:55'), PASSWORD_QUESTION).presses(at('09:56'), 'button1', typed).installs(at('10:00')),
    { broken: [], holds: ['Password'], violated },
  );

  twins<ButtonName>(
    'a password typed, and then “Not now” (“Continue”)',
    (button) =>
      new Story()
        .shows(at('09:55'), PASSWORD_QUESTION)
        .presses(at('09:56'), button, ['Password'])
        .installs(at('10:00')),
    { broken: 'button2', holds: 'button1', violated },
  );

  // The named time comes by the Mac's clock; how long the warning stood is true time.
  twins<string>(
    'the Mac’s clock was put forward: the named hour came after 30 minutes (60) on the screen',
    (opened) => new Story().warns(at(opened), at('10:00')).clockJumps(at('09:05'), 30).installs(at('09:30')),
    { broken: '09:00', holds: '08:30', violated },
  );
});

describe('promise-kept', () => {
  // Too early is never a fair warning either, so both are told.
  const violated: Invariant[] = ['fair-warning', 'promise-kept'];

  twins<string>(
    'the install began a minute before the time named (on the minute)',
    (begun) => new Story().warns(at('08:00'), at('10:00')).installs(at(begun)),
    { broken: '09:59', holds: '10:00', violated },
  );

  twins<ButtonName>(
    'it began early though the warning got an “OK” (a “Restart now”)',
    (button) => new Story().warns(at('08:00'), at('10:00')).presses(at('09:20'), button).installs(at('09:30')),
    { broken: 'button1', holds: 'button2', violated },
  );

  twins<Instant>(
    'a later warning named a later time (the same)',
    (named) => new Story().warns(at('08:00'), at('10:00')).warns(at('08:30'), named).installs(at('10:00')),
    { broken: at('18:00'), holds: at('10:00'), violated },
  );

  twins<string>(
    'the Mac’s clock was put back: by it the named time had not come (had come)',
    (begun) => new Story().warns(at('08:00'), at('10:00')).clockJumps(at('09:00'), -30).installs(at(begun)),
    { broken: '10:00', holds: '10:30', violated },
  );

  test('a broken promise tells both times by the Mac’s clock, and when the Mac went down', () => {
    const report = new Story()
      .warns(at('08:00'), at('10:00'))
      .clockJumps(at('09:00'), -30)
      .installs(at('10:00'))
      .report();
    expect(report.violated.find(({ invariant }) => invariant === 'promise-kept')).toEqual({
      invariant: 'promise-kept',
      at: isoOf(at('10:20')),
      text: `the warning named ${isoOf(at('10:00'))}, the install began ${isoOf(at('09:30'))} by the same clock`,
    });
  });
});

describe('restart-budget', () => {
  const restarts = (labels: readonly (string | null)[]): Story => {
    const story = new Story();
    labels.forEach((label, index) => {
      const args = label === null ? ['--install', '--all'] : ['--install', label, '--restart'];
      story.installs(at('10:00') + index * DAY_MS, { loggedIn: null }, args);
    });
    return story;
  };
  const other = 'macOS Tahoe 26.6.3-25G90';

  twins<string>('a third restart for one target (another)', (third) => restarts([offer.label, offer.label, third]), {
    broken: offer.label,
    holds: other,
    violated: ['restart-budget'],
  });

  twins<(string | null)[]>('no target named: three restarts (two) from one release', restarts, {
    broken: [null, null, null],
    holds: [null, null],
    violated: ['restart-budget'],
  });

  twins<string[]>('a policy that allows one: a second restart (only one)', restarts, {
    broken: [offer.label, offer.label],
    holds: [offer.label],
    violated: ['restart-budget'],
    policy: { ...settings, budgets: { ...settings.budgets, restartsPerTarget: 1 } },
  });
});

describe('no-prompt-when-up-to-date', () => {
  const violated: Invariant[] = ['no-prompt-when-up-to-date'];

  twins<typeof NEW>(
    'asked after it had booted into the newest (the old) macOS',
    (release) =>
      new Story().note(at('10:00'), { kind: 'booted', session: 'second', release }).shows(at('17:00'), QUESTION),
    { broken: NEW, holds: OLD, violated },
  );

  twins<string>(
    'asked 7 hours after the update was withdrawn (5, before the next look is due)',
    (asked) => {
      const story = new Story().shows(at(asked), QUESTION);
      story.mac.withdraw(offer.label, at('09:00'));
      return story;
    },
    { broken: '16:00', holds: '14:00', violated },
  );

  twins<string>(
    'asked long after it was withdrawn, with the last list from after (before) that',
    (looked) => {
      const output = { value: { at: at(looked), offers: { known: true, value: [offer] } } };
      const story = new Story().writes(at(looked), { output }).shows(at('20:00'), QUESTION);
      story.mac.withdraw(offer.label, at('09:00'));
      return story;
    },
    { broken: '09:30', holds: '08:30', violated },
  );

  twins<boolean>(
    'a look that brought no list (a list) is none',
    (known) => {
      const output = { value: { at: at('08:30'), offers: { known } } };
      const story = new Story().writes(at('08:30'), { output }).shows(at('20:00'), QUESTION);
      story.mac.withdraw(offer.label, at('09:00'));
      return story;
    },
    { broken: false, holds: true, violated },
  );
});

describe('deferral-kept', () => {
  const violated: Invariant[] = ['deferral-kept'];
  const asked = (time: string, kind: string, answer: string | null, until: string | null = null): AnsweredPrompt => ({
    at: isoOf(at(time)),
    kind,
    answer,
    until: until === null ? null : isoOf(at(until)),
  });
  const putOff = asked('09:00', 'choice', 'defer', '12:00');

  twins<string>(
    'put off until noon, asked again a minute before (at noon)',
    (again) => new Story().prompted(putOff).prompted(asked(again, 'choice', null)),
    { broken: '11:59', holds: '12:00', violated },
  );

  twins<string>(
    'put off until noon, warned (its list of times shown) at once',
    (kind) => new Story().prompted(putOff).prompted(asked('09:01', kind, null)),
    { broken: 'warning', holds: 'schedule', violated },
  );

  twins<AnsweredPrompt>(
    'a list of times in between hides no question at eleven (at one)',
    (again) =>
      new Story()
        .prompted(putOff)
        .prompted(asked('09:01', 'schedule', null))
        .prompted(again),
    { broken: asked('11:00', 'choice', null), holds: asked('13:00', 'choice', null), violated },
  );

  twins<string>(
    'asked again early after it was put off (not answered)',
    (answer) =>
      new Story().prompted(asked('09:00', 'choice', answer, '12:00')).prompted(asked('11:00', 'choice', null)),
    { broken: 'defer', holds: 'timed-out', violated },
  );

  test('the last one put off, never asked again: held', () => {
    const report = new Story().prompted(putOff).report();
    expect(report).toMatchObject({ violated: [], names: expect.arrayContaining(['deferral-kept']) });
  });
});

describe('prompts-a-day', () => {
  const violated: Invariant[] = ['prompts-a-day'];
  const questions = settings.prompts.maxPerDay;
  const warnings = settings.budgets.warningsPerDay + settings.meetings.maxPostponements;

  twins<Instant>(
    'one question more than the budget, on the same day (past midnight)',
    (last) => {
      const story = new Story();
      for (let n = 0; n < questions; n += 1) story.shows(at('08:00') + n * 30 * MINUTE_MS, QUESTION);
      return story.shows(last, QUESTION);
    },
    { broken: at('23:59'), holds: at('23:59') + MINUTE_MS, violated },
  );

  twins<number>(
    'one warning more than the budget and the postponements together (just as many)',
    (count) => {
      const story = new Story();
      for (let n = 0; n < count; n += 1) story.warns(at('08:00') + n * 30 * MINUTE_MS, at('23:00'));
      return story;
    },
    { broken: warnings + 1, holds: warnings, violated },
  );

  twins<Record<string, unknown>>(
    'a question too many (a password asked for after the last one)',
    (last) => {
      const story = new Story();
      for (let n = 0; n < questions; n += 1) story.shows(at('08:00') + n * 30 * MINUTE_MS, QUESTION);
      return story.shows(at('22:00'), last);
    },
    { broken: QUESTION, holds: PASSWORD_QUESTION, violated },
  );
});

describe('every-wait-has-a-wake', () => {
  twins<number>(
    'one wake ended (none) without arming the next',
    (restsWithoutWake) => Object.assign(new Story(), { restsWithoutWake }),
    { broken: 1, holds: 0, violated: ['every-wait-has-a-wake'] },
  );
});

describe('no-secret-in-the-open', () => {
  const violated: Invariant[] = ['no-secret-in-the-open'];

  twins<string>(
    'the password (the switch for it) among the arguments of a tool',
    (last) => new Story().calls(at('10:00'), 'softwareupdate.install', ['--user', 'anna', last]),
    { broken: `--password=${PASSWORD}`, holds: '--stdinpass', violated },
  );

  twins<string>(
    'the password (a mark in its place) deep in the journal',
    (password) => new Story().writes(at('10:00'), { output: { value: { answer: 'password', password } } }),
    { broken: PASSWORD, holds: '[secret]', violated },
  );

  twins<string[]>(
    'the password (the path) in the environment of a tool, or among the arguments of one it started',
    (exposed) => new Story().calls(at('10:00'), 'expect', ['-c', 'script'], exposed),
    { broken: [`PW=${PASSWORD}`], holds: ['PATH=/usr/bin'], violated },
  );

  const OTHERS = {
    accounts: [{ name: 'bert', password: BERT, cryptoPassword: LAST_YEAR }],
    fileVault: { recoveryKey: KEY },
  };
  test.each([
    ['another account', BERT],
    ['the disk, where it is not the same', LAST_YEAR],
    ['the recovery of the disk', KEY],
  ])('the password of %s counts too', (_whose, secret) => {
    const report = (arg: string) => new Story(OTHERS).calls(at('10:00'), 'softwareupdate.list', [arg]).report();
    expect(violatedIn(report(`x${secret}`))).toEqual(violated);
    expect(violatedIn(report('bert'))).toEqual([]);
  });

  test('so does what somebody had before, and what lies in a keychain', () => {
    const story = new Story();
    const { mac } = story;
    mac.rotatePassword('anna', NEXT);
    const times = { createdAt: 0, changedAt: 0 };
    const item = { account: 'a', service: 's', label: 's', kind: null, comment: null, trusted: null, ...times };
    mac.keychains.put(mac.keychains.system, { ...item, secret: KEPT });
    for (const secret of [NEXT, PASSWORD, KEPT]) story.calls(at('10:00'), 'a', [secret]);
    expect(story.calls(at('10:00'), 'a', ['--list']).report().violated).toHaveLength(3);
  });

  test('an empty password can stand anywhere', () => {
    const blank = new Story({ password: '' });
    const report = blank.calls(at('10:00'), 'softwareupdate.list', ['--list']).report();
    expect(report.names).not.toContain('no-secret-in-the-open');
    expect(report.violated).toEqual([]);
  });
});

test('a good life is held against all of them, each restart, dialog, call and row', () => {
  const report = new Story()
    .shows(at('07:00'), QUESTION)
    .presses(at('07:01'), 'button1')
    .prompted({ at: isoOf(at('07:00')), kind: 'choice', answer: 'defer', until: isoOf(at('08:00')) })
    .writes(at('07:01'), {})
    .warns(at('08:00'), at('10:00'))
    .installs(at('10:00'))
    .report();
  // 2 for the warning, 1 for the budget, 2 dialogs wanted, 1 deferral, 2 dialogs that day, 1 for wakes, 1 call, 1 row.
  expect(report).toEqual({ checked: 11, names: ALL, violated: [] });
});
