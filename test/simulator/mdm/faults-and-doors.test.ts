// The faults that strike any call, and the two doors: the port within the process, and real requests on the loopback.
import { Agent, request as httpRequest } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { DAY_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { HttpRequest, HttpResult } from '../../../src/ports/http.ts';
import { readJamfFault } from '../../../src/simulator/mdm/jamf-pro/fault-words.ts';
import {
  JAMF_FAULT_NAMES,
  type JamfFaultInput,
  jamfFaultSchema,
  MAIN_OPTIONS,
} from '../../../src/simulator/mdm/jamf-pro/faults.ts';
import { JamfProServer } from '../../../src/simulator/mdm/jamf-pro/server.ts';
import { serveOnLoopback } from '../../../src/simulator/mdm/loopback.ts';
import { jamf, PASSWORD, PLANS, SECRET } from './jamf-harness.ts';

const VERSION = '/api/v1/jamf-pro-version';

describe('their names', () => {
  test('the table of main options is the list of faults, and each option is one of its fault', () => {
    const shapes = jamfFaultSchema.options.map(({ shape }) => [shape.name.value, Object.keys(shape)] as const);
    expect(JAMF_FAULT_NAMES).toEqual(shapes.map(([name]) => name));
    for (const [name, options] of shapes) {
      const main = MAIN_OPTIONS[name];
      if (main !== null) expect(options, name).toContain(main);
    }
  });

  test.each<[string, JamfFaultInput]>([
    ['plan-fails:NO_DISK_SPACE', { name: 'plan-fails', reason: 'NO_DISK_SPACE', afterSeconds: 20, late: false }],
    ['slow:2.5', { name: 'slow', seconds: 2.5 }],
    ['server-version:10.47', { name: 'server-version', version: '10.47' }],
    ['inventory-gone:3', { name: 'inventory-gone', version: 3 }],
    ['server-error:plan-create', { name: 'server-error', on: 'plan-create' }],
    ['privilege-denied:read computers', { name: 'privilege-denied', privilege: 'Read Computers', status: 403 }],
    ['numeric-ids', { name: 'numeric-ids' }],
  ])('%s', (words, fault) => expect(readJamfFault(words)).toEqual({ ok: true, fault }));

  test.each(['slwo', 'plan-fails', 'plan-fails:LAZINESS', 'numeric-ids:1', 'slow:very', 'server-version:new', ''])(
    'not understood: %s',
    (words) => expect(readJamfFault(words)).toMatchObject({ ok: false, allowed: expect.any(String) }),
  );

  test('a near miss is recognised', () => expect(readJamfFault('slwo:3')).toMatchObject({ nearest: 'slow' }));
});

describe('on any call', () => {
  const answerOf = (fault: JamfFaultInput) => {
    const world = jamf();
    world.server.faults.add(fault);
    return world.ask('GET', VERSION);
  };

  test('429 with and without Retry-After', () => {
    expect(answerOf({ name: 'rate-limited' })).toMatchObject({ status: 429, json: { httpStatus: 429 } });
    expect(answerOf({ name: 'rate-limited' }).headers['retry-after']).toBeUndefined();
    expect(answerOf({ name: 'rate-limited', retryAfter: 30 }).headers['retry-after']).toBe('30');
  });

  test('500 without errors, 503 of a proxy, any status', () => {
    expect(answerOf({ name: 'server-error' }).json).toEqual({ httpStatus: 500, errors: [] });
    expect(answerOf({ name: 'maintenance' })).toMatchObject({ status: 503, body: expect.stringMatching(/^<!doctype/) });
    expect(answerOf({ name: 'status', status: 418 }).status).toBe(418);
    expect(answerOf({ name: 'status', status: 502, html: true }).headers['content-type']).toContain('html');
    expect(answerOf({ name: 'not-json' })).toMatchObject({ status: 200, json: undefined });
    expect(answerOf({ name: 'huge', megabytes: 1 }).body.length).toBeGreaterThan(1_048_576);
  });

  test('only where, only so often, only then', async () => {
    const world = jamf();
    const { faults } = world.server;
    const status = (path: string) => world.ask('GET', path).status;
    faults.add({ name: 'server-error', on: 'plans', times: 2 });
    expect([status(VERSION), status(PLANS), status(PLANS), status(PLANS)]).toEqual([200, 500, 500, 200]);
    faults.add({ name: 'maintenance', from: world.clock.now() + 60_000, until: world.clock.now() + 120_000 });
    const seen = [status(VERSION)];
    await world.pass(60);
    seen.push(status(VERSION));
    await world.pass(60);
    expect([...seen, status(VERSION)]).toEqual([200, 503, 200]);
  });

  test('each request is told, with nothing secret', () => {
    const world = jamf();
    world.oauth();
    world.ask('GET', PLANS);
    expect(world.calls).toMatchObject([
      { method: 'POST', path: '/api/oauth/token', route: 'oauth', status: 200 },
      { method: 'GET', path: PLANS, route: 'plans', status: 200 },
    ]);
    for (const secret of world.server.secrets()) expect(JSON.stringify(world.calls)).not.toContain(secret);
    expect(world.server.secrets()).toContain(SECRET);
    expect(world.server.secrets()).toContain(PASSWORD);
  });

  test('an answer keeps no secret but a token', () => {
    const world = jamf();
    expect(world.oauth().body).not.toContain(SECRET);
    expect(world.ask('GET', `/api/v1/computers-inventory-detail/${world.id}`).body).not.toContain('Qm9vdHN0cmFw');
  });
});

const LIMITS = { timeoutMs: 20_000, answerBytes: 1_000_000 };

describe('the door within the process', () => {
  const get = (path: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    url: `https://jamf.example${path}`,
    headers: {},
    body: null,
    limits: LIMITS,
    ...more,
  });
  const HEALTH = '/api/v1/health-check';

  /** Sends, and lets time pass until there is an answer or none comes for a minute. */
  async function sent(world: ReturnType<typeof jamf>, request: HttpRequest, signal?: AbortSignal) {
    let result: HttpResult | null = null;
    void world.server.http.send(request, signal).then((one) => {
      result = one;
    });
    const begun = world.clock.now();
    await world.clock.runUntil(begun + 60_000, () => result !== null);
    return { result: result as HttpResult | null, tookMs: world.clock.now() - begun };
  }

  test('secrets are revealed on the way in, and the answer is one', async () => {
    const world = jamf();
    const { result } = await sent(
      world,
      get('/api/oauth/token', {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: ['grant_type=client_credentials&client_id=upkeep&client_secret=', new Secret(encodeURIComponent(SECRET))],
      }),
    );
    if (result?.kind !== 'answer') throw new Error('no answer');
    expect(`${result.answer.body}`).toBe('[secret]');
    expect(result.answer.status).toBe(200);
    expect(result.answer.cookies[0]).toMatch(/^jpro-ingress=/);
  });

  test('an answer takes its time, slow ones more than a caller may wait, and then it is unknown what was done', async () => {
    const world = jamf({ latencyMs: [300, 300] });
    expect(await sent(world, get(HEALTH))).toMatchObject({ tookMs: 300, result: { kind: 'answer' } });
    world.server.faults.add({ name: 'slow', seconds: 30, times: 1 });
    expect(await sent(world, get(HEALTH))).toMatchObject({
      tookMs: 20_000,
      result: { kind: 'failed', why: 'timeout', maybeDone: true },
    });
  });

  test.each<[JamfFaultInput, string, boolean]>([
    [{ name: 'cut-off' }, 'cut-off', true],
    [{ name: 'answer-lost' }, 'cut-off', true],
    [{ name: 'unreachable' }, 'unreachable', false],
    [{ name: 'huge', megabytes: 2 }, 'too-large', true],
  ])('$name', async (fault, why, maybeDone) => {
    const world = jamf();
    world.server.faults.add(fault);
    const account = world.server.addAccount({ name: 'another', password: 'x' });
    const token = world.server.parts.tokens.forAccount(account).text;
    const { result } = await sent(world, get(VERSION, { headers: { authorization: `Bearer ${token}` } }));
    expect(result).toMatchObject({ kind: 'failed', why, maybeDone });
  });

  test('another address is nobody’s, and giving up is told', async () => {
    const world = jamf({ latencyMs: [5_000, 5_000] });
    const elsewhere = { ...get(HEALTH), url: 'https://elsewhere.example/api/v1/health-check' };
    expect((await sent(world, elsewhere)).result).toMatchObject({ why: 'unreachable', maybeDone: false });
    const stop = new AbortController();
    world.clock.after(1_000, () => stop.abort());
    expect(await sent(world, get(HEALTH), stop.signal)).toMatchObject({ tookMs: 1_000, result: { why: 'aborted' } });
    expect((await sent(world, get(HEALTH), AbortSignal.abort())).result).toMatchObject({ maybeDone: false });
  });

  test('a plan whose answer was lost is there', async () => {
    const world = jamf();
    world.server.faults.add({ name: 'answer-lost', on: 'plan-create', times: 1 });
    expect(() => world.createPlan()).toThrow('lost');
    expect(world.ask('GET', PLANS).json.totalCount).toBe(1);
  });

  test('unreachable for a day: for callers as for the Mac', async () => {
    const world = jamf();
    const planId = world.plan();
    world.server.faults.add({ name: 'unreachable', until: world.clock.now() + DAY_MS });
    expect((await sent(world, get(HEALTH))).result).toMatchObject({ why: 'unreachable' });
    await world.pass(DAY_MS / 1_000 - 60);
    expect(world.mac.record).toEqual([]);
    await world.pass(120);
    world.ask('POST', '/api/v2/mdm/blank-push', { body: { clientManagementIds: [world.managementId] } });
    await world.pass(60);
    expect(world.stateOf(planId).state).toBe('WaitingForScheduledOSUpdateScanToComplete');
  });
});

describe('the door on the loopback', () => {
  async function served(fault?: JamfFaultInput) {
    const server = new JamfProServer({ clock: systemClock, latencyMs: [0, 0] });
    server.addClient({ id: 'upkeep', secret: SECRET });
    if (fault !== undefined) server.faults.add(fault);
    const door = await serveOnLoopback(server, 0);
    onTestFinished(async () => {
      await door.close();
      server.close();
    });
    return door;
  }

  type Heard = { status: number; body: string; error: string | null; cookies: string[] };

  const ask = (url: string, method = 'GET', body = '', headers: Record<string, string> = {}): Promise<Heard> =>
    new Promise((resolve) => {
      const heard: Heard = { status: 0, body: '', error: null, cookies: [] };
      const request = httpRequest(url, { method, headers, agent: new Agent() }, (response) => {
        heard.status = response.statusCode ?? 0;
        heard.cookies = response.headers['set-cookie'] ?? [];
        response.setEncoding('utf8').on('data', (text: string) => {
          heard.body += text;
        });
        response.on('error', (error) => {
          heard.error = error.message;
        });
        response.on('close', () => resolve(heard));
      });
      request.on('error', (error) => resolve({ ...heard, error: error.message }));
      request.end(body);
    });

  const FORM = `grant_type=client_credentials&client_id=upkeep&client_secret=${encodeURIComponent(SECRET)}`;
  const TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

  test('the same server, by real requests, only on the loopback', async () => {
    const { url } = await served();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask(`${url}/api/v1/health-check`)).toMatchObject({ status: 204, body: '', error: null });
    const token = JSON.parse((await ask(`${url}/api/oauth/token`, 'POST', FORM, TYPE)).body).access_token;
    const plans = await ask(`${url}${PLANS}?page=0`, 'GET', '', { authorization: `Bearer ${token}` });
    expect([plans.status, JSON.parse(plans.body)]).toEqual([200, { totalCount: 0, results: [] }]);
    // A cookie that asks for TLS would never come back here.
    expect(plans.cookies[0]).toMatch(/^jpro-ingress=/);
    expect(plans.cookies[0]).not.toContain('Secure');
  });

  test('cut-off: half of it, and then the connection breaks', async () => {
    const { url } = await served({ name: 'cut-off', on: 'oauth' });
    const heard = await ask(`${url}/api/oauth/token`, 'POST', FORM, TYPE);
    expect(heard.status).toBe(200);
    expect(heard.error).toBe('aborted');
    expect(heard.body).toContain('access_token');
    expect(heard.body).not.toContain('}');
  });

  test.each<JamfFaultInput>([{ name: 'answer-lost' }, { name: 'unreachable' }])('$name: not a word', async (fault) => {
    const { url } = await served(fault);
    expect(await ask(`${url}/api/v1/health-check`)).toMatchObject({ status: 0, error: 'socket hang up' });
  });

  test('slow: later', async () => {
    const { url } = await served({ name: 'slow', seconds: 0.3 });
    const begun = systemClock.monotonicMs();
    expect((await ask(`${url}/api/v1/health-check`)).status).toBe(204);
    expect(systemClock.monotonicMs() - begun).toBeGreaterThanOrEqual(295);
  });

  test('a body without end is not read to its end', async () => {
    const { url } = await served();
    const heard = await ask(`${url}/api/oauth/token`, 'POST', 'x'.repeat(2_000_000), TYPE);
    expect(heard.status).toBe(0);
  });

  test('a port that is taken is told', async () => {
    const { url } = await served();
    const another = new JamfProServer({ clock: systemClock });
    await expect(serveOnLoopback(another, Number(new URL(url).port))).rejects.toThrow('EADDRINUSE');
  });
});
