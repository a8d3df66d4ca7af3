// Installs on Apple silicon that nobody has to type a password for, and what happens when a saved password does not do.
import { describe, expect, test } from 'vitest';
import type { MethodTrouble } from '../../src/domain/authority.ts';
import type { Cut } from '../../src/simulator/simulate.ts';
import { canary } from '../support/canary.ts';
import { type Life, live, specWith, threeWeeks } from '../support/lives.ts';
import { SavedPasswords } from '../support/saved-passwords.ts';

const PASSWORD = canary('service', (it) => `a "strange" $ervice ${it} = 🔑`);
const service = { name: '_upkeep', password: PASSWORD, secureToken: true, hidden: true };
const office = specWith({ appleSilicon: true, accounts: [service] });
const emptyRoom = specWith({ appleSilicon: true, loggedIn: false, accounts: [service] });

const saved = (password = PASSWORD, trouble?: MethodTrouble) =>
  new SavedPasswords({
    'service-account': { account: '_upkeep', password, ...(trouble === undefined ? {} : { trouble }) },
  });

const installs = ({ run }: Life) => run.mac.calls.filter(({ name }) => name === 'softwareupdate.install');
const dialogs = ({ run }: Life) => run.mac.happenings.filter(({ kind }) => kind === 'dialog-opened');
const failedLogins = ({ run }: Life) => run.mac.happenings.filter(({ kind }) => kind === 'authentication-failed');
const reasons = ({ run }: Life) => run.journal.flatMap(({ because }) => because);

const strict = { ...threeWeeks, authentication: { ...threeWeeks.authentication, savedFailover: false } };

describe('a service account', () => {
  test('installs while nobody is logged in, and its password is nowhere to be seen', async () => {
    const passwords = saved();
    const life = await live({ spec: emptyRoom, persona: 'absent', days: 4, credentials: () => passwords });
    expect(life.report.outcome).toBe('updated');
    expect(life.report.invariants.violated).toEqual([]);
    expect(dialogs(life)).toEqual([]);
    // Whether macOS restarts before it was noted that the password was right is a matter of seconds.
    expect(passwords.tries[0]).toEqual({ method: 'service-account', right: null });
    expect(passwords.tries.slice(1).filter(({ right }) => right !== true)).toEqual([]);
    expect(reasons(life)).toContainEqual({ code: 'authorized-by', method: 'service-account' });
    expect(JSON.stringify([life.run.mac.calls, life.run.journal, life.run.status])).not.toContain(PASSWORD);
  });

  test('without one the same Mac waits for somebody who can type a password', async () => {
    const life = await live({ spec: emptyRoom, persona: 'absent', days: 4 });
    expect(life.report.outcome).not.toBe('updated');
    expect(installs(life)).toEqual([]);
    expect(reasons(life)).toContainEqual({ code: 'nobody-to-authorize' });
  });

  test('spares the person the password at the hard deadline, not the warning', async () => {
    const life = await live({ spec: office, persona: 'procrastinator', credentials: () => saved() });
    expect(life.report.outcome).toBe('updated');
    expect(life.report.invariants.violated).toEqual([]);
    expect(life.report.restarts[0]?.warning?.minutes).toBeGreaterThanOrEqual(60);
    expect(life.report.timeline.filter(({ text }) => text.startsWith('Asked for the password'))).toEqual([]);
  });
});

describe('a saved password that is wrong', () => {
  test('costs one failed login, and then the person is asked', async () => {
    const passwords = saved(canary('wrong'));
    const life = await live({ spec: office, persona: 'agreeable', days: 4, credentials: () => passwords });
    expect(life.report.outcome).toBe('updated');
    expect(failedLogins(life)).toHaveLength(1);
    expect(passwords.tries.filter(({ right }) => right === false)).toHaveLength(1);
    expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'service-account', why: 'wrong-password' });
  });

  test('without failover nobody is asked, it is not tried again, and the reason is told', async () => {
    const passwords = saved(canary('wrong'));
    const life = await live({
      settings: strict,
      spec: office,
      persona: 'agreeable',
      days: 6,
      credentials: () => passwords,
    });
    expect(life.report.outcome).not.toBe('updated');
    expect(failedLogins(life)).toHaveLength(1);
    expect(installs(life)).toHaveLength(1);
    expect(life.run.status?.state).toMatch(/^resting\./);
    expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'service-account', why: 'wrong-password' });
  });

  test.each(['keychain-unavailable', 'no-token', 'not-owner', 'near-lockout', 'drifted', 'unknown'] as const)(
    'one that is %s is never tried; the person is asked instead',
    async (trouble) => {
      const passwords = saved(PASSWORD, trouble);
      const life = await live({ spec: office, persona: 'agreeable', days: 4, credentials: () => passwords });
      expect(life.report.outcome).toBe('updated');
      expect(passwords.tries).toEqual([]);
      expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'service-account', why: trouble });
    },
  );
});

test('cut off at every commit, the unattended install happens once', async () => {
  const story = { spec: emptyRoom, persona: 'absent' as const, days: 3, credentials: () => saved() };
  const calm = await live(story);
  expect(calm.report.outcome).toBe('updated');
  for (let commit = 1; commit <= calm.run.commits; commit += 1) {
    for (const when of ['before', 'after'] as const) {
      const cuts: Cut[] = [{ commit, when }];
      const life = await live({ ...story, cuts });
      const place = `${when} commit ${commit}`;
      expect(life.run.cutsMade, place).toBe(1);
      expect(life.report.outcome, place).toBe('updated');
      expect(life.report.restarts, place).toHaveLength(1);
      expect(life.report.invariants.violated, place).toEqual([]);
      expect(failedLogins(life), place).toEqual([]);
    }
  }
});
