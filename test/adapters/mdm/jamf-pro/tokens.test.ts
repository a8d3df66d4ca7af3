// Tokens of both kinds of credential: how they are asked for, how long they are used, and what becomes of a refusal.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  ACCOUNT_WORD,
  apiError,
  broken,
  CLIENT_WORD,
  fakeJamf,
  PLANS,
  page,
  type Reply,
} from './fake-jamf.ts';

const CLIENT_TOKEN = 'POST /api/oauth/token';
const ACCOUNT_TOKEN = 'POST /api/v1/auth/token';
const VERSION = 'GET /api/v1/jamf-pro-version';
const INVALIDATE = 'POST /api/v1/auth/invalidate-token';

describe('an API client', () => {
  test('asks by a form, shows the token, and the secret is spelled for a form', async () => {
    const jamf = fakeJamf();
    await jamf.client.look();
    const [first, second] = jamf.got;
    expect(first).toMatchObject({
      key: CLIENT_TOKEN,
      url: 'https://jamf.example.com:8443/api/oauth/token',
      body: `grant_type=client_credentials&client_id=client-id&client_secret=${encodeURIComponent(CLIENT_WORD)}`,
    });
    expect(first?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(second).toMatchObject({ key: VERSION, headers: { authorization: 'Bearer MARKtoken.1' } });
    expect(jamf.server.taken).toBe(1);
  });

  test('asks at the newer path where the older is gone, and stays there', async () => {
    const jamf = fakeJamf();
    jamf.always(CLIENT_TOKEN, apiError(404));
    jamf.always('POST /api/v1/oauth/token', (got) => jamf.ordinary(CLIENT_TOKEN, got));
    expect(await jamf.client.look()).toHaveProperty('serverVersion', '11.30.1');
    jamf.pass(700_000);
    await jamf.client.look();
    expect(jamf.count(CLIENT_TOKEN)).toBe(1);
    expect(jamf.count('POST /api/v1/oauth/token')).toBe(2);
  });

  // Lifetime in seconds, and after how many of them a token is still used, and no longer.
  test.each([
    [599, 538, 540],
    [1800, 1739, 1741],
    [60, 44, 46],
    [4, 2, 4],
  ])('a token of %d s is used at %d s and renewed at %d s', async (seconds, stillMs, renewedMs) => {
    const jamf = fakeJamf();
    jamf.server.tokenSeconds = seconds;
    await jamf.client.look();
    jamf.pass(stillMs * 1000);
    await jamf.client.look();
    expect(jamf.server.taken).toBe(1);
    jamf.pass((renewedMs - stillMs) * 1000);
    await jamf.client.look();
    expect(jamf.server.taken).toBe(2);
    expect(jamf.got.filter(({ key }) => key !== CLIENT_TOKEN).every(({ headers }) => headers.authorization)).toBe(true);
  });

  test('a lifetime shorter than the workflow only means more tokens', async () => {
    const jamf = fakeJamf();
    jamf.server.tokenSeconds = 3;
    for (const key of [VERSION, `GET ${PLANS}/feature-toggle`, `GET ${PLANS}`])
      jamf.always(key, () => {
        jamf.pass(2_500);
        return null;
      });
    expect(await jamf.client.look()).toMatchObject({ means: ['declaration', 'plan'] });
    expect(jamf.server.taken).toBeGreaterThan(2);
  });

  test.each<[string, unknown]>([
    ['no lifetime', undefined],
    ['one that is a text', '599'],
    ['one that is nonsense', 'soon'],
    ['one that is over', -5],
  ])('a token with %s is used all the same', async (_, expires_in) => {
    const jamf = fakeJamf();
    const body = { access_token: 'MARKtoken.x', token_type: 'Bearer', expires_in };
    jamf.once(CLIENT_TOKEN, { status: 200, body });
    jamf.server.tokens.set('MARKtoken.x', Number.MAX_SAFE_INTEGER);
    expect(await jamf.client.look()).toHaveProperty('serverVersion', '11.30.1');
    expect(jamf.server.taken).toBe(0);
  });
});

describe('an account', () => {
  test('asks by its name and password, and the token ends at an instant', async () => {
    const jamf = fakeJamf({ credential: ACCOUNT });
    await jamf.client.look();
    const [first] = jamf.got;
    expect(first).toMatchObject({ key: ACCOUNT_TOKEN, body: '' });
    expect(first?.headers.authorization).toBe(`Basic ${btoa(`updater:${ACCOUNT_WORD}`)}`);
    jamf.pass(1_735_000);
    await jamf.client.look();
    expect(jamf.server.taken).toBe(1);
    jamf.pass(10_000);
    await jamf.client.look();
    expect(jamf.server.taken).toBe(2);
  });

  test('whose token ended before it began, by a clock that is wrong, is used for a while', async () => {
    const jamf = fakeJamf({ credential: ACCOUNT });
    jamf.once(ACCOUNT_TOKEN, { status: 200, body: { token: 'MARKtoken.y', expires: '2020-01-01T00:00:00.626Z' } });
    jamf.server.tokens.set('MARKtoken.y', Number.MAX_SAFE_INTEGER);
    expect(await jamf.client.look()).toHaveProperty('serverVersion', '11.30.1');
    expect(jamf.count(ACCOUNT_TOKEN)).toBe(1);
  });

  test('whose answer was lost is not tried again: it may have been a wrong password', async () => {
    const jamf = fakeJamf({ credential: ACCOUNT });
    jamf.always(ACCOUNT_TOKEN, broken('cut-off'));
    expect(await jamf.client.look()).toMatchObject({ failed: { trouble: 'server-unreachable' } });
    expect(jamf.count(ACCOUNT_TOKEN)).toBe(1);
  });

  test('is tried again where the server surely never saw it', async () => {
    const jamf = fakeJamf({ credential: ACCOUNT });
    jamf.once(ACCOUNT_TOKEN, broken('unreachable'), page(503));
    expect(await jamf.client.look()).toHaveProperty('serverVersion', '11.30.1');
    expect(jamf.count(ACCOUNT_TOKEN)).toBe(3);
  });
});

describe('a refused credential', () => {
  const oauth = (status: number, error: string): Reply => ({
    status,
    body: { error, error_description: 'MARK', error_uri: 'x' },
  });
  test.each<['client' | 'account', Reply, string]>([
    [
      'client',
      oauth(400, 'invalid_client'),
      'it does not accept the API client and its secret; it answers 400 (invalid_client)',
    ],
    [
      'client',
      oauth(401, 'invalid_client'),
      'it does not accept the API client and its secret; it answers 401 (invalid_client)',
    ],
    [
      'client',
      oauth(400, 'invalid_scope'),
      'it does not accept the API client and its secret; it answers 400 (invalid_scope)',
    ],
    ['client', oauth(400, 'MARK_other'), 'it does not accept the API client and its secret; it answers 400'],
    ['client', apiError(401), 'it does not accept the API client and its secret; it answers 401'],
    [
      'account',
      apiError(401, 'INVALID_TOKEN'),
      'it does not accept the account and its password; it answers 401 (INVALID_TOKEN)',
    ],
    [
      'account',
      apiError(401, 'USER_EXPIRED_PASSWORD'),
      'the password of the account has to be changed first; it answers 401 (USER_EXPIRED_PASSWORD)',
    ],
    ['account', apiError(403), 'it does not accept the account and its password; it answers 403'],
  ])('%s, %j: tried once, then never again', async (kind, reply, detail) => {
    const jamf = fakeJamf(kind === 'account' ? { credential: ACCOUNT } : {});
    const key = kind === 'account' ? ACCOUNT_TOKEN : CLIENT_TOKEN;
    jamf.always(key, reply);
    expect(await jamf.client.look()).toEqual({ failed: { trouble: 'credential-refused', detail } });
    expect(await jamf.client.nudge()).toHaveProperty('failed.trouble', 'credential-refused');
    expect(jamf.count(key)).toBe(1);
    expect(jamf.got).toHaveLength(1);
  });

  test.each<[string, Reply, string]>([
    ['a page', page(503), 'server-busy'],
    ['a fault', apiError(500), 'server-failed'],
    ['no token', { status: 200, body: { hello: 1 } }, 'not-understood'],
    [
      'a token that fits no header',
      { status: 200, body: { access_token: 'MARK\r\nx: y', expires_in: 60 } },
      'not-understood',
    ],
    ['a page that says it worked', { ...page(200), status: 200 }, 'not-understood'],
    [
      'a redirect, as to a sign-in page',
      { status: 302, headers: { location: 'https://sso.example.com' } },
      'not-understood',
    ],
    ['silence', broken('timeout'), 'server-unreachable'],
    ['a wrong certificate', broken('tls'), 'server-unreachable'],
  ])('%s is no refusal', async (_, reply, trouble) => {
    const jamf = fakeJamf();
    jamf.always(CLIENT_TOKEN, reply);
    const result = await jamf.client.look();
    expect(result).toHaveProperty('failed.trouble', trouble);
    expect(inspect(result, { depth: 9 })).not.toContain('MARK');
  });
});

describe('a token that is not taken', () => {
  const denied: [string, Reply][] = [
    ['with an empty error', apiError(401)],
    ['with INVALID_TOKEN', apiError(401, 'INVALID_TOKEN')],
    ['with nothing at all', { status: 401 }],
    ['with a page', page(401)],
  ];
  test.each(denied)('is renewed once, %s', async (_, reply) => {
    const jamf = fakeJamf();
    await jamf.client.look();
    jamf.once(`GET ${PLANS}`, reply);
    expect(await jamf.client.current()).toBeNull();
    expect(jamf.server.taken).toBe(2);
    expect(jamf.count(`GET ${PLANS}`)).toBe(3);
  });

  test.each(denied)('and the next not either: a privilege is missing, %s', async (_, reply) => {
    const jamf = fakeJamf();
    await jamf.client.look();
    jamf.always(`GET ${PLANS}`, reply);
    const result = await jamf.client.current();
    expect(result).toHaveProperty('failed.trouble', 'privilege-missing');
    expect(result).toHaveProperty(
      'failed.detail',
      expect.stringContaining(
        'the role of the API client lacks one of: Read Managed Software Updates; Read Computers; Read Mobile Devices',
      ),
    );
    expect(jamf.server.taken).toBe(2);
  });

  test('a 403 renews an old token, whose role may have been changed since, but not a young one', async () => {
    const jamf = fakeJamf({ credential: ACCOUNT });
    jamf.once(`GET ${PLANS}`, apiError(403, 'INVALID_PRIVILEGE'), apiError(403, 'INVALID_PRIVILEGE'));
    expect(await jamf.client.look()).toEqual({
      failed: {
        trouble: 'privilege-missing',
        detail:
          'it answers 403 (INVALID_PRIVILEGE): the account lacks one of: Managed Software Updates (Read); Computers (Read); Mobile Devices (Read)',
      },
    });
    expect(jamf.server.taken).toBe(1);
    jamf.pass(120_000);
    expect(await jamf.client.look()).toHaveProperty('serverVersion', '11.30.1');
    expect(jamf.server.taken).toBe(2);
  });

  test.each(['sleep, in which the monotonic clock stood still', 'a wall clock that was set back'])(
    'is not even tried after %s',
    async (what) => {
      const jamf = fakeJamf();
      const behindMs = { wall: 0, monotonic: 0 };
      const clock = {
        ...jamf.clock,
        now: () => jamf.clock.now() - behindMs.wall,
        monotonicMs: () => jamf.clock.monotonicMs() - behindMs.monotonic,
      };
      const { client } = fakeJamf({ http: jamf.http, clock });
      await client.look();
      jamf.pass(3_600_000);
      behindMs[what.startsWith('sleep') ? 'monotonic' : 'wall'] = 3_600_000;
      await client.look();
      expect(jamf.server.taken).toBe(2);
      expect(jamf.count(`GET ${PLANS}/feature-toggle`)).toBe(2);
    },
  );
});

describe('at the end', () => {
  test.each<[string, Reply]>([
    ['works', { status: 204 }],
    ['is too late', apiError(401)],
    ['fails', broken('timeout')],
  ])('the token is given back, whether that %s', async (_, reply) => {
    const jamf = fakeJamf();
    await jamf.client.look();
    jamf.always(INVALIDATE, reply);
    await jamf.client.close();
    const closing = jamf.got.filter(({ key }) => key === INVALIDATE);
    expect(closing.map(({ headers }) => headers.authorization)).toEqual(['Bearer MARKtoken.1']);
    await jamf.client.close();
    expect(jamf.count(INVALIDATE)).toBe(1);
  });

  test('every token that may still be good is given back, and none where none was taken', async () => {
    const jamf = fakeJamf();
    await jamf.client.close();
    expect(jamf.got).toEqual([]);
    await jamf.client.look();
    jamf.once(`GET ${PLANS}`, apiError(401));
    await jamf.client.look();
    await jamf.client.close();
    const closing = jamf.got.filter(({ key }) => key === INVALIDATE);
    expect(closing.map(({ headers }) => headers.authorization)).toEqual(['Bearer MARKtoken.1', 'Bearer MARKtoken.2']);
    expect(jamf.server.tokens.size).toBe(0);
  });
});
