// What a checkup says of saved passwords, on a simulated Mac where they were saved by the commands and then went wrong. Nothing is
// tried, no password is read, and nothing is changed by looking.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { probesOnly } from '../../src/adapters/commands/dry-run.ts';
import { KEY_FILE } from '../../src/adapters/credentials/seal.ts';
import { verifyCredential } from '../../src/adapters/credentials/verify-credential.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { gatherCheckup } from '../../src/agent/gather-checkup.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { Secret } from '../../src/domain/secret.ts';
import { examine } from '../../src/policy/examine/examine.ts';
import type { FindingCode, Mark } from '../../src/policy/examine/finding.ts';
import { ADMIN, Killed } from '../adapters/credentials/desk.ts';
import { RULES, type ServiceDesk, serviceDesk } from '../adapters/credentials/service-desk.ts';
import { canary } from '../support/canary.ts';

const PREPARED = canary('prepared');
const ANOTHER = canary('another');

let root: string;
let one: ServiceDesk;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'uk-saved-'));
  mkdirSync(state(), { recursive: true });
  one = serviceDesk({}, state());
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const state = () => placesUnder(root).state;
const account = (name: string) => {
  const found = one.account(name);
  if (found === null) throw new Error(`there is no ${name}`);
  return found;
};
const files = () => readdirSync(state()).map((name) => [name, readFileSync(join(state(), name), 'utf8')]);

/** What is found about saved passwords and who authorises, by its mark; what is looked at must stay as it is. */
async function found({ isRoot = true } = {}): Promise<Partial<Record<FindingCode, Mark>>> {
  const { mac } = one;
  const before = JSON.stringify([files(), mac.accounts.all(), mac.keychains.system.items]);
  const seen = mac.calls.length;
  const facts = await lived(
    gatherCheckup({
      commands: probesOnly(one.commands),
      clock: mac.clock,
      places: placesUnder(root),
      isRoot,
      http: null,
      ownHealth: async () => null,
    }),
  );
  expect(JSON.stringify([files(), mac.accounts.all(), mac.keychains.system.items])).toBe(before);
  expect(mac.calls.slice(seen).filter(({ args }) => args.includes('-g') || args.includes('-authonly'))).toEqual([]);
  expect(JSON.stringify(facts)).not.toContain(ADMIN);
  const groups = /^(?:keychain|service-account|password|method|authority)\./;
  return Object.fromEntries(
    examine(facts)
      .filter(({ code }) => groups.test(code))
      .map(({ code, mark }) => [code, mark]),
  );
}

/** Virtual time may not run away from the real files that are read in between. */
async function lived<T>(started: Promise<T>): Promise<T> {
  let over = false;
  const settled = started.finally(() => {
    over = true;
  });
  settled.catch(() => {});
  const { world } = one.mac;
  while (!over) {
    await world.runUntil(world.now() + 10, () => over);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return settled;
}

describe('a saved password', () => {
  beforeEach(async () => {
    const { parts } = one.life();
    const verifiedAt = one.mac.clock.now();
    const bert = {
      method: 'local-account',
      account: 'bert',
      uid: null,
      secret: new Secret(ADMIN),
      verifiedAt,
    } as const;
    await one.run(parts.store.save(bert, RULES));
  });
  const verified = async () => {
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS);
    const { parts } = one.life();
    await one.run(verifyCredential(parts.store, parts, 'local-account'));
  };
  const well = {
    'keychain.root-only': 'ok',
    'method.ready': 'ok',
    'authority.method': 'ok',
    'password.verified': 'ok',
  };
  const unfit = { 'keychain.root-only': 'ok', 'method.failing': 'broken', 'authority.person': 'ok' };

  test('that is well', async () => {
    expect(await found()).toEqual(well);
    await verified();
    expect(await found()).toEqual(well);
  });

  test('that was wrong when it was last tried', async () => {
    one.mac.rotatePassword('bert', ANOTHER, { cryptoToo: true });
    await verified();
    expect(await found()).toEqual({ ...unfit, 'password.wrong': 'broken' });
  });

  test.each([
    ['opens no session any more', () => one.mac.rotatePassword('bert', ANOTHER)],
    ['opens no disk any more', () => one.mac.accounts.putCryptoPassword(account('bert'), ANOTHER)],
  ])('that drifted: it %s', async (_, drift) => {
    drift();
    expect((await found())['password.verified']).toBe('ok');
    await verified();
    expect(await found()).toEqual({ ...unfit, 'password.drifted': 'broken' });
  });

  test('whose account is locked, gone, or without a token', async () => {
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS);
    account('bert').failedLogins = 9;
    one.mac.accounts.policy = { ...one.mac.accounts.policy, lockoutAfter: 10 };
    expect(await found()).toMatchObject({ 'method.failing': 'attention', 'authority.person': 'ok' });
    one.mac.tokens.withdraw(account('bert'));
    expect(await found()).toMatchObject(unfit);
    one.mac.accounts.remove(account('bert'));
    expect(await found()).toMatchObject(unfit);
  });

  test('that somebody deleted from the keychain, or the key to it', async () => {
    const { items } = one.mac.keychains.system;
    one.mac.keychains.system.items = [];
    expect(await found()).toMatchObject(unfit);
    one.mac.keychains.system.items = items;
    expect(await found()).toEqual(well);
    rmSync(join(state(), KEY_FILE));
    expect(await found()).toMatchObject({ 'method.failing': 'broken', 'keychain.unknown': 'unknown' });
  });

  test('that others can read, for the key or a folder above it is open', async () => {
    chmodSync(join(state(), KEY_FILE), 0o644);
    expect(await found()).toMatchObject({ 'keychain.open': 'broken' });
    chmodSync(join(state(), KEY_FILE), 0o600);
    chmodSync(dirname(state()), 0o777);
    expect(await found()).toMatchObject({ 'keychain.open': 'broken' });
  });

  test('for anybody but root all of it is unknown, and nothing is guessed', async () => {
    expect(await found({ isRoot: false })).toEqual({
      'authority.unknown': 'unknown',
      'keychain.unknown': 'unknown',
      'password.unknown': 'unknown',
    });
  });
});

test('where nothing is saved nothing is said of it, also to anybody', async () => {
  expect(await found()).toEqual({ 'authority.person': 'ok' });
  expect(await found({ isRoot: false })).toEqual({ 'authority.person': 'ok' });
});

describe('the service account', () => {
  const made = async () => {
    await one.run(one.create());
    await one.mac.world.runUntil(one.mac.world.now() + MINUTE_MS);
  };
  const theirs = async () =>
    Object.entries(await found())
      .filter(([code]) => code.startsWith('service-account.'))
      .map(([code]) => code.slice('service-account.'.length));

  test('is well, is renamed, loses what makes it useful, is gone', async () => {
    await made();
    expect(await theirs()).toEqual(['healthy']);
    Object.assign(account('_upkeep'), { hidden: false, shell: '/bin/zsh' });
    expect(await theirs()).toEqual(['altered']);
    one.mac.tokens.withdraw(account('_upkeep'));
    expect(await theirs()).toEqual(['no-token']);
    account('_upkeep').disabled = true;
    expect(await theirs()).toEqual(['disabled']);
    Object.assign(account('_upkeep'), { name: 'helper' });
    expect(await theirs()).toEqual(['renamed']);
    one.mac.accounts.remove(account('helper'));
    expect(await theirs()).toEqual(['missing']);
  });

  test('is due for a new password', async () => {
    await made();
    await one.mac.world.runUntil(one.mac.world.now() + 31 * DAY_MS);
    expect(await theirs()).toEqual(['rotation-overdue']);
  });

  test('is half made, or half rotated, by no try at all', async () => {
    const words = async () => (await theirs()).join();
    const seen = new Set<string>();
    for (let step = 1; ; step += 1) {
      const end = await one.run(one.create(one.life({ step, when: 'after' }).parts).catch((error: unknown) => error));
      if (!(end instanceof Killed)) break;
      seen.add(await words());
      for (const each of one.mac.accounts.all()) if (each.fullName === 'Upkeep Service') one.mac.accounts.remove(each);
      rmSync(state(), { recursive: true });
      mkdirSync(state());
      one.mac.keychains.system.items = [];
    }
    expect(seen).toEqual(new Set(['', 'unfinished', 'healthy']));
    const { parts } = one.life();
    const secret = new Secret(PREPARED);
    await one.run(parts.store.prepare({ method: 'service-account', account: '_upkeep', uid: null, secret }, RULES));
    expect(await theirs()).toEqual(['half-rotated']);
  });

  test('is not on record any more', async () => {
    await made();
    rmSync(join(state(), 'service-account.json'));
    expect(await theirs()).toEqual(['unknown']);
  });
});
