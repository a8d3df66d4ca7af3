// A small Jamf Pro that answers the client in memory, written from the vendor's descriptions. It keeps tokens and plans, and
// any answer can be replaced: once, several times, or by a function. What it makes up holds the word MARK.

import { JamfPro, type JamfProParts } from '../../../../src/adapters/mdm/jamf-pro/jamf-pro.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import type { Http, HttpRequest, HttpResult, HttpText } from '../../../../src/ports/http.ts';
import { canary } from '../../../support/canary.ts';

export const UDID = '2B1F7C2E-4D6A-5E0B-9C1D-7A8B9C0D1E2F';
export const MANAGEMENT_ID = 'a94b11f0-c870-4006-82fe-e7afa981d61c';
export const PLANS = '/api/v1/managed-software-updates/plans';
/** Words in which a form sees more than text. */
export const CLIENT_WORD = canary('client', (it) => `MARK+${it}/of&client`);
export const ACCOUNT_WORD = canary('account', (it) => `MARK${it}`);
export const CLIENT = { kind: 'client' as const, id: 'client-id', secret: new Secret(CLIENT_WORD) };
export const ACCOUNT = { kind: 'account' as const, name: 'updater', password: new Secret(ACCOUNT_WORD) };

/** What the server got, with its secrets revealed. */
export type Got = {
  key: string;
  url: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string;
  atMs: number;
};

export type Reply =
  | { status: number; body?: unknown; headers?: Record<string, string>; cookies?: string[] }
  | Extract<HttpResult, { kind: 'failed' }>;
type Answering = (got: Got) => Reply | null;

export const apiError = (status: number, ...codes: string[]): Reply => ({
  status,
  body: {
    httpStatus: status,
    errors: codes.map((code) => ({ code, description: 'MARK any words', id: '0', field: null })),
  },
});
export const page = (status: number): Reply => ({
  status,
  body: '<html><body>MARK toggle is off</body></html>',
  headers: { 'content-type': 'text/html' },
});
export const broken = (
  why: Extract<HttpResult, { kind: 'failed' }>['why'],
  maybeDone = why !== 'unreachable' && why !== 'tls',
): Reply => ({ kind: 'failed', why, detail: `broken by ${why}`, maybeDone });

/** A clock on which whoever waits is called at once, at the time it would have been. */
export function hastyClock(start = Temporal.Instant.from('2026-11-23T08:00:00Z').epochMilliseconds) {
  let nowMs = start;
  const waits: number[] = [];
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs - start + 5_000,
    zone: () => 'Europe/Berlin',
    after: (delayMs, callback) => {
      const dueMs = nowMs + delayMs;
      waits.push(delayMs);
      const turn = setImmediate(() => {
        nowMs = Math.max(nowMs, dueMs);
        callback();
      });
      return () => clearImmediate(turn);
    },
  };
  return { clock, waits, pass: (ms: number) => (nowMs += ms) };
}

export type FakePlan = {
  planUuid: string;
  device: { deviceId: string | number; objectType: string };
  updateAction: string;
  versionType: string;
  specificVersion: string;
  buildVersion: string | null;
  maxDeferrals: number;
  forceInstallLocalDateTime: string | null;
  status: { state: string; errorReasons: string[] | null };
};
export const somePlan = (rest: Partial<FakePlan> = {}): FakePlan => ({
  planUuid: 'AAAA-1',
  device: { deviceId: '12', objectType: 'COMPUTER' },
  updateAction: 'DOWNLOAD_INSTALL_RESTART',
  versionType: 'SPECIFIC_VERSION',
  specificVersion: '26.1',
  buildVersion: null,
  maxDeferrals: 0,
  forceInstallLocalDateTime: null,
  status: { state: 'Init', errorReasons: [] },
  ...rest,
});

export const record = (rest: Record<string, unknown> = {}) => ({
  id: '12',
  udid: UDID,
  general: {
    managementId: MANAGEMENT_ID,
    supervised: true,
    declarativeDeviceManagementEnabled: true,
    remoteManagement: { managed: true },
  },
  operatingSystem: { version: '26.0.1' },
  hardware: null,
  ...rest,
});

export function fakeJamf(parts: Partial<JamfProParts> = {}) {
  const time = hastyClock();
  const { clock } = time;
  const got: Got[] = [];
  const rules = new Map<string, Answering[]>();
  const server = {
    version: '11.30.1-t1784555528405',
    toggle: {
      toggle: true,
      forceInstallLocalDateEnabled: true,
      customVersionEnabled: true,
      dssEnabled: true,
      recipeEnabled: false,
    } as Record<string, unknown>,
    toggleStatus: { toggleOn: null, toggleOff: null } as unknown,
    offered: ['26.1', '26.0.1', '15.7.2'],
    computers: [record()] as unknown[],
    plans: [] as FakePlan[],
    tokenSeconds: 599,
    tokens: new Map<string, number>(),
    taken: 0,
    made: 0,
  };

  const newToken = (seconds: number): string => {
    server.taken += 1;
    const text = `MARKtoken.${server.taken}`;
    server.tokens.set(text, clock.now() + seconds * 1000);
    return text;
  };
  const routes: Record<string, Answering> = {
    'POST /api/oauth/token': () => ({
      status: 200,
      body: {
        access_token: newToken(server.tokenSeconds),
        token_type: 'Bearer',
        scope: 'api-role:2',
        expires_in: server.tokenSeconds,
      },
    }),
    'POST /api/v1/auth/token': () => ({
      status: 200,
      body: {
        token: newToken(1800),
        expires: Temporal.Instant.fromEpochMilliseconds(clock.now() + 1_800_000).toString(),
      },
    }),
    'POST /api/v1/auth/invalidate-token': (asked) => {
      server.tokens.delete(asked.headers.authorization?.slice(7) ?? '');
      return { status: 204 };
    },
    'GET /api/v1/jamf-pro-version': () => ({ status: 200, body: { version: server.version } }),
    [`GET ${PLANS}/feature-toggle`]: () => ({ status: 200, body: server.toggle }),
    [`GET ${PLANS}/feature-toggle/status`]: () => ({ status: 200, body: server.toggleStatus }),
    'GET /api/v1/managed-software-updates/available-updates': () => ({
      status: 200,
      body: { availableUpdates: { macOS: server.offered, iOS: [] } },
    }),
    'GET /api/v4/computers-inventory': () => ({
      status: 200,
      body: { totalCount: server.computers.length, results: server.computers },
    }),
    [`GET ${PLANS}`]: ({ query }) => {
      const [size, number] = [Number(query.get('page-size')), Number(query.get('page'))];
      const results = server.plans.slice(number * size, (number + 1) * size);
      return { status: 200, body: { totalCount: server.plans.length, results } };
    },
    [`POST ${PLANS}`]: ({ body }) => {
      const { devices, config } = JSON.parse(body);
      const planUuid = `NEW-${server.made + 1}`;
      server.made += 1;
      server.plans.push(somePlan({ ...config, planUuid, device: devices[0] }));
      const device = { ...devices[0], href: '/v1/computers-inventory/12' };
      return { status: 201, body: { plans: [{ device, planId: planUuid, href: `/v1/…/${planUuid}` }] } };
    },
    'POST /api/v1/macos-managed-software-updates/send-updates': () => ({
      status: 200,
      body: { processManagerUuids: ['11111111-2222'], errors: [] },
    }),
    'POST /JSSResource/computercommands/command/BlankPush/id/12': () => ({ status: 201, body: '<xml/>' }),
    'POST /api/v2/mdm/blank-push': () => ({ status: 200, body: { errorUuids: [] } }),
    'GET /api/v2/mdm/commands': () => ({ status: 200, body: { totalCount: 0, results: [] } }),
  };
  const plan = ({ key }: Got): Reply | null => {
    const [, id, part] = new RegExp(`^GET ${PLANS}/([^/]+)(?:/(\\w+))?$`).exec(key) ?? [];
    const found = server.plans.find(({ planUuid }) => planUuid === id);
    if (id === undefined || found === undefined) return null;
    if (part === 'events') return { status: 200, body: { events: '' } };
    if (part === 'declarations') return { status: 200, body: { declarations: [] } };
    return { status: 200, body: found };
  };
  const isTokenCall = (key: string): boolean => /\/token$/.test(key);

  const answer = (asked: Got): Reply => {
    const replaced = rules.get(asked.key)?.[0]?.(asked) ?? null;
    if (replaced !== null) return replaced;
    const token = asked.headers.authorization?.slice('Bearer '.length) ?? '';
    if (!isTokenCall(asked.key) && (server.tokens.get(token) ?? 0) <= clock.now()) return apiError(401);
    return routes[asked.key]?.(asked) ?? plan(asked) ?? apiError(404, 'NOT_FOUND');
  };

  const http: Http = {
    send: async (request, signal) => {
      await Promise.resolve();
      if (signal?.aborted) return { kind: 'failed', why: 'aborted', detail: 'it was taken back', maybeDone: false };
      const asked = read(request, clock.monotonicMs());
      got.push(asked);
      const reply = answer(asked);
      if ('kind' in reply) return reply;
      const { status, body = '', headers = {}, cookies = [] } = reply;
      const text = typeof body === 'string' ? body : pretty(body);
      return { kind: 'answer', answer: { status, headers, cookies, body: new Secret(text) } };
    },
  };
  const client = new JamfPro({
    http,
    clock,
    random: () => 0.5,
    address: 'https://jamf.example.com:8443',
    credential: CLIENT,
    mac: { udid: UDID, computerId: null, recon: null },
    ...parts,
  });

  return {
    client,
    server,
    got,
    http,
    ...time,
    /** Replaces answers: each of these once, one after the other. */
    once: (key: string, ...replies: Reply[]) => {
      const left = [...replies];
      const before = rules.get(key) ?? [];
      rules.set(key, [() => left.shift() ?? null, ...before]);
    },
    /** Replaces an answer for good; null leaves it as it was. */
    always: (key: string, reply: Reply | Answering) =>
      void rules.set(key, [typeof reply === 'function' ? reply : () => reply]),
    /** What was asked, without the calls for tokens. */
    asked: () => got.map(({ key }) => key).filter((key) => !isTokenCall(key)),
    count: (key: string) => got.filter((one) => one.key === key).length,
    ordinary: (key: string, asked: Got): Reply => routes[key]?.(asked) ?? apiError(404),
  };
}

/** As a real server prints: a blank before each colon. */
const pretty = (body: unknown): string => JSON.stringify(body, null, 2).replaceAll('": ', '" : ');

function read({ method, url, headers, body }: HttpRequest, atMs: number): Got {
  const { pathname, searchParams } = new URL(url);
  const plain = Object.entries(headers).map(([name, value]): [string, string] => [name, reveal(value)]);
  return {
    key: `${method} ${pathname}`,
    url,
    query: searchParams,
    headers: Object.fromEntries(plain),
    body: body === null ? '' : reveal(body),
    atMs,
  };
}

const reveal = (text: HttpText): string =>
  typeof text === 'string'
    ? text
    : text.map((part) => (typeof part === 'string' ? part : part.expose((plain) => plain))).join('');
