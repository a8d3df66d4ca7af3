// Macs on which something is wrong: what a tool claims is not believed, the state is read again.
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { agreedToken, ownershipOf } from '../../../src/domain/accounts.ts';
import type { Fault } from '../../../src/simulator/mac/faults.ts';
import { BERT, bert, CLARA, clara, codeOf, freshAccount, MACS, office, SERVICE } from './office.ts';

describe.each(MACS)('macOS $macOS (Apple silicon: $appleSilicon)', (spec) => {
  const broken = (...faults: Fault[]) => office({ ...spec, faults });

  test('a grant that lies is found out by every second source', async () => {
    const { run, token, volume } = broken({ name: 'token-grant-lies' });
    const granted = await run(catalogue['sysadminctl.grant-token'], { account: clara, admin: bert });
    expect(granted).toMatchObject({ error: null, grantReported: true });
    const { account } = await run(catalogue['dscl.account'], { name: 'clara' });
    expect(agreedToken(account?.token ?? 'unknown', await token('clara'))).toBe('disabled');
    const { list } = await run(catalogue['diskutil.crypto-users'], undefined);
    expect(ownershipOf({ guid: account?.guid ?? null }, list)).toBe('not-owner');
    expect(await volume('clara', CLARA)).not.toBe('right');
  });

  test('a new account that was to have a token and has none', async () => {
    const { run, token, login } = broken({ name: 'token-grant-lies' });
    expect((await run(catalogue['sysadminctl.add-account'], freshAccount)).error).toBeNull();
    expect([await token('_upkeep'), await login('_upkeep', SERVICE)]).toEqual(['disabled', 'right']);
  });

  test('the tool refuses, and nothing was done', async () => {
    const { run, mac, token } = broken({ name: 'sysadminctl-refuses' });
    expect((await run(catalogue['sysadminctl.add-account'], freshAccount)).error).toBe('other');
    expect(mac.accounts.named('_upkeep')).toBeNull();
    expect(await run(catalogue['sysadminctl.grant-token'], { account: clara, admin: bert })).toMatchObject({
      error: 'other',
      grantReported: false,
    });
    expect(await token('clara')).toBe('disabled');
  });

  test('an account that exists already stays as it is', async () => {
    const { run, login } = office(spec);
    const again = { ...freshAccount, account: { ...freshAccount.account, name: 'clara' } };
    expect((await run(catalogue['sysadminctl.add-account'], again)).error).toBe('account-exists');
    expect(await login('clara', CLARA)).toBe('right');
  });

  test('a password against the rules is refused, and there is no account', async () => {
    const { run, mac } = office({ ...spec, passwordPolicy: { minLength: 40 } });
    const added = await run(catalogue['sysadminctl.add-account'], freshAccount);
    expect([added.error, mac.accounts.named('_upkeep')]).toEqual(['password-refused', null]);
  });

  test('without full disk access the record stays', async () => {
    const { run } = broken({ name: 'no-full-disk-access' });
    const deletion = await run(catalogue['sysadminctl.delete-account'], { name: 'clara' });
    expect(deletion).toMatchObject({
      error: 'permission',
      errors: [expect.stringContaining('-14120')],
      deleted: false,
    });
    expect(await run(catalogue['dscl.delete-record'], { name: 'clara' })).toMatchObject({
      accepted: false,
      error: 'permission',
    });
    expect((await run(catalogue['dscl.account'], { name: 'clara' })).account).not.toBeNull();
  });

  test('a tool that asks on a terminal only is answered there', async () => {
    const { run, login, token } = broken({ name: 'prompt-needs-terminal' });
    await run(catalogue['sysadminctl.add-account'], freshAccount);
    expect([await token('_upkeep'), await login('_upkeep', SERVICE)]).toEqual(['enabled', 'right']);
  });

  test('a directory that hangs does not hold the agent up, and no password counts as tried', async () => {
    const { run, login, account } = broken({ name: 'dscl-hangs', times: 2 });
    expect(await codeOf(run(catalogue['dscl.account'], { name: 'anna' }))).toBe('tool.timed-out');
    expect(await codeOf(run(catalogue['dscl.check-login'], bert))).toBe('tool.timed-out');
    expect(account('bert').failedLogins).toBe(0);
    expect(await login('bert', BERT)).toBe('right');
  });
});
