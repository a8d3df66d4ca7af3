// The client and the simulated server were written by two hands from one description, neither from the other. Here they
// meet: each call, on servers of each age, with either credential, with each fault. What a fault comes to is in the table.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { NodeHttp } from '../../../src/adapters/http/node-http.ts';
import { JamfPro } from '../../../src/adapters/mdm/jamf-pro/jamf-pro.ts';
import { PUSH_TROUBLES } from '../../../src/domain/push.ts';
import {
  ERROR_REASONS,
  JAMF_FAULT_NAMES,
  type JamfFaultInput,
  type JamfFaultName,
} from '../../../src/simulator/mdm/jamf-pro/faults.ts';
import { type JamfOptions, JamfProServer } from '../../../src/simulator/mdm/jamf-pro/server.ts';
import { serveOnLoopback } from '../../../src/simulator/mdm/loopback.ts';
import { availableMacOS, ScriptedMac } from '../../../src/simulator/mdm/scripted-mac.ts';
import { PASSWORD, SECRET } from '../../simulator/mdm/jamf-harness.ts';
import { canaryIn } from '../../support/watch/marks.ts';
import { CREDENTIALS, type CredentialKind, jamfWitness, type Pair, pair } from './jamf-pair.ts';
import { orderTo } from './pair.ts';

const VERSIONS = ['10.38', '10.47', '10.49', '11.17', '11.27', '11.28', '11.30.1'];
const hasClients = (version: string) => !['10.38', '10.47'].includes(version);
const hasPlans = hasClients;

describe.each(VERSIONS)('a server of version %s', (version) => {
  describe.each<CredentialKind>(['client', 'account'])('asked by a credential of kind %s', (credential) => {
    test('answers every call, and neither finds a fault with the other', async () => {
      const one = pair(credential, { version });
      const abilities = await one.live(one.client.look());
      if (credential === 'client' && !hasClients(version)) {
        expect(abilities).toEqual({ failed: { trouble: 'not-supported', detail: NO_CLIENTS } });
        return;
      }
      expect(abilities).toMatchObject({
        serverVersion: version,
        means: hasPlans(version) ? expect.arrayContaining(['plan']) : ['legacy-command'],
        lacks: null,
        device: { managed: true, supervised: true, declarative: true },
      });
      expect(await one.live(one.client.privileges())).toMatchObject({ missing: [] });
      expect(await one.live(one.client.nudge())).toBeNull();
      expect(await one.live(one.client.current())).toBeNull();
      const means = hasPlans(version) ? 'plan' : 'legacy-command';
      const made = await one.push('install-and-restart', means);
      expect(made).toMatchObject({ plan: { means } });
      if (hasPlans(version) && 'plan' in made) {
        const current = await one.live(one.client.current());
        // A plan that names a version says nothing of its build.
        const { to, ...order } = orderTo('install-and-restart');
        expect(current).toEqual({ plan: made.plan, order: { ...order, to: { ...to, build: null } } });
        expect(await one.push('install-and-restart', means)).toEqual(made);
        expect(await one.follow(made.plan)).toEqual({ state: 'completed' });
        expect(one.plans()).toHaveLength(1);
        expect(await one.live(one.client.current())).toBeNull();
      } else await one.pass(3_600);
      expect(one.mac.facts().version).toBe('26.6.2');
      await one.live(one.client.close());
      expect([one.witness.flaws, one.second()]).toEqual([[], 0]);
    });
  });
});

const NO_CLIENTS = 'it answers 404';

/** What a server of that version takes, with its plans on and off. */
const TAKEN = (version: string): string[] => {
  const legacy = ['download by legacy-command', 'install-and-restart by legacy-command'];
  const plans = ['download by plan', 'install-and-restart by plan'];
  const declarations = DECLARES.includes(version) ? ['enforce by declaration'] : [];
  const on = hasPlans(version) ? [...plans, ...declarations] : legacy;
  return [...on.map((one) => `on: ${one}`), ...legacy.map((one) => `off: ${one}`)];
};
const DECLARES = ['11.17', '11.27', '11.28', '11.30.1'];

describe('what can be ordered', () => {
  const ORDERS = { plan: ['download', 'install-and-restart'], declaration: ['enforce'] } as const;
  const LEGACY_ORDERS = ['download', 'install-and-restart'] as const;

  test.each(VERSIONS)('by each means that a server of version %s says it has, and by no other', async (version) => {
    const taken: string[] = [];
    for (const featureOn of [true, false]) {
      for (const means of ['plan', 'declaration', 'legacy-command'] as const)
        for (const kind of means === 'legacy-command' ? LEGACY_ORDERS : ORDERS[means]) {
          const one = pair('account', { version, featureOn });
          const able = await one.live(one.client.look());
          if ('failed' in able) throw new Error(able.failed.detail);
          const made = await one.push(kind, means);
          expect([means, kind, 'plan' in made]).toEqual([means, kind, able.means.includes(means)]);
          expect([one.witness.flaws, one.second()]).toEqual([[], 0]);
          if ('plan' in made) taken.push(`${featureOn ? 'on' : 'off'}: ${kind} by ${means}`);
        }
    }
    expect(taken).toEqual(TAKEN(version));
  });

  test.each([
    ['download', 'plan', { state: 'completed' }, '26.6'],
    ['install-and-restart', 'plan', { state: 'completed' }, '26.6.2'],
    ['enforce', 'declaration', { state: 'completed' }, '26.6.2'],
  ] as const)('%s by %s', async (kind, means, end, runs) => {
    const one = pair();
    const made = await one.push(kind, means);
    if ('failed' in made) throw new Error(made.failed.detail);
    if (kind === 'enforce') {
      await one.pass(60);
      expect(await one.live(one.client.follow(made.plan))).toEqual({ state: 'scheduled', by: '2026-11-23T21:00:00' });
    }
    expect(await one.follow(made.plan, 2_000)).toEqual(end);
    expect([one.mac.facts().version, one.witness.flaws, one.second()]).toEqual([runs, [], 0]);
  });

  test.each(['download', 'install-and-restart'] as const)('%s by the older call, where plans are off', async (kind) => {
    const one = pair('account', { version: '11.27', featureOn: false });
    expect(await one.push(kind, 'legacy-command')).toEqual({ plan: { means: 'legacy-command', id: null } });
    await one.pass(3_600);
    expect(one.mac.facts().version).toBe(kind === 'download' ? '26.6' : '26.6.2');
    expect(one.witness.flaws).toEqual([]);
  });

  test('the newest of its kind, as well as a version', async () => {
    const one = pair();
    const made = await one.live(one.client.push({ ...orderTo('install-and-restart'), latest: true }, 'plan'));
    expect('plan' in made && (await one.follow(made.plan))).toEqual({ state: 'completed' });
    expect([one.mac.facts().version, one.witness.flaws]).toEqual(['26.6.2', []]);
  });
});

describe('how a plan ends', () => {
  test.each([
    ['PlanCompleted', { state: 'completed' }],
    ['PlanFailed', { state: 'failed', trouble: 'not-understood' }],
    ['PlanCanceled', { state: 'failed', trouble: 'command-failed' }],
    ['PlanException', { state: 'failed', trouble: 'server-failed' }],
    ['Unknown', { state: 'under-way', phase: 'Unknown' }],
  ] as const)('%s', async (state, end) => {
    const one = pair();
    const made = await one.push('install-and-restart', 'plan');
    for (const plan of one.plans()) plan.state = state;
    expect('plan' in made && (await one.live(one.client.follow(made.plan)))).toMatchObject(end);
    expect(one.witness.flaws).toEqual([]);
  });

  test('every reason a server can give is understood, but for those that say nothing', async () => {
    const strange: string[] = [];
    for (const reason of ERROR_REASONS) {
      const one = pair();
      one.server.faults.add({ name: 'plan-fails', reason });
      if ((await ends()(one)) === 'not-understood') strange.push(reason);
      expect([reason, one.witness.flaws]).toEqual([reason, []]);
    }
    expect(strange).toEqual(['INSTALL_REASON_UNKNOWN', 'UNKNOWN']);
  });
});

// ── Faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What was done with the fault standing; the trouble it came to, or what was there instead. */
type Deed = (one: Pair) => Promise<string>;
const told = (result: unknown, well = 'well'): string => {
  const { failed } = (result ?? {}) as { failed?: { trouble: string } };
  return failed?.trouble ?? well;
};
const look: Deed = async (one) => told(await one.live(one.client.look()));
const current: Deed = async (one) => {
  const plan = await one.live(one.client.current());
  return told(plan, plan === null ? 'none' : 'a plan');
};
const lacks: Deed = async (one) => {
  const result = await one.live(one.client.look());
  return 'failed' in result
    ? result.failed.trouble
    : `${result.means.join()}${result.lacks ? `; ${result.lacks}` : ''}`;
};
const push: Deed = async (one) => told(await one.push('install-and-restart', 'plan'));
const twice: Deed = async (one) => `${await push(one)}, ${await push(one)}`;
const legacy: Deed = async (one) => told(await one.push('install-and-restart', 'legacy-command'));
const nudge: Deed = async (one) => told(await one.live(one.client.nudge()));
const privileges: Deed = async (one) => {
  const check = await one.live(one.client.privileges());
  return 'failed' in check ? check.failed.trouble : check.missing.join();
};
const ends =
  (kind: 'install-and-restart' | 'enforce' = 'install-and-restart', polls = 200): Deed =>
  async (one) => {
    const made = await one.push(kind, kind === 'enforce' ? 'declaration' : 'plan');
    if ('failed' in made) return made.failed.trouble;
    const state = await one.follow(made.plan, polls);
    return 'failed' in state ? state.failed.trouble : state.state === 'failed' ? state.trouble : state.state;
  };

type Row = [fault: JamfFaultInput | null, deed: [string, Deed], comes: string, more?: More];
type More = { by?: CredentialKind; options?: Partial<JamfOptions>; plans?: number };
const LOOK: [string, Deed] = ['look', look];
const LACKS: [string, Deed] = ['look', lacks];
const PUSH: [string, Deed] = ['push', push];
const TWICE: [string, Deed] = ['push twice', twice];
const LEGACY: [string, Deed] = ['the older call', legacy];
const NUDGE: [string, Deed] = ['nudge', nudge];
const CURRENT: [string, Deed] = ['current', current];
const MISSING: [string, Deed] = ['privileges', privileges];
const END: [string, Deed] = ['push and follow', ends()];
const ENFORCED: [string, Deed] = ['enforce and follow', ends('enforce', 2_000)];
const OLD: More = { by: 'account', options: { version: '10.47' } };
const OFF: More = { options: { version: '11.27', featureOn: false } };
const ACCOUNT: More = { by: 'account' };
const SEND_UPDATE = 'Send Computer Remote Command to Download and Install OS X Update';
const SEND_MOBILE = 'Send Mobile Device Remote Command to Download and Install iOS Update';

const ROWS: Row[] = [
  [{ name: 'privilege-denied', privilege: 'Read Computers' }, LOOK, 'privilege-missing'],
  [{ name: 'privilege-denied', privilege: 'Read Computers', status: 401 }, LOOK, 'privilege-missing'],
  [{ name: 'privilege-denied', privilege: 'Read Managed Software Updates' }, LOOK, 'privilege-missing'],
  [{ name: 'privilege-denied', privilege: 'Read Mobile Devices' }, LOOK, 'privilege-missing', ACCOUNT],
  [{ name: 'privilege-denied', privilege: 'Read Mobile Devices' }, CURRENT, 'privilege-missing'],
  [{ name: 'privilege-denied', privilege: 'Create Managed Software Updates' }, PUSH, 'privilege-missing'],
  [{ name: 'privilege-denied', privilege: 'Create Managed Software Updates', status: 401 }, PUSH, 'privilege-missing'],
  [{ name: 'privilege-denied', privilege: SEND_UPDATE }, PUSH, 'privilege-missing'],
  [{ name: 'privilege-denied', privilege: SEND_MOBILE }, PUSH, 'privilege-missing', ACCOUNT],
  [{ name: 'privilege-denied', privilege: SEND_UPDATE }, LEGACY, 'privilege-missing', OLD],
  [{ name: 'privilege-denied', privilege: 'View MDM command information in Jamf Pro API' }, NUDGE, 'privilege-missing'],
  [
    { name: 'privilege-denied', privilege: 'Send Blank Pushes to Computers' },
    NUDGE,
    'well',
    { options: { version: '11.27' } },
  ],
  [
    { name: 'privilege-denied', privilege: 'Send Blank Pushes to Computers' },
    NUDGE,
    'privilege-missing',
    { options: { version: '11.17' } },
  ],
  [{ name: 'privilege-denied', privilege: 'Read Managed Software Updates' }, MISSING, 'Read Managed Software Updates'],
  [{ name: 'secret-refused' }, LOOK, 'credential-refused'],
  [{ name: 'secret-refused', status: 400 }, LOOK, 'credential-refused'],
  [{ name: 'secret-refused' }, NUDGE, 'credential-refused', ACCOUNT],
  [{ name: 'password-expired' }, PUSH, 'credential-refused', ACCOUNT],
  [{ name: 'token-ends' }, END, 'completed'],
  [{ name: 'token-ends', afterCalls: 2 }, END, 'completed', ACCOUNT],
  [{ name: 'token-short', seconds: 5 }, END, 'completed'],
  [{ name: 'token-short', seconds: 5 }, END, 'completed', ACCOUNT],
  [{ name: 'feature-off' }, LACKS, 'legacy-command; feature-off'],
  [{ name: 'feature-off' }, PUSH, 'feature-off', { plans: 0 }],
  [{ name: 'feature-off' }, CURRENT, 'none'],
  [null, LEGACY, 'not-supported'],
  [null, LEGACY, 'well', OFF],
  [{ name: 'feature-switching' }, LACKS, '; feature-switching'],
  [{ name: 'feature-switching' }, PUSH, 'feature-switching', { plans: 0 }],
  [{ name: 'server-version', version: '10.47' }, LACKS, 'legacy-command', ACCOUNT],
  [{ name: 'server-version', version: '10.47' }, PUSH, 'not-supported', { ...ACCOUNT, plans: 0 }],
  [{ name: 'classic-blank-push-gone' }, NUDGE, 'well', { options: { version: '11.27' } }],
  [{ name: 'classic-blank-push-gone', status: 503 }, NUDGE, 'well', { options: { version: '11.27' } }],
  [{ name: 'inventory-gone' }, LOOK, 'well'],
  [{ name: 'inventory-gone', version: 3 }, LOOK, 'well', { options: { version: '11.28' } }],
  [{ name: 'computer-unmatched' }, LOOK, 'computer-unknown'],
  [{ name: 'computer-unmatched' }, PUSH, 'computer-unknown', { plans: 0 }],
  [{ name: 'computer-doubled' }, LOOK, 'computer-ambiguous'],
  [{ name: 'computer-doubled' }, PUSH, 'computer-ambiguous', { plans: 0 }],
  [{ name: 'numeric-ids' }, END, 'completed'],
  [{ name: 'numeric-ids' }, TWICE, 'well, well', { plans: 1 }],
  [{ name: 'feature-cycled', times: 1 }, END, 'feature-off'],
  [{ name: 'bootstrap-token-lost' }, END, 'bootstrap-token'],
  [{ name: 'bootstrap-token-wrong' }, END, 'completed'],
  [{ name: 'declared-by-somebody', by: '2026-11-24T12:00:00' }, CURRENT, 'none'],
  [{ name: 'declaration-withdrawn' }, ENFORCED, 'command-failed'],
  [{ name: 'plan-late', hours: 2 }, ['push and follow a while', ends('install-and-restart', 60)], 'under-way'],
  [{ name: 'plan-late', hours: 1 }, END, 'completed'],
  [{ name: 'plan-fails', reason: 'APPLE_SILICON_NO_ESCROW_KEY' }, END, 'bootstrap-token'],
  [{ name: 'plan-fails', reason: 'NOT_MANAGED' }, END, 'not-managed'],
  [{ name: 'plan-fails', reason: 'NOT_SUPERVISED' }, END, 'not-supervised'],
  [{ name: 'plan-fails', reason: 'NO_DISK_SPACE' }, END, 'no-disk-space'],
  [{ name: 'plan-fails', reason: 'EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS' }, END, 'plan-in-progress'],
  [{ name: 'plan-fails', reason: 'SPECIFIC_VERSION_UNAVAILABLE' }, END, 'version-unavailable'],
  [{ name: 'plan-fails', reason: 'APPLE_SOFTWARE_LOOKUP_SERVICE_ERROR' }, END, 'server-failed'],
  [{ name: 'plan-fails', reason: 'MDM_CLIENT_EXCEPTION', late: true }, END, 'command-failed'],
  [{ name: 'plan-fails', reason: 'DECLARATIVE_SERVICE_ERROR' }, ENFORCED, 'declaration-failed'],
  [{ name: 'plan-fails', reason: 'UNKNOWN' }, END, 'not-understood'],
  [{ name: 'plan-in-progress' }, PUSH, 'plan-in-progress'],
  [{ name: 'plan-in-progress' }, CURRENT, 'a plan'],
  [{ name: 'plan-state-unknown' }, ['push and follow a while', ends('install-and-restart', 3)], 'under-way'],
  [{ name: 'plan-state-unknown' }, END, 'completed'],
  [{ name: 'plan-completes-unseen' }, END, 'completed'],
  [{ name: 'plan-stuck' }, END, 'under-way'],
  [{ name: 'plan-stuck' }, ENFORCED, 'scheduled'],
  [{ name: 'plan-lags' }, END, 'completed'],
  [{ name: 'plan-lags' }, TWICE, 'well, well', { plans: 1 }],
  [{ name: 'plan-lags', seconds: 3_600 }, END, 'lost', { plans: 1 }],
  [{ name: 'cluster' }, END, 'completed', { plans: 1 }],
  [{ name: 'cluster' }, TWICE, 'well, well', { plans: 1 }],
  [{ name: 'events-shape', shape: 'array' }, END, 'completed'],
  [{ name: 'rate-limited' }, LOOK, 'server-busy'],
  [{ name: 'rate-limited', retryAfter: 10, times: 2 }, LOOK, 'well'],
  [{ name: 'rate-limited', retryAfter: 600, times: 1 }, LOOK, 'server-busy'],
  [{ name: 'rate-limited', on: 'plan-create' }, PUSH, 'server-busy', { plans: 0 }],
  [{ name: 'server-error' }, LOOK, 'server-failed'],
  [{ name: 'server-error', times: 1 }, LOOK, 'well', ACCOUNT],
  [{ name: 'server-error', on: 'plan-create' }, PUSH, 'lost', { plans: 0 }],
  [{ name: 'server-error', on: 'plan-create', times: 1 }, TWICE, 'lost, well', { plans: 1 }],
  [{ name: 'server-error', on: 'legacy-send' }, LEGACY, 'lost', OFF],
  [{ name: 'maintenance' }, LOOK, 'server-busy'],
  [{ name: 'maintenance', retryAfter: 30, times: 1 }, LOOK, 'well'],
  [{ name: 'maintenance', on: 'plan-create' }, PUSH, 'lost', { plans: 0 }],
  [{ name: 'status', status: 502, html: true }, LOOK, 'server-failed'],
  [{ name: 'status', status: 418 }, LOOK, 'not-understood'],
  [{ name: 'status', status: 400, on: 'plan-create' }, PUSH, 'not-understood', { plans: 0 }],
  [{ name: 'not-json' }, LOOK, 'not-understood'],
  [{ name: 'not-json', on: 'plan-create' }, END, 'completed', { plans: 1 }],
  [{ name: 'not-json', on: 'plan' }, END, 'not-understood', { plans: 1 }],
  [{ name: 'huge', on: 'toggle' }, LOOK, 'not-understood'],
  [{ name: 'huge', on: 'plan-create' }, END, 'completed', { plans: 1 }],
  [{ name: 'slow', seconds: 60, on: 'toggle' }, LOOK, 'server-unreachable'],
  [{ name: 'slow', seconds: 60, on: 'plan-create' }, TWICE, 'well, well', { plans: 1 }],
  [{ name: 'slow', seconds: 20 }, END, 'completed', { plans: 1 }],
  [{ name: 'cut-off', on: 'inventory' }, LOOK, 'server-unreachable'],
  [{ name: 'cut-off', on: 'inventory', times: 1 }, LOOK, 'well'],
  [{ name: 'cut-off', on: 'plan-create' }, TWICE, 'well, well', { plans: 1 }],
  [{ name: 'answer-lost', on: 'plan-create' }, END, 'completed', { plans: 1 }],
  [{ name: 'answer-lost', on: 'legacy-send' }, LEGACY, 'lost', OFF],
  [{ name: 'answer-lost', on: 'blank-push', times: 1 }, NUDGE, 'well'],
  [{ name: 'answer-lost', on: 'token', times: 1 }, LOOK, 'server-unreachable', ACCOUNT],
  [{ name: 'unreachable' }, LOOK, 'server-unreachable'],
  [{ name: 'unreachable', times: 3 }, LOOK, 'well'],
  [{ name: 'unreachable' }, NUDGE, 'server-unreachable', { options: { version: '11.27' } }],
  [{ name: 'push-lost' }, ['push and follow a while', ends('install-and-restart', 3)], 'under-way'],
  [{ name: 'blank-push-refused' }, NUDGE, 'command-failed'],
  [{ name: 'legacy-errors' }, LEGACY, 'command-failed', OFF],
  [{ name: 'commands-by-declaration' }, END, 'completed'],
];

/** The faults that are there to make an answer wrong. */
const WRONG_ANSWERS: readonly JamfFaultName[] = ['not-json', 'plan-state-unknown', 'status', 'huge'];

describe('what a fault comes to', () => {
  test.each(ROWS.map((row) => [named(row), row] as const))('%s', async (_, [fault, [, deed], comes, more = {}]) => {
    const one = pair(more.by, more.options);
    if (fault !== null) one.server.faults.add(fault);
    const came = await deed(one);
    expect([came, one.second()]).toEqual([comes, 0]);
    if (more.plans !== undefined) expect(one.plans()).toHaveLength(more.plans);
    const isWrong = fault !== null && WRONG_ANSWERS.includes(fault.name);
    expect(one.witness.flaws.filter((flaw) => !isWrong || !flaw.includes('→'))).toEqual([]);
  });

  test('each fault of the server has its row, but for one with a test of its own', () => {
    const tried = new Set(ROWS.map(([fault]) => fault?.name));
    expect(JAMF_FAULT_NAMES.filter((name) => !tried.has(name))).toEqual(['re-enrolled']);
    expect(ROWS.length).toBeGreaterThan(40);
    const comes = new Set(ROWS.map(([, , it]) => it));
    expect(PUSH_TROUBLES.filter((trouble) => !comes.has(trouble))).toEqual([]);
  });

  test('re-enrolled: the record that was found is nobody’s any more, and the next order finds the new one', async () => {
    const one = pair();
    await one.live(one.client.look());
    one.server.faults.add({ name: 're-enrolled' });
    const first = await push(one);
    expect([first, await push(one)]).toEqual(['not-understood', 'well']);
    expect([one.plans().length, one.witness.flaws]).toEqual([1, []]);
  });

  test('nothing that comes back tells a secret', async () => {
    for (const [fault, [, deed], , more = {}] of ROWS.slice(0, 40)) {
      const one = pair(more.by, more.options);
      if (fault !== null) one.server.faults.add(fault);
      await deed(one);
      const seen = inspect([await one.live(one.client.look()), one.client], { depth: 9 });
      expect([...one.server.secrets()].filter((secret) => seen.includes(secret))).toEqual([]);
    }
  });
});

function named([fault, [deed], comes, { by, options } = {}]: Row): string {
  const { name = 'nothing', ...rest } = fault ?? {};
  const with_ = Object.entries({ ...rest, ...options, ...(by === undefined ? {} : { by }) });
  const how = with_.map(([key, value]) => `${key} ${value}`).join(', ');
  return `${name}${how === '' ? '' : ` (${how})`}, ${deed}: ${comes}`;
}

test('over real HTTP on the loopback: the same client, the same server, and the wire between them', async () => {
  const server = new JamfProServer({ clock: systemClock, latencyMs: [0, 0] });
  const mac = new ScriptedMac(systemClock, { script: { offered: [availableMacOS('26.6.2', '25G83')] } });
  server.enrol(mac);
  server.addClient({ id: 'upkeep', secret: SECRET });
  server.addAccount({ name: 'upkeep', password: PASSWORD });
  const door = await serveOnLoopback(server, 0);
  const witness = jamfWitness();
  try {
    for (const credential of Object.values(CREDENTIALS)) {
      const client = new JamfPro({
        http: witness.over(new NodeHttp(systemClock)),
        clock: systemClock,
        random: () => 0,
        address: door.url,
        credential,
        mac: { udid: mac.facts().udid, computerId: null, recon: null },
      });
      expect(await client.look()).toMatchObject({ serverVersion: '11.30.1', means: ['declaration', 'plan'] });
      expect(await client.privileges()).toMatchObject({ missing: [] });
      const made = await client.push(orderTo('install-and-restart'), 'plan');
      // The second finds the plan of the first.
      expect(made).toEqual({ plan: { means: 'plan', id: server.parts.plans.all()[0]?.uuid } });
      expect('plan' in made && (await client.follow(made.plan))).toMatchObject({ state: 'under-way' });
      expect(await client.current()).toMatchObject(made);
      expect(await client.nudge()).toBeNull();
      await client.close();
      expect(canaryIn(inspect([made, client], { depth: 9 }))).toBeNull();
    }
    expect(server.parts.plans.all()).toHaveLength(1);
    expect(witness.flaws).toEqual([]);
    expect(witness.requests.filter((one) => one === 'POST /api/v1/auth/invalidate-token')).toHaveLength(2);
  } finally {
    server.close();
    mac.stop();
    await door.close();
  }
});
