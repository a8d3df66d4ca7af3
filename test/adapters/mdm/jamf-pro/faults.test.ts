// Every way Jamf Pro, or something before it, can say no: told apart by structure, never by words, and asked again only
// where that can help.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../../src/adapters/mdm/fault.ts';
import { isPassing, MOST_TRIES, waitBeforeNext } from '../../../../src/adapters/mdm/retry.ts';
import type { PushTrouble } from '../../../../src/domain/push.ts';
import { apiError, broken, fakeJamf, PLANS, page, type Reply } from './fake-jamf.ts';

const LIST = `GET ${PLANS}`;
const withField = (field: string): Reply => ({
  status: 400,
  body: { httpStatus: 400, errors: [{ code: 'INVALID_FIELD', description: 'MARK', id: null, field }] },
});

describe('a question that is refused', () => {
  test.each<[string, Reply, PushTrouble, string, tries: number]>([
    ['400', apiError(400, 'INVALID_FIELD'), 'not-understood', 'it answers 400 (INVALID_FIELD)', 1],
    [
      '400 with a field',
      withField('config.specificVersion'),
      'not-understood',
      'it answers 400 (INVALID_FIELD at config.specificVersion)',
      1,
    ],
    [
      '400 with a list’s field',
      withField('devices[0].deviceId'),
      'not-understood',
      'it answers 400 (INVALID_FIELD at devices[0].deviceId)',
      1,
    ],
    ['400 with a field of its own', withField('MARK'), 'not-understood', 'it answers 400 (INVALID_FIELD)', 1],
    [
      '400 of another code',
      apiError(400, 'INVALID_REQUEST_PARAMETER_TYPE'),
      'not-understood',
      'it answers 400 (INVALID_REQUEST_PARAMETER_TYPE)',
      1,
    ],
    ['400 with what is no code', apiError(400, 'MARKtoken.1'), 'not-understood', 'it answers 400', 1],
    ['404', apiError(404), 'not-supported', 'it answers 404', 1],
    ['405', { status: 405 }, 'not-supported', 'it answers 405', 1],
    ['408', { status: 408 }, 'server-busy', 'it answers 408', 4],
    ['410', apiError(410), 'not-supported', 'it answers 410', 1],
    ['418', { status: 418, body: 'MARK' }, 'not-understood', 'it answers 418', 1],
    ['429', apiError(429), 'server-busy', 'it answers 429', 4],
    ['500 with no errors', apiError(500), 'server-failed', 'it answers 500', 4],
    ['501', { status: 501 }, 'not-supported', 'it answers 501', 1],
    [
      '502 of a proxy',
      page(502),
      'server-failed',
      'it answers 502 with a web page, as a proxy or a starting server does',
      4,
    ],
    [
      '503 of a starting server',
      page(503),
      'server-busy',
      'it answers 503 with a web page, as a proxy or a starting server does',
      4,
    ],
    ['503 with nothing', { status: 503 }, 'server-busy', 'it answers 503', 4],
    ['504', page(504), 'server-failed', 'it answers 504 with a web page, as a proxy or a starting server does', 4],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://MARK/' } },
      'not-understood',
      'it redirects (302), which is not followed',
      1,
    ],
    ['a page that says it worked', { ...page(200) }, 'not-understood', 'it answers 200 with what is no JSON', 1],
    [
      'another answer',
      { status: 200, body: { hello: 'MARK' } },
      'not-understood',
      'it answers 200 with something else than asked for',
      1,
    ],
    [
      'a cut-off answer',
      { status: 200, body: '{"totalCount":1,"results":[' },
      'not-understood',
      'it answers 200 with what is no JSON',
      1,
    ],
    ['nobody', broken('unreachable'), 'server-unreachable', 'broken by unreachable', 4],
    ['silence', broken('timeout'), 'server-unreachable', 'broken by timeout', 4],
    ['a broken connection', broken('cut-off'), 'server-unreachable', 'broken by cut-off', 4],
    ['a wrong certificate', broken('tls'), 'server-unreachable', 'broken by tls', 1],
    ['an endless answer', broken('too-large'), 'not-understood', 'broken by too-large', 1],
  ])('by %s', async (_, reply, trouble, detail, tries) => {
    const jamf = fakeJamf();
    jamf.always(LIST, reply);
    const result = await jamf.client.current();
    expect(result).toEqual({ failed: { trouble, detail } });
    expect(inspect(result, { depth: 9 })).not.toContain('MARK');
    expect(jamf.count(LIST)).toBe(tries);
  });

  test.each([
    ['429', apiError(429)],
    ['408', { status: 408 }],
    ['500', apiError(500)],
    ['503', page(503)],
    ['a broken connection', broken('cut-off')],
  ] satisfies [string, Reply][])('by %s for a while is answered in the end', async (_, reply) => {
    const jamf = fakeJamf();
    jamf.once(LIST, reply, reply, reply);
    expect(await jamf.client.current()).toBeNull();
    expect(jamf.count(LIST)).toBe(4);
    expect(jamf.waits).toEqual([1_500, 3_000, 6_000]);
  });
});

describe('a 503 in the server’s own form', () => {
  const RUNNING = { state: 'RUNNING', exitState: 'EXECUTING' };
  const DONE = { state: 'NOT_RUNNING', exitState: 'COMPLETED' };
  test.each<[string, Record<string, unknown>, unknown, PushTrouble]>([
    ['off', { toggle: false }, { toggleOn: DONE, toggleOff: DONE }, 'feature-off'],
    ['being turned off', { toggle: false }, { toggleOn: DONE, toggleOff: RUNNING }, 'feature-switching'],
    ['being turned on', { toggle: true }, { toggleOn: RUNNING, toggleOff: null }, 'feature-switching'],
    ['on', { toggle: true }, { toggleOn: DONE, toggleOff: { state: 'NEVER_RAN' } }, 'server-busy'],
  ])('is what the feature is, whatever its words: %s', async (_, toggle, status, trouble) => {
    const jamf = fakeJamf();
    expect(await jamf.client.look()).toHaveProperty('means');
    jamf.always(LIST, () => {
      Object.assign(jamf.server.toggle, toggle);
      jamf.server.toggleStatus = status;
      return apiError(503);
    });
    expect(await jamf.client.current()).toHaveProperty('failed.trouble', trouble);
    // Asked once: the same question would get the same answer.
    expect(jamf.count(LIST)).toBe(2);
  });
});

describe('patience', () => {
  const status = (retryAfter: string | undefined) => ({
    ...(apiError(429) as { status: number }),
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  });
  test.each<[string | undefined, number[]]>([
    [undefined, [1_500]],
    ['30', [31_500]],
    ['Mon, 23 Nov 2026 08:00:20 GMT', [21_500]],
    ['Mon, 23 Nov 2026 07:00:20 GMT', [1_500]],
    ['soon', [1_500]],
    ['0', [1_500]],
  ])('after a 429 with Retry-After %s it waits %j ms', async (retryAfter, waits) => {
    const jamf = fakeJamf();
    jamf.once(LIST, status(retryAfter));
    expect(await jamf.client.current()).toBeNull();
    expect(jamf.waits).toEqual(waits);
  });

  test('a server that wants longer patience than two minutes is left alone', async () => {
    const jamf = fakeJamf();
    jamf.once(LIST, status('3600'));
    expect(await jamf.client.current()).toEqual({ failed: { trouble: 'server-busy', detail: 'it answers 429' } });
    expect(jamf.waits).toEqual([]);
  });

  const faults: fc.Arbitrary<Fault> = fc.record({
    kind: fc.constant('status' as const),
    status: fc.constantFrom(408, 429, 500, 502, 503, 504),
    form: fc.constantFrom('page' as const, 'empty' as const),
    codes: fc.constant<string[]>([]),
    settled: fc.constant(false),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 120_000 }), { nil: null }),
  });
  test('chance moves every wait between half and the whole of its length, and the number of tries is bounded', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        faults,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (tries, fault, chance) => {
          const waitMs = waitBeforeNext(tries, fault, () => chance);
          expect(waitMs === null).toBe(tries >= MOST_TRIES);
          if (waitMs === null || fault.kind !== 'status') return;
          const whole = Math.min(30_000, 2_000 * 2 ** (tries - 1));
          const own = waitMs - (fault.retryAfterMs ?? 0);
          expect(own).toBeGreaterThanOrEqual(whole / 2);
          expect(own).toBeLessThan(whole);
        },
      ),
    );
    expect(isPassing({ kind: 'credential', detail: '' })).toBe(false);
  });

  test('ends at once when it is taken back', async () => {
    const jamf = fakeJamf();
    const stop = new AbortController();
    jamf.always(LIST, () => {
      stop.abort();
      return page(503);
    });
    expect(await jamf.client.current(stop.signal)).toHaveProperty('failed.trouble', 'server-busy');
    expect(jamf.count(LIST)).toBe(1);
    expect(await jamf.client.current(stop.signal)).toHaveProperty('failed.detail', 'it was taken back');
  });
});

describe('load', () => {
  test('never more than one exchange at a time', async () => {
    let open = 0;
    let most = 0;
    const jamf = fakeJamf();
    const http: typeof jamf.http = {
      send: async (request, signal) => {
        open += 1;
        most = Math.max(most, open);
        await new Promise((resolve) => setImmediate(resolve));
        const result = await jamf.http.send(request, signal);
        open -= 1;
        return result;
      },
    };
    const { client } = fakeJamf({ http, clock: jamf.clock });
    await Promise.all([client.look(), client.current(), client.nudge()]);
    expect(most).toBe(1);
  });
});

describe('cookies', () => {
  const sent = (jamf: ReturnType<typeof fakeJamf>) =>
    jamf.got.map(({ key, headers }) => [key.split('/').at(-1), headers.cookie]);
  const lines = [
    'jpro-ingress=MARK-a|b; Path=/; Secure; HttpOnly',
    'JSESSIONID=MARK-s; Path=/',
    'tracking=no; Path=/',
    'APBALANCEID=; Max-Age=0',
  ];

  test('pin the node from the first write on, are kept only where they do that, and end with the workflow', async () => {
    const jamf = fakeJamf();
    jamf.always(`GET /api/v1/jamf-pro-version`, { status: 200, body: { version: '11.30.1' }, cookies: lines });
    jamf.always('POST /api/v2/mdm/blank-push', { status: 200, body: { errorUuids: [] }, cookies: lines });
    await jamf.client.look();
    expect(jamf.got.every(({ headers }) => headers.cookie === undefined)).toBe(true);
    await jamf.client.nudge();
    await jamf.client.current();
    expect(sent(jamf).at(-1)).toEqual(['plans', 'jpro-ingress=MARK-a|b; JSESSIONID=MARK-s']);
    jamf.once(LIST, {
      status: 200,
      body: { totalCount: 0, results: [] },
      cookies: ['JSESSIONID=MARK-t', 'jpro-ingress=x; Max-Age=0'],
    });
    await jamf.client.current();
    await jamf.client.current();
    expect(sent(jamf).at(-1)).toEqual(['plans', 'JSESSIONID=MARK-t']);
    await jamf.client.close();
    await jamf.client.current();
    expect(sent(jamf).at(-1)).toEqual(['plans', undefined]);
  });
});
