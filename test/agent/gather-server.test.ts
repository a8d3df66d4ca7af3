// What a checkup says of the management server: whether it lets us in, knows this Mac, may do what is needed, and what of the
// credential is more than that.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { probesOnly } from '../../src/adapters/commands/dry-run.ts';
import { servicePartsIn } from '../../src/adapters/credentials/service-parts.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { gatherCheckup } from '../../src/agent/gather-checkup.ts';
import { savedPushServer } from '../../src/agent/saved-credentials.ts';
import { credentialId } from '../../src/domain/credentials.ts';
import { holderText } from '../../src/domain/mdm-credential.ts';
import { examine } from '../../src/policy/examine/examine.ts';
import type { Finding } from '../../src/policy/examine/finding.ts';
import type { Http } from '../../src/ports/http.ts';
import type { PushService } from '../../src/ports/push-service.ts';
import {
  ACCOUNT,
  ACCOUNT_WORD,
  ALL_PRIVILEGES,
  apiError,
  broken,
  CLIENT,
  CLIENT_WORD,
  heldBy,
  PLANS,
  serverDesk,
} from '../adapters/mdm/server-desk.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'uk-server-'));
  mkdirSync(placesUnder(root).state, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Given = {
  mdm?: object | null;
  saved?: typeof CLIENT | typeof ACCOUNT | null;
  isRoot?: boolean;
  http?: Http | null;
};

async function found(one: ReturnType<typeof serverDesk>, given: Given = {}) {
  const { mdm = { service: 'jamf-pro' }, saved = CLIENT, isRoot = true, http = one.jamf.http } = given;
  const places = placesUnder(root);
  if (mdm !== null) {
    mkdirSync(dirname(places.managedPreferences), { recursive: true });
    writeFileSync(places.managedPreferences, plistOf(mdm));
  }
  const { store } = servicePartsIn(places.state, { commands: one.commands, clock: one.mac.clock });
  if (saved !== null) {
    const name = saved.kind === 'client' ? saved.id : saved.name;
    const secret = saved.kind === 'client' ? saved.secret : saved.password;
    const credential = { method: 'mdm', account: holderText({ kind: saved.kind, name }), uid: null, secret } as const;
    const verifiedAt = one.mac.world.wall();
    await lived(one, store.save({ ...credential, verifiedAt }, { replace: false, severalSaved: false }));
  }
  const ground = { commands: probesOnly(one.commands), clock: one.mac.clock, places, isRoot, http };
  const facts = await lived(one, gatherCheckup({ ...ground, ownHealth: async () => null }));
  const all = examine(facts);
  for (const word of [CLIENT_WORD, ACCOUNT_WORD, 'MARK']) expect(JSON.stringify([facts, all])).not.toContain(word);
  expect(one.jamf.server.tokens.size).toBe(0);
  const mine = all.filter(({ code }) => code.startsWith('server.'));
  return { facts, all, mine, marks: Object.fromEntries(mine.map(({ code, mark }) => [code, mark])) };
}

/** Files are looked at in real time, in which the time of the Mac must not run away. */
async function lived<T>(one: ReturnType<typeof serverDesk>, started: Promise<T>): Promise<T> {
  let over = false;
  const settled = started.finally(() => {
    over = true;
  });
  settled.catch(() => {});
  for (let steps = 0; !over && steps < 5_000; steps += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await one.mac.world.runUntil(one.mac.world.now() + 1_000, () => over);
  }
  return settled;
}

const plistOf = (mdm: object): string => {
  const keys = Object.entries(mdm).map(([key, value]) => `<key>${key}</key><string>${String(value)}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>mdm</key><dict>${keys.join('')}</dict></dict></plist>\n`;
};

const named = (all: readonly Finding[], code: string) => all.find((one) => one.code === code);

test('a server that is well', async () => {
  const { marks, mine, all } = await found(serverDesk());
  expect(marks).toEqual({ 'server.lets-in': 'ok', 'server.knows-mac': 'ok', 'server.means': 'ok' });
  expect(named(mine, 'server.lets-in')).toMatchObject({
    what: 'https://mdm.example.com lets the API client “client-id” in.',
    means: expect.stringMatching(/^Only an order would show whether it may: Create Managed Software Updates; /),
  });
  expect(named(mine, 'server.means')?.what).toBe(
    'It can update this Mac by a declaration with a deadline, an update plan.',
  );
  expect(named(all, 'authority.method')?.what).toBe('Updates would be authorised by the management server.');
});

test('nothing is said where none is named and nothing saved, and nobody asked', async () => {
  const one = serverDesk();
  expect((await found(one, { mdm: null, saved: null })).marks).toEqual({});
  expect(one.jamf.got).toEqual([]);
});

test('one of the two alone is said', async () => {
  const one = serverDesk();
  expect((await found(one, { saved: null })).marks).toEqual({ 'server.not-saved': 'attention' });
  expect((await found(one, { mdm: { service: 'none' } })).marks).toEqual({ 'server.not-named': 'attention' });
  expect(one.jamf.got).toEqual([]);
});

test('only root asks, and for a simulated Mac nobody', async () => {
  const one = serverDesk();
  expect((await found(one, { isRoot: false })).marks).toEqual({ 'server.unknown': 'unknown' });
  expect((await found(one, { http: null })).marks).toEqual({ 'server.unknown': 'unknown' });
  expect(one.jamf.got).toEqual([]);
});

describe('a server that does not do', () => {
  const inventory = (one: ReturnType<typeof serverDesk>, results: unknown[]) => {
    one.jamf.server.computers = results;
  };
  test.each<[string, (one: ReturnType<typeof serverDesk>) => void, object, RegExp, string | null]>([
    [
      'it cannot be reached',
      ({ jamf }) => jamf.always('POST /api/oauth/token', broken('unreachable')),
      { 'server.unreachable': 'attention' },
      /does not answer as it should/,
      'method.failing',
    ],
    [
      'the secret is not right',
      ({ jamf }) => jamf.always('POST /api/oauth/token', apiError(401)),
      { 'server.refused': 'broken' },
      /does not let upkeep in/,
      'method.failing',
    ],
    [
      'a privilege is missing',
      ({ jamf }) => jamf.always('GET /api/v2/mdm/commands', apiError(403)),
      { 'server.lets-in': 'ok', 'server.privileges': 'broken', 'server.knows-mac': 'ok', 'server.means': 'ok' },
      /lacks what is needed: View MDM command information in Jamf Pro API\./,
      'method.failing',
    ],
    [
      'it does not know this Mac',
      (one) => inventory(one, []),
      { 'server.lets-in': 'ok', 'server.not-this-mac': 'broken' },
      /does not know this Mac/,
      'method.failing',
    ],
    [
      'its update feature is off',
      ({ jamf }) => {
        jamf.server.toggle.toggle = false;
      },
      { 'server.lets-in': 'ok', 'server.knows-mac': 'ok', 'server.feature-off': 'attention' },
      /is turned off/,
      null,
    ],
    [
      'it is turning that off',
      ({ jamf }) => {
        jamf.server.toggleStatus = { toggleOn: null, toggleOff: { state: 'RUNNING' } };
        jamf.always(`GET ${PLANS}`, apiError(503));
      },
      { 'server.lets-in': 'ok', 'server.knows-mac': 'ok', 'server.no-means': 'attention' },
      /no way to update a Mac now/,
      null,
    ],
  ])('%s', async (_, prepare, marks, words, method) => {
    const one = serverDesk();
    prepare(one);
    const { marks: given, mine, all } = await found(one);
    expect(given).toEqual(marks);
    expect(mine.map(({ what }) => what).join('\n')).toMatch(words);
    expect(named(all, 'method.failing')?.code ?? null).toBe(method);
  });

  test('a password that the agent found refused is not sent again', async () => {
    const one = serverDesk();
    one.jamf.always('POST /api/v1/auth/token', apiError(401));
    const first = await found(one, { saved: ACCOUNT });
    expect(first.marks).toMatchObject({ 'server.refused': 'broken' });
    const places = placesUnder(root);
    const { store, attempts } = servicePartsIn(places.state, { commands: one.commands, clock: one.mac.clock });
    const saved = store.saved('mdm');
    if (saved === null) throw new Error('nothing is saved');
    attempts.begin({ account: saved.account, credential: credentialId(saved), at: one.mac.clock.now() })(false);
    const asked = one.jamf.got.length;
    const { marks, all } = await found(one, { saved: null });
    expect(marks).toEqual({ 'server.unknown': 'unknown', 'server.account': 'attention' });
    expect(named(all, 'method.failing')?.what).toMatch(
      /The management server cannot be used: the saved password is wrong/,
    );
    expect(one.jamf.got.length).toBe(asked);
  });

  test('what was saved is gone from the keychain', async () => {
    const one = serverDesk();
    await found(one);
    one.mac.keychains.system.items.length = 0;
    expect((await found(one, { saved: null })).marks).toEqual({ 'server.unknown': 'unknown' });
  });
});

describe('more than is needed', () => {
  test('an account, and what it may besides', async () => {
    const one = serverDesk();
    heldBy(one, [...ALL_PRIVILEGES, 'Update Policies', ...Array.from({ length: 12 }, (_, nth) => `Read ${nth}`)]);
    const { marks, mine } = await found(one, { saved: ACCOUNT });
    expect(marks).toMatchObject({
      'server.lets-in': 'ok',
      'server.account': 'attention',
      'server.more-than-needed': 'attention',
    });
    expect(named(mine, 'server.lets-in')?.means).toBe('It has all that is needed.');
    expect(named(mine, 'server.more-than-needed')?.what).toMatch(/^The account “updater” may more .*; and 5 more\.$/);
  });

  test('the key of NanoMDM itself on the Mac, and not a broker’s', async () => {
    const one = serverDesk();
    const nano = (url: string) => ({ service: 'nanomdm', url });
    expect((await found(one, { mdm: nano('https://mdm.example.com/api') })).marks).toMatchObject({
      'server.fleet-key': 'attention',
    });
    expect((await found(one, { mdm: nano('https://broker.example.com') })).marks).not.toHaveProperty([
      'server.fleet-key',
    ]);
  });
});

test('a Mac that the server has no record of: a checkup never sends the inventory, the agent does, and writes that down', async () => {
  const one = serverDesk();
  one.jamf.server.computers = [];
  const sent = () => one.mac.calls.filter(({ name }) => name === 'jamf.recon').length;
  expect((await found(one)).marks).toMatchObject({ 'server.not-this-mac': 'broken' });
  expect(sent()).toBe(0);
  const { commands, settings } = one;
  const parts = { commands, clock: one.mac.clock, http: one.jamf.http, settings: () => settings };
  const service = (await lived(one, savedPushServer(placesUnder(root), parts).open())) as PushService;
  expect(await lived(one, service.look())).toHaveProperty('failed.trouble', 'computer-unknown');
  expect(sent()).toBe(1);
  expect(readdirSync(placesUnder(root).state)).toContain('jamf-recon.json');
  await lived(one, service.close());
});
