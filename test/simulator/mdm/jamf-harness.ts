// A Jamf Pro server with one Mac, in virtual time and without delays unless a test asks for them.
import { SECOND_MS } from '../../../src/domain/instant.ts';
import { type JamfCall, type JamfOptions, JamfProServer } from '../../../src/simulator/mdm/jamf-pro/server.ts';
import type { MacFacts } from '../../../src/simulator/mdm/managed-mac.ts';
import { availableMacOS, type MacScript, ScriptedMac } from '../../../src/simulator/mdm/scripted-mac.ts';
import { VirtualClock } from '../../../src/simulator/virtual-clock.ts';
import { canary } from '../../support/canary.ts';
import { MONDAY_NINE } from '../harness.ts';

export const SECRET = canary('client', (it) => `a ${it} of the client`);
export const PASSWORD = canary('account', (it) => `a ${it} of the account`);
export const PLANS = '/api/v1/managed-software-updates/plans';

export type Reply = {
  status: number;
  headers: Readonly<Record<string, string>>;
  cookies: readonly string[];
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever it is; each test looks at what it is about.
  json: any;
};

export type Ask = { token?: string | null; basic?: string; body?: unknown; form?: string; cookie?: string };

export type World = ReturnType<typeof jamf>;

export function jamf(
  options: Partial<JamfOptions> = {},
  mac: { facts?: Partial<MacFacts>; script?: Partial<MacScript>; bootstrapToken?: string | null } = {},
) {
  const clock = new VirtualClock(MONDAY_NINE);
  const calls: JamfCall[] = [];
  const server = new JamfProServer({ clock, latencyMs: [0, 0], onCall: (call) => calls.push(call), ...options });
  const scripted = new ScriptedMac(clock, {
    ...mac,
    script: { offered: [availableMacOS('26.6.2', '25G83')], ...mac.script },
  });
  const { id, managementId } = server.enrol(scripted);
  server.addClient({ id: 'upkeep', secret: SECRET });
  server.addAccount({ name: 'upkeep', password: PASSWORD });
  let token: string | null = null;

  const ask = (method: string, path: string, how: Ask = {}): Reply => {
    const url = new URL(path, 'https://jamf.example');
    const bearer = how.token === undefined ? freshToken() : how.token;
    const authorization =
      how.basic !== undefined
        ? `Basic ${Buffer.from(how.basic).toString('base64')}`
        : bearer === null || how.form !== undefined
          ? undefined
          : `Bearer ${bearer}`;
    const type =
      how.form !== undefined
        ? 'application/x-www-form-urlencoded'
        : how.body !== undefined
          ? 'application/json'
          : undefined;
    const answer = server.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: Object.fromEntries(
        Object.entries({ authorization, 'content-type': type, cookie: how.cookie }).filter(
          ([, value]) => value !== undefined,
        ),
      ) as Record<string, string>,
      body: how.form ?? (how.body === undefined ? '' : JSON.stringify(how.body)),
    });
    if (answer.kind !== 'answer') throw new Error(`the answer is ${answer.kind}`);
    let json: unknown;
    try {
      json = JSON.parse(answer.body);
    } catch {
      json = undefined;
    }
    return { status: answer.status, headers: answer.headers, cookies: answer.cookies, body: answer.body, json };
  };

  const oauth = (secret = SECRET, more = '', path = '/api/oauth/token'): Reply =>
    ask('POST', path, {
      form: `grant_type=client_credentials&client_id=upkeep&client_secret=${encodeURIComponent(secret)}${more}`,
    });

  /** One token for the tests that are about something else, renewed by itself. */
  const freshToken = (): string | null => {
    if (token === null || typeof server.parts.tokens.look(token) === 'string') {
      const client = server.parts.tokens.clients.get('upkeep');
      token = client === undefined ? null : server.parts.tokens.forClient(client, client.roles).text;
    }
    return token;
  };

  const config = {
    updateAction: 'DOWNLOAD_INSTALL_RESTART',
    versionType: 'SPECIFIC_VERSION',
    specificVersion: '26.6.2',
  };
  const createPlan = (given: Record<string, unknown> = config): Reply =>
    ask('POST', PLANS, { body: { devices: [{ objectType: 'COMPUTER', deviceId: String(id) }], config: given } });

  /** The plan’s id; the plan is under way then. */
  const plan = (given?: Record<string, unknown>): string => createPlan(given).json.plans[0].planId;
  const stateOf = (planId: string) =>
    ask('GET', `${PLANS}/${planId}`).json.status as { state: string; errorReasons: string[] };
  const pass = (seconds: number) => clock.runUntil(clock.now() + seconds * SECOND_MS);

  return { clock, server, mac: scripted, id, managementId, calls, ask, oauth, createPlan, plan, stateOf, pass };
}
