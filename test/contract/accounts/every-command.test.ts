// Every command about accounts and secrets, once, on a simulated Mac that is as it should be. The Mac was written without
// knowing the agent: what one prints the other must be able to read, and what one changes the other must find changed.
import { describe, expect, test } from 'vitest';
import { allCommands, catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { isAdmin, ownershipOf, strictestPolicy } from '../../../src/domain/accounts.ts';
import {
  bert,
  CLARA,
  clara,
  freshAccount,
  MACS,
  office,
  RECOVERY_KEY,
  SERVICE,
  SYSTEM_PLACE,
  secret,
} from './office.ts';

const TOOLS = /^(dscl|dseditgroup|sysadminctl|diskutil|fdesetup|pwpolicy|security)\./;

describe.each(MACS)('macOS $macOS (Apple silicon: $appleSilicon)', (spec) => {
  test(`one after the other`, async () => {
    const { mac, run, login, volume, token } = office(spec);

    const { accounts } = await run(catalogue['dscl.accounts'], undefined);
    expect(accounts.filter(({ uid }) => uid >= 501).map(({ name, token }) => [name, token])).toEqual([
      ['anna', 'enabled'],
      ['bert', 'enabled'],
      ['clara', 'disabled'],
    ]);
    const { account: anna } = await run(catalogue['dscl.account'], { name: 'anna' });
    expect(anna).toEqual(accounts.find(({ name }) => name === 'anna'));
    if (anna === null) return;
    expect(await run(catalogue['dscl.guid'], { name: 'anna' })).toEqual({ GeneratedUID: anna.guid });
    const group = await run(catalogue['dscl.admin-group'], undefined);
    expect(accounts.filter((one) => isAdmin(one, group)).map(({ name }) => name)).toEqual(['root', 'bert']);
    expect(await run(catalogue['dseditgroup.is-admin'], { name: 'bert' })).toEqual({ member: true });
    expect(await run(catalogue['dseditgroup.is-admin'], { name: 'anna' })).toEqual({ member: false });
    expect(await run(catalogue['dscl.logins'], { name: 'anna' })).toMatchObject({
      failedLogins: 0,
      failedAtEpoch: null,
    });
    expect(await token('anna')).toBe('enabled');
    expect(await token('clara')).toBe('disabled');

    const crypto = await run(catalogue['diskutil.crypto-users'], undefined);
    expect(crypto.list.map(({ kind }) => kind)).toEqual(['local', 'local', 'personal-recovery']);
    const owners = accounts.filter((one) => ownershipOf(one, crypto.list) === 'owner').map(({ name }) => name);
    expect(owners).toEqual(['anna', 'bert']);
    expect(await run(catalogue['fdesetup.status'], undefined)).toMatchObject({ active: true, waitsForRestart: false });
    const { users } = await run(catalogue['fdesetup.users'], undefined);
    expect(users.map(({ name }) => name)).toEqual(['anna', 'bert']);
    const { entries } = await run(catalogue['fdesetup.users-extended'], undefined);
    expect(entries.map(({ user }) => user)).toEqual(['anna', 'bert', null]);
    expect(await run(catalogue['fdesetup.supports-authrestart'], undefined)).toEqual({ answer: true });
    expect(await run(catalogue['fdesetup.has-recovery-key'], undefined)).toEqual({ answer: true });

    const everybody = await run(catalogue['pwpolicy.all'], undefined);
    expect(everybody.lockout).toEqual({ state: 'limited', attempts: 6, resetMinutes: 15 });
    const own = await run(catalogue['pwpolicy.of-account'], { name: 'anna' });
    const older = await run(catalogue['pwpolicy.global'], undefined);
    expect([own, older].reduce(strictestPolicy, everybody)).toEqual(everybody);

    const added = await run(catalogue['sysadminctl.add-account'], freshAccount);
    expect(added.error).toBeNull();
    expect(await token('_upkeep')).toBe('enabled');
    const { account: made } = await run(catalogue['dscl.account'], { name: '_upkeep' });
    expect(made).toMatchObject({
      fullName: 'Upkeep Service',
      home: '/var/empty',
      shell: '/usr/bin/false',
      hidden: false,
    });
    expect(await login('_upkeep', SERVICE)).toBe('right');
    expect(await volume('_upkeep', SERVICE)).toBe('right');

    await run(catalogue['dscl.hide-account'], { name: '_upkeep' });
    await run(catalogue['dscl.set-shell'], { name: '_upkeep', shell: '/bin/bash' });
    await run(catalogue['dseditgroup.make-admin'], { name: '_upkeep' });
    const { account: changed } = await run(catalogue['dscl.account'], { name: '_upkeep' });
    expect(changed).toMatchObject({ hidden: true, shell: '/bin/bash' });
    expect(await run(catalogue['dseditgroup.is-admin'], { name: '_upkeep' })).toEqual({ member: true });
    await run(catalogue['dseditgroup.remove-admin'], { name: '_upkeep' });
    expect(await run(catalogue['dseditgroup.is-admin'], { name: '_upkeep' })).toEqual({ member: false });

    const account = { name: '_upkeep', password: secret('another one for it') };
    expect((await run(catalogue['sysadminctl.reset-password'], { account, admin: bert })).error).toBeNull();
    expect([await login('_upkeep', 'another one for it'), await volume('_upkeep', 'another one for it')]).toEqual([
      'right',
      'right',
    ]);
    expect(await token('_upkeep')).toBe('enabled');
    expect(await run(catalogue['sysadminctl.grant-token'], { account: clara, admin: bert })).toMatchObject({
      error: null,
      grantReported: true,
    });
    expect(await token('clara')).toBe('enabled');
    expect(await volume('clara', CLARA)).toBe('right');

    const kept = { ...SYSTEM_PLACE, password: account.password };
    expect(await run(catalogue['security.keep-password'], kept)).toEqual({ kept: true, problem: null });
    const { password } = await run(catalogue['security.find-password'], SYSTEM_PLACE);
    expect(password?.expose((plain) => plain)).toBe('another one for it');
    expect(await run(catalogue['security.see-password'], SYSTEM_PLACE)).toEqual({ there: true, problem: null });
    expect(await run(catalogue['security.forget-password'], SYSTEM_PLACE)).toEqual({ deleted: true, problem: null });
    expect(await run(catalogue['security.see-password'], SYSTEM_PLACE)).toEqual({ there: false, problem: 'not-found' });
    await run(catalogue['security.keep-password'], kept);
    const any = { keychain: SYSTEM_PLACE.keychain, service: SYSTEM_PLACE.service };
    expect(await run(catalogue['security.forget-any'], any)).toEqual({ deleted: true, problem: null });
    expect(await run(catalogue['security.forget-any'], any)).toEqual({ deleted: false, problem: 'not-found' });

    const { accepted, key } = await run(catalogue['fdesetup.change-recovery-key'], bert);
    expect([accepted, key?.expose((plain) => plain)]).toEqual([true, mac.fileVault.personalKey]);
    expect(mac.fileVault.personalKey).not.toBe(RECOVERY_KEY);
    const restart = { ...bert, delayMinutes: -1 };
    expect((await run(catalogue['fdesetup.authrestart'], restart)).accepted).toBe(true);
    expect(mac.fileVault.nextStartUnlocked).toBe(true);

    expect(await run(catalogue['sysadminctl.delete-account'], { name: '_upkeep' })).toMatchObject({ deleted: true });
    expect(await run(catalogue['dscl.account'], { name: '_upkeep' })).toEqual({ account: null });
    expect((await run(catalogue['dscl.delete-record'], { name: 'clara' })).accepted).toBe(true);
    expect(await run(catalogue['dscl.account'], { name: 'clara' })).toEqual({ account: null });

    expect(mac.happenings.filter(({ kind }) => kind === 'authentication-failed')).toEqual([]);
    const called = Object.keys(mac.callCounts());
    expect(allCommands.map(({ name }) => name).filter((name) => TOOLS.test(name) && !called.includes(name))).toEqual(
      [],
    );
  });
});
