import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, zoned } from '../../src/domain/instant.ts';
import type { Happening, HappeningOf } from '../../src/simulator/mac/happenings.ts';
import type { DialogWindow } from '../../src/simulator/mac/screen.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { Person } from '../../src/simulator/people/person.ts';
import { PERSONA_NAMES, PERSONAS, type PersonaName } from '../../src/simulator/people/personas.ts';
import { buttonMeaning, eveningOf, longestOf, lookAt } from '../../src/simulator/people/reading.ts';
import { random } from '../../src/simulator/random.ts';
import { DIALOGS, MONDAY_NINE, macWith, openDialog, PASSWORD } from './harness.ts';

const MONTH = 30 * DAY_MS;

function inhabited(name: PersonaName, seed = 1, start = MONDAY_NINE) {
  const { mac, clock } = macWith(name === 'absent' ? { locked: true } : {}, seed, start);
  new Person({ mac, persona: PERSONAS[name], seed }).begin();
  return { mac, clock };
}

/** Shows a dialog whenever the Mac is awake and has none, as an eager agent would. */
function pester(mac: VirtualMac, shows: Record<string, unknown>, everyMs: number): void {
  mac.world.after(everyMs, () => {
    if (mac.on && !mac.asleep && mac.consoleUser() && mac.screen.windows().length === 0) openDialog(mac, shows);
    pester(mac, shows, everyMs);
  });
}

const of = <Kind extends Happening['kind']>(mac: VirtualMac, kind: Kind): HappeningOf<Kind>[] =>
  mac.happenings.filter((one): one is HappeningOf<Kind> => one.kind === kind);
const local = (at: number) => zoned(at, 'Europe/Berlin');

describe('a month', () => {
  test.each(PERSONA_NAMES)('of %s is the same by seed, and another by another', async (name) => {
    const month = async (seed: number) => {
      const { mac, clock } = inhabited(name, seed);
      pester(mac, DIALOGS.choice, 2 * HOUR_MS);
      await clock.runUntil(clock.now() + MONTH);
      return JSON.stringify(mac.happenings);
    };
    const first = await month(1);
    expect(await month(1)).toBe(first);
    if (name !== 'absent') expect(await month(2)).not.toBe(first);
  });
});

describe('agreeable', () => {
  test('says now at the first or second prompt', async () => {
    const { mac, clock } = inhabited('agreeable');
    pester(mac, DIALOGS.choice, HOUR_MS);
    await clock.runUntil(clock.now() + DAY_MS);
    const buttons = of(mac, 'dialog-answered').map((one) => one.button);
    expect(buttons.indexOf('button2')).toBeGreaterThanOrEqual(0);
    expect(buttons.indexOf('button2')).toBeLessThanOrEqual(1);
  });

  test('types the password and logs in again after a restart', async () => {
    const { mac, clock } = inhabited('agreeable');
    await clock.runUntil(clock.now() + 5 * MINUTE_MS);
    const ran = openDialog(mac, DIALOGS.password);
    await clock.runUntil(clock.now() + 10 * MINUTE_MS);
    expect([ran.ending?.exitCode, ran.stdout]).toEqual([0, `{\n  "Password" : "${PASSWORD}"\n}\n`]);
    expect(JSON.stringify(mac.happenings)).not.toContain(PASSWORD);
    mac.restart('person');
    await clock.runUntil(clock.now() + 20 * MINUTE_MS);
    expect(of(mac, 'logged-in')).toHaveLength(1);
  });
});

describe('procrastinator', () => {
  test('always takes the longest deferral, never now, and closes the lid at night', async () => {
    const { mac, clock } = inhabited('procrastinator');
    pester(mac, DIALOGS.choice, 2 * HOUR_MS);
    await clock.runUntil(clock.now() + MONTH);
    const answers = of(mac, 'dialog-answered');
    expect(answers.length).toBeGreaterThan(30);
    expect(answers.every((one) => one.button === 'button1' && one.selected['Remind me in'] === '1 day')).toBe(true);
    const closed = of(mac, 'lid-closed').map(({ at }) => local(at).hour);
    expect(closed.every((hour) => hour >= 18)).toBe(true);
    expect(of(mac, 'dialog-closed').some((one) => one.why === 'timer')).toBe(true);
  });

  test('lets some dialogs stand for a while, but never a warning', () => {
    const memory = { asked: 1, warned: 0, passwordAsked: 0, inCall: false, account: 'anna' };
    const dice = random('procrastinator');
    const reactions = (shows: Record<string, unknown>) => {
      const sight = lookAt({ id: 1, user: 'anna', shows, remainingMs: () => null, press: () => undefined });
      return Array.from({ length: 200 }, () => PERSONAS.procrastinator.react(sight, memory, dice).do);
    };
    const ignored = reactions(DIALOGS.choice).filter((one) => one === 'ignore').length;
    expect(ignored).toBeGreaterThan(20);
    expect(ignored).toBeLessThan(60);
    expect(reactions(DIALOGS.warning)).not.toContain('ignore');
  });

  test('gives the password only after a warning', async () => {
    const { mac, clock } = inhabited('procrastinator');
    await clock.runUntil(clock.now() + 5 * MINUTE_MS);
    const before = openDialog(mac, { ...DIALOGS.password, timer: 36_000 });
    await clock.runUntil(clock.now() + 2 * HOUR_MS);
    expect(before.ending?.exitCode).toBe(2);
    const warning = openDialog(mac, DIALOGS.warning);
    await clock.runUntil(clock.now() + 10 * MINUTE_MS);
    expect(warning.ending?.exitCode).toBe(0);
    const after = openDialog(mac, { ...DIALOGS.password, timer: 36_000 });
    await clock.runUntil(clock.now() + 2 * HOUR_MS);
    expect(after.ending?.exitCode).toBe(0);
  });
});

test('absent: no dialog is ever seen or answered, and nobody logs in after a restart', async () => {
  const { mac, clock } = inhabited('absent');
  pester(mac, DIALOGS.choice, 4 * HOUR_MS);
  clock.after(10 * DAY_MS, () => mac.restart('shutdown'));
  await clock.runUntil(clock.now() + MONTH);
  expect(of(mac, 'dialog-opened').length).toBeGreaterThan(50);
  expect([of(mac, 'dialog-seen'), of(mac, 'dialog-answered'), of(mac, 'logged-in'), of(mac, 'fell-asleep')]).toEqual([
    [],
    [],
    [],
    [],
  ]);
});

describe('nine to five', () => {
  test('is here in office hours only, logs out on Fridays, and has calls', async () => {
    const { mac, clock } = inhabited('nine-to-five');
    await clock.runUntil(clock.now() + MONTH);
    expect(of(mac, 'sat-down').every(({ at }) => local(at).dayOfWeek <= 5 && [8, 9].includes(local(at).hour))).toBe(
      true,
    );
    expect(of(mac, 'left').every(({ at }) => [16, 17].includes(local(at).hour))).toBe(true);
    const fridays = of(mac, 'logged-out').map(({ at }) => local(at).dayOfWeek);
    expect(fridays).toEqual([5, 5, 5, 5]);
    expect(of(mac, 'logged-in').length).toBeGreaterThanOrEqual(4);
  });

  test('answers nothing in a call but a warning, and the rest after it', async () => {
    const { mac, clock } = inhabited('nine-to-five', 1, MONDAY_NINE + DAY_MS);
    await clock.runUntil(MONDAY_NINE + DAY_MS + 65 * MINUTE_MS);
    expect([...mac.displayHolders.keys()]).toEqual(['zoom.us']);
    const choice = openDialog(mac, { ...DIALOGS.choice, timer: 36_000 });
    const warning = openDialog(mac, DIALOGS.warning);
    await clock.runUntil(MONDAY_NINE + DAY_MS + 118 * MINUTE_MS);
    expect([choice.ending, warning.ending?.exitCode]).toEqual([null, 0]);
    await clock.runUntil(MONDAY_NINE + DAY_MS + 135 * MINUTE_MS);
    expect(choice.ending?.exitCode).toBe(3);
  });

  test('schedules the evening', async () => {
    const { mac, clock } = inhabited('nine-to-five');
    await clock.runUntil(clock.now() + 6 * MINUTE_MS);
    const ran = openDialog(mac, DIALOGS.schedule);
    await clock.runUntil(clock.now() + 30 * MINUTE_MS);
    expect(ran.stdout).toContain('"SelectedOption" : "Mon 23 Nov 2026, 18:00"');
  });
});

test('the forgetful type a wrong password first, now and then', async () => {
  const outcomes = new Set<string>();
  for (let seed = 1; seed <= 8; seed += 1) {
    const { mac, clock } = inhabited('forgetful', seed);
    await clock.runUntil(clock.now() + 5 * MINUTE_MS);
    const ran = openDialog(mac, DIALOGS.password);
    await clock.runUntil(clock.now() + 10 * MINUTE_MS);
    outcomes.add(
      ran.stdout.includes(`"${PASSWORD}"`) ? 'right' : ran.stdout.includes('of-last-month') ? 'wrong' : 'none',
    );
  }
  expect([...outcomes].sort()).toEqual(['right', 'wrong']);
});

test('a day keeps its local hours over a change of the clocks and in another zone', async () => {
  const saturday = Date.UTC(2026, 9, 24, 10);
  const { mac, clock } = inhabited('nine-to-five', 1, saturday);
  await clock.runUntil(saturday + 3 * DAY_MS);
  const monday = of(mac, 'sat-down')[0];
  expect(local(monday?.at ?? 0).toString()).toMatch(/^2026-10-26T(08:5|09:0)\d:.*\+01:00/);
  mac.travel('America/New_York');
  await clock.runUntil(saturday + 6 * DAY_MS);
  const last = of(mac, 'sat-down').at(-1);
  expect([8, 9]).toContain(zoned(last?.at ?? 0, 'America/New_York').hour);
});

test('on the other side of the world a day begins at its own midnight', async () => {
  const { mac, clock } = macWith({ zone: 'Pacific/Auckland' });
  new Person({ mac, persona: PERSONAS['nine-to-five'], seed: 1 }).begin();
  await clock.runUntil(clock.now() + 7 * DAY_MS);
  const hours = of(mac, 'sat-down').map(({ at }) => zoned(at, 'Pacific/Auckland').hour);
  expect(hours).toHaveLength(5);
  expect(hours.every((hour) => hour === 8 || hour === 9)).toBe(true);
});

describe('reading', () => {
  test('buttons by their labels', () => {
    const later = ['Remind me later', 'Later', 'Defer', 'Not now', 'Back'];
    expect(later.map(buttonMeaning)).toEqual(later.map(() => 'later'));
    expect(['Restart now', 'Install now', 'Continue'].map(buttonMeaning)).toEqual(['now', 'now', 'now']);
    expect(['OK', 'Choose a time…', 'Schedule', 'Huh?'].map(buttonMeaning)).toEqual([
      'ok',
      'choose a time',
      'schedule',
      'unclear',
    ]);
  });

  test('kinds of window, and entries of lists', () => {
    const kinds = Object.values(DIALOGS).map((shows) => {
      const window: DialogWindow = { id: 1, user: 'anna', shows, remainingMs: () => null, press: () => undefined };
      return lookAt(window).kind;
    });
    expect(kinds).toEqual(['choice', 'last choice', 'schedule', 'warning', 'password']);
    expect(longestOf(['30 minutes', 'an hour', '1 day 2 hours', '4 hours'])).toBe('1 day 2 hours');
    expect(longestOf(['this', 'that'])).toBe('that');
    expect(eveningOf(['Mon 23 Nov 2026, 09:00', 'Mon 23 Nov 2026, 18:00'])).toBe('Mon 23 Nov 2026, 18:00');
    expect(eveningOf(['noon'])).toBeNull();
  });
});
