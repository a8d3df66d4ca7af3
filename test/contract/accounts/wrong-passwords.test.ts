// What a wrong password costs, and what the agent makes of passwords that are right in one place only. Only the Mac counts.
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { ownershipOf } from '../../../src/domain/accounts.ts';
import { MINUTE_MS } from '../../../src/domain/instant.ts';
import { canary } from '../../support/canary.ts';
import { ANNA, BERT, bert, CLARA, clara, codeOf, freshAccount, MACS, office, secret } from './office.ts';

const CHANGED = canary('changed');

const wrongBert = { name: 'bert', password: secret('not his') };
const wrongClara = { name: 'clara', password: secret('not hers') };
const later = (password: string) => ({ name: 'clara', password: secret(password) });

describe.each(MACS)('macOS $macOS (Apple silicon: $appleSilicon)', (spec) => {
  test('a wrong one counts once, a right one wipes the count away', async () => {
    const { login, failures } = office(spec);
    expect(await login('bert', 'not his')).toBe('wrong');
    expect(await failures('bert')).toBe(1);
    expect(await login('bert', 'not his either')).toBe('wrong');
    expect(await failures('bert')).toBe(2);
    expect(await login('bert', BERT)).toBe('right');
    expect(await failures('bert')).toBe(0);
  });

  test('a wrong one for the volume is told as wrong', async () => {
    const { volume } = office(spec);
    expect([await volume('bert', 'not his'), await volume('bert', BERT)]).toEqual(['wrong', 'right']);
  });

  test('a wrong one of the administrator counts once and changes nothing', async () => {
    const { run, failures, token, login, mac } = office(spec);
    const added = await run(catalogue['sysadminctl.add-account'], { ...freshAccount, admin: wrongBert });
    expect([added.error, await failures('bert'), mac.accounts.named('_upkeep')]).toEqual(['wrong-password', 1, null]);
    const reset = { account: later('another one'), admin: wrongBert };
    expect((await run(catalogue['sysadminctl.reset-password'], reset)).error).toBe('wrong-password');
    expect([await failures('bert'), await login('clara', CLARA)]).toEqual([2, 'right']);
    const granted = await run(catalogue['sysadminctl.grant-token'], { account: clara, admin: wrongBert });
    expect([granted.error, granted.grantReported]).toEqual(['wrong-password', false]);
    expect([await failures('bert'), await token('clara'), await failures('clara')]).toEqual([3, 'disabled', 0]);
  });

  test('a wrong one of the account counts once, for the account', async () => {
    const { run, failures, token } = office(spec);
    const granted = await run(catalogue['sysadminctl.grant-token'], { account: wrongClara, admin: bert });
    expect([granted.error, granted.grantReported]).toEqual(['wrong-password', false]);
    expect([await failures('clara'), await failures('bert'), await token('clara')]).toEqual([1, 0, 'disabled']);
  });

  test('a new password changed elsewhere logs in and does not open the volume', async () => {
    const { mac, login, volume, failures } = office(spec);
    mac.rotatePassword('anna', CHANGED);
    expect([await login('anna', CHANGED), await volume('anna', CHANGED)]).toEqual(['right', 'wrong']);
    expect([await volume('anna', ANNA), await login('anna', ANNA)]).toEqual(['right', 'wrong']);
    expect(await failures('anna')).toBe(1);
  });

  test('an administrator whose volume knows another password gives nobody a token', async () => {
    const { mac, run, token } = office(spec);
    mac.rotatePassword('bert', CHANGED);
    const admin = { name: 'bert', password: secret(CHANGED) };
    const granted = await run(catalogue['sysadminctl.grant-token'], { account: clara, admin });
    expect([granted.error, granted.grantReported]).toEqual(['secureTokenUnlockRequired', false]);
    expect(await token('clara')).toBe('disabled');
  });

  test('a locked account says so whatever the password, and opens again by itself', async () => {
    const { login, failures, clock, mac } = office({
      ...spec,
      passwordPolicy: { lockoutAfter: 3, lockoutMinutes: 15 },
    });
    for (const password of ['a', 'b', 'c']) expect(await login('bert', password)).toBe('wrong');
    expect([await login('bert', BERT), await login('bert', 'd')]).toEqual(['locked', 'locked']);
    expect(await failures('bert')).toBe(3);
    await clock.runUntil(mac.world.now() + 16 * MINUTE_MS);
    expect(await login('bert', BERT)).toBe('right');
  });

  test('somebody without a token owns nothing, opens nothing and gives nobody one', async () => {
    const { run, volume, token, account } = office(spec);
    const { list } = await run(catalogue['diskutil.crypto-users'], undefined);
    expect(ownershipOf({ guid: account('clara').guid }, list)).toBe('not-owner');
    expect(await volume('clara', CLARA)).not.toBe('right');
    account('clara').admin = true;
    await run(catalogue['sysadminctl.add-account'], { ...freshAccount, admin: clara });
    expect(await token('_upkeep')).toBe('disabled');
    const granted = await run(catalogue['sysadminctl.grant-token'], { account: freshAccount.account, admin: clara });
    expect(granted.error).toBe('refused');
    expect(await token('_upkeep')).toBe('disabled');
    const reset = { account: { name: 'anna', password: secret('taken over') }, admin: clara };
    expect((await run(catalogue['sysadminctl.reset-password'], reset)).error).toBe('secureTokenUnlockRequired');
    expect(await volume('anna', ANNA)).toBe('right');
  });

  test('an account that is not there', async () => {
    const { run, login, token } = office(spec);
    const name = 'nobody-here';
    const gone = { name, password: secret('whatever') };
    expect(await run(catalogue['dscl.account'], { name })).toEqual({ account: null });
    expect(await run(catalogue['dscl.guid'], { name })).toEqual({ GeneratedUID: null });
    expect(await run(catalogue['dscl.logins'], { name })).toMatchObject({ failedLogins: null });
    expect([await token(name), await login(name, 'whatever')]).toEqual(['unknown', 'no-such-account']);
    expect(await codeOf(run(catalogue['dseditgroup.is-admin'], { name }))).toBe('tool.failed');
    expect(await codeOf(run(catalogue['pwpolicy.of-account'], { name }))).toBe('tool.failed');
    const guid = 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE';
    const volume = await run(catalogue['diskutil.check-volume-password'], { guid, password: gone.password });
    expect(volume.authenticated).toBe(false);
    for (const command of [catalogue['sysadminctl.grant-token'], catalogue['sysadminctl.reset-password']]) {
      expect((await run(command, { account: gone, admin: bert })).error).toBe('no-such-account');
      expect((await run(command, { account: clara, admin: gone })).error).toBe('wrong-password');
    }
    expect(await run(catalogue['sysadminctl.delete-account'], { name })).toMatchObject({
      error: 'no-such-account',
      deleted: false,
    });
    expect(await run(catalogue['dscl.delete-record'], { name })).toMatchObject({ error: 'no-such-record' });
    expect((await run(catalogue['dscl.hide-account'], { name: 'anna' })).accepted).toBe(true);
    expect((await run(catalogue['dseditgroup.make-admin'], { name })).accepted).toBe(false);
  });
});

test('rules of its own count where they are stricter', async () => {
  const own = { lockoutAfter: 3 };
  const { run } = office({ accounts: [{ name: 'dora', passwordPolicy: own }] });
  const { lockout } = await run(catalogue['pwpolicy.of-account'], { name: 'dora' });
  expect(lockout).toEqual({ state: 'limited', attempts: 3, resetMinutes: null });
});

test('a Mac nobody made rules for locks nobody', async () => {
  const { run } = office({ passwordPolicy: null });
  expect(await run(catalogue['pwpolicy.all'], undefined)).toMatchObject({ lockout: { state: 'none' }, minLength: 4 });
});
