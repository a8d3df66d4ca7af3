// Whether a password would do: both passwords of an account, and never a try too many.
import { describe, expect, test } from 'vitest';
import { verifyCredential } from '../../../src/adapters/credentials/verify-credential.ts';
import { verifyPassword } from '../../../src/adapters/credentials/verify-password.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { MacSpecInput } from '../../../src/simulator/mac/mac-spec.ts';
import { canary, canaryOfLength, hardCanaries } from '../../support/canary.ts';
import { ADMIN, desk, Killed } from './desk.ts';

const ROTATED = canary('rotated');
const NEITHER = canary('neither');
const WRONG = canary('wrong');

type Desk = ReturnType<typeof desk>;

function verify(one: Desk, password: string, account = 'bert', credential: string | null = null) {
  return one.run(verifyPassword(one.process().parts, { account, credential, secret: new Secret(password) }));
}

const failures = (one: Desk, name = 'bert') => one.mac.accounts.named(name)?.failedLogins;
const checks = (one: Desk) => one.mac.calls.filter(({ name }) => /check-/.test(name)).map(({ name }) => name);
const withBert = (bert: object): MacSpecInput => ({
  accounts: [{ name: 'bert', password: ADMIN, admin: true, secureToken: true, ...bert }],
});

test('the right one logs in and unlocks', async () => {
  const one = desk();
  expect(await verify(one, ADMIN)).toEqual({ fit: true, account: 'bert', at: expect.any(Number) });
  expect(checks(one)).toEqual(['dscl.check-login', 'diskutil.check-volume-password']);
});

test.each(hardCanaries('bert'))('one with %s is tried as it is', async (_, password) => {
  const one = desk();
  one.mac.rotatePassword('bert', password, { cryptoToo: true });
  expect(await verify(one, password)).toMatchObject({ fit: true });
  for (const call of one.mac.calls) expect([...call.args, ...call.exposed].join('\0')).not.toContain(password);
});

test.each([
  ['129 bytes', canaryOfLength('bert', 129)],
  ['255 characters', canaryOfLength('bert', 255)],
  ['too many bytes in few characters', canary('bert', (it) => `${it}${'é'.repeat(65)}`)],
  ['a control character', canary('bert', (it) => `bell\x07${it}`)],
])('one with %s, which no prompt takes, is refused before it counts as tried', async (_, password) => {
  const one = desk();
  one.mac.rotatePassword('bert', password, { cryptoToo: true });
  await expect(verify(one, password)).rejects.toMatchObject({ code: 'input.wrong' });
  expect([checks(one), one.process().parts.attempts.all()]).toEqual([[], []]);
});

describe('drift', () => {
  test('an MDM changed what logs in, and the volume did not follow: the old one unlocks, the new one logs in', async () => {
    const one = desk();
    one.mac.rotatePassword('bert', ROTATED);
    expect(await verify(one, ADMIN)).toMatchObject({ fit: false, trouble: 'drifted', why: /does not log in/ });
    expect(await verify(one, ROTATED)).toMatchObject({ fit: false, trouble: 'drifted', why: /another one/ });
    expect(await verify(one, NEITHER)).toMatchObject({ fit: false, trouble: 'wrong-password', tried: true });
  });
});

describe('what is known without the password costs no try', () => {
  test.each<[string, object, string]>([
    ['no such account', { name: 'dora' }, 'no-account'],
    ['a disabled one', { disabled: true }, 'no-account'],
    ['one without a token', { secureToken: false }, 'no-token'],
    ['one that does not own the volume', { volumeOwner: false }, 'not-owner'],
  ])('%s', async (_what, bert, trouble) => {
    const one = desk(withBert(bert));
    expect(await verify(one, ADMIN)).toMatchObject({ fit: false, trouble, tried: false });
    expect([checks(one), one.process().parts.attempts.all()]).toEqual([[], []]);
  });

  test('a locked account', async () => {
    const policy = { lockoutAfter: 5, lockoutMinutes: 30 };
    const one = desk({ ...withBert({}), passwordPolicy: policy });
    for (let i = 0; i < 5; i += 1) one.mac.accounts.check('bert', WRONG);
    const locked = await verify(one, ADMIN);
    expect(locked).toMatchObject({ fit: false, trouble: 'locked', tried: false });
    expect(checks(one)).toEqual([]);
    const until = !locked.fit && locked.until !== null ? locked.until - one.mac.world.wall() : 0;
    expect(Math.abs(until - HOUR_MS / 2)).toBeLessThan(60_000);
  });

  test('a lock that nobody ends', async () => {
    const one = desk({ ...withBert({}), passwordPolicy: { lockoutAfter: 5 } });
    for (let i = 0; i < 5; i += 1) one.mac.accounts.check('bert', WRONG);
    expect(await verify(one, ADMIN)).toMatchObject({ trouble: 'locked', until: null });
  });
});

describe('lockout', () => {
  test.each([
    ['pwpolicy.all', 3],
    ['pwpolicy.of-account', 3],
    ['pwpolicy.global', 8],
  ])('where %s does not answer, %i of eight are tried', async (refused, tries) => {
    const one = desk({ passwordPolicy: { lockoutAfter: 12 } });
    const { parts } = one.process(null, [refused]);
    for (let i = 0; i < 8; i += 1) {
      await one.run(
        verifyPassword(parts, { account: 'bert', credential: null, secret: new Secret(canary(`wrong${i}`)) }),
      );
    }
    expect(failures(one)).toBe(tries);
  });

  test('where the failed logins are not known, a saved password is not tried', async () => {
    const one = desk();
    const { parts } = one.process(null, ['dscl.logins']);
    const given = { account: 'bert', credential: 'local-account/1', secret: new Secret(ADMIN) };
    expect(await one.run(verifyPassword(parts, given))).toMatchObject({ trouble: 'unknown', tried: false });
  });

  test.each(['dscl.account', 'sysadminctl.token-status', 'diskutil.crypto-users'])(
    'where %s does not answer, nothing is tried',
    async (refused) => {
      const one = desk();
      const { parts } = one.process(null, [refused]);
      const given = { account: 'bert', credential: null, secret: new Secret(ADMIN) };
      expect(await one.run(verifyPassword(parts, given))).toMatchObject({ trouble: 'unknown', tried: false });
      expect(parts.attempts.all()).toEqual([]);
    },
  );

  test.each([
    [null, 12],
    [5, 3],
    [4, 2],
    [10, 8],
    [3, 1],
    [2, 0],
  ])('with a limit of %s, %i wrong ones of twelve are tried', async (lockoutAfter, tries) => {
    const one = desk({ passwordPolicy: { lockoutAfter } });
    for (let i = 0; i < 12; i += 1) await verify(one, `wrong ${i}`);
    expect(failures(one)).toBe(tries);
    const right = lockoutAfter === null ? { fit: true } : { fit: false, trouble: 'near-lockout', tried: false };
    expect(await verify(one, ADMIN)).toMatchObject(right);
  });

  test('an account may have a stricter rule of its own', async () => {
    const one = desk({ ...withBert({ passwordPolicy: { lockoutAfter: 3 } }), passwordPolicy: { lockoutAfter: 10 } });
    for (let i = 0; i < 12; i += 1) await verify(one, `wrong ${i}`);
    expect(failures(one)).toBe(1);
  });

  test('wrong ones that others typed count as well, and a right one ends the count', async () => {
    const one = desk({ passwordPolicy: { lockoutAfter: 5 } });
    one.mac.accounts.check('bert', 'typed at the login window');
    one.mac.accounts.check('bert', 'typed at the login window');
    expect(await verify(one, WRONG)).toMatchObject({ trouble: 'wrong-password' });
    expect(await verify(one, ADMIN)).toMatchObject({ trouble: 'near-lockout' });
    one.mac.accounts.check('bert', ADMIN);
    await one.mac.world.runUntil(one.mac.world.now() + HOUR_MS);
    expect(await verify(one, ADMIN)).toMatchObject({ fit: true });
  });

  test('a version is tried once a day, and not again once it was wrong', async () => {
    const one = desk();
    expect(await verify(one, ADMIN, 'bert', 'local-account/1')).toMatchObject({ fit: true });
    const second = await verify(one, ADMIN, 'bert', 'local-account/1');
    expect(second).toMatchObject({ trouble: 'tried-today', tried: false, until: expect.any(Number) });
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS);
    one.mac.rotatePassword('bert', ROTATED, { cryptoToo: true });
    expect(await verify(one, ADMIN, 'bert', 'local-account/1')).toMatchObject({
      trouble: 'wrong-password',
      tried: true,
    });
    await one.mac.world.runUntil(one.mac.world.now() + 60 * DAY_MS);
    expect(await verify(one, ADMIN, 'bert', 'local-account/1')).toMatchObject({
      trouble: 'wrong-password',
      tried: false,
    });
    expect(failures(one)).toBe(1);
  });

  test('a check that cannot be run counts as a try, and says why', async () => {
    const one = desk();
    const check = (refused: string) => {
      const { parts } = one.process(null, [refused]);
      return one.run(verifyPassword(parts, { account: 'bert', credential: null, secret: new Secret(ADMIN) }));
    };
    for (const name of ['diskutil.check-volume-password', 'dscl.check-login']) {
      expect(await check(name)).toMatchObject({ trouble: 'command-failed', why: /could not be started/, tried: true });
    }
    expect(
      one
        .process()
        .parts.attempts.all()
        .map(({ right }) => right),
    ).toEqual([true, null]);
  });

  test('where the tries so far cannot be read, nothing is tried', async () => {
    const one = desk();
    one.disk.set('/state/attempts.json', '{"format":1,"attempts":[{}]}');
    await expect(verify(one, ADMIN)).rejects.toMatchObject({ code: 'store.unusable' });
    expect(checks(one)).toEqual([]);
  });

  test('killed at any step, no password is tried that was not written down before', async () => {
    for (let step = 1; ; step += 1) {
      for (const when of ['before', 'after'] as const) {
        const one = desk();
        const life = one.process({ step, when });
        const secret = new Secret(WRONG);
        const end = await one
          .run(verifyPassword(life.parts, { account: 'bert', credential: 'local-account/1', secret }))
          .catch((error: unknown) => error);
        if (!(end instanceof Killed)) {
          expect(step).toBeGreaterThan(10);
          return;
        }
        const written = one.process().parts.attempts.all().length;
        expect(written, `${when} step ${step}`).toBeGreaterThanOrEqual(failures(one) ?? 0);
        if (written > 0) {
          const again = await verify(one, WRONG, 'bert', 'local-account/1');
          expect(again, `${when} step ${step}`).toMatchObject({ fit: false, tried: false });
        }
      }
    }
  });
});

test('a saved credential that proves right says so from then on', async () => {
  const one = desk();
  const { store, parts } = one.process();
  const secret = new Secret(ADMIN);
  const rules = { replace: false, severalSaved: false };
  await one.run(store.save({ method: 'local-account', account: 'bert', uid: null, secret, verifiedAt: 0 }, rules));
  const checked = await one.run(verifyCredential(store, parts, 'local-account'));
  expect(checked).toMatchObject({ verification: { fit: true } });
  expect(store.saved('local-account')?.verifiedAt).toBe(checked?.saved.verifiedAt);
  expect(checked?.saved.verifiedAt).toBeGreaterThan(0);
  expect(await one.run(verifyCredential(store, parts, 'saved-password'))).toBeNull();
});
