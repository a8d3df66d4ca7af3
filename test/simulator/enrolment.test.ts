// The Mac's side of an MDM: what `profiles` and `mdmclient` print, against what real ones printed, and what they do.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { TokensInMemory } from '../../src/simulator/mdm/bootstrap-token-keeper.ts';
import { oldStyleText } from '../../src/simulator/tools/old-style-text.ts';
import { root } from '../support/lives.ts';
import { ADMIN, CLARA, exitOf, office, tool } from './account-tools.ts';
import { PASSWORD } from './harness.ts';

const TOKEN = ['-type', 'bootstraptoken'];
const status = async (mac: VirtualMac) => (await tool(mac, 'profiles', ['status', ...TOKEN])).stdout;
const typed = (mac: VirtualMac, verb: string, name = 'bert', password = ADMIN) =>
  tool(mac, 'profiles', [verb, ...TOKEN], `${name}\n${password}\n`);
const information = async (mac: VirtualMac) => (await tool(mac, 'mdmclient', ['QueryDeviceInformation'])).stdout;
const preflight = async (mac: VirtualMac) =>
  / EACSPreflight = (.*);/.exec((await information(mac)).replaceAll('\t', ' '))?.[1];

const captures = resolve(root, '../shared/captures');
if (!existsSync(captures)) {
  const reason = `enrolment against captures of real Macs: not checked, because ${captures} is not here`;
  process.stderr.write(`\nSKIPPED ${reason}\n`);
  test.skip(reason, () => {});
} else {
  const captured = (file: string) => readFileSync(join(captures, file), 'utf8');
  describe('prints what a real Mac printed', () => {
    test.each([
      ['yes-yes', { bootstrapToken: true }],
      ['yes-no', { bootstrapToken: 'none' }],
      ['no-no', {}],
    ] as const)('about a token: %s', async (name, spec) => {
      expect(await status(office(spec))).toBe(captured(`profiles/status-bootstraptoken-${name}.txt`));
    });

    test.each([
      ['ade-11', { server: 'https://MDMSERVER:8443/mdm/ServerURL' }],
      ['ade-not-user-approved', { server: 'https://test.example.com', userApproved: false }],
      ['user-approved-not-dep', { server: 'https://test.example.com/mdm/apple/mdm', dep: false }],
    ])('about enrolment: %s', async (name, enrolment) => {
      const { stdout } = await tool(office({ enrolment }), 'profiles', ['status', '-type', 'enrollment']);
      expect(stdout).toBe(captured(`profiles/status-enrollment-${name}.txt`));
    });

    test('about itself: the same frame, and keys in the same spelling', async () => {
      const real = captured('mdmclient/querydeviceinformation-13.3.1-rsr.txt').split('\n');
      const mine = (await information(office({ bootstrapToken: true }))).split('\n');
      const frame = (lines: string[]) => lines.filter((line) => /^\S|QueryResponses/.test(line));
      expect(frame(mine)).toEqual(frame(real));
      for (const key of ['EACSPreflight', 'IsAppleSilicon', 'MDMOptions', 'OSVersion', 'UserShortName']) {
        const shape = (lines: string[]) =>
          lines.find((line) => line.trim().startsWith(key))?.replace(/"[^"]*"|\w+;$/, '…');
        expect(shape(mine), key).toBe(shape(real));
      }
    });
  });
}

test.each([
  ['valid', 'YES', 'YES', 'success'],
  ['none', 'YES', 'NO', '"Unable to get Bootstrap Token <(null):0> ((null))"'],
  ['lost', 'YES', 'YES', '"Unable to get Bootstrap Token <(null):0> ((null))"'],
  ['foreign', 'YES', 'YES', '"Unable to get Bootstrap Token <(null):0> ((null))"'],
] as const)('a token that is %s', async (bootstrapToken, supported, escrowed, said) => {
  const mac = office({ bootstrapToken });
  expect(await status(mac)).toBe(
    `profiles: Bootstrap Token supported on server: ${supported}\nprofiles: Bootstrap Token escrowed to server: ${escrowed}\n`,
  );
  expect(await preflight(mac)).toBe(said);
});

test('a server that knows of no tokens: one line alone, and nothing can be escrowed', async () => {
  const mac = office({ bootstrapToken: 'unsupported' });
  expect(await status(mac)).toBe('profiles: Bootstrap Token supported on server: NO\n');
  expect((await typed(mac, 'install')).stdout).toContain('not supported');
});

test('before 13.3 there is no preflight; a condition of the erase comes before the token', async () => {
  expect(await preflight(office({ bootstrapToken: true, macOS: '13.2', build: '22D49' }))).toBeUndefined();
  const alarm = office({ bootstrapToken: true, faults: [{ name: 'preflight-refuses', text: 'Invalid disk layout' }] });
  expect(await preflight(alarm)).toBe('"Invalid disk layout"');
});

test('without network, or with the server down, a good token cannot be fetched', async () => {
  const down = office({ bootstrapToken: true, faults: [{ name: 'mdm-server-down' }] });
  expect(await preflight(down)).toMatch(/^"Unable to get/);
  down.faults.clear();
  expect(await preflight(down)).toBe('success');
  expect(await preflight(office({ bootstrapToken: true, network: false }))).toMatch(/^"Unable to get/);
});

test('macOS 27 knows no updates by commands any more, and says how it is used', async () => {
  const [old, fresh] = [office(), office({ macOS: '27.0', build: '26A300' })];
  const asked = (mac: VirtualMac) => tool(mac, 'mdmclient', ['AvailableOSUpdates']);
  expect((await asked(old)).stdout).toMatch(/^Available updates \(install debug profile for more details\): \(\n\)$/m);
  const ran = await asked(fresh);
  expect([ran.stdout, ran.stderr, exitOf(ran)]).toEqual(['', expect.stringMatching(/^Usage: mdmclient/), 1]);
  expect(await information(fresh)).not.toContain('OSUpdateSettings');
});

test('an administrator with a token escrows one; whoever is not one does not', async () => {
  const mac = office({ bootstrapToken: 'none' });
  expect((await typed(mac, 'install', 'bert', 'not it')).stdout).toContain('Unable to authenticate user information.');
  expect(mac.accounts.named('bert')?.failedLogins).toBe(1);
  expect((await typed(mac, 'install', 'clara', CLARA)).stdout).toContain('Unable to authenticate');
  expect((await typed(mac, 'install', 'anna', PASSWORD)).stdout).toContain('not an administrator');
  expect(await preflight(mac)).not.toBe('success');
  expect((await typed(mac, 'install')).stderr).toBe("Enter the admin user name:Enter the password for user 'bert':");
  expect([await preflight(mac), await status(mac)]).toEqual([
    'success',
    expect.stringContaining('escrowed to server: YES'),
  ]);
  expect((await typed(mac, 'validate')).stdout).toContain('Bootstrap Token validated.');
  expect((await typed(mac, 'remove')).stdout).toContain('removed');
  expect(await status(mac)).toContain('escrowed to server: NO');
});

test('one of another enrolment has to go first; a lost one is simply replaced', async () => {
  const foreign = office({ bootstrapToken: 'foreign' });
  expect((await typed(foreign, 'install')).stdout).toContain('Unable to create');
  await typed(foreign, 'remove');
  await typed(foreign, 'install');
  const lost = office({ bootstrapToken: 'lost' });
  await typed(lost, 'install');
  expect([await preflight(foreign), await preflight(lost)]).toEqual(['success', 'success']);
});

test('a lie: it says that it was escrowed, and nothing was', async () => {
  const mac = office({ bootstrapToken: 'none', faults: [{ name: 'escrow-lies', times: 1 }] });
  expect((await typed(mac, 'install')).stdout).toContain('Bootstrap Token escrowed');
  expect(await status(mac)).toContain('escrowed to server: NO');
});

test('a server of somebody else keeps it, may lose it, and a first log-in then brings no secure token', () => {
  const make = () => {
    const server = new TokensInMemory();
    const mac = office({ bootstrapToken: true } satisfies MacSpecInput);
    const other = new VirtualMac({ spec: mac.spec, clock: mac.world, seed: 3, tokenKeeper: server });
    return { server, mac: other };
  };
  const [kept, lost] = [make(), make()];
  expect([...kept.server.tokens.keys()]).toEqual([kept.mac.enrolment.udid]);
  lost.server.tokens.clear();
  for (const { mac } of [kept, lost]) mac.logOut();
  for (const { mac } of [kept, lost]) mac.logIn('clara');
  expect([kept, lost].map(({ mac }) => mac.accounts.named('clara')?.secureToken)).toEqual([true, false]);
});

test('tokens are secrets, and no tool prints one', async () => {
  const mac = office({ bootstrapToken: true });
  await typed(mac, 'install');
  const tokens = [...mac.enrolment.secrets()];
  expect(tokens.length).toBe(2);
  expect(tokens.every((token) => mac.secrets().has(token))).toBe(true);
  const printed = `${await status(mac)}${await information(mac)}`;
  expect(tokens.filter((token) => printed.includes(token))).toEqual([]);
});

test('its dictionaries: quotes around all but plain words, other alphabets by number', () => {
  expect(oldStyleText({ b: 'plain', a: 'Anna’s "Mac"', c: [], d: { e_f: 1 } })).toBe(
    '{\n\ta = "Anna\\U2019s \\"Mac\\"";\n\tb = plain;\n\tc =\t (\n\t);\n\td =\t {\n\t\t"e_f" = 1;\n\t};\n}',
  );
});
