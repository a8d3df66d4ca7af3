// NanoMDM and KMFDDM with one Mac, in virtual time and without delays unless a test asks for them.
import { SECOND_MS } from '../../../src/domain/instant.ts';
import type { MacFacts } from '../../../src/simulator/mdm/managed-mac.ts';
import type { CommandResult } from '../../../src/simulator/mdm/nanomdm/enrollments.ts';
import { type NanoCall, NanoMdmServer, type NanoOptions } from '../../../src/simulator/mdm/nanomdm/server.ts';
import { availableMacOS, type MacScript, ScriptedMac } from '../../../src/simulator/mdm/scripted-mac.ts';
import { VirtualClock } from '../../../src/simulator/virtual-clock.ts';
import { canary } from '../../support/canary.ts';
import { MONDAY_NINE } from '../harness.ts';

export const API_KEY = canary('nano', (it) => `key ${it}`);
export const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';

export type NanoWorld = ReturnType<typeof nano>;
export type NanoReply = {
  status: number;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever it is; each test looks at what it is about.
  json: any;
};

export function nano(
  options: Partial<NanoOptions> = {},
  mac: { facts?: Partial<MacFacts>; script?: Partial<MacScript>; bootstrapToken?: string | null } = {},
) {
  const clock = new VirtualClock(MONDAY_NINE);
  const calls: NanoCall[] = [];
  const results: CommandResult[] = [];
  const server = new NanoMdmServer({
    clock,
    apiKey: API_KEY,
    latencyMs: [0, 0],
    onCall: (call) => calls.push(call),
    onResult: (result) => results.push(result),
    ...options,
  });
  const scripted = new ScriptedMac(clock, {
    ...mac,
    script: { offered: [availableMacOS('26.6.2', '25G83')], ...mac.script },
  });
  server.enrol(scripted);
  const { udid } = scripted.facts();

  const ask = (method: string, path: string, body: unknown = '', by: string | null = null): NanoReply => {
    const url = new URL(path, 'https://mdm.example');
    const isNano = /^\/v1\/(?:push|enqueue)\//.test(url.pathname);
    const basic = by ?? `${isNano ? 'nanomdm' : 'kmfddm'}:${API_KEY}`;
    const answer = server.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    if (answer.kind !== 'answer') throw new Error(`the answer is ${answer.kind}`);
    let json: unknown;
    try {
      json = JSON.parse(answer.body);
    } catch {
      json = undefined;
    }
    return { status: answer.status, body: answer.body, json };
  };
  const pass = (seconds: number) => clock.runUntil(clock.now() + seconds * SECOND_MS);
  return { clock, server, mac: scripted, udid, calls, results, ask, pass };
}
