// The service account from `create` to `delete` on a simulated Mac with real processes; no secret is anywhere to be found.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { privateFiles } from '../../src/adapters/credentials/private-files.ts';
import { Seal } from '../../src/adapters/credentials/seal.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.ts';
import { Secret } from '../../src/domain/secret.ts';
import { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import { readMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { sharedBundle } from '../support/bundle.ts';
import { canary, canaryKey } from '../support/canary.ts';
import { MONDAY_NINE } from '../support/situations.ts';

let entry = '';
beforeAll(async () => {
  entry = await sharedBundle();
});

const BERT = canary('bert', (it) => `-bert's "long" $(${it}) = 🐴`);
const CLARA = canary('clara', (it) => `clara {likes} [${it}]`);
const KEY = canaryKey();

const DAILY = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>authentication</key><dict><key>serviceAccount</key><dict>
<key>rotateDays</key><integer>1</integer></dict></dict></dict></plist>
`;

let mac: MacUnderRoot;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'uk-'));
  const read = readMacSpec({
    password: canary('anna'),
    fileVault: { state: 'on', recoveryKey: KEY },
    accounts: [
      { name: 'bert', password: BERT, admin: true, secureToken: true },
      { name: 'clara', password: CLARA, neverLoggedIn: true },
    ],
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  mac = new MacUnderRoot({ root: folder, spec: read.spec, start: MONDAY_NINE, time: 'eager' });
  await mac.boot();
});
afterEach(async () => {
  await mac.shutDown();
  rmSync(folder, { recursive: true, force: true });
});

const upkeep = (words: readonly string[], stdin: string | null = null) =>
  mac.run([process.execPath, entry, ...words, '--root', mac.root], { stdin });

const filesUnderRoot = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');

test('the agent gives it a new password once the old one is old', { timeout: 300_000 }, async () => {
  const preferences = join(folder, 'Library/Preferences');
  mkdirSync(preferences, { recursive: true });
  writeFileSync(join(preferences, 'org.upkeep.agent.plist'), DAILY);
  expect(await upkeep(['install'])).toMatchObject({ exitCode: 0 });
  expect(await upkeep(['service-account', 'create', '--admin', 'bert'], `${BERT}\n`)).toMatchObject({ exitCode: 0 });
  const account = () => mac.mac.accounts.named('_upkeep');
  const first = account()?.loginPassword;
  await mac.runUntil(mac.mac.world.now() + 20 * HOUR_MS);
  expect(account()?.loginPassword).toBe(first);
  expect(await mac.runUntil(() => account()?.loginPassword !== first, DAY_MS)).toBe('stopped');
  await mac.runUntil(mac.mac.world.now() + HOUR_MS);
  const second = account()?.loginPassword;
  expect(account()).toMatchObject({ cryptoPassword: second, secureToken: true });
  const seal = new Seal(placesUnder(mac.root).state, privateFiles);
  const kept = mac.mac.keychains.system.items.map(({ account: id, secret }) => seal.open(new Secret(secret), id));
  expect(kept.map((one) => one?.expose((plain) => plain))).toEqual([second]);
  expect((await upkeep(['log'])).stdout).toContain('Changing the password of the service account');
  expect(await upkeep(['service-account', 'status'])).toMatchObject({ exitCode: 0 });
  for (const secret of [first, second]) expect(filesUnderRoot()).not.toContain(secret);
});

test('its whole life', { timeout: 300_000 }, async () => {
  const told: string[] = [];
  const ends = async (code: number, words: readonly string[], stdin: string | null = null) => {
    const end = await upkeep(words, stdin);
    told.push(end.stdout, end.stderr);
    expect({ words, code: end.exitCode, err: code === 0 ? end.stderr : '' }).toEqual({ words, code, err: '' });
    return `${end.stdout}${end.stderr}`;
  };
  await ends(69, ['service-account', 'status']);
  expect(await ends(64, ['service-account', 'create', 'hunter2-typed'])).not.toContain('hunter2-typed');
  expect(await ends(0, ['service-account', 'create', '--admin', 'bert'], `${BERT}\n`)).toMatch(/^Made: /);
  expect(await ends(0, ['service-account', 'create', '--admin', 'bert'])).toContain('already');
  expect(await ends(0, ['service-account', 'status'])).toContain('Service account “_upkeep”');
  await ends(0, ['service-account', 'rotate', '--json']);
  await ends(0, ['secure-token', 'grant', 'clara'], `${CLARA}\n`);
  expect(mac.mac.accounts.named('clara')?.secureToken).toBe(true);
  await ends(64, ['filevault', 'rotate-recovery-key', '--show']);
  expect(mac.mac.fileVault.personalKey).toBe(KEY);
  expect(await ends(0, ['filevault', 'rotate-recovery-key'])).toContain('management server');
  const unseen = mac.mac.fileVault.personalKey ?? '';
  expect(unseen).not.toBe(KEY);
  const shown = await upkeep(['filevault', 'rotate-recovery-key', '--show', '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ key: mac.mac.fileVault.personalKey });

  const secrets = [...mac.mac.accounts.secrets(), BERT, CLARA, unseen];
  const seen = `${told.join('\n')}\n${mac.mac.calls.flatMap(({ args, exposed }) => [...args, ...exposed]).join('\n')}`;
  expect(secrets.filter((secret) => seen.includes(secret) || filesUnderRoot().includes(secret))).toEqual([]);

  await ends(0, ['auth', 'delete', '--all']);
  expect(mac.mac.accounts.named('_upkeep')).toBeNull();
  expect(await ends(0, ['service-account', 'delete'])).toContain('There was no');
});
