// The service account: nobody else's is ever touched, tools that lie or refuse are found out, and no secret gets out.
import { expect, test } from 'vitest';
import { createServiceAccount } from '../../../src/adapters/credentials/create-service-account.ts';
import { grantSecureToken, wantsToken } from '../../../src/adapters/credentials/grant-secure-token.ts';
import { rotateRecoveryKey } from '../../../src/adapters/credentials/rotate-recovery-key.ts';
import { rotateServiceAccount } from '../../../src/adapters/credentials/rotate-service-account.ts';
import { accountCalled } from '../../../src/adapters/credentials/service-account.ts';
import type { Account } from '../../../src/domain/accounts.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { MacSpecInput } from '../../../src/simulator/mac/mac-spec.ts';
import { CLARA, OFFICE } from '../../simulator/account-tools.ts';
import { canary, canaryKey, canaryOfLength, hardCanaries } from '../../support/canary.ts';
import { ADMIN, Killed } from './desk.ts';
import { bert, codeOf, endOf, NAME, RULES, serviceDesk } from './service-desk.ts';

const MINE = canary('mine');
const WRONG = canary('wrong');

const more = (account: NonNullable<MacSpecInput['accounts']>[number]): MacSpecInput => ({
  accounts: [...OFFICE.accounts, account],
});

test('making it: hidden, without shell and home, with a token, an administrator, and a password that works', async () => {
  const one = serviceDesk();
  const created = await one.run(one.create());
  expect(created).toMatchObject({ account: NAME, made: true, saved: { method: 'service-account', account: NAME } });
  expect(one.account()).toMatchObject({ secureToken: true, hidden: true, admin: true, createdBy: 'bert' });
  expect(await one.run(one.create())).toMatchObject({ made: false });
});

test.each([
  ['the very name', { name: NAME }],
  ['hidden', { name: NAME, hidden: true }],
  ['in other capitals', { name: 'someone', fullName: '_UPKEEP' }],
  ['as a full name', { name: 'someone', fullName: 'upkeep service' }],
])('a name that is taken, %s: refused, and nothing touched', async (_, account) => {
  const one = serviceDesk(more(account));
  const before = JSON.stringify(one.mac.accounts.all());
  const end = await one.run(endOf(one.create()));
  expect(codeOf(end)).toBe('account.in-the-way');
  expect(JSON.stringify(one.mac.accounts.all())).toBe(before);
  expect(one.kept()).toEqual({});
  await one.run(one.remove());
  expect(JSON.stringify(one.mac.accounts.all())).toBe(before);
});

test('somebody takes the name while upkeep is dead: left alone, whether it is finished or given up', async () => {
  const one = serviceDesk();
  // Dead with the intent written and nothing made.
  let step = 1;
  for (; one.life().parts.record.read() === null; step += 1) {
    const end = await one.run(endOf(one.create(one.life({ step, when: 'after' }).parts)));
    expect(end).toBeInstanceOf(Killed);
  }
  expect(one.account()).toBeNull();
  one.mac.accounts.add({ name: NAME, loginPassword: MINE, createdBy: 'bert' });
  const before = JSON.stringify(one.mac.accounts.all());
  const end = await one.run(endOf(one.create()));
  expect(codeOf(end)).toBe('account.in-the-way');
  expect(JSON.stringify(one.mac.accounts.all())).toBe(before);
  expect([one.life().parts.record.read(), one.kept()]).toEqual([null, {}]);
});

test('an account of that name with another GUID is never deleted', async () => {
  const one = serviceDesk();
  await one.run(one.create());
  const ours = one.account();
  if (ours !== null) one.mac.accounts.remove(ours);
  const other = { name: NAME, fullName: 'Upkeep Service', loginPassword: MINE, createdBy: 'bert' };
  Object.assign(one.mac.accounts.add(other), { guid: '11111111-2222-4333-8444-555555555555' });
  await one.run(one.remove());
  expect(one.account()).toMatchObject({ loginPassword: MINE, failedLogins: 0 });
  expect(one.kept()).toEqual({});
});

test('a tool that may not delete it: its password stays, since it is the only way to it', async () => {
  const one = serviceDesk({ faults: [{ name: 'no-full-disk-access' }] });
  await one.run(one.create());
  const end = await one.run(endOf(one.remove()));
  expect(codeOf(end)).toBe('credential.later');
  expect(await one.password()).toBe(one.account()?.loginPassword);
});

test.each([
  ['a lying grant, once', { name: 'token-grant-lies', times: 1 }, 'made'],
  ['a lying grant, always', { name: 'token-grant-lies' }, 'credential.unfit'],
  ['a tool that refuses with exit 0', { name: 'sysadminctl-refuses', times: 1 }, 'credential.unfit'],
] as const)('%s', async (_, fault, expected) => {
  const one = serviceDesk({ faults: [fault] });
  const before = one.others();
  const end = await one.run(endOf(one.create()));
  if (expected === 'made') expect(one.account()?.secureToken).toBe(true);
  else {
    expect(codeOf(end)).toBe(expected);
    expect([one.account(), one.kept(), one.life().parts.record.read()]).toEqual([null, {}, null]);
  }
  expect(one.others()).toBe(before);
});

test('a policy no password of a tool can satisfy leaves nothing behind; a strict one is kept to', async () => {
  const strict = serviceDesk({ passwordPolicy: { minLength: 60, classes: 4, lockoutAfter: 5 } });
  await strict.run(strict.create());
  expect((await strict.password())?.length).toBeGreaterThan(59);
  const absurd = serviceDesk({ passwordPolicy: { minLength: 500 } });
  const end = await absurd.run(endOf(absurd.create()));
  expect(codeOf(end)).toBe('credential.unfit');
  expect([absurd.account(), absurd.kept(), absurd.disk.size > 2]).toEqual([null, {}, false]);
});

test.each([...hardCanaries('bert'), ['brackets and comments', canary('bert', (it) => `{}{ }}; #{1} ${it}`)] as const])(
  'an administrator’s password of %s',
  async (_, odd) => {
    const accounts = [{ name: 'bert', fullName: 'Bert Admin', password: odd, admin: true, secureToken: true }];
    const one = serviceDesk({ accounts });
    await one.run(one.create(undefined, NAME, bert(odd)));
    await one.run(rotateServiceAccount(one.life().parts, bert(odd)));
    const ours = one.account();
    expect([ours?.loginPassword, ours?.cryptoPassword, ours?.secureToken]).toEqual([
      await one.password(),
      await one.password(),
      true,
    ]);
  },
);

test('an administrator’s password of 255 characters, which no prompt takes, is refused before anything is tried', async () => {
  const long = canaryOfLength('bert', 255);
  const accounts = [{ name: 'bert', fullName: 'Bert Admin', password: long, admin: true, secureToken: true }];
  const one = serviceDesk({ accounts });
  const end = await one.run(endOf(one.create(undefined, NAME, bert(long))));
  expect(codeOf(end)).toBe('input.wrong');
  expect([one.account(), one.kept(), one.account('bert')?.failedLogins]).toEqual([null, {}, 0]);
  expect(one.mac.calls.filter(({ effect }) => effect === 'act')).toEqual([]);
});

test('a wrong administrator’s password, or somebody who is none, makes nothing', async () => {
  const one = serviceDesk();
  const wrong = await one.run(endOf(one.create(undefined, NAME, bert(WRONG))));
  expect(codeOf(wrong)).toBe('credential.unfit');
  const clara = { name: 'clara', password: new Secret(CLARA) };
  expect(codeOf(await one.run(endOf(one.create(undefined, NAME, clara))))).toBe('credential.unfit');
  expect([one.account(), one.kept()]).toEqual([null, {}]);
});

test('rotating: the old one counts where the tool refuses, and the new one once it is right', async () => {
  const one = serviceDesk();
  await one.run(one.create());
  const first = await one.password();
  one.mac.faults.add({ name: 'sysadminctl-refuses', times: 1 });
  expect(codeOf(await one.run(endOf(rotateServiceAccount(one.life().parts, null))))).toBe('credential.unfit');
  expect([await one.password(), one.account()?.loginPassword, Object.keys(one.kept()).length]).toEqual([
    first,
    first,
    1,
  ]);
  await one.run(rotateServiceAccount(one.life().parts, null));
  const second = await one.password();
  expect(second).not.toBe(first);
  expect(one.account()).toMatchObject({ loginPassword: second, cryptoPassword: second, secureToken: true });
});

test('a standard one cannot change its own password, and keeps the old one; an administrator can', async () => {
  const one = serviceDesk();
  await one.run(createServiceAccount(one.life().parts, { name: NAME, standard: true }, bert(), RULES));
  const first = await one.password();
  expect(codeOf(await one.run(endOf(rotateServiceAccount(one.life().parts, null))))).toBe('credential.unfit');
  expect([await one.password(), one.account()?.loginPassword]).toEqual([first, first]);
  await one.run(rotateServiceAccount(one.life().parts, bert()));
  expect(await one.password()).not.toBe(first);
  expect(one.account()?.admin).toBe(false);
});

test('granting a token: by both sources, never on the word of the tool', async () => {
  const one = serviceDesk();
  await one.run(one.create());
  expect(await one.run(wantsToken(one.life().parts, 'clara'))).toBe('clara');
  const wrong = endOf(grantSecureToken(one.life().parts, 'clara', new Secret(WRONG)));
  expect(codeOf(await one.run(wrong))).toBe('credential.unfit');
  await one.run(grantSecureToken(one.life().parts, 'clara', new Secret(CLARA)));
  expect(one.account('clara')?.secureToken).toBe(true);
  expect(await one.run(wantsToken(one.life().parts, 'clara'))).toBeNull();
});

test('a grant that is only said to be done is found out', async () => {
  const one = serviceDesk();
  await one.run(one.create());
  one.mac.faults.add({ name: 'token-grant-lies' });
  const end = await one.run(endOf(grantSecureToken(one.life().parts, 'clara', new Secret(CLARA))));
  expect([codeOf(end), one.account('clara')?.secureToken]).toEqual(['credential.unfit', false]);
});

test('a name counts as taken by another name of an account as well', () => {
  const account = { name: 'someone', otherNames: ['helper', '_Upkeep'], fullName: 'Some One' } as Account;
  expect(accountCalled(NAME, [account])).toBe(account);
  expect(accountCalled('nobody', [account])).toBeNull();
});

test('the only account with a secure token is not deleted', async () => {
  const one = serviceDesk();
  await one.run(one.create());
  for (const other of one.mac.accounts.all())
    if (other.name !== NAME && other.secureToken) one.mac.tokens.withdraw(other);
  expect(codeOf(await one.run(endOf(one.remove())))).toBe('credential.in-the-way');
  expect([one.account()?.secureToken, await one.password()]).toEqual([true, one.account()?.loginPassword]);
});

test('a new recovery key, by the service account', async () => {
  const recoveryKey = canaryKey();
  const one = serviceDesk({ fileVault: { state: 'on', recoveryKey } });
  await one.run(one.create());
  const key = await one.run(rotateRecoveryKey(one.life().parts, null));
  key.expose((plain) => expect([plain, plain === recoveryKey]).toEqual([one.mac.fileVault.personalKey, false]));
  const off = serviceDesk();
  expect(codeOf(await off.run(endOf(rotateRecoveryKey(off.life().parts, bert()))))).toBe('credential.missing');
});

test('no secret is where others could read it', async () => {
  const one = serviceDesk();
  await one.run(one.create());
  await one.run(rotateServiceAccount(one.life().parts, null));
  await one.run(grantSecureToken(one.life().parts, 'clara', new Secret(CLARA)));
  const seen = [...one.mac.calls.flatMap(({ args, exposed }) => [...args, ...exposed]), ...one.disk.values()].join(
    '\n',
  );
  const secrets = [...one.mac.accounts.secrets()];
  expect(secrets.length).toBeGreaterThan(4);
  expect([ADMIN, CLARA, ...secrets].filter((secret) => seen.includes(secret))).toEqual([]);
});
