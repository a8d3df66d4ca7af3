// The client and the simulated servers meet: each call, each means, each fault. What a fault comes to is in the table.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { NodeHttp } from '../../../src/adapters/http/node-http.ts';
import { NanoMdm } from '../../../src/adapters/mdm/nanomdm/nano-mdm.ts';
import { MINUTE_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { serveOnLoopback } from '../../../src/simulator/mdm/loopback.ts';
import {
  NANO_FAULT_NAMES,
  type NanoFaultInput,
  type NanoFaultName,
} from '../../../src/simulator/mdm/nanomdm/faults.ts';
import { NanoMdmServer } from '../../../src/simulator/mdm/nanomdm/server.ts';
import { availableMacOS, ScriptedMac } from '../../../src/simulator/mdm/scripted-mac.ts';
import { API_KEY } from '../../simulator/mdm/nano-harness.ts';
import { canary } from '../../support/canary.ts';
import { canaryIn } from '../../support/watch/marks.ts';
import { CREDENTIAL, type NanoPair, nanoPair, nanoWitness } from './nano-pair.ts';
import { BY, orderTo } from './pair.ts';

const idOf = (one: NanoPair) => `org.upkeep.update.${one.udid}`;

describe('the same port as Jamf Pro’s', () => {
  test('a declaration: looked for, made, found again, followed to its end', async () => {
    const one = nanoPair();
    expect(await one.live(one.client.look())).toEqual({
      means: ['declaration', 'raw-command'],
      lacks: null,
      serverVersion: 'v0.8.0',
      device: { managed: null, supervised: null, declarative: null },
    });
    expect(await one.live(one.client.current())).toBeNull();
    const plan = { means: 'declaration', id: idOf(one) } as const;
    expect(await one.push('enforce', 'declaration')).toEqual({ plan });
    expect(await one.live(one.client.follow(plan))).toEqual({ state: 'under-way', phase: 'not taken by the Mac yet' });
    await one.pass(60);
    expect(await one.live(one.client.current())).toEqual({ plan, order: null });
    await one.pass(1_200);
    expect(await one.live(one.client.follow(plan))).toEqual({ state: 'scheduled', by: BY });
    expect(await one.follow(plan)).toEqual({ state: 'completed' });
    expect(one.mac.facts().version).toBe('26.6.2');
    expect(await one.live(one.client.current())).toBeNull();
    await one.live(one.client.close());
    expect(one.witness.flaws).toEqual([]);
  });

  test('what is under way is told as the order that it is, once the Mac has reported what it runs', async () => {
    const one = nanoPair({}, { script: { offered: [availableMacOS('26.6.2', '25G83')], ends: 'failed' } });
    await one.push('enforce', 'declaration');
    await one.pass(60);
    one.server.enrollments.get(one.udid)?.values.push({
      path: '.StatusItems.device.operating-system.version',
      value: '26.6',
      at: one.clock.now(),
    });
    expect(await one.live(one.client.current())).toMatchObject({ order: orderTo('enforce') });
  });

  test.each([
    ['download', '26.6'],
    ['install-and-restart', '26.6.2'],
  ] as const)('%s by a command, of which only the Mac tells', async (kind, runs) => {
    const one = nanoPair();
    const made = await one.push(kind, 'raw-command');
    expect(made).toEqual({ plan: { means: 'raw-command', id: null } });
    expect(await one.push(kind, 'raw-command')).toEqual(made);
    await one.pass(3_600);
    expect('plan' in made && (await one.live(one.client.follow(made.plan)))).toEqual({
      state: 'under-way',
      phase: 'known to the Mac alone',
    });
    expect([one.mac.facts().version, one.commands(), one.witness.flaws]).toEqual([runs, 1, []]);
    expect(one.results.filter(({ requestType }) => requestType === 'ScheduleOSUpdate')).toMatchObject([
      { status: 'Acknowledged', udid: one.udid },
    ]);
  });

  test.each([
    ['enforce', 'raw-command'],
    ['install-and-restart', 'declaration'],
    ['install-and-restart', 'plan'],
    ['download', 'legacy-command'],
  ] as const)('%s by %s is not brought', async (kind, means) => {
    const one = nanoPair();
    expect(await one.push(kind, means)).toMatchObject({ failed: { trouble: 'not-supported' } });
    expect(one.witness.requests).toEqual([]);
  });

  test('on macOS 27 a command is refused by the Mac, and a declaration works', async () => {
    const one = nanoPair(
      {},
      { facts: { version: '27.0', build: '26A300' }, script: { offered: [availableMacOS('27.1', '26B50')] } },
    );
    const to = { version: '27.1', build: '26B50' };
    expect(await one.live(one.client.push(orderTo('install-and-restart', to), 'raw-command'))).toHaveProperty('plan');
    await one.pass(3_600);
    expect(one.results.at(-1)).toMatchObject({ requestType: 'ScheduleOSUpdate', status: 'Error' });
    expect(one.mac.facts().version).toBe('27.0');
    const made = await one.live(one.client.push(orderTo('enforce', to), 'declaration'));
    expect('plan' in made && (await one.follow(made.plan))).toEqual({ state: 'completed' });
    expect([one.mac.facts().version, one.witness.flaws]).toEqual(['27.1', []]);
  });

  test('a name of a broker is used as it is, for both', async () => {
    const names = { nanomdm: 'mac-1', kmfddm: 'mac-1' };
    const credential = { ...CREDENTIAL, name: 'mac-1' };
    const one = nanoPair({ names }, {}, { credential });
    expect(await one.push('enforce', 'declaration')).toHaveProperty('plan');
    expect(await one.push('install-and-restart', 'raw-command')).toHaveProperty('plan');
  });

  test('KMFDDM at an address of its own', async () => {
    const one = nanoPair();
    const moved = nanoWitness();
    const client = new NanoMdm({
      http: {
        send: (request, signal) => {
          const isDdm = request.url.startsWith('https://ddm.example/kmfddm/');
          if (isDdm !== /v1\/(?!push|enqueue)/.test(request.url)) throw new Error(request.url);
          const url = request.url.replace('https://ddm.example/kmfddm/', 'https://mdm.example/');
          return moved.over(one.server.http).send({ ...request, url }, signal);
        },
      },
      clock: systemClock,
      random: () => 0.5,
      address: 'https://mdm.example',
      declarationsAddress: 'https://ddm.example/kmfddm',
      credential: CREDENTIAL,
      mac: { udid: one.udid },
    });
    expect(await client.look()).toMatchObject({ means: ['declaration', 'raw-command'] });
    expect(await client.push(orderTo('enforce'), 'declaration')).toHaveProperty('plan');
    expect(await client.nudge()).toBeNull();
    expect(moved.flaws).toEqual([]);
  });
});

describe('never two', () => {
  test('declarations: the same order twice changes nothing the second time, and tells the Mac nothing new', async () => {
    const one = nanoPair();
    const made = await one.push('enforce', 'declaration');
    const [before] = one.enforced();
    await one.pass(600);
    expect(await one.push('enforce', 'declaration')).toEqual(made);
    expect(one.enforced()).toEqual([before]);
  });

  test('declarations: another order takes the place of the first', async () => {
    const one = nanoPair();
    await one.push('enforce', 'declaration');
    const later = { ...orderTo('enforce'), action: { kind: 'enforce', by: '2026-11-24T21:00:00' } } as const;
    const made = await one.live(one.client.push(later, 'declaration'));
    expect(one.enforced()).toMatchObject([{ Payload: { TargetLocalDateTime: '2026-11-24T21:00:00' } }]);
    await one.pass(600);
    expect('plan' in made && (await one.live(one.client.follow(made.plan)))).toMatchObject({
      by: '2026-11-24T21:00:00',
    });
  });

  test('declarations: a push that was cut off anywhere is finished by the next, of another process', async () => {
    const whole = nanoPair();
    await whole.push('enforce', 'declaration');
    const steps = whole.witness.requests.length;
    expect(steps).toBeGreaterThan(6);
    for (let sent = 0; sent < steps; sent += 1) {
      const one = nanoPair();
      const stop = new AbortController();
      const seen: number[] = [];
      const http = one.witness.over({
        send: (request, signal) => {
          seen.push(1);
          if (seen.length > sent) stop.abort();
          return one.server.http.send(request, signal);
        },
      });
      const cut = new NanoMdm({ ...one.parts, http });
      await one.live(cut.push(orderTo('enforce'), 'declaration', stop.signal));
      expect(await one.live(one.client.push(orderTo('enforce'), 'declaration'))).toHaveProperty('plan');
      expect([sent, one.enforced().length, one.server.declarations.ids().length]).toEqual([sent, 1, 3]);
      await one.pass(60);
      expect(one.mac.record.map(({ what }) => what)).toContain('downloads 26.6.2');
    }
  });

  test('commands: after a lost answer the same order goes out under the same id', async () => {
    const one = nanoPair();
    one.server.faults.add({ name: 'answer-lost', on: 'enqueue', times: 1 });
    expect(await one.push('install-and-restart', 'raw-command')).toMatchObject({ failed: { trouble: 'lost' } });
    // While it waits the server has it already; that it refuses it says nothing of the first.
    one.mac.script.online = false;
    expect(await one.push('install-and-restart', 'raw-command')).toMatchObject({ failed: { trouble: 'lost' } });
    one.mac.goOnline();
    await one.pass(3_600);
    expect([one.commands(), one.mac.facts().version]).toEqual([1, '26.6.2']);
  });
});

describe('what an administrator did', () => {
  const made = async () => {
    const one = nanoPair();
    await one.push('enforce', 'declaration');
    return one;
  };

  test('a declaration that was taken away from the Mac is lost, whether or not the Mac knew of it', async () => {
    for (const seconds of [0, 60]) {
      const one = await made();
      await one.pass(seconds);
      one.ask('DELETE', `/v1/enrollment-sets/${one.udid}?set=org.upkeep.${one.udid}`);
      await one.pass(60);
      expect(await one.live(one.client.follow({ means: 'declaration', id: idOf(one) }))).toMatchObject({
        state: 'failed',
        trouble: 'lost',
      });
      expect(await one.live(one.client.current())).toBeNull();
    }
  });

  test('what the server refuses for good is not asked again and again', async () => {
    const one = nanoPair();
    one.server.faults.add({ name: 'push-error' });
    await one.live(one.client.nudge());
    expect(one.calls.filter(({ route }) => route === 'push')).toHaveLength(1);
  });
});

describe('what a Mac reported', () => {
  test('a failure from before the declaration is not about it', async () => {
    const one = nanoPair({}, { script: { offered: [availableMacOS('26.6.2', '25G83')] } });
    const enrollment = one.server.enrollments.get(one.udid);
    enrollment?.values.push({ path: STATE, value: 'failed', at: one.clock.now() - MINUTE_MS });
    const made = await one.push('enforce', 'declaration');
    await one.pass(60);
    enrollment?.values.splice(0, enrollment.values.length, {
      path: STATE,
      value: 'failed',
      at: one.clock.now() - 10 * MINUTE_MS,
    });
    expect('plan' in made && (await one.live(one.client.follow(made.plan)))).toEqual({ state: 'scheduled', by: BY });
    enrollment?.values.push({ path: STATE, value: 'failed', at: one.clock.now() });
    expect('plan' in made && (await one.live(one.client.follow(made.plan)))).toMatchObject({
      trouble: 'declaration-failed',
    });
  });

  test('a declaration that fails on the Mac', async () => {
    const one = nanoPair({}, { script: { ends: 'failed' } });
    const made = await one.push('enforce', 'declaration');
    expect('plan' in made && (await one.follow(made.plan))).toEqual({
      state: 'failed',
      trouble: 'declaration-failed',
      detail: 'the Mac could not carry out the declaration: SUMacControllerError 7723',
    });
  });

  test('what failed on the Mac is taken back, and the Mac told, before it is called failed', async () => {
    const one = nanoPair({}, { script: { ends: 'failed' } });
    const made = await one.push('enforce', 'declaration');
    if ('failed' in made) throw new Error(made.failed.detail);
    // A broker that does not know this call.
    one.server.faults.add({ name: 'status', status: 403, on: 'enrollment-sets-delete' });
    const start = one.clock.now();
    for (let poll = 0; poll < 5 || one.clock.now() < start + 12 * 60 * MINUTE_MS; poll += 1)
      expect(stateIn(await one.live(one.client.follow(made.plan)))).not.toBe('failed');
    expect([one.enforced().length, one.calls.some(({ route }) => route === 'enrollment-sets-delete')]).toEqual([
      1,
      true,
    ]);
    one.server.faults.clear();
    expect(stateIn(await one.live(one.client.follow(made.plan)))).toBe('failed');
    expect(one.enforced()).toEqual([]);
    expect(one.calls.at(-1)?.route).toBe('notify');
    await one.pass(60);
    expect(await one.live(one.client.follow(made.plan))).toMatchObject({ state: 'failed', trouble: 'lost' });
    expect(one.witness.flaws).toEqual([]);
  });

  test('what was taken back and is with the Mac all the same is not called over', async () => {
    const one = nanoPair();
    const made = await one.push('enforce', 'declaration');
    if ('failed' in made) throw new Error(made.failed.detail);
    await one.pass(1_200);
    one.mac.script.online = false;
    one.ask('DELETE', `/v1/enrollment-sets/${one.udid}?set=org.upkeep.${one.udid}`);
    expect(await one.live(one.client.follow(made.plan))).toHaveProperty('failed.trouble', 'command-failed');
    one.mac.goOnline();
    await one.pass(60);
    expect(await one.live(one.client.follow(made.plan))).toMatchObject({ state: 'failed', trouble: 'lost' });
  });

  test('polls are a minute apart', async () => {
    const one = nanoPair();
    const made = await one.push('enforce', 'declaration');
    if ('failed' in made) throw new Error(made.failed.detail);
    for (let n = 0; n < 5; n += 1) await one.live(one.client.follow(made.plan));
    const polls = one.calls.filter(({ route }) => route === 'status-values').map(({ at }) => at);
    const gaps = polls.slice(1).map((at, index) => at - (polls[index] ?? 0));
    expect([polls.length, Math.min(...gaps) >= MINUTE_MS]).toEqual([5, true]);
  });
});

const stateIn = (answer: object): unknown => ('state' in answer ? answer.state : null);
const STATE = '.StatusItems.softwareupdate.install-state';

// ── Faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type Deed = (one: NanoPair) => Promise<string>;
const told = (result: unknown, well = 'well'): string => {
  const { failed } = (result ?? {}) as { failed?: { trouble: string } };
  return failed?.trouble ?? well;
};
const look: Deed = async (one) => {
  const result = await one.live(one.client.look());
  return 'failed' in result
    ? result.failed.trouble
    : `${result.means.join()}${result.lacks === null ? '' : `; ${result.lacks}`}`;
};
const current: Deed = async (one) => {
  const plan = await one.live(one.client.current());
  return told(plan, plan === null ? 'none' : 'a plan');
};
const nudge: Deed = async (one) => told(await one.live(one.client.nudge()));
const raw: Deed = async (one) => told(await one.push('install-and-restart', 'raw-command'));
const declare: Deed = async (one) => told(await one.push('enforce', 'declaration'));
const twice =
  (deed: Deed): Deed =>
  async (one) =>
    `${await deed(one)}, ${await deed(one)}`;
const end: Deed = async (one) => {
  const made = await one.push('enforce', 'declaration');
  if ('failed' in made) return made.failed.trouble;
  const state = await one.follow(made.plan);
  return 'failed' in state ? state.failed.trouble : state.state === 'failed' ? state.trouble : state.state;
};
/** A declaration is there already when the fault sets in. */
const after =
  (fault: NanoFaultInput, deed: (one: NanoPair) => Promise<unknown>): Deed =>
  async (one) => {
    const made = await one.push('enforce', 'declaration');
    await one.pass(60);
    one.server.faults.add(fault);
    const result = await deed(one);
    const state = (result ?? made) as { state?: string; trouble?: string };
    return told(result, state.trouble ?? state.state ?? (result === null ? 'well' : 'a plan'));
  };
const followOnce = (one: NanoPair) => one.live(one.client.follow({ means: 'declaration', id: idOf(one) }));
const currentOnce = (one: NanoPair) => one.live(one.client.current());

type Row = [fault: NanoFaultInput | null, deed: [string, Deed], comes: string, enforced?: number];
const LOOK: [string, Deed] = ['look', look];
const CURRENT: [string, Deed] = ['current', current];
const NUDGE: [string, Deed] = ['nudge', nudge];
const RAW: [string, Deed] = ['command', raw];
const RAW_TWICE: [string, Deed] = ['command twice', twice(raw)];
const DECLARE: [string, Deed] = ['declare', declare];
const DECLARE_TWICE: [string, Deed] = ['declare twice', twice(declare)];
const END: [string, Deed] = ['declare and follow', end];

const LOST: NanoFaultInput = { name: 'declarations-lost' };
const GONE: NanoFaultInput = { name: 'unreachable' };
const BOTH = 'declaration,raw-command';
const GAVE = 'enrollment-sets-put';

const ROWS: Row[] = [
  [{ name: 'unauthorized' }, LOOK, 'credential-refused'],
  [{ name: 'unauthorized' }, RAW, 'credential-refused'],
  [{ name: 'unauthorized' }, DECLARE, 'credential-refused', 0],
  [{ name: 'unauthorized' }, CURRENT, 'credential-refused'],
  [{ name: 'unauthorized', by: 'nanomdm' }, NUDGE, 'credential-refused'],
  [{ name: 'unauthorized', by: 'kmfddm' }, NUDGE, 'well'],
  [{ name: 'status', status: 403, on: 'enqueue' }, RAW, 'privilege-missing'],
  [{ name: 'status', status: 403, on: 'enrollment-sets' }, LOOK, 'privilege-missing'],
  [{ name: 'kmfddm-absent' }, LOOK, 'raw-command'],
  [{ name: 'kmfddm-absent' }, CURRENT, 'none'],
  [{ name: 'kmfddm-absent' }, DECLARE, 'not-supported', 0],
  [{ name: 'kmfddm-absent' }, NUDGE, 'well'],
  [{ name: 'kmfddm-absent' }, RAW, 'well'],
  [{ name: 'command-error' }, RAW, 'command-failed'],
  [{ name: 'command-error', times: 1 }, RAW_TWICE, 'command-failed, well'],
  [{ name: 'push-error' }, RAW, 'well'],
  [{ name: 'push-error' }, NUDGE, 'command-failed'],
  [{ name: 'partial' }, RAW, 'well'],
  [{ name: 'partial' }, NUDGE, 'command-failed'],
  [{ name: 'push-lost', times: 1 }, DECLARE, 'well', 1],
  [{ name: 'declaration-invalid' }, END, 'declaration-failed'],
  [null, ['follow what was lost', after(LOST, followOnce)], 'lost', 0],
  [null, ['current of what was lost', after(LOST, async (one) => (await currentOnce(one)) ?? null)], 'well', 0],
  [{ name: 'codes-reversed' }, END, 'completed', 1],
  [{ name: 'server-error' }, LOOK, 'server-failed'],
  [{ name: 'server-error', on: 'enrollment-sets' }, LOOK, 'raw-command; server-failed'],
  [{ name: 'server-error', times: 1 }, LOOK, BOTH],
  [{ name: 'server-error', on: 'enqueue' }, RAW, 'lost'],
  [{ name: 'server-error', on: 'declaration-put' }, DECLARE, 'server-failed', 0],
  [{ name: 'server-error', on: GAVE }, DECLARE, 'lost', 0],
  [{ name: 'server-error', on: GAVE, times: 2 }, DECLARE, 'well', 1],
  [{ name: 'server-error', on: 'notify' }, DECLARE, 'well', 1],
  [
    null,
    ['follow with an error', after({ name: 'server-error', on: 'status-values' }, followOnce)],
    'server-failed',
    1,
  ],
  [{ name: 'rate-limited' }, LOOK, 'server-busy'],
  [{ name: 'rate-limited', retryAfter: 10, times: 2 }, LOOK, BOTH],
  [{ name: 'rate-limited', on: 'enqueue', times: 1 }, RAW, 'well'],
  [{ name: 'rate-limited', retryAfter: 600, on: 'enqueue' }, RAW, 'server-busy'],
  [{ name: 'status', status: 502, html: true }, LOOK, 'server-failed'],
  [{ name: 'status', status: 404, on: 'version' }, LOOK, 'not-supported'],
  [{ name: 'status', status: 400, on: 'declaration-put' }, DECLARE, 'declaration-failed', 0],
  [{ name: 'status', status: 302, html: true }, LOOK, 'not-understood'],
  [{ name: 'not-json' }, LOOK, 'not-understood'],
  [{ name: 'not-json', on: 'enqueue' }, RAW, 'lost'],
  [{ name: 'huge', on: 'version' }, LOOK, 'not-understood'],
  [null, ['follow what is huge', after({ name: 'huge', on: 'status-values' }, followOnce)], 'not-understood', 1],
  [{ name: 'slow', seconds: 60, on: 'version' }, LOOK, 'server-unreachable'],
  [{ name: 'slow', seconds: 60, on: 'enqueue' }, RAW, 'lost'],
  [{ name: 'slow', seconds: 20 }, DECLARE, 'well', 1],
  [{ name: 'cut-off', on: 'version', times: 1 }, LOOK, BOTH],
  [{ name: 'cut-off', on: 'enqueue' }, RAW_TWICE, 'lost, lost'],
  [{ name: 'answer-lost', on: 'declaration-put' }, DECLARE, 'server-unreachable', 0],
  [{ name: 'answer-lost', on: GAVE }, DECLARE, 'lost', 1],
  [{ name: 'answer-lost', on: GAVE, times: 4 }, DECLARE_TWICE, 'lost, well', 1],
  [{ name: 'answer-lost', on: 'push', times: 1 }, NUDGE, 'well'],
  [{ name: 'unreachable' }, LOOK, 'server-unreachable'],
  [{ name: 'unreachable', times: 3 }, LOOK, BOTH],
  [{ name: 'unreachable' }, RAW, 'server-unreachable'],
  [null, ['follow with nobody there', after(GONE, followOnce)], 'server-unreachable', 1],
];

/** The faults that are there to make an answer wrong. */
const WRONG_ANSWERS: readonly NanoFaultName[] = ['not-json', 'status', 'huge'];

describe('what a fault comes to', () => {
  test.each(ROWS.map((row) => [named(row), row] as const))('%s', async (_, [fault, [, deed], comes, enforced]) => {
    const one = nanoPair();
    if (fault !== null) one.server.faults.add(fault);
    expect(await deed(one)).toBe(comes);
    if (enforced !== undefined) expect(one.enforced()).toHaveLength(enforced);
    const isWrong = fault !== null && WRONG_ANSWERS.includes(fault.name);
    expect(one.witness.flaws.filter((flaw) => !isWrong || !flaw.includes('→'))).toEqual([]);
    expect(one.commands()).toBeLessThanOrEqual(1);
  });

  test('each fault of the servers has its row', () => {
    const tried = new Set<string>([...ROWS.map(([fault]) => fault?.name ?? ''), LOST.name, GONE.name]);
    expect(NANO_FAULT_NAMES.filter((name) => !tried.has(name))).toEqual([]);
  });

  test('nothing that comes back tells a secret', async () => {
    for (const [fault, [, deed]] of ROWS) {
      const one = nanoPair();
      if (fault !== null) one.server.faults.add(fault);
      await deed(one);
      const seen = inspect([await one.live(one.client.look()), one.client], { depth: 9 });
      expect([...one.server.secrets()].filter((secret) => seen.includes(secret))).toEqual([]);
    }
  });

  test('a key that is refused is not sent again', async () => {
    const credential = { ...CREDENTIAL, password: new Secret(canary('wrong')) };
    const one = nanoPair({}, {}, { credential });
    for (const deed of [raw, raw, nudge]) expect(await deed(one)).toBe('credential-refused');
    expect(await look(one)).toBe('credential-refused');
    const keyed = one.calls.filter(({ route, status }) => route !== 'version' && status === 401);
    expect(keyed.map(({ route }) => route)).toEqual(['enqueue', 'enrollment-sets']);
  });

  test('a Mac that nobody enrolled, and one whose hardware is not known', async () => {
    const other = nanoPair({}, {}, { mac: { udid: '11111111-2222-3333-4444-555555555555' } });
    expect(await raw(other)).toBe('command-failed');
    expect(await nudge(other)).toBe('command-failed');
    const none = nanoPair({}, {}, { mac: { udid: '' } });
    for (const deed of [look, current, nudge, raw, declare]) expect(await deed(none)).toBe('computer-unknown');
    expect(none.witness.requests).toEqual([]);
  });
});

function named([fault, [deed], comes]: Row): string {
  const { name = 'nothing', ...rest } = fault ?? {};
  const how = Object.entries(rest)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  return `${name}${how === '' ? '' : ` (${how})`}, ${deed}: ${comes}`;
}

test('over real HTTP on the loopback: the same client, the same servers, and the wire between them', async () => {
  const server = new NanoMdmServer({ clock: systemClock, apiKey: API_KEY, latencyMs: [0, 0] });
  const mac = new ScriptedMac(systemClock, { script: { offered: [availableMacOS('26.6.2', '25G83')] } });
  server.enrol(mac);
  const door = await serveOnLoopback(server, 0);
  const witness = nanoWitness();
  try {
    const client = new NanoMdm({
      http: witness.over(new NodeHttp(systemClock)),
      clock: systemClock,
      random: () => 0,
      address: door.url,
      declarationsAddress: null,
      credential: CREDENTIAL,
      mac: { udid: mac.facts().udid },
    });
    expect(await client.look()).toMatchObject({ serverVersion: 'v0.8.0', means: ['declaration', 'raw-command'] });
    const made = await client.push(orderTo('enforce'), 'declaration');
    expect(await client.push(orderTo('enforce'), 'declaration')).toEqual(made);
    expect('plan' in made && (await client.follow(made.plan))).toMatchObject({ state: 'under-way' });
    expect(await client.current()).toMatchObject(made);
    expect(await client.nudge()).toBeNull();
    expect(await client.push(orderTo('download'), 'raw-command')).toHaveProperty('plan');
    await client.close();
    expect(canaryIn(inspect([made, client], { depth: 9 }))).toBeNull();
    expect(witness.flaws).toEqual([]);
  } finally {
    server.close();
    mac.stop();
    await door.close();
  }
});
