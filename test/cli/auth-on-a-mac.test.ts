// From `auth set` to `auth delete` on a simulated Mac with real processes: what is typed reaches the tools, and is found
// nowhere else.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { privateFiles } from '../../src/adapters/credentials/private-files.ts';
import { Seal } from '../../src/adapters/credentials/seal.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { readStatus } from '../../src/agent/status-file.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.ts';
import { Secret } from '../../src/domain/secret.ts';
import { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import { readMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { lockCredentials } from '../../src/store/lock.ts';
import { sharedBundle } from '../support/bundle.ts';
import { canary, canaryOfLength, mayHoldSecrets } from '../support/canary.ts';
import { specWith } from '../support/lives.ts';
import { MONDAY_NINE, offer } from '../support/situations.ts';

let entry = '';
beforeAll(async () => {
  entry = await sharedBundle();
});

const BERT = canary('bert', (it) => `-bert's "long" $(${it}) = 🐴`);
const ANNA = canary('anna');
const SLIP = canary('slip');
const NEXT = canary('next');

let mac: MacUnderRoot;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'uk-'));
  const read = readMacSpec({
    password: ANNA,
    accounts: [{ name: 'bert', password: BERT, admin: true, secureToken: true }],
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  mac = new MacUnderRoot({ root: folder, spec: read.spec, start: MONDAY_NINE, time: 'eager' });
  await mac.boot();
});
afterEach(async () => {
  await mac.shutDown();
  rmSync(folder, { recursive: true, force: true });
});

const argv = (words: readonly string[]) => [process.execPath, entry, 'auth', ...words, '--root', mac.root];
const auth = (words: readonly string[], stdin: string | null = null) => mac.run(argv(words), { stdin });

/** Every file below the root, as one text. */
const filesUnderRoot = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');

const items = () => {
  const seal = new Seal(placesUnder(mac.root).state, privateFiles);
  return mac.mac.keychains.system.items.map(({ account, secret }) => {
    expect(secret).not.toContain(BERT);
    return [account.split('/')[0], seal.open(new Secret(secret), account)?.expose((plain) => plain)];
  });
};

test('set, list, verify, replaced, deleted; the password is in the keychain and nowhere else', async () => {
  const { state } = placesUnder(mac.root);
  const told: string[] = [];
  const done = async (words: readonly string[], stdin: string | null = null) => {
    const end = await auth(words, stdin);
    told.push(end.stdout, end.stderr);
    expect({ code: end.exitCode, err: end.stderr }).toEqual({ code: 0, err: '' });
    return end.stdout;
  };
  expect(await done(['list'])).toBe('Nothing is saved.\n');
  expect(await done(['set', 'local-account', 'bert'], `${BERT}\n`)).toBe(
    'Saved: local-account “bert”. The password logs in and unlocks the startup volume.\n',
  );
  expect(items()).toEqual([['local-account', BERT]]);
  expect(statSync(join(state, 'credentials.json')).mode & 0o777).toBe(0o600);
  expect(statSync(join(state, 'attempts.json')).mode & 0o777).toBe(0o600);
  expect(await done(['list'])).toMatch(/^local-account “bert”\n {2}saved {7}\w+ \d.*\n {2}last right {2}\w+ \d.*\n$/);
  expect(await done(['verify'])).toBe('local-account “bert”: right. It logs in and unlocks the startup volume.\n');
  const again = await auth(['verify', 'local-account', '--json']);
  expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([
    75,
    { schema: 'upkeep.auth/1', checks: [{ account: 'bert', right: false, tried: false, trouble: 'tried-today' }] },
  ]);
  const refused = await auth(['set', 'local-account', 'anna'], `${ANNA}\n`);
  expect([refused.exitCode, refused.stdout]).toEqual([73, '']);
  expect(refused.stderr).toContain('(credential.in-the-way)');
  const replaced = JSON.parse(await done(['set', 'local-account', 'anna', '--replace', '--json'], ANNA));
  expect(replaced).toMatchObject({ saved: { account: 'anna' }, replaced: [{ account: 'bert' }] });
  expect(items()).toEqual([['local-account', ANNA]]);
  expect(await done(['delete', 'local-account'])).toBe('Deleted: local-account “anna”.\n');
  expect(await done(['delete', '--all'])).toBe('Nothing was saved.\n');
  expect(items()).toEqual([]);
  const everything = [filesUnderRoot(), ...told, refused.stderr, again.stdout].join('\n');
  for (const secret of [BERT, JSON.stringify(BERT).slice(1, -1), ANNA]) {
    expect(everything).not.toContain(secret);
    for (const call of mac.mac.calls) expect([...call.args, ...call.exposed].join('\0')).not.toContain(secret);
  }
});

test('a wrong one is not saved, and what was saved stays', async () => {
  await auth(['set', 'local-account', 'bert'], BERT);
  const wrong = await auth(['set', 'local-account', 'bert'], SLIP);
  expect([wrong.exitCode, wrong.stdout]).toEqual([77, '']);
  expect(wrong.stderr).toMatch(
    /^upkeep: the password of “bert” was not saved: the password is wrong\.\n.*\n\(credential\.unfit\)\n$/,
  );
  expect(items()).toEqual([['local-account', BERT]]);
  expect(filesUnderRoot() + wrong.stderr).not.toContain(SLIP);
  mac.mac.rotatePassword('bert', NEXT);
  const drifted = await auth(['set', 'local-account', 'bert'], NEXT);
  expect([drifted.exitCode, drifted.stderr]).toEqual([77, expect.stringContaining('drifted apart')]);
  expect((await auth(['set', 'local-account', 'dora'], NEXT)).stderr).toContain('there is no account “dora”');
  expect((await auth(['verify', 'service-account'])).exitCode).toBe(69);
});

test('while another run is at work on them it is refused, and nothing is tried', { timeout: 120_000 }, async () => {
  await auth(['set', 'local-account', 'bert'], BERT);
  await mac.runUntil(mac.mac.world.now() + DAY_MS + HOUR_MS);
  const tries = () => mac.mac.calls.filter(({ args }) => args.join(' ').includes('-authonly')).length;
  const before = tries();
  const lock = lockCredentials(placesUnder(mac.root).state);
  const refused = await auth(['verify']);
  lock.release();
  expect([refused.exitCode, refused.stdout, tries()]).toEqual([75, '', before]);
  expect(refused.stderr).toMatch(
    /^upkeep: another run of upkeep is at work on the saved credentials\.\n.*nothing was changed\.\n\(agent\.locked\)\n$/,
  );
  expect([(await auth(['verify'])).exitCode, tries()]).toEqual([0, before + 1]);
});

test('one of 255 characters, which no prompt takes, is refused in plain words before it is tried', async () => {
  const long = canaryOfLength('long', 255);
  mac.mac.rotatePassword('bert', long, { cryptoToo: true });
  const refused = await auth(['set', 'local-account', 'bert'], long);
  expect([refused.exitCode, refused.stdout]).toEqual([65, '']);
  expect(refused.stderr).toContain('The password is longer than the 128 bytes a prompt takes.');
  expect([items(), mac.mac.accounts.named('bert')?.failedLogins]).toEqual([[], 0]);
  expect(mac.mac.calls.filter(({ name }) => /check-/.test(name))).toEqual([]);
});

test('from a file descriptor', async () => {
  const file = mayHoldSecrets(join(folder, 'secret.txt'));
  writeFileSync(file, `${BERT}\n`);
  const line = argv(['set', 'local-account', 'bert', '--password-fd', '3']).map((word) => `'${word}'`);
  const end = await mac.run(['/bin/sh', '-c', `exec ${line.join(' ')} 3< '${file}'`]);
  expect([end.exitCode, end.stderr]).toEqual([0, '']);
  expect(items()).toEqual([['local-account', BERT]]);
});

test('`uninstall --purge` leaves no password behind in the keychain', async () => {
  await auth(['set', 'local-account', 'bert'], BERT);
  const uninstall = (...words: string[]) =>
    mac.run([process.execPath, entry, 'uninstall', ...words, '--root', mac.root]);
  expect((await uninstall('--purge', '--dry-run')).stdout).toMatch(/^would {7}delete saved credentials/);
  expect((await uninstall()).stdout).not.toContain('credentials');
  expect(items()).toHaveLength(1);
  expect((await uninstall('--purge')).stdout).toMatch(/^done {8}delete saved credentials/);
  expect(items()).toEqual([]);
  expect(existsSync(placesUnder(mac.root).state)).toBe(false);
});

test('on an Intel Mac it says what a saved password is for', { timeout: 120_000 }, async () => {
  await mac.shutDown();
  rmSync(folder, { recursive: true, force: true });
  const accounts = [{ name: 'bert', password: BERT, admin: true, secureToken: true }];
  const spec = specWith({ appleSilicon: false, accounts });
  mac = new MacUnderRoot({ root: folder, spec, start: MONDAY_NINE, time: 'eager' });
  await mac.boot();
  const set = await auth(['set', 'local-account', 'bert'], BERT);
  expect([set.exitCode, set.stderr]).toEqual([0, '']);
  expect(set.stdout).toMatch(/\nThis is an Intel Mac, where no password is needed to install: .*FileVault.*\.\n$/);
  expect(JSON.parse((await auth(['set', 'local-account', 'bert', '--json'], BERT)).stdout)).toHaveProperty('saved');
});

test('what is saved authorises the install on a Mac where nobody is logged in', { timeout: 240_000 }, async () => {
  await mac.shutDown();
  rmSync(folder, { recursive: true, force: true });
  const bert = { name: 'bert', password: BERT, admin: true, secureToken: true };
  const spec = specWith({ password: ANNA, loggedIn: false, accounts: [bert] });
  mac = new MacUnderRoot({ root: folder, spec, start: MONDAY_NINE, time: 'eager', offers: [offer] });
  await mac.boot();
  const main = entry;
  expect(await mac.run([process.execPath, main, 'install', '--root', mac.root])).toMatchObject({ exitCode: 0 });
  expect(await auth(['set', 'local-account', 'bert'], BERT)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await mac.runUntil(() => mac.mac.os.version === '26.6.2', 3 * DAY_MS)).toBe('stopped');
  const installs = mac.mac.calls.filter(({ args }) => args.includes('--install'));
  expect(installs).toHaveLength(1);
  expect(installs[0]?.args).toContain('bert');
  expect(mac.mac.happenings.filter(({ kind }) => kind === 'authentication-failed')).toEqual([]);
  expect(mac.mac.happenings.filter(({ kind }) => kind === 'dialog-opened')).toEqual([]);
  await mac.runUntil(mac.mac.world.now() + HOUR_MS);
  expect(readStatus(placesUnder(mac.root).state).state).toBe('resting.upToDate');
  expect(filesUnderRoot()).not.toContain(BERT);
  for (const call of mac.mac.calls) expect([...call.args, ...call.exposed].join('\0')).not.toContain(BERT);
});
