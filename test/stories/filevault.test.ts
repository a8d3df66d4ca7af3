// Intel Macs with FileVault on: root may install there, but the start after the restart stops at FileVault's screen, and the
// update with it, until somebody types a password. A saved one can unlock that start in advance.
import { describe, expect, test } from 'vitest';
import type { MethodTrouble } from '../../src/domain/authority.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { Cut } from '../../src/simulator/simulate.ts';
import { canary } from '../support/canary.ts';
import { type Life, live, specWith, threeWeeks } from '../support/lives.ts';
import { SavedPasswords } from '../support/saved-passwords.ts';

const PASSWORD = canary('service', (it) => `a "strange" <service> ${it} & = 🔑`);
const service = { name: '_upkeep', password: PASSWORD, secureToken: true, hidden: true };
const intel = { model: 'iMac20,1', appleSilicon: false, kind: 'desktop', accounts: [service] };
const cupboard = specWith({ ...intel, loggedIn: false, fileVault: {} });
const withFault = (...faults: object[]) => specWith({ ...intel, loggedIn: false, fileVault: {}, faults });

const unlocks: Settings = { ...threeWeeks, fileVault: { unlockNextStart: true } };
const saved = (password = PASSWORD, trouble?: MethodTrouble) =>
  new SavedPasswords({
    'service-account': { account: '_upkeep', password, ...(trouble === undefined ? {} : { trouble }) },
  });

const calls = ({ run }: Life, name: string) => run.mac.calls.filter((call) => call.name === name);
const kinds = ({ run }: Life, kind: string) => run.mac.happenings.filter((one) => one.kind === kind);
const reasons = ({ run }: Life) => run.journal.flatMap(({ because }) => because);
const told = ({ report }: Life) => report.timeline.map(({ text }) => text).join('\n');

const STOPS = 'the Mac stops at FileVault’s screen until somebody types a password there';

/** Whatever came of it: nobody was surprised, nothing restarted but the update, and no password is to be seen. */
function isFair(life: Life): void {
  expect(life.report.invariants.violated).toEqual([]);
  expect(life.run.mac.happenings.flatMap((one) => (one.kind === 'restart' ? [one.cause] : []))).toEqual(
    kinds(life, 'restart').map(() => 'softwareupdate'),
  );
  for (const { args } of calls(life, 'fdesetup.authrestart'))
    expect(args).toEqual(['authrestart', '-inputplist', '-delayminutes', '-1']);
  for (const { args } of calls(life, 'softwareupdate.install')) expect(args).not.toContain('--stdinpass');
  const seen = [life.run.mac.calls, life.run.journal, life.run.status];
  expect(JSON.stringify(seen)).not.toContain(JSON.stringify(PASSWORD).slice(1, -1));
}

describe('in an empty room', () => {
  const alone = { spec: cupboard, persona: 'absent', days: 4 } as const;

  test('a saved password unlocks the start, and the update is done overnight', async () => {
    const passwords = saved();
    const life = await live({ ...alone, settings: unlocks, credentials: () => passwords });
    isFair(life);
    expect(life.report.outcome).toBe('updated');
    expect(kinds(life, 'waits-for-unlock')).toEqual([]);
    expect(calls(life, 'fdesetup.authrestart')).toHaveLength(1);
    expect(passwords.tries).toEqual([
      { method: 'service-account', right: null },
      { method: 'service-account', right: true },
    ]);
    expect(reasons(life)).toContainEqual({ code: 'filevault-passed-by', method: 'service-account' });
    expect(told(life)).toContain(
      'The start after the restart is unlocked: the Mac passes FileVault’s screen by itself',
    );
    // It was for that start alone.
    expect([life.run.mac.fileVault.nextStartUnlocked, JSON.stringify(life.run.status)]).toEqual([
      false,
      expect.not.stringContaining('next-start-unlocked'),
    ]);
  });

  test('without the setting nothing is unlocked, and the update waits at the screen for ever', async () => {
    const passwords = saved();
    const life = await live({ ...alone, credentials: () => passwords });
    isFair(life);
    expect([life.report.outcome, life.run.mac.atFileVault]).not.toContain('updated');
    expect(life.run.mac.atFileVault).toBe(true);
    expect([calls(life, 'fdesetup.authrestart'), calls(life, 'fdesetup.status'), passwords.tries]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test.each([
    ['FileVault is off', specWith({ ...intel, loggedIn: false })],
    [
      'the Mac has Apple silicon, where macOS passes its screen by itself',
      specWith({ loggedIn: false, fileVault: {}, accounts: [service] }),
    ],
  ])('nothing is unlocked where %s', async (_, spec) => {
    const life = await live({ ...alone, spec, settings: unlocks, credentials: () => saved() });
    expect(life.report.outcome).toBe('updated');
    expect(calls(life, 'fdesetup.authrestart')).toEqual([]);
    expect(kinds(life, 'waits-for-unlock')).toEqual([]);
    expect(JSON.stringify(reasons(life))).not.toContain('filevault');
  });

  test('it installs all the same when the restart cannot be unlocked, and says that the Mac will stand there', async () => {
    const passwords = saved();
    const spec = withFault({ name: 'authrestart-fails' });
    const life = await live({ ...alone, spec, settings: unlocks, credentials: () => passwords });
    isFair(life);
    expect(calls(life, 'softwareupdate.install')).toHaveLength(1);
    expect(life.run.mac.atFileVault).toBe(true);
    // Whether the password was right nobody knows: the try is left open, and counts as one.
    expect(passwords.tries).toEqual([{ method: 'service-account', right: null }]);
    expect(told(life)).toContain(`${STOPS}: fdesetup cannot unlock a restart`);
    expect(reasons(life)).toContainEqual({ code: 'filevault-stops', why: 'cannot-restart' });
  });

  test('a saved password that is wrong costs one try, and the install goes on without', async () => {
    const passwords = saved('not this one');
    const spec = withFault({ name: 'install-fails', times: 1 });
    const life = await live({ ...alone, spec, settings: unlocks, credentials: () => passwords });
    isFair(life);
    expect(calls(life, 'softwareupdate.install')).toHaveLength(2);
    expect(calls(life, 'fdesetup.authrestart')).toHaveLength(1);
    expect(passwords.tries).toEqual([
      { method: 'service-account', right: null },
      { method: 'service-account', right: false },
    ]);
    expect(told(life)).toContain(`${STOPS}: the saved password was not accepted`);
    expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'service-account', why: 'wrong-password' });
  });

  test('an install that root is refused is not held against the saved password', async () => {
    const passwords = saved();
    const spec = withFault({ name: 'install-fails', times: 1, text: 'Failed to authenticate', exitCode: 1 });
    const life = await live({ ...alone, spec, settings: unlocks, credentials: () => passwords });
    isFair(life);
    expect(life.report.outcome).toBe('updated');
    expect(JSON.stringify(reasons(life))).not.toContain('method-refused');
    expect(reasons(life)).toContainEqual(expect.objectContaining({ code: 'attempt-failed', what: 'install' }));
    expect(passwords.tries).toEqual([
      { method: 'service-account', right: null },
      { method: 'service-account', right: true },
    ]);
  });

  test.each(['keychain-unavailable', 'no-token', 'near-lockout', 'drifted', 'unknown'] as const)(
    'one that is %s is never tried, and nobody is asked',
    async (trouble) => {
      const passwords = saved(PASSWORD, trouble);
      const life = await live({ ...alone, settings: unlocks, credentials: () => passwords });
      isFair(life);
      expect([passwords.tries, calls(life, 'fdesetup.authrestart'), kinds(life, 'dialog-opened')]).toEqual([
        [],
        [],
        [],
      ]);
      expect(calls(life, 'softwareupdate.install')).toHaveLength(1);
      expect(told(life)).toContain(`${STOPS}: no saved password can be used for it`);
      expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'service-account', why: trouble });
    },
  );

  test.each([
    ['is none of FileVault’s users', { users: ['anna'] }, 'no saved password can be used for it'],
    ['is one, on a Mac that throws the key away', { destroyKeyOnStandby: true }, 'destroyfvkeyonstandby'],
  ])('an account that %s is not tried', async (_, fileVault, why) => {
    const passwords = saved();
    const spec = specWith({ ...intel, loggedIn: false, fileVault });
    const life = await live({ ...alone, spec, settings: unlocks, credentials: () => passwords });
    isFair(life);
    expect([passwords.tries, calls(life, 'softwareupdate.install').length]).toEqual([[], 1]);
    expect(told(life)).toContain(why);
  });

  test('when the install fails the start stays unlocked, which is told until it is used', async () => {
    const spec = withFault({ name: 'install-fails', times: 1 });
    const life = await live({ ...alone, spec, settings: unlocks, credentials: () => saved() });
    isFair(life);
    expect(life.report.outcome).toBe('updated');
    expect(told(life)).toContain('the next start passes FileVault’s screen all the same, whoever restarts the Mac');
    // The second try needs no password: what was unlocked still is.
    expect([calls(life, 'softwareupdate.install').length, calls(life, 'fdesetup.authrestart').length]).toEqual([2, 1]);
    const telling = life.run.journal.find(({ because }) => JSON.stringify(because).includes('next-start-unlocked'));
    expect(telling?.because).toContainEqual(expect.objectContaining({ code: 'attempt-failed', what: 'install' }));
    expect(JSON.stringify(life.run.status)).not.toContain('next-start-unlocked');
  });

  test('cut off at every commit it is installed once, and the Mac comes up again or says that it may not', async () => {
    const story = { ...alone, days: 2, settings: unlocks, credentials: () => saved() };
    const calm = await live(story);
    expect(calm.report.outcome).toBe('updated');
    let doubts = 0;
    for (let commit = 1; commit <= calm.run.commits; commit += 1) {
      for (const when of ['before', 'after'] as const) {
        const cuts: Cut[] = [{ commit, when }];
        const life = await live({ ...story, cuts });
        const place = `${when} commit ${commit} of ${calm.run.commits}`;
        expect(life.run.cutsMade, place).toBe(1);
        expect([life.report.outcome, kinds(life, 'waits-for-unlock').length], place).toEqual(['updated', 0]);
        expect(life.report.restarts, place).toHaveLength(1);
        expect(life.report.invariants.violated, place).toEqual([]);
        // Cut off between unlocking and the word of it, nobody can say what came of it: told, and done again hours later.
        const isTold = JSON.stringify(reasons(life)).includes('"why":"cut-off"');
        expect(calls(life, 'fdesetup.authrestart').length, place).toBeLessThanOrEqual(isTold ? 2 : 1);
        doubts += isTold ? 1 : 0;
      }
    }
    expect(doubts).toBeGreaterThan(0);
  });
});

describe('with somebody there', () => {
  const attended = { spec: specWith({ ...intel, fileVault: {} }), days: 5 } as const;

  test('the warnings are the same, and nobody is asked for a password', async () => {
    const life = await live({
      ...attended,
      days: 21,
      persona: 'procrastinator',
      settings: unlocks,
      credentials: () => saved(),
    });
    isFair(life);
    expect(life.report.outcome).toBe('updated');
    expect(life.report.restarts[0]?.warning?.minutes).toBeGreaterThanOrEqual(60);
    expect(told(life)).not.toContain('Asked for the password');
    expect(kinds(life, 'waits-for-unlock')).toEqual([]);
  });

  test('without a saved password the update waits until they type theirs at the screen', async () => {
    const life = await live({ ...attended, persona: 'agreeable', settings: unlocks });
    isFair(life);
    expect(life.report.outcome).toBe('updated');
    expect(kinds(life, 'waits-for-unlock')).toHaveLength(1);
    expect(kinds(life, 'disk-unlocked')).toHaveLength(1);
    expect(told(life)).not.toContain('Asked for the password');
    expect(reasons(life)).toContainEqual({ code: 'filevault-stops', why: 'nothing-usable' });
  });
});
