// What lets us into the management server: proved before it counts, kept as passwords are, and told without its secret.
import { describe, expect, test } from 'vitest';
import { deleteAllCredentials } from '../../src/adapters/credentials/delete-all.ts';
import type { AuthGround } from '../../src/cli/auth-ground.ts';
import { holderOf, setMdm, verifyMdm } from '../../src/cli/auth-mdm.ts';
import {
  deletedWords,
  listWords,
  savedServerJson,
  savedServerWords,
  serverJson,
  serverWords,
} from '../../src/cli/auth-words.ts';
import type { Io, Values } from '../../src/cli/command.ts';
import { HOUR_MS } from '../../src/domain/instant.ts';
import { defaultSettings } from '../../src/policy/schema.ts';
import {
  ACCOUNT_WORD,
  ALL_PRIVILEGES,
  apiError,
  broken,
  CLIENT_WORD,
  heldBy,
  CLIENT as SAVED,
  serverDesk,
} from '../adapters/mdm/server-desk.ts';

const CLIENT = { kind: 'client', name: 'client-id' } as const;
const ACCOUNT = { kind: 'account', name: 'updater' } as const;

function groundOf(one = serverDesk(), more: Partial<AuthGround> = {}, severalSaved = false) {
  const asked: string[] = [];
  const io = (secret: string): Io => ({
    out: () => {},
    err: () => {},
    outIsTerminal: true,
    errIsTerminal: true,
    colour: false,
    stdin: () => Promise.reject(new Error('a terminal is asked')),
    askHidden: async (prompt) => {
      asked.push(prompt);
      return secret;
    },
  });
  const ground = {
    store: one.store,
    server: { ...one.server, settings: async () => one.settings },
    severalSaved: async () => severalSaved,
    alone: async <T>(work: () => Promise<T>) => work(),
    ...more,
  } as AuthGround;
  return {
    ...one,
    asked,
    ground,
    set: (holder: typeof CLIENT | typeof ACCOUNT, secret: string, values: Values = {}) =>
      one.run(setMdm(ground, holder, values, io(secret))),
    verify: () => one.run(verifyMdm(ground)),
  };
}

test('set, list, verify, delete', async () => {
  const one = groundOf();
  const done = await one.set(CLIENT, CLIENT_WORD);
  expect(one.asked).toEqual(['Secret of the API client “client-id” (not shown): ']);
  expect(savedServerWords(done)).toBe(
    [
      'Saved: mdm, API client “client-id”. The server lets it in.',
      '  Only an order would show whether it may: Create Managed Software Updates; Send Computer Remote Command to Download and Install OS X Update; Send Mobile Device Remote Command to Download and Install iOS Update.',
      '',
    ].join('\n'),
  );
  expect(Object.entries(one.kept())).toEqual([[`mdm/${done.saved.version}`, CLIENT_WORD]]);
  expect(savedServerJson(done)).toMatchObject({
    saved: { method: 'mdm', account: 'client-id', holder: 'client' },
    replaced: [],
    beyond: null,
  });
  const { saved, loose } = one.store.list();
  expect(listWords(saved, loose, 'UTC')).toMatch(/^mdm, API client “client-id”\n {2}saved {7}\w+/);

  await one.mac.world.runUntil(one.mac.world.now() + HOUR_MS);
  const checked = await one.verify();
  if (checked === null) throw new Error('nothing was saved');
  expect(serverWords(checked)).toMatch(
    /^mdm, API client “client-id”: right\. The server lets it in\.\n {2}Only an order/,
  );
  expect(serverJson(checked)).toMatchObject({ right: true, trouble: null, beyond: null });
  expect(one.store.saved('mdm')?.verifiedAt).toBeGreaterThan(done.saved.verifiedAt);

  const deleted = await one.run(deleteAllCredentials(one.store));
  expect(deletedWords(deleted, [])).toBe('Deleted: mdm, API client “client-id”.\n');
  expect(one.kept()).toEqual({});
  expect(await one.verify()).toBeNull();

  const all = JSON.stringify([done, checked, deleted, [...one.disk.values()], one.mac.calls.map(({ args }) => args)]);
  expect(all).not.toContain(CLIENT_WORD);
});

test('an account is told apart, and that a client would be better', async () => {
  const one = groundOf();
  heldBy(one, [...ALL_PRIVILEGES, 'Update Policies', 'Read Accounts']);
  const words = savedServerWords(await one.set(ACCOUNT, ACCOUNT_WORD));
  expect(one.asked).toEqual(['Password of the account “updater” (not shown): ']);
  expect(words).toContain('Saved: mdm, account “updater”.');
  expect(words).toContain('It may more than upkeep needs: Read Accounts; Update Policies.');
  expect(words).toContain('An API client whose role has these privileges alone is better.');
  expect(Object.values(one.kept())).toEqual([ACCOUNT_WORD]);
});

describe('nothing is saved', () => {
  const nothing = (one: ReturnType<typeof groundOf>) => expect([one.store.list().saved, one.kept()]).toEqual([[], {}]);

  test.each([
    [
      'the server refuses it',
      'POST /api/oauth/token',
      apiError(401),
      'credential.unfit',
      /does not accept the API client/,
    ],
    ['the server cannot be reached', 'POST /api/oauth/token', broken('unreachable'), 'credential.later', /broken by/],
    [
      'a privilege is missing',
      'GET /api/v2/mdm/commands',
      apiError(403),
      'credential.unfit',
      /lacks View MDM command information in Jamf Pro API\.$/,
    ],
  ] as const)('where %s', async (_, key, reply, code, words) => {
    const one = groundOf();
    one.jamf.always(key, reply);
    const error = await one.set(CLIENT, CLIENT_WORD).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(error).toHaveProperty('message', expect.stringMatching(/^the API client “client-id” was not saved: /));
    expect(JSON.stringify(error)).not.toContain(CLIENT_WORD);
    nothing(one);
  });

  test.each([
    ['no server is named', defaultSettings.mdm, {}, 'settings.wrong'],
    ['the Mac is a simulated one', null, { http: null }, 'usage.wrong'],
  ] as const)('where %s; nobody types anything', async (_, settings, more, code) => {
    const one = serverDesk();
    const server = { ...one.server, ...more, settings: async () => settings ?? one.settings };
    const tried = groundOf(one, { server });
    await expect(tried.set(CLIENT, CLIENT_WORD)).rejects.toMatchObject({ code });
    expect([tried.asked, one.jamf.got]).toEqual([[], []]);
    nothing(tried);
  });
});

describe('another one in the way', () => {
  test('is replaced when told to, once the new one has proved right', async () => {
    const one = groundOf();
    heldBy(one, ALL_PRIVILEGES);
    await one.set(CLIENT, CLIENT_WORD);
    await expect(one.set(ACCOUNT, ACCOUNT_WORD)).rejects.toMatchObject({ code: 'credential.in-the-way' });
    expect(one.asked).toHaveLength(1);
    one.jamf.once('POST /api/v1/auth/token', apiError(401));
    await expect(one.set(ACCOUNT, ACCOUNT_WORD, { replace: true })).rejects.toMatchObject({ code: 'credential.unfit' });
    expect(Object.values(one.kept())).toEqual([CLIENT_WORD]);
    const done = await one.set(ACCOUNT, ACCOUNT_WORD, { replace: true });
    expect(savedServerWords(done)).toContain('Deleted: mdm, API client “client-id”, the one before.');
    expect(Object.values(one.kept())).toEqual([ACCOUNT_WORD]);
  });

  test('of another way: as the settings allow', async () => {
    for (const severalSaved of [false, true]) {
      const one = groundOf(serverDesk(), {}, severalSaved);
      await one.save();
      const verifiedAt = one.mac.world.wall();
      const { secret } = SAVED;
      const bert = { method: 'local-account', account: 'bert', uid: null, secret, verifiedAt } as const;
      const saving = one.run(one.store.save(bert, { replace: false, severalSaved }));
      if (severalSaved) await saving;
      else await expect(saving).rejects.toMatchObject({ code: 'credential.in-the-way' });
    }
  });
});

test('what is saved and refused is told with what to do, and stays', async () => {
  const one = groundOf();
  await one.set(CLIENT, CLIENT_WORD);
  one.jamf.always('POST /api/oauth/token', apiError(401));
  const checked = await one.verify();
  if (checked === null) throw new Error('nothing was saved');
  expect(serverWords(checked)).toMatch(
    /^mdm, API client “client-id”: wrong-password\. .*\n {2}Make a new secret at the server/,
  );
  expect(serverJson(checked)).toMatchObject({ right: false, trouble: 'wrong-password', holder: 'client' });
  one.mac.keychains.system.items.length = 0;
  expect(await one.verify()).toMatchObject({ check: { fit: false, trouble: 'password-gone' } });
});

test.each<[Values, ReturnType<typeof holderOf>]>([
  [{ client: 'a' }, { kind: 'client', name: 'a' }],
  [{ account: 'api user' }, { kind: 'account', name: 'api user' }],
  [{ client: 'a', account: 'b' }, null],
  [{}, null],
  [{ client: 'a:b' }, null],
  [{ account: '' }, null],
  [{ account: 'x'.repeat(129) }, null],
  [{ account: 'x\u0007' }, null],
])('%j', (values, holder) => expect(holderOf(values)).toEqual(holder));
