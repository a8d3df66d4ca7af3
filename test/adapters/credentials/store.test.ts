// Saved credentials while nobody is killed: what is kept, replaced, refused, and what a keychain that fails does.
import { describe, expect, test } from 'vitest';
import { deleteAllCredentials, deleteCredentials } from '../../../src/adapters/credentials/delete-all.ts';
import type { SavedMethod } from '../../../src/domain/credentials.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canary, canaryOfLength, hardCanaries } from '../../support/canary.ts';
import { ADMIN, CREDENTIALS, desk, FOLDER } from './desk.ts';

const KEY = `${FOLDER}/credentials.key`;
const LOGIN = '/Users/anna/Library/Keychains/login.keychain';
const SEVERAL = { replace: false, severalSaved: true };

const BY_MDM = canary('by_mdm');

const EARLIER = canary('earlier');
const NEXT = canary('next');
const ANNA = canary('anna');
const THIRD = canary('third');
const MADE_UP = canary('made_up');

type Desk = ReturnType<typeof desk>;
type Given = { method?: SavedMethod; account?: string; uid?: number | null; password?: string };

function save(one: Desk, given: Given = {}, rules = { replace: false, severalSaved: false }) {
  const { method = 'local-account', account = 'bert', uid = null, password = ADMIN } = given;
  const { store } = one.process();
  const verifiedAt = one.mac.world.wall();
  return one.run(store.save({ method, account, uid, secret: new Secret(password), verifiedAt }, rules));
}

async function readBack(one: Desk, method: SavedMethod = 'local-account') {
  const reading = await one.run(one.process().store.read(method));
  return reading.found ? reading.secret.expose((plain) => plain) : reading.trouble;
}

const PASSWORDS: [name: string, password: string][] = [
  ...hardCanaries('bert'),
  ['255 characters', canaryOfLength('bert', 255)],
  ['255 emoji', canary('bert', (it) => `${it}${'😀'.repeat(255 - it.length)}`)],
  ['the form of hexadecimal', `0x${Buffer.from(canary('bert')).toString('hex')}`],
];

describe('what is kept', () => {
  test.each(PASSWORDS)('one with %s comes back as it was', async (_, password) => {
    const one = desk();
    await save(one, { password });
    expect(await readBack(one)).toBe(password);
    expect(Object.values(one.kept())).toEqual([password]);
    for (const call of one.mac.calls) expect([...call.args, ...call.exposed].join('\0')).not.toContain(password);
    for (const text of one.disk.values()) expect(text).not.toContain(JSON.stringify(password).slice(1, -1));
  });

  test('the file says all but the password', async () => {
    const one = desk();
    const saved = await save(one);
    expect(JSON.parse(one.disk.get(CREDENTIALS) ?? '')).toEqual({
      format: 1,
      lastVersion: saved.version,
      saved: [
        {
          method: 'local-account',
          account: 'bert',
          uid: null,
          version: saved.version,
          savedAt: expect.stringMatching(/^2026-11-23T08:00:00/),
          verifiedAt: '2026-11-23T08:00:00Z',
        },
      ],
      prepared: [],
      loose: [],
    });
    expect(Object.keys(one.kept())).toEqual([`local-account/${saved.version}`]);
  });

  test.each([['two\nlines'], ['nul\0'], ['  '], ['x'.repeat(4_000) + '"'.repeat(200)]])(
    'what is no line for the keychain is refused, and nothing lies about',
    async (password) => {
      const one = desk();
      await expect(save(one, { password })).rejects.toMatchObject({ code: 'input.wrong' });
      expect(await readBack(one)).toBe('not-set');
      await one.run(one.process().store.sweep());
      expect(one.process().store.list()).toEqual(expect.objectContaining({ saved: [], loose: [] }));
      expect(one.kept()).toEqual({});
    },
  );
});

describe('one, or several', () => {
  test('the same account again takes the place of its earlier password, under a version of its own', async () => {
    const one = desk();
    const first = await save(one, { password: EARLIER });
    const second = await save(one);
    expect(second.version).toBeGreaterThan(first.version);
    expect(await readBack(one)).toBe(ADMIN);
    expect(Object.values(one.kept())).toEqual([ADMIN]);
  });

  test('a version never comes again, not even on a clock that was set back', async () => {
    const one = desk();
    const first = await save(one);
    one.mac.world.jumpWall(-3 * DAY_MS);
    expect((await save(one)).version).toBe(first.version + 1);
  });

  test('another account or method is refused without --replace, and nothing is changed', async () => {
    const one = desk();
    await save(one);
    for (const given of [{ account: 'anna' }, { method: 'saved-password' as const, account: 'anna', uid: 501 }]) {
      const refused = save(one, given);
      await expect(refused).rejects.toMatchObject({ code: 'credential.in-the-way' });
      await expect(refused).rejects.toThrow('local-account (bert)');
    }
    expect(await readBack(one)).toBe(ADMIN);
    expect(Object.values(one.kept())).toEqual([ADMIN]);
  });

  test('where several are allowed another method stands beside it, another account of the same does not', async () => {
    const one = desk();
    const several = { replace: false, severalSaved: true };
    await save(one);
    await save(one, { method: 'saved-password', account: 'anna', uid: 501, password: ANNA }, several);
    await expect(save(one, { account: 'anna' }, several)).rejects.toMatchObject({ code: 'credential.in-the-way' });
    expect([await readBack(one), await readBack(one, 'saved-password')]).toEqual([ADMIN, ANNA]);
    await save(one, { account: 'anna', password: THIRD }, { replace: true, severalSaved: true });
    expect([await readBack(one), await readBack(one, 'saved-password')]).toEqual([THIRD, ANNA]);
  });

  test('a service account is not replaced: nobody would know its password any more', async () => {
    const one = desk();
    await save(one, { method: 'service-account', account: '_upkeep', password: MADE_UP });
    const replace = save(one, {}, { replace: true, severalSaved: false });
    await expect(replace).rejects.toMatchObject({ code: 'credential.in-the-way' });
    expect(await readBack(one, 'service-account')).toBe(MADE_UP);
  });
});

describe('a keychain that fails', () => {
  test('a write that is lost is noticed, and what was saved before still is', async () => {
    const one = desk();
    await save(one, { password: EARLIER });
    one.mac.faults.add({ name: 'keychain-write-lost', times: 1 });
    const lost = save(one);
    await expect(lost).rejects.toMatchObject({ code: 'credential.not-kept' });
    await expect(lost).rejects.not.toThrow(ADMIN);
    expect(await readBack(one)).toBe(EARLIER);
    expect(one.process().store.list()).toMatchObject({ loose: [] });
  });

  test('what comes back otherwise than it was put in is not kept', async () => {
    const one = desk();
    await save(one, { password: EARLIER });
    const put = one.mac.keychains.put.bind(one.mac.keychains);
    one.mac.keychains.put = (keychain, item) => put(keychain, { ...item, secret: `${item.secret} ` });
    await expect(save(one)).rejects.toMatchObject({ code: 'credential.not-kept' });
    expect(await readBack(one)).toBe(EARLIER);
    expect(Object.values(one.kept())).toEqual([EARLIER]);
  });

  test('an item that somebody deleted is a password that is gone, for which nothing else is taken', async () => {
    const one = desk();
    await save(one);
    one.mac.keychains.system.items = [];
    expect(await readBack(one)).toBe('password-gone');
  });

  test('what somebody else put there is no password, nor one of ours under another name', async () => {
    const one = desk();
    const first = await save(one, { password: EARLIER });
    const [sealed] = one.mac.keychains.system.items;
    await save(one);
    const [item] = one.mac.keychains.system.items;
    if (item === undefined || sealed === undefined) throw new Error(`nothing is kept under ${first.version}`);
    for (const secret of ['an open phrase', sealed.secret, `${item.secret}=`, item.secret.slice(0, -4)]) {
      one.mac.keychains.system.items = [{ ...item, secret }];
      expect([secret, await readBack(one)]).toEqual([secret, 'password-gone']);
    }
    one.mac.keychains.system.items = [item];
    expect(await readBack(one)).toBe(ADMIN);
  });

  test('without the key nothing opens; a damaged one is no guess; `delete --all` begins anew', async () => {
    const one = desk();
    await save(one);
    const key = one.disk.get(KEY) ?? '';
    one.disk.delete(KEY);
    expect(await readBack(one)).toBe('password-gone');
    for (const text of ['', '{"format":1,"key":"c2hvcnQ="}']) {
      one.disk.set(KEY, text);
      expect(await readBack(one)).toBe('keychain-unavailable');
      await expect(save(one)).rejects.toMatchObject({ code: 'store.unusable' });
    }
    await one.run(deleteAllCredentials(one.process().store));
    expect(one.disk.get(KEY)).not.toBe(key);
    await save(one);
    expect(await readBack(one)).toBe(ADMIN);
  });

  test('what lies in the keychain tells nobody the password', async () => {
    const one = desk();
    await save(one);
    await save(one, { method: 'saved-password', account: 'anna', uid: 501, password: ANNA }, SEVERAL);
    const all = JSON.stringify([one.mac.keychains.system.items, one.mac.keychains.at(LOGIN)?.items]);
    expect(all).toContain('saved-password/');
    for (const secret of [ADMIN, ANNA]) {
      expect(all).not.toContain(secret);
      expect(all).not.toContain(Buffer.from(secret).toString('base64'));
    }
  });

  test('a damaged file is no guess, and `delete --all` begins anew', async () => {
    const one = desk();
    await save(one);
    for (const text of [
      '',
      '{',
      '{"format": 2}',
      '{"format":1,"lastVersion":1,"saved":[{}],"prepared":[],"loose":[]}',
    ]) {
      one.disk.set(CREDENTIALS, text);
      expect(await readBack(one)).toBe('unknown');
      await expect(save(one)).rejects.toMatchObject({ code: 'store.unusable' });
    }
    expect(await one.run(deleteAllCredentials(one.process().store))).toEqual([]);
    expect(one.kept()).toEqual({});
    await save(one);
    expect(await readBack(one)).toBe(ADMIN);
  });
});

describe("a person's own keychain", () => {
  const anna = { method: 'saved-password', account: 'anna', uid: 501, password: ANNA } as const;

  test('is used in their session', async () => {
    const one = desk();
    await save(one, anna);
    expect(await readBack(one, 'saved-password')).toBe(ANNA);
    expect(one.kept()).toEqual({});
  });

  test('is closed while they are not logged in; what has to go from it goes later', async () => {
    const one = desk();
    await save(one, anna);
    one.mac.logOut();
    expect(await readBack(one, 'saved-password')).toBe('keychain-unavailable');
    const { store } = one.process();
    expect(await one.run(deleteCredentials(store, ['saved-password'], null))).toHaveLength(1);
    expect(await readBack(one, 'saved-password')).toBe('not-set');
    expect(store.list().loose).toHaveLength(1);
    one.mac.logIn('anna');
    await one.run(one.process().store.sweep());
    expect(store.list().loose).toEqual([]);
    expect(one.mac.keychains.at(LOGIN)?.items).toEqual([]);
  });

  test('is not even asked for while somebody else is logged in', async () => {
    const one = desk();
    await save(one, anna);
    one.mac.logOut();
    one.mac.logIn('clara');
    const before = one.mac.callCounts()['security.find-password'];
    expect(await readBack(one, 'saved-password')).toBe('keychain-unavailable');
    expect(one.mac.callCounts()['security.find-password']).toBe(before);
  });

  test('that stays locked after a log-in is closed as well, and nobody waits for ever', async () => {
    const one = desk();
    await save(one, anna);
    one.mac.rotatePassword('anna', BY_MDM, { cryptoToo: true });
    one.mac.logOut();
    one.mac.logIn('anna');
    const before = one.mac.world.now();
    expect(await readBack(one, 'saved-password')).toBe('keychain-unavailable');
    expect(one.mac.world.now() - before).toBeLessThan(2 * MINUTE_MS);
  });
});

describe('a password that an account is about to get', () => {
  const service = { method: 'service-account', account: '_upkeep', uid: null } as const;
  const prepare = (one: Desk, password: string) =>
    one.run(one.process().store.prepare({ ...service, secret: new Secret(password) }, rules));
  const rules = { replace: false, severalSaved: false };

  test('is kept without counting, then counts, and then the old one goes', async () => {
    const one = desk();
    await save(one, { ...service, password: EARLIER });
    const item = await prepare(one, NEXT);
    await one.run(one.process().store.sweep());
    expect([await readBack(one, 'service-account'), Object.keys(one.kept()).length]).toEqual([EARLIER, 2]);
    const { store } = one.process();
    expect((await one.run(store.readPrepared(item)))?.expose((plain) => plain)).toBe(NEXT);
    await one.run(store.promote(item, one.mac.world.wall(), rules));
    expect([await readBack(one, 'service-account'), Object.values(one.kept())]).toEqual([NEXT, [NEXT]]);
    expect(store.list()).toMatchObject({ prepared: [], loose: [] });
  });

  test('or goes without having counted', async () => {
    const one = desk();
    await save(one, { ...service, password: EARLIER });
    await one.run(one.process().store.discard(await prepare(one, NEXT)));
    expect([await readBack(one, 'service-account'), Object.values(one.kept())]).toEqual([EARLIER, [EARLIER]]);
  });

  test('is not deleted without the account that may have it', async () => {
    const one = desk();
    await prepare(one, NEXT);
    const { store } = one.process();
    await expect(one.run(deleteAllCredentials(store))).rejects.toMatchObject({ code: 'credential.in-the-way' });
    expect(Object.values(one.kept())).toEqual([NEXT]);
    const removed: string[] = [];
    await one.run(deleteAllCredentials(store, async ({ account }) => void removed.push(account)));
    expect([removed, one.kept(), store.list()]).toEqual([['_upkeep'], {}, { saved: [], prepared: [], loose: [] }]);
  });
});

describe('deleting', () => {
  test('twice is once', async () => {
    const one = desk();
    await save(one);
    const all = () => one.run(deleteAllCredentials(one.process().store));
    expect(await all()).toMatchObject([{ method: 'local-account', account: 'bert' }]);
    expect([await all(), one.kept(), await readBack(one)]).toEqual([[], {}, 'not-set']);
  });

  test('all, also what the file does not know of', async () => {
    const one = desk();
    await save(one);
    one.disk.clear();
    expect(await one.run(deleteAllCredentials(one.process().store))).toEqual([]);
    expect(one.kept()).toEqual({});
  });

  test('a service account goes before its credential, which stays when the account could not go', async () => {
    const one = desk();
    await save(one, { method: 'service-account', account: '_upkeep', password: MADE_UP });
    const { store } = one.process();
    const none = one.run(deleteAllCredentials(store));
    await expect(none).rejects.toMatchObject({ code: 'credential.in-the-way' });
    const failing = one.run(deleteAllCredentials(store, () => Promise.reject(new Error('no'))));
    await expect(failing).rejects.toThrow('no');
    expect(await readBack(one, 'service-account')).toBe(MADE_UP);
    const removed: string[] = [];
    const remove = async ({ account }: { account: string }) => void removed.push(account);
    await one.run(deleteAllCredentials(store, remove));
    expect([removed, await readBack(one, 'service-account'), one.kept()]).toEqual([['_upkeep'], 'not-set', {}]);
  });
});
