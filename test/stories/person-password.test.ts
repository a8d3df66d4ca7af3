// The person and the password dialog: mistyped, put off, left open, logged out of; of no use because the account owns
// nothing; kept for the next time. The agent's own credentials over the simulated Mac, so that every try is a real one.
import { describe, expect, test } from 'vitest';
import { KEYCHAIN_SERVICE } from '../../src/adapters/credentials/keychain-items.ts';
import { Seal } from '../../src/adapters/credentials/seal.ts';
import { KEEP } from '../../src/agent/effects/dialog-words.ts';
import { DAY_MS, HOUR_MS, localDate, MINUTE_MS } from '../../src/domain/instant.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { FOLDER, filesIn, ownCredentials } from '../../src/simulator/own-credentials.ts';
import { agreeable } from '../../src/simulator/people/agreeable.ts';
import { forgetful } from '../../src/simulator/people/forgetful.ts';
import type { Persona } from '../../src/simulator/people/persona.ts';
import { press, typePassword } from '../../src/simulator/people/reactions.ts';
import type { Sight } from '../../src/simulator/people/reading.ts';
import { canary } from '../support/canary.ts';
import { type Life, live, siliconMac, specWith, threeWeeks } from '../support/lives.ts';
import { nextRelease } from '../support/random-life.ts';
import { offer, ZONE } from '../support/situations.ts';

const LAST_YEAR = canary('last_year');
const CLARA = canary('clara');
const BERT = canary('bert');
const OTHER = canary('other');
const NEW = canary('new');

/** The agreeable person, who does something else with a password dialog. */
const somebody = (
  name: string,
  withPassword: (sight: Sight, ...rest: Rest) => ReturnType<Persona['react']>,
): Persona => ({
  ...agreeable,
  name,
  react: (sight, memory, dice) =>
    sight.kind === 'password' ? withPassword(sight, memory, dice) : agreeable.react(sight, memory, dice),
});
type Rest = [memory: Parameters<Persona['react']>[1], dice: Parameters<Persona['react']>[2]];

const mistypes = somebody('mistypes', (sight, _, dice) => typePassword(sight, dice, 'wrong password'));
const declines = somebody('declines', (sight, _, dice) => press(sight, dice, ['later']));
const ignores = somebody('ignores', () => ({ do: 'ignore', forMs: null }));
const leaves = somebody('leaves', () => ({ do: 'log out', afterMs: MINUTE_MS }));
const helped = somebody('helped', (sight, _, dice) => typePassword(sight, dice, 'password of a colleague'));
const keeps = somebody('keeps', (sight, _, dice) => ({ ...typePassword(sight, dice), ticks: true }));

const dialogs = ({ run }: Life, title: RegExp) =>
  run.mac.happenings.filter((one) => one.kind === 'dialog-opened' && title.test(String(one.shows.title))) as {
    at: number;
    wall: number;
    shows: Record<string, unknown>;
  }[];
const questions = (life: Life) => dialogs(life, /needs (your|a) password/);
const notices = (life: Life) => dialogs(life, /cannot be installed yet/);
const warnings = (life: Life) => dialogs(life, /^This Mac restarts at/);
const calls = ({ run }: Life, name: string) => run.mac.calls.filter((call) => call.name === name);
const tries = (life: Life) => calls(life, 'dscl.check-login');
const installs = (life: Life) => calls(life, 'softwareupdate.install');
const failedLogins = ({ run }: Life) =>
  run.mac.happenings.filter((one) => one.kind === 'authentication-failed') as { user: string; lockedOut: boolean }[];
const reasons = ({ run }: Life) => run.journal.flatMap(({ because }) => because);
const told = ({ report }: Life) => report.timeline.map(({ text }) => text).join('\n');

/** The most of these on one local day. */
function mostADay(all: readonly { wall: number }[]): number {
  const days = new Map<string, number>();
  for (const { wall } of all) days.set(localDate(wall, ZONE), (days.get(localDate(wall, ZONE)) ?? 0) + 1);
  return Math.max(0, ...days.values());
}

function expectSound(life: Life): void {
  expect(life.report.invariants.violated).toEqual([]);
  expect(life.run.restsWithoutWake).toBe(0);
  expect(failedLogins(life).filter(({ lockedOut }) => lockedOut)).toEqual([]);
}

describe('a wrong password', () => {
  test('mistyped once, the person learns it within a minute, and the second one installs', async () => {
    const life = await live({ spec: siliconMac, persona: 'agreeable', somebody: forgetful(agreeable, 1), days: 4 });
    expectSound(life);
    expect(life.report.outcome).toBe('updated');
    expect([tries(life).length, failedLogins(life).length, installs(life).length]).toEqual([2, 1, 1]);
    const [first, second] = questions(life);
    expect(first?.shows.message).not.toContain('Caps Lock');
    expect(second?.shows.message).toContain('That password was not accepted. Is the Caps Lock key on?');
    expect((second?.at ?? 0) - (tries(life)[0]?.at ?? 0)).toBeLessThan(MINUTE_MS);
  });

  test('super #278: never right, it is tried three times a day, told, and the account is not locked', async () => {
    const spec = specWith({ appleSilicon: true, lockoutAfter: 5 });
    const life = await live({ spec, persona: 'agreeable', somebody: mistypes, days: 5 });
    expectSound(life);
    expect(installs(life)).toEqual([]);
    expect(failedLogins(life)).toHaveLength(3);
    expect(questions(life)).toHaveLength(3);
    expect(notices(life)[0]?.shows.message).toContain('was not accepted');
    expect(notices(life)[0]?.shows).not.toHaveProperty('textfield');
    expect(told(life)).toContain('A password of anna was typed and is wrong');
  });

  test('without a limit on the Mac it is three tries within any 23 hours all the same', async () => {
    const life = await live({ spec: siliconMac, persona: 'agreeable', somebody: mistypes, days: 6 });
    expectSound(life);
    const at = tries(life).map((call) => call.at);
    expect(at.length).toBeGreaterThanOrEqual(6);
    for (const first of at)
      expect(at.filter((later) => later >= first && later < first + 23 * HOUR_MS).length).toBeLessThanOrEqual(3);
    expect(questions(life).length).toBe(at.length);
  });

  test('where three lock the account only one is tried; then the dialog stays away, and the reason is told', async () => {
    const spec = specWith({ appleSilicon: true, lockoutAfter: 3 });
    const life = await live({ spec, persona: 'agreeable', somebody: mistypes, days: 6 });
    expectSound(life);
    expect([tries(life).length, failedLogins(life).length, questions(life).length]).toEqual([1, 1, 1]);
    expect(notices(life)[0]?.shows.message).toMatch(/was not accepted. So as not to lock the account/);
    expect(life.run.status?.because).toContainEqual({ code: 'person-cannot', why: 'near-lockout' });
  });

  test('near the lockout before anything was typed, no dialog asks and nobody is warned of a restart', async () => {
    const spec = specWith({
      appleSilicon: true,
      lockoutAfter: 5,
      accounts: [{ name: siliconMac.user, failedLogins: 3 }],
    });
    const life = await live({ spec, persona: 'agreeable', days: 5 });
    expectSound(life);
    expect([questions(life), tries(life), warnings(life)]).toEqual([[], [], []]);
    expect(reasons(life)).toContainEqual({ code: 'person-cannot', why: 'near-lockout' });
  });

  test('two passwords that drifted apart: said plainly, with whom to ask, after one try a day', async () => {
    const accounts = [{ name: siliconMac.user, cryptoPassword: LAST_YEAR }];
    const life = await live({ spec: specWith({ appleSilicon: true, accounts }), persona: 'agreeable', days: 3 });
    expectSound(life);
    expect(notices(life)[0]?.shows.message).toMatch(
      /login password works but the disk knows another one.*Example Ltd/s,
    );
    expect([failedLogins(life), installs(life)]).toEqual([[], []]);
    expect(mostADay(tries(life))).toBe(1);
  });
});

describe('no answer', () => {
  test.each([
    ['put off', declines],
    ['left standing', ignores],
  ])('%s: asked again an hour later at the earliest, within the budget, and nothing is tried', async (_, persona) => {
    const life = await live({ spec: siliconMac, persona: 'agreeable', somebody: persona, days: 4 });
    expectSound(life);
    expect([tries(life), installs(life)]).toEqual([[], []]);
    const asked = questions(life);
    expect(asked.length).toBeGreaterThan(1);
    for (const [index, { at }] of asked.entries())
      if (index > 0) expect(at - (asked[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(HOUR_MS);
    expect(mostADay(asked)).toBeLessThanOrEqual(threeWeeks.prompts.maxPerDay);
  });

  test('logged out with the dialog open: whoever logs in next is not answered for, and the story goes on', async () => {
    const life = await live({ spec: siliconMac, persona: 'agreeable', somebody: leaves, days: 4 });
    expectSound(life);
    expect(questions(life).length).toBeGreaterThan(0);
    expect([tries(life), installs(life)]).toEqual([[], []]);
    expect(told(life)).toContain('is not at the Mac any more; nothing they typed is used');
  });

  test('somebody else logs in at the moment it is answered: what was typed is thrown away', async () => {
    const clara = { name: 'clara', password: CLARA, secureToken: true };
    const spec = specWith({ appleSilicon: true, accounts: [clara] });
    // The Mac changes hands between the answer and the look at who is there.
    const arrange = (mac: VirtualMac) => {
      let done = false;
      mac.screen.onSeen((window) => {
        if (done || !/needs your password/.test(String(window.shows.title))) return;
        const press = window.press.bind(window);
        Object.assign(window, {
          press: (answer: Parameters<typeof press>[0]) => {
            press(answer);
            done = true;
            mac.logOut();
            mac.logIn('clara');
          },
        });
      });
    };
    const life = await live({ spec, persona: 'agreeable', days: 1, arrange });
    expectSound(life);
    expect(told(life)).toContain('is not at the Mac any more; nothing they typed is used');
    expect(tries(life).filter(({ at }) => at < (questions(life)[1]?.at ?? Number.POSITIVE_INFINITY))).toEqual([]);
  });
});

describe('an account that cannot authorise it', () => {
  const bert = { name: 'bert', fullName: 'Bert Brecht', password: BERT, admin: true, secureToken: true };
  const service = { name: '_helper', password: 'x1', hidden: true, secureToken: true };
  const noOwner = { name: siliconMac.user, secureToken: true, volumeOwner: false };
  const withBert = specWith({
    appleSilicon: true,
    passwordPolicy: { lockoutAfter: 5 },
    accounts: [noOwner, bert, service],
  });
  const onlyThem = specWith({ appleSilicon: true, accounts: [noOwner, service] });

  test('another one that can is offered by its full name, and its password installs', async () => {
    const life = await live({ spec: withBert, persona: 'agreeable', somebody: helped, days: 4 });
    expectSound(life);
    expect(life.report.outcome).toBe('updated');
    expect(questions(life)[0]?.shows).toMatchObject({
      selectitems: [{ title: 'Account', values: ['Bert Brecht'] }],
      message: expect.stringMatching(/\*\*anna\*\* cannot authorise this update.*Example Ltd IT/s),
    });
    const args = installs(life)[0]?.args ?? [];
    expect(args[args.indexOf('--user') + 1]).toBe('bert');
    expect(failedLogins(life)).toEqual([]);
    expect(reasons(life)).toContainEqual({ code: 'needs-other-owner', accounts: 1 });
    expect(JSON.stringify([life.run.mac.calls, life.run.journal, life.run.status])).not.toContain(BERT);
  });

  test('mistyped, the tries are those of the other account, and stop below its lockout', async () => {
    const life = await live({ spec: withBert, persona: 'agreeable', somebody: mistypes, days: 5 });
    expectSound(life);
    expect(failedLogins(life).map(({ user }) => user)).toEqual(['bert', 'bert', 'bert']);
    expect(installs(life)).toEqual([]);
    // Nobody is left who could do it: said once a day, and no more asked.
    expect(life.run.status?.because).toContainEqual({ code: 'nobody-to-authorize' });
    expect(mostADay(notices(life))).toBeLessThanOrEqual(2);
  });

  test('put off, it is asked once a day', async () => {
    const life = await live({ spec: withBert, persona: 'agreeable', somebody: declines, days: 5 });
    expectSound(life);
    expect(questions(life).length).toBeGreaterThan(1);
    expect(mostADay(questions(life))).toBe(1);
  });

  test('without any other they are told, once a day and in their hours; nobody is asked or warned in vain', async () => {
    const life = await live({ spec: onlyThem, persona: 'agreeable', days: 8 });
    expectSound(life);
    expect(notices(life).length).toBeGreaterThan(2);
    expect(mostADay(notices(life))).toBe(1);
    expect(life.run.mac.happenings.filter(({ kind }) => kind === 'dialog-opened')).toHaveLength(notices(life).length);
    expect(notices(life)[0]?.shows.message).toMatch(/\*\*anna\*\* is none of those.*contact Example Ltd IT/s);
    expect(notices(life)[0]?.shows).not.toHaveProperty('textfield');
    expect(life.run.status?.because).toContainEqual({ code: 'person-cannot', why: 'not-owner' });
    expect(life.run.status?.problems.map(({ code }) => code)).toContain('nobody-to-authorize');
    for (const { wall } of notices(life)) {
      const hour = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO(ZONE).hour;
      expect(hour).toBeGreaterThanOrEqual(8);
      expect(hour).toBeLessThan(18);
    }
  });

  test('given ownership meanwhile, they are asked like anybody', async () => {
    const arrange = (mac: VirtualMac) =>
      mac.world.after(2 * DAY_MS, () => {
        const anna = mac.accounts.named(siliconMac.user);
        if (anna !== null) anna.volumeOwner = true;
      });
    const life = await live({ spec: onlyThem, persona: 'agreeable', days: 6, arrange });
    expectSound(life);
    expect(life.report.outcome).toBe('updated');
    expect(notices(life).length).toBeGreaterThan(0);
  });
});

describe('keeping what was typed', () => {
  const remembers: Settings = {
    ...threeWeeks,
    authentication: { ...threeWeeks.authentication, rememberTyped: true },
  };
  const twoUpdates = (mac: VirtualMac) => void mac.world.after(8 * DAY_MS, () => mac.publish([offer, nextRelease]));
  const keptIn = ({ run }: Life) => {
    const anna = run.mac.accounts.named(siliconMac.user);
    return anna === null ? [] : run.mac.keychains.ofUser(anna).items.filter((one) => one.service === KEYCHAIN_SERVICE);
  };

  test('ticked and right, it installs the next update without a question', async () => {
    const story = { settings: remembers, spec: siliconMac, persona: 'agreeable', somebody: keeps, days: 16 } as const;
    const life = await live({ ...story, arrange: twoUpdates });
    expectSound(life);
    expect(keptIn(life)).toHaveLength(1);
    expect(life.run.mac.release().version).toBe(nextRelease.version);
    expect(questions(life)).toHaveLength(1);
    expect(questions(life)[0]?.shows.checkbox).toEqual([{ label: KEEP, checked: false }]);
    expect(installs(life)).toHaveLength(2);
    expect(told(life)).toContain('is kept in their keychain as they wished');
    expect(reasons(life)).toContainEqual({ code: 'authorized-by', method: 'saved-password' });
    expect(JSON.stringify([life.run.mac.calls, life.run.journal])).not.toContain(siliconMac.password);
  });

  test.each<[string, Settings, Persona]>([
    ['not ticked', remembers, agreeable],
    ['ticked, but not offered', threeWeeks, keeps],
  ])('%s, nothing is kept and the next update asks again', async (_, settings, persona) => {
    const story = { settings, spec: siliconMac, persona: 'agreeable', somebody: persona, days: 16 } as const;
    const life = await live({ ...story, arrange: twoUpdates });
    expectSound(life);
    expect(life.run.mac.release().version).toBe(nextRelease.version);
    expect(questions(life)).toHaveLength(2);
    expect(keptIn(life)).toEqual([]);
    if (settings === threeWeeks) expect(questions(life)[0]?.shows).not.toHaveProperty('checkbox');
  });

  test('super #158: changed since, it fails over to the person, who is offered to keep the new one', async () => {
    const arrange = (mac: VirtualMac) => {
      twoUpdates(mac);
      mac.world.after(7 * DAY_MS, () => {
        const anna = mac.accounts.named(siliconMac.user);
        if (anna === null) return;
        mac.accounts.putLoginPassword(anna, NEW);
        mac.accounts.putCryptoPassword(anna, NEW);
      });
    };
    const story = { settings: remembers, spec: siliconMac, persona: 'agreeable', somebody: keeps, days: 16 } as const;
    const files = filesIn(new Map());
    const life = await live({ ...story, arrange, credentials: (parts) => ownCredentials(parts, files) });
    expectSound(life);
    expect(life.run.mac.release().version).toBe(nextRelease.version);
    expect(failedLogins(life)).toHaveLength(1);
    expect(questions(life)).toHaveLength(2);
    expect(questions(life)[1]?.shows.checkbox).toEqual([{ label: KEEP, checked: false }]);
    expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'saved-password', why: 'wrong-password' });
    const seal = new Seal(FOLDER, files);
    const opened = keptIn(life).map(({ account, secret }) => seal.open(new Secret(secret), account));
    expect(opened.map((one) => one?.expose((plain) => plain))).toEqual([NEW]);
  });

  test('a keychain that does not open stops nothing, and it is told', async () => {
    const accounts = [{ name: siliconMac.user, keychainPassword: OTHER }];
    const spec = specWith({ appleSilicon: true, accounts });
    const life = await live({ settings: remembers, spec, persona: 'agreeable', somebody: keeps, days: 4 });
    expectSound(life);
    expect(life.report.outcome).toBe('updated');
    expect(told(life)).toContain('it could not be kept as they wished');
    expect(keptIn(life)).toEqual([]);
  });

  test('cut off at every commit: installed once, kept or not kept', async () => {
    const story = { settings: remembers, spec: siliconMac, persona: 'agreeable', somebody: keeps, days: 3 } as const;
    const calm = await live(story);
    expect(calm.report.outcome).toBe('updated');
    for (let commit = 1; commit <= calm.run.commits; commit += 1) {
      for (const when of ['before', 'after'] as const) {
        const life = await live({ ...story, cuts: [{ commit, when }] });
        const place = `${when} commit ${commit}`;
        expect([life.report.outcome, life.report.restarts.length], place).toEqual(['updated', 1]);
        expectSound(life);
        expect(failedLogins(life), place).toEqual([]);
      }
    }
  });
});
