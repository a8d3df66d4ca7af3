// What the effect that orders an update of a management server makes of its answers, above all after a crash: a server of a few lines,
// a Mac whose log says nothing unless it is told to.
import { describe, expect, test } from 'vitest';
import type { EffectIo } from '../../src/agent/effect-runner.ts';
import { push } from '../../src/agent/effects/push.ts';
import { known } from '../../src/domain/facts.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.ts';
import type { PushAbilities, PushOutcome, PushPlan } from '../../src/domain/push.ts';
import type { PushRequest } from '../../src/machines/effects.ts';
import { DEADLINE_SPREAD_MS, turnMs, WATCH_SPREAD_MS } from '../../src/policy/push-pace.ts';
import type { PushServer, PushService } from '../../src/ports/push-service.ts';
import { udids } from '../support/mdm-fleet.ts';
import { type Answer, handClock, scripted } from '../support/scripted-commands.ts';
import { BOOT, MONDAY_NINE } from '../support/situations.ts';

const request: PushRequest = {
  to: { version: '26.6.2', build: '25G83' },
  major: false,
  macos: '26.6',
  appleSilicon: known(true),
  boot: BOOT,
  atDeadline: false,
};
const abilities: PushAbilities = {
  means: ['plan'],
  lacks: null,
  serverVersion: '11.30.1',
  device: { managed: true, supervised: true, declarative: true },
};
const PLAN: PushPlan = { means: 'plan', id: 'a-plan' };
const underWay = { state: 'under-way', phase: 'Init' } as const;
const UDID = '3E2A54CB-5F1D-4C3A-9C4B-1D2E3F405162';
const failed = <Trouble extends string>(trouble: Trouble) => ({ failed: { trouble, detail: 'so it says' } }) as const;

function world(calls: Partial<PushService> = {}, opened: Partial<PushServer> = {}, boot = BOOT) {
  const asked: string[] = [];
  const note = <Args extends unknown[], Result>(name: string, call: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      asked.push(name);
      return call(...args);
    };
  };
  const service: PushService = {
    look: note('look', calls.look ?? (async () => abilities)),
    current: note('current', calls.current ?? (async () => null)),
    push: note('push', calls.push ?? (async () => ({ plan: PLAN }))),
    follow: note('follow', calls.follow ?? (async () => underWay)),
    nudge: note('nudge', async () => null),
    close: note('close', async () => {}),
  };
  const server: PushServer = { trouble: async () => null, open: async () => service, ...opened };
  const answers: Record<string, Answer> = {
    'sysctl.boot-session': { stdout: `${boot.id}\n` },
    'ioreg.hardware': { stdout: `    "IOPlatformUUID" = "${UDID}"\n` },
    'sysctl.boottime': { stdout: `{ sec = ${boot.startedAt / 1000}, usec = 0 } Sun Nov  1 09:00:00 2026\n` },
  };
  // Other tools are not there, and the log never says a word.
  const tools = new Proxy(answers, {
    get: (all, name: string) => all[name] ?? (name === 'log.stream' ? undefined : GONE),
  });
  const { clock, pass } = handClock(MONDAY_NINE);
  const events: string[] = [];
  const io: EffectIo = {
    signal: new AbortController().signal,
    report: (event) => events.push(event.type === 'push.moved' ? event.move.phase : event.type),
  };
  const effect = push({ commands: scripted(tools).commands, clock, server });
  const end = async (outcome: Promise<PushOutcome> | undefined): Promise<PushOutcome> => {
    let ended: PushOutcome | null = null;
    outcome?.then((it) => {
      ended = it;
    });
    for (let minutes = 0; minutes < (2 * DAY_MS) / MINUTE_MS && ended === null; minutes += 1) await pass(MINUTE_MS);
    if (ended === null) throw new Error('it never ended');
    return ended;
  };
  return {
    asked,
    events,
    /** Runs it, and says after how many minutes the server was asked for the first time; null where it never was. */
    firstAsked: async (changes: Partial<PushRequest>): Promise<number | null> => {
      void effect.run({ ...request, ...changes }, io);
      await pass(0);
      for (let minutes = 0; minutes <= 100; minutes += 1) {
        if (asked.length > 0) return minutes;
        await pass(MINUTE_MS);
      }
      return null;
    },
    run: () => end(effect.run(request, io)),
    reconcile: () => end(effect.reconcile?.(request, io)),
  };
}

const GONE: Answer = { missing: true };

describe('cut off while it was under way', () => {
  test('the Mac has restarted since: nobody is asked anything', async () => {
    const { asked, reconcile } = world(
      {},
      {},
      { ...BOOT, id: '0B4E4C3A-0000-4C3A-9C4B-1D2E3F405162', startedAt: MONDAY_NINE },
    );
    expect(await reconcile()).toEqual({ result: 'restarted' });
    expect(asked).toEqual([]);
  });

  test.each(['server-unreachable', 'wrong-password', 'not-set'] as const)(
    'the server cannot be asked (%s): what it was told nobody knows, so it may still happen',
    async (refused) => {
      const { reconcile } = world({}, { open: async () => ({ refused }) });
      expect(await reconcile()).toMatchObject({ result: 'quiet', plan: null });
    },
  );

  test.each([
    ['look', { look: async () => failed('server-failed') }],
    ['current', { current: async () => failed('server-busy') }],
  ] as const)('the server does not answer (%s): the same', async (_, calls) => {
    const { asked, reconcile } = world(calls);
    expect(await reconcile()).toMatchObject({ result: 'quiet', plan: null, detail: 'so it says' });
    expect(asked).not.toContain('push');
    expect(asked.at(-1)).toBe('close');
  });

  test('it has no plan, and keeps them all: nothing was ordered', async () => {
    const { asked, reconcile } = world();
    expect(await reconcile()).toMatchObject({ result: 'refused', why: 'command-failed' });
    expect(asked).toEqual(['look', 'current', 'close']);
  });

  test('it keeps no plans: it may have been told', async () => {
    const { reconcile } = world({ look: async () => ({ ...abilities, means: ['legacy-command'] }) });
    expect(await reconcile()).toMatchObject({ result: 'quiet', plan: null });
  });

  test('its plan is watched, and none is made', async () => {
    const current = async () => ({ plan: PLAN, order: null });
    const ends = world({
      current,
      follow: async () => ({ state: 'failed', trouble: 'no-disk-space', detail: 'full' }),
    });
    expect(await ends.reconcile()).toEqual({ result: 'refused', why: 'command-failed', detail: 'full' });
    expect(ends.events).toEqual(['ordered']);
    const silent = world({ current });
    expect(await silent.reconcile()).toMatchObject({ result: 'quiet', plan: PLAN });
    expect([...ends.asked, ...silent.asked]).not.toContain('push');
  });
});

describe('ordered', () => {
  test.each([
    ['server-unreachable', 'quiet'],
    ['server-failed', 'quiet'],
    ['not-understood', 'quiet'],
    ['lost', 'quiet'],
    ['server-busy', 'refused'],
    ['privilege-missing', 'refused'],
    ['plan-in-progress', 'refused'],
    ['version-unavailable', 'refused'],
  ] as const)('the order ends in “%s”: %s', async (trouble, result) => {
    const { asked, run } = world({ push: async () => failed(trouble) });
    expect(await run()).toMatchObject({ result, detail: 'so it says' });
    expect(asked.filter((name) => name === 'push')).toHaveLength(1);
    expect(asked.at(-1)).toBe('close');
  });

  test('nothing is ordered where nothing can be', async () => {
    const { asked, run } = world({ look: async () => ({ ...abilities, means: [], lacks: 'feature-switching' }) });
    expect(await run()).toMatchObject({ result: 'refused', why: 'command-failed' });
    expect(asked).toEqual(['look', 'close']);
  });

  test('a plan that the server calls done, and a Mac that says nothing: it may still happen', async () => {
    const { run, events } = world({ follow: async () => ({ state: 'completed' }) });
    expect(await run()).toMatchObject({ result: 'quiet', plan: PLAN });
    expect(events).toEqual(['ordered']);
  });

  test('what lets upkeep in cannot be had: nothing was ordered', async () => {
    const { run } = world({}, { open: async () => ({ refused: 'keychain-unavailable' }) });
    expect(await run()).toMatchObject({ result: 'refused', why: 'keychain-unavailable' });
  });
});

describe('a deadline that all Macs of a fleet have', () => {
  const turn = (spreadMs: number) => Math.ceil(turnMs(UDID, request.to.version, spreadMs) / MINUTE_MS);

  test('they take turns in ordering', async () => {
    expect(turn(DEADLINE_SPREAD_MS)).toBeGreaterThan(0);
    expect(await world().firstAsked({ atDeadline: true })).toBe(turn(DEADLINE_SPREAD_MS));
    expect(await world().firstAsked({ atDeadline: false })).toBe(0);
  });

  test('where macOS keeps to it by itself, they ask late and in turns what became of their plan', async () => {
    const enforced = { plan: { means: 'declaration', id: 'a-plan' } } as const;
    expect(await world().firstAsked({ atDeadline: true, enforced })).toBe(5 + turn(WATCH_SPREAD_MS));
    expect(await world().firstAsked({ atDeadline: true, enforced: { plan: null } })).toBeNull();
  });

  test('ten thousand of them in the same minute: most wait longer than macOS needs, and few ask in one second', () => {
    const seconds = new Map<number, number>();
    for (const udid of udids(10_000)) {
      const second = Math.floor(turnMs(udid, '26.6.2', WATCH_SPREAD_MS) / SECOND_MS);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    }
    // Each asks for a token, and then for its plan a second later.
    expect(2 * Math.max(...seconds.values())).toBeLessThanOrEqual(30);
  });
});
