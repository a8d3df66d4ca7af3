// A Mac that NanoMDM and KMFDDM manage, as `simulate --mdm nanomdm` has them: first without an agent, what an order comes to
// over Apple’s protocol; then whole lives of the agent, and what the server does to them where it fails.
import { describe, expect, test } from 'vitest';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import { type Push, type PushPhase, pushPhases } from '../../src/adapters/mdm/push-phases.ts';
import { watchLog } from '../../src/adapters/unified-log/watch-log.ts';
import type { MdmFailover } from '../../src/domain/authority.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { PushAction } from '../../src/domain/push.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { PushService } from '../../src/ports/push-service.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import type { NanoFaultInput } from '../../src/simulator/mdm/nanomdm/faults.ts';
import { SimulatedNanoMdm } from '../../src/simulator/simulated-nanomdm.ts';
import type { TimedFault } from '../../src/simulator/simulated-server.ts';
import { macWith } from '../simulator/harness.ts';
import { threeWeeks } from '../support/lives.ts';
import { type MdmStory, type NanoStoryInput, nanoStory, orderOf } from '../support/mdm-story.ts';

const MANAGED: MacSpecInput = { bootstrapToken: true };
const ON_27: MacSpecInput = { ...MANAGED, macOS: '27.0', build: '26A300' };
const ON_15: MacSpecInput = { ...MANAGED, macOS: '15.7', build: '24G222' };

async function office(spec: MacSpecInput, to: { version: string; build: string }) {
  const { clock, mac } = macWith(spec);
  mac.publish([macosOffer(to.version, to.build, 2_824_636)]);
  const mdm = new SimulatedNanoMdm(mac, { service: 'nanomdm' }, 1);
  /** A client of a new process, as after each start of the Mac. */
  const connect = async (): Promise<PushService> => {
    const opened = await mdm.forAgent(mac.clock).open();
    if ('refused' in opened) throw new Error(opened.refused);
    return opened;
  };
  const client = await connect();
  const live = async <T>(answer: Promise<T>): Promise<T> => {
    const settled: T[] = [];
    const wait = answer.then((value) => void settled.push(value));
    const ended = await clock.runUntil(clock.now() + 2 * HOUR_MS, () => settled.length > 0);
    if (ended !== 'stopped') throw new Error('it was not answered within two hours');
    await wait;
    return settled[0] as T;
  };
  const order = async (action: PushAction) => {
    const means = action.kind === 'enforce' ? 'declaration' : 'raw-command';
    const made = await live(client.push({ to, major: false, latest: false, action }, means));
    if ('failed' in made) throw new Error(made.failed.detail);
    return made.plan;
  };
  const pass = (ms: number) => clock.runUntil(clock.now() + ms);
  const watch = (push: Push) => {
    const told: PushPhase[] = [];
    watchLog(withLimits(mac.commands, mac.clock), mac.clock)
      .pipe(pushPhases(mac.clock, push))
      .subscribe((phase) => told.push(phase));
    return told;
  };
  const restarts = () => mac.happenings.filter((one) => one.kind === 'restart');
  const commands = () => mdm.record.told.filter(({ kind }) => kind === 'command').length;
  return {
    clock,
    mac,
    server: mdm.server,
    record: mdm.record,
    client,
    connect,
    live,
    order,
    pass,
    watch,
    restarts,
    commands,
  };
}

const BY = '2026-11-24T12:30:00';
const DEADLINE = Date.UTC(2026, 10, 24, 11, 30);

describe.each([
  ['15', ON_15, { version: '15.7.2', build: '24G325' }],
  ['26', MANAGED, { version: '26.6.2', build: '25G83' }],
  ['27', ON_27, { version: '27.1', build: '26B50' }],
])('macOS %s', (_, spec, to) => {
  test('takes a declaration, stages the update, and installs it at its time', async () => {
    const world = await office(spec, to);
    const told = world.watch({ by: 'declaration', action: 'install' });
    const plan = await world.order({ kind: 'enforce', by: BY });
    await world.pass(20 * HOUR_MS);
    expect(told.some(({ phase }) => phase === 'acknowledged')).toBe(true);
    expect(world.mac.daemon.staged()).toMatchObject({ prepared: true });
    expect(world.restarts()).toEqual([]);
    expect(await world.live(world.client.follow(plan))).toEqual({ state: 'scheduled', by: BY });
    await world.clock.runUntil(DEADLINE + DAY_MS, () => world.mac.os.version === to.version);
    await world.pass(10 * MINUTE_MS);
    const late = (world.restarts()[0]?.at ?? 0) - DEADLINE;
    expect([world.restarts().length, late >= 0, late < 5 * MINUTE_MS]).toEqual([1, true, true]);
    const later = await world.connect();
    expect(await world.live(later.follow(plan))).toEqual({ state: 'completed' });
    expect(await world.live(later.current())).toBeNull();
  });
});

describe('a command', () => {
  test('installs on macOS 15, and the Mac’s own log is all that tells', async () => {
    const world = await office(ON_15, { version: '15.7.2', build: '24G325' });
    const told = world.watch({ by: 'commands', action: 'install' });
    const plan = await world.order({ kind: 'install-and-restart' });
    await world.clock.runUntil(world.clock.now() + DAY_MS, () => world.mac.os.version === '15.7.2');
    expect(world.mac.os.version).toBe('15.7.2');
    expect(world.restarts()).toHaveLength(1);
    expect(told.map(({ phase }) => phase)).toContain('preparing');
    expect(told.at(-1)).toEqual({ phase: 'restart-imminent' });
    expect(await world.live(world.client.follow(plan))).toMatchObject({ state: 'under-way' });
  });

  test('that only downloads restarts nothing', async () => {
    const world = await office(MANAGED, { version: '26.6.2', build: '25G83' });
    const told = world.watch({ by: 'commands', action: 'download' });
    await world.order({ kind: 'download' });
    await world.pass(3 * HOUR_MS);
    expect(told.at(-1)).toEqual({ phase: 'prepared' });
    expect(world.restarts()).toEqual([]);
  });

  test('is refused by macOS 27', async () => {
    const world = await office(ON_27, { version: '27.1', build: '26B50' });
    const told = world.watch({ by: 'commands', action: 'install' });
    await world.order({ kind: 'install-and-restart' });
    await world.pass(DAY_MS);
    expect(told.at(-1)).toEqual({ phase: 'failed', reason: 'refused', command: 'ScheduleOSUpdate' });
    expect(world.restarts()).toEqual([]);
  });
});

describe('a declaration', () => {
  const to = { version: '26.6.2', build: '25G83' };

  test('that nothing activates is not acted on', async () => {
    const world = await office(MANAGED, to);
    await world.order({ kind: 'enforce', by: BY });
    const { udid } = world.mac.mdm.facts();
    world.server.declarations.link('set', `org.upkeep.${udid}`, `org.upkeep.activation.${udid}`, false);
    world.server.notify([udid]);
    await world.pass(3 * DAY_MS);
    expect(world.restarts()).toEqual([]);
  });

  test('that the Mac was never told of is told by a nudge', async () => {
    const world = await office(MANAGED, to);
    world.server.faults.add({ name: 'server-error', on: 'notify' });
    const plan = await world.order({ kind: 'enforce', by: BY });
    await world.pass(2 * HOUR_MS);
    expect(await world.live(world.client.follow(plan))).toEqual({
      state: 'under-way',
      phase: 'not taken by the Mac yet',
    });
    world.server.faults.clear();
    expect(await world.live(world.client.nudge())).toBeNull();
    await world.pass(4 * HOUR_MS);
    expect(await world.live(world.client.follow(plan))).toEqual({ state: 'scheduled', by: BY });
    // Once it knows, a nudge is nothing but a notification.
    const queued = world.commands();
    expect(await world.live(world.client.nudge())).toBeNull();
    await world.pass(MINUTE_MS);
    expect(world.commands()).toBe(queued);
  });

  test('of a release that Apple does not offer fails, and says so', async () => {
    const world = await office(MANAGED, to);
    const made = await world.live(
      world.client.push(
        { to: { version: '26.9', build: null }, major: false, latest: false, action: { kind: 'enforce', by: BY } },
        'declaration',
      ),
    );
    await world.pass(HOUR_MS);
    expect('plan' in made && (await world.live(world.client.follow(made.plan)))).toEqual({
      state: 'failed',
      trouble: 'declaration-failed',
      detail: 'the Mac could not carry out the declaration: MADownloadNoMatchFound',
    });
  });
});

// ── The agent ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The server is the only way, and the person may be asked instead where one of these allows it. */
const alone = (...mdmFailover: MdmFailover[]): Pick<Settings, 'authentication' | 'mdm'> => ({
  authentication: { ...orderOf('mdm').authentication, mdmFailover },
  mdm: { ...threeWeeks.mdm, handOverDeadline: false, repairBootstrapToken: 'off' },
});

const HARD: Settings['deadlines'] = {
  ...threeWeeks.deadlines,
  soft: { count: null, days: 2, date: null },
  hard: { count: null, days: 3, date: null },
};

/** Who is asked says at once that the Mac may restart; so the server is asked some minutes after eight. */
const agreed = (input: NanoStoryInput = {}): Promise<MdmStory> =>
  nanoStory({ persona: 'agreeable', days: 2, settings: alone(), ...input });
const newer = (input: NanoStoryInput = {}): Promise<MdmStory> =>
  agreed({ mac: ON_27, offers: [macosOffer('27.1', '26B50', 3_000_000)], ...input });

const told = ({ report }: MdmStory, kind: string): string[] =>
  report.timeline.filter((one) => one.kind === kind).map(({ text }) => text);
const endOf = ({ report, restarts }: MdmStory) => [report.outcome, ...restarts.map(({ by }) => by)];
const passwords = ({ report }: MdmStory): number => report.prompts.filter(({ kind }) => kind === 'password').length;

describe('the agent asks it for the update', () => {
  test('by declaration where macOS knows no commands, and the Mac restarts once, for what the person agreed to', async () => {
    const story = await newer();
    expect([endOf(story), story.report.os.after.version]).toEqual([['updated', 'mdm'], '27.1']);
    expect([story.orders, passwords(story), story.violated]).toEqual([['enforce'], 0, []]);
    expect(told(story, 'mdm')).toEqual([expect.stringContaining('The server declares a deadline: macOS 27.1 by')]);
    const { mdm } = story.report;
    expect(mdm).toMatchObject({ service: 'nanomdm', orders: 1, commands: { DeclarativeManagement: 1 } });
    expect(mdm?.requests.byCall).toMatchObject({ 'enrollment-sets-put': 1, 'declaration-put': 3 });
    expect(Object.values(mdm?.requests.byCall ?? {}).reduce((sum, n) => sum + n, 0)).toBe(mdm?.requests.total);
  });

  test('by a command up to macOS 26', async () => {
    const story = await agreed();
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect([story.orders, passwords(story), story.violated]).toEqual([['install-and-restart'], 0, []]);
    expect(story.told).toEqual(['ScheduleOSUpdate']);
  });

  test('by declaration at the hard deadline, with a warning before it', async () => {
    const story = await nanoStory({
      persona: 'procrastinator',
      days: 5,
      settings: {
        ...orderOf('mdm'),
        deadlines: HARD,
      },
    });
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'mdm'], ['enforce'], []]);
    expect(story.restarts[0]?.warning?.minutes).toBeGreaterThanOrEqual(60);
  });

  test('the same story is told twice by the same bytes, and another seed tells another', async () => {
    const tell = async (seed: number) => {
      const { report, record, run } = await newer({ faults: [{ name: 'slow', seconds: 3 }], seed });
      return JSON.stringify([report, record, run.journal]);
    };
    const once = await tell(5);
    expect(await tell(5)).toBe(once);
    expect(await tell(6)).not.toBe(once);
  });
});

describe('the server will not, or not now', () => {
  const untilTomorrow = (fault: NanoFaultInput): TimedFault<NanoFaultInput> => ({ fault, untilHour: 24 });

  test.each<[string, NanoFaultInput, RegExp]>([
    ['is not there', { name: 'unreachable' }, /connection/],
    ['answers 503', { name: 'status', status: 503 }, /503/],
    ['refuses the key', { name: 'unauthorized' }, /401|refuse/],
    ['has no declarations', { name: 'kmfddm-absent' }, /cannot hand a deadline/],
    ['will not have the declaration', { name: 'status', status: 400, on: 'declaration-put' }, /400/],
  ])('%s: for a day nothing is ordered and nobody restarted, then it does', async (_, fault, words) => {
    const story = await newer({ faults: [untilTomorrow(fault)] });
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'mdm'], ['enforce'], []]);
    expect(story.restarts).toHaveLength(1);
    expect(Date.parse(story.restarts[0]?.at ?? '') - (story.run.endedAt - 2 * DAY_MS)).toBeGreaterThan(DAY_MS);
    const failures = told(story, 'failed');
    expect(failures.length).toBeGreaterThan(2);
    for (const failure of failures) expect(failure).toMatch(words);
  });

  test.each<[string, NanoFaultInput]>([
    ['nobody is there', { name: 'unreachable' }],
    ['no command is queued', { name: 'command-error' }],
  ])('for good, %s: the person is asked where that is allowed, else nothing happens', async (_, fault) => {
    const never = await agreed({ faults: [fault], days: 1 });
    expect([endOf(never), never.orders, passwords(never), never.violated]).toEqual([['waiting'], [], 0, []]);
    const instead = await agreed({ faults: [fault], days: 1, settings: alone('always') });
    expect([endOf(instead), instead.orders, passwords(instead), instead.violated]).toEqual([
      ['updated', 'person'],
      [],
      1,
      [],
    ]);
  });

  test('an answer that was lost: the declaration is there once all the same', async () => {
    const story = await newer({ faults: [{ name: 'answer-lost', on: 'enrollment-sets-put', times: 1 }] });
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'mdm'], ['enforce'], []]);
    expect(story.asked('enrollment-sets-put').length).toBeGreaterThan(1);
  });

  test('macOS fails at the deadline that it was given: it is taken back, and nobody restarted without a warning', async () => {
    const story = await nanoStory({
      persona: 'procrastinator',
      days: 9,
      mac: { faults: [{ name: 'install-fails', times: 2 }] },
      settings: { ...orderOf('mdm'), deadlines: HARD },
    });
    expect([story.orders[0], story.report.outcome, story.violated]).toEqual(['enforce', 'updated', []]);
    expect(told(story, 'mdm')).toContain('The server withdraws its deadline');
    expect(told(story, 'failed').length).toBeLessThan(6);
  });

  test('nothing is saved for it: the person is asked, and it is not', async () => {
    const story = await newer({ server: { credential: null }, days: 1 });
    expect([endOf(story), story.asked(), story.violated]).toEqual([['updated', 'person'], [], []]);
  });
});
