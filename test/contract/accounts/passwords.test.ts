// Passwords that are hard to type, through every way in: they must arrive as they are, and stand nowhere others can read.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { passwords } from '../../adapters/accounts/passwords.ts';
import { canary, canaryOfLength, hardCanaries } from '../../support/canary.ts';
import { codeOf, freshAccount, LOGIN_PLACE, MACS, office, SYSTEM_PLACE, secret } from './office.ts';

const HARD = [
  ...hardCanaries('hard'),
  ['brackets', canary('hard', (it) => `[exit] {{{{ ${it} }}}} {a} b} {*}{`)],
  ['signs of a shell', canary('hard', (it) => `;#;# ${it} &|*?~`)],
  ['numbers of characters', canary('hard', (it) => `\\u0041\\x41\\101 ${it}`)],
  ['emoji, 128 bytes of them', canary('hard', (it) => it + '😀'.repeat((128 - it.length) >> 2))],
] as const;
const PAIRS = HARD.map(([name, one], place) => {
  const [other, two] = HARD[(place + 1) % HARD.length] ?? [name, one];
  return [name, other, one, two] as const;
});

describe.each(MACS)('macOS $macOS (Apple silicon: $appleSilicon)', (spec) => {
  test.each(PAIRS)('%s, and %s beside it', async (_name, _other, one, two) => {
    const { mac, run, login, volume, token, exposes } = office(spec, one);
    const admin = { name: 'bert', password: secret(one) };
    const account = { ...freshAccount.account, password: secret(two) };
    await run(catalogue['sysadminctl.add-account'], { ...freshAccount, account, admin });
    expect([await token('_upkeep'), await login('_upkeep', two), await volume('_upkeep', two)]).toEqual([
      'enabled',
      'right',
      'right',
    ]);
    await run(catalogue['sysadminctl.reset-password'], { account: { ...account, password: secret(one) }, admin });
    expect([await login('_upkeep', one), await volume('_upkeep', one)]).toEqual(['right', 'right']);

    mac.rotatePassword('clara', two);
    const clara = { name: 'clara', password: secret(two) };
    await run(catalogue['sysadminctl.grant-token'], { account: clara, admin });
    expect([await token('clara'), await volume('clara', two)]).toEqual(['enabled', 'right']);

    for (const place of [SYSTEM_PLACE, LOGIN_PLACE]) {
      const kept = await run(catalogue['security.keep-password'], { ...place, password: secret(one) });
      const { found, password } = await run(catalogue['security.find-password'], place);
      const { deleted } = await run(catalogue['security.forget-password'], place);
      const { problem } = await run(catalogue['security.find-password'], place);
      const shown = password?.expose((plain) => plain);
      expect({ kept: kept.kept, found, shown, deleted, problem }).toEqual({
        kept: true,
        found: true,
        shown: one,
        deleted: true,
        problem: 'not-found',
      });
    }

    expect((await run(catalogue['fdesetup.change-recovery-key'], admin)).accepted).toBe(true);
    expect((await run(catalogue['fdesetup.authrestart'], { ...admin, delayMinutes: -1 })).accepted).toBe(true);
    expect(mac.happenings.filter(({ kind }) => kind === 'authentication-failed')).toEqual([]);
    expect([exposes(one), exposes(two)]).toEqual([false, false]);
  });
});

test.each([
  ['129 bytes', canaryOfLength('long', 129)],
  ['255 characters', canaryOfLength('long', 255)],
  ['emoji', canary('long', (it) => it + '😀'.repeat(33))],
  ['128 characters in 129 bytes', canaryOfLength('long', 129).replace('xx', 'ä')],
])('one that is too long for a prompt is refused, and nothing is run: %s', async (_, long) => {
  const { mac, run } = office({}, long);
  const admin = { name: 'bert', password: secret(long) };
  const account = { name: 'clara', password: secret(canary('clara')) };
  const typed = [
    run(catalogue['dscl.check-login'], admin),
    run(catalogue['sysadminctl.add-account'], { ...freshAccount, admin }),
    run(catalogue['sysadminctl.reset-password'], { account, admin }),
    run(catalogue['sysadminctl.reset-password'], { account: admin, admin: account }),
    run(catalogue['sysadminctl.grant-token'], { account, admin }),
  ];
  for (const refused of typed) expect(await codeOf(refused)).toBe('input.wrong');
  expect(mac.calls).toEqual([]);
  expect(mac.accounts.named('bert')?.failedLogins).toBe(0);
});

test('one that is too long for a prompt goes where nothing is typed', async () => {
  const long = canary('long', (it) => `${it}${'a "b\' \\ '.repeat(40)}`.slice(0, 254).concat('!'));
  const { run, volume } = office({}, long);
  expect(await volume('bert', long)).toBe('right');
  const restart = { name: 'bert', password: secret(long), delayMinutes: -1 };
  expect((await run(catalogue['fdesetup.authrestart'], restart)).accepted).toBe(true);
  await run(catalogue['security.keep-password'], { ...SYSTEM_PLACE, password: secret(long) });
  const { password } = await run(catalogue['security.find-password'], SYSTEM_PLACE);
  expect(password?.expose((plain) => plain)).toBe(long);
});

test('whatever somebody thinks up arrives as it is', async () => {
  await fc.assert(
    fc.asyncProperty(passwords(128), async (plain) => {
      const { login, volume, failures } = office({}, plain);
      expect([await login('bert', plain), await volume('bert', plain), await failures('bert')]).toEqual([
        'right',
        'right',
        0,
      ]);
    }),
    { numRuns: 40 },
  );
});
