import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { HOUR_MS } from '../../../src/domain/instant.ts';
import { canary } from '../../support/canary.ts';
import { bert, CLARA, codeOf, LOGIN_PLACE, MACS, office, RECOVERY_KEY, SYSTEM_PLACE, secret } from './office.ts';

const OLDER = canary('older');

const kept = (place: typeof SYSTEM_PLACE | typeof LOGIN_PLACE) => ({ ...place, password: secret('keep "this" one') });

describe.each(MACS)('macOS $macOS (Apple silicon: $appleSilicon)', (spec) => {
  test('a kept password takes the place of the one before', async () => {
    const { run } = office(spec);
    await run(catalogue['security.keep-password'], kept(SYSTEM_PLACE));
    await run(catalogue['security.keep-password'], { ...SYSTEM_PLACE, password: secret('the newer one') });
    const { password } = await run(catalogue['security.find-password'], SYSTEM_PLACE);
    expect(password?.expose((plain) => plain)).toBe('the newer one');
    expect(await run(catalogue['security.forget-password'], SYSTEM_PLACE)).toEqual({ deleted: true, problem: null });
    expect(await run(catalogue['security.forget-password'], SYSTEM_PLACE)).toEqual({
      deleted: false,
      problem: 'not-found',
    });
  });

  test('a keychain that is closed says so; the one of the Mac never is', async () => {
    const { run } = office({ ...spec, faults: [{ name: 'keychain-locked' }] });
    expect(await run(catalogue['security.keep-password'], kept(LOGIN_PLACE))).toEqual({
      kept: false,
      problem: 'locked',
    });
    expect((await run(catalogue['security.keep-password'], kept(SYSTEM_PLACE))).kept).toBe(true);
    expect(await run(catalogue['security.find-password'], LOGIN_PLACE)).toEqual({
      found: false,
      password: null,
      problem: 'not-found',
    });
  });

  test('a keychain with another password puts up a window nobody answers, and the agent does not wait for it', async () => {
    const { run } = office({ ...spec, accounts: [{ name: 'anna', keychainPassword: OLDER }] });
    expect(await codeOf(run(catalogue['security.keep-password'], kept(LOGIN_PLACE)))).toBe('tool.timed-out');
  });

  test('without a session there is no login keychain', async () => {
    const { run, mac } = office({ ...spec, loggedIn: false });
    expect(await codeOf(run(catalogue['security.keep-password'], kept(LOGIN_PLACE)))).toMatch(
      /^(no problem: .*"kept":false|tool\.failed)/,
    );
    expect(mac.secrets().has('keep "this" one')).toBe(false);
  });

  test('a write that is lost is found out by reading again', async () => {
    const { run } = office({ ...spec, faults: [{ name: 'keychain-write-lost' }] });
    expect((await run(catalogue['security.keep-password'], kept(SYSTEM_PLACE))).kept).toBe(true);
    expect((await run(catalogue['security.find-password'], SYSTEM_PLACE)).problem).toBe('not-found');
  });

  test('a new recovery key ends the old one', async () => {
    const { run } = office(spec);
    const old = { name: null, password: secret(RECOVERY_KEY) };
    const { key } = await run(catalogue['fdesetup.change-recovery-key'], old);
    if (key === null) throw new Error('there is no new key');
    const restart = { delayMinutes: -1 };
    expect(await run(catalogue['fdesetup.authrestart'], { ...old, ...restart })).toMatchObject({
      accepted: false,
      error: 'wrong-password',
    });
    expect(await run(catalogue['fdesetup.authrestart'], { name: null, password: key, ...restart })).toMatchObject({
      accepted: true,
    });
  });

  test('a wrong password neither restarts nor changes a key', async () => {
    const { run, mac } = office(spec);
    const wrong = { name: 'bert', password: secret('not his') };
    const refused = { accepted: false, error: 'wrong-password' };
    expect(await run(catalogue['fdesetup.authrestart'], { ...wrong, delayMinutes: 0 })).toMatchObject(refused);
    expect(await run(catalogue['fdesetup.change-recovery-key'], wrong)).toMatchObject({ ...refused, key: null });
    expect([mac.fileVault.personalKey, mac.fileVault.nextStartUnlocked]).toEqual([RECOVERY_KEY, false]);
  });

  test('somebody without a token has no say, whatever the password', async () => {
    const { run } = office(spec);
    const clara = { name: 'clara', password: secret(CLARA), delayMinutes: -1 };
    expect((await run(catalogue['fdesetup.authrestart'], clara)).accepted).toBe(false);
  });

  test('a restart in some minutes comes, and passes the screen', async () => {
    const { run, mac, clock } = office(spec);
    expect((await run(catalogue['fdesetup.authrestart'], { ...bert, delayMinutes: 5 })).accepted).toBe(true);
    await clock.runUntil(clock.now() + HOUR_MS);
    expect(mac.happenings).toContainEqual(expect.objectContaining({ kind: 'restart', cause: 'fdesetup' }));
  });

  test('a restart that fails although the password is right', async () => {
    const { run } = office({ ...spec, faults: [{ name: 'authrestart-fails' }] });
    expect(await run(catalogue['fdesetup.authrestart'], { ...bert, delayMinutes: -1 })).toMatchObject({
      accepted: false,
      error: 'cannotRestart',
    });
  });

  test('with FileVault off there is nobody on the list, no key to change and nothing to pass', async () => {
    const { run } = office({ ...spec, fileVault: { state: 'off' } });
    expect(await run(catalogue['fdesetup.status'], undefined)).toMatchObject({ active: false });
    expect(await codeOf(run(catalogue['fdesetup.users'], undefined))).toBe('tool.failed');
    expect(await run(catalogue['fdesetup.has-recovery-key'], undefined)).toEqual({ answer: false });
    const off = { accepted: false, error: 'off' };
    expect(await run(catalogue['fdesetup.authrestart'], { ...bert, delayMinutes: -1 })).toMatchObject(off);
    expect(await run(catalogue['fdesetup.change-recovery-key'], bert)).toMatchObject(off);
  });
});
