// The agent's life is to be killed. Here the real agent lives on the simulated Mac's second door: real processes, real
// children, real signals, a real file on the disk. It is killed with SIGKILL before and after every commit of three
// stories, and at random instants, alone and with everything it started; launchd starts it again by its own rules.
// Whatever the moment:
//   - the story ends as the calm one does: updated, up to date, with exactly one restart;
//   - an install is never ordered more often than it was decided;
//   - the deadlines people were told are the same instants; every deferral is counted once, every request heard once;
//   - at most the click that fell into the very moment is asked for again;
//   - people were warned and asked as in every simulation (the same invariants, checked on what truly happened);
//   - no process of the agent's is left behind.
//
// `npm run test:kill` is the long form: 2,000 kills at random instants (UPKEEP_KILLS sets another number).
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/domain/instant.ts';
import { canBeCalled } from '../../src/simulator/door/layout.ts';
import { random } from '../../src/simulator/random.ts';
import { bundledAgent, type Deaths, type Life, LONG, live, type Story } from './lives.ts';
import type { DeathAtCommit } from './orders.ts';
import { STORIES } from './stories.ts';

const KILLS = Number(process.env.UPKEEP_KILLS ?? 60);
/** Kills in one life; more than one tells more of the agent in less time. */
const AT_COMMITS_A_LIFE = 24;
const AT_LONG_A_LIFE = 3;
const KILLS_A_LIFE = 20;
/** A death changes what comes after it; what a life did not reach is tried in another, so often. */
const ROUNDS = 4;
const AT_ONCE = availableParallelism() + 1;
const HOUR_MS = 3_600_000;

// The simulated tools are Perl programs; without /usr/bin/perl there are none to call.
describe.skipIf(!canBeCalled())('killed with SIGKILL (skipped where there is no /usr/bin/perl)', () => {
  let agent: Awaited<ReturnType<typeof bundledAgent>>;
  beforeAll(async () => {
    agent = await bundledAgent();
  });
  afterAll(() => agent?.remove());

  const calmLives = new Map<string, Life>();
  /** How the story goes when nobody is killed; lived once. */
  async function calmLife(story: Story): Promise<Life> {
    const calm = calmLives.get(story.name) ?? (await live(agent.program, story));
    calmLives.set(story.name, calm);
    isCalm(calm);
    return calm;
  }

  /** Lives many lives, a few at a time, and says of the first that went wrong what was done to it. */
  async function all(story: Story, calm: Life, deaths: readonly Deaths[]): Promise<Life[]> {
    let next = 0;
    const lives: Life[] = [];
    const worker = async () => {
      for (let death = deaths[next++]; death !== undefined; death = deaths[next++]) {
        const life = await live(agent.program, story, death);
        held(life, calm, `${story.name}: ${JSON.stringify(death)}`);
        lives.push(life);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return lives;
  }

  test.each(STORIES)('$name: before and after every commit', { timeout: HOUR_MS }, async (story) => {
    const calm = await calmLife(story);
    const wanted = calm.commits.flatMap((commit) => (['before', 'after'] as const).map((when) => ({ commit, when })));
    let left: readonly DeathAtCommit[] = wanted;
    for (let round = 0; round < ROUNDS && left.length > 0; round += 1) {
      // Dealt out like cards, so that the deaths of one life lie apart.
      const count = Math.ceil(left.length / AT_COMMITS_A_LIFE);
      const dealt = Array.from({ length: count }, (_, hand) => ({
        atCommits: left.filter((_death, index) => index % count === hand),
      }));
      left = (await all(story, calm, dealt)).flatMap(({ survived }) => survived);
    }
    expect(wanted.length).toBeGreaterThan(30);
    expect(left).toEqual([]);
  });

  test.each(STORIES)('$name: in the middle of every long tool', { timeout: HOUR_MS }, async (story) => {
    const calm = await calmLife(story);
    const long = calm.calls.filter((call) => LONG.test(call)).length;
    expect(long).toBeGreaterThan(3);
    // Every second time what it had started dies with it, which an install outlives as well.
    const deaths = Array.from({ length: long }, (_, index) => ({
      calls: index + 1,
      ofLong: true as const,
      laterMs: 1_000,
      delayMs: 0,
      children: index % 2 === 0,
    }));
    const count = Math.ceil(long / AT_LONG_A_LIFE);
    const dealt = Array.from({ length: count }, (_, hand) => ({
      fromOutside: deaths.filter((_death, index) => index % count === hand),
    }));
    const lives = await all(story, calm, dealt);
    // A dialog may be answered before anybody comes to kill.
    expect(lives.reduce((sum, { deaths }) => sum + deaths, 0)).toBeGreaterThan(long / 2);
  });

  test.each(STORIES)('$name: at random instants', { timeout: HOUR_MS }, async (story) => {
    const calm = await calmLife(story);
    const dice = random(`kills of ${story.name}`);
    const share = Math.ceil(KILLS / STORIES.length);
    const anyDeath = () => ({
      calls: dice.whole(1, calm.calls.length),
      laterMs: dice.chance(0.3) ? dice.whole(0, 20 * MINUTE_MS) : 0,
      delayMs: dice.whole(0, 40),
      children: dice.chance(0.5),
    });
    // Whoever comes to kill may find nobody there any more: as many lives as it takes.
    for (let died = 0; died < share; ) {
      const lives = Math.ceil((share - died) / KILLS_A_LIFE);
      const deaths = Array.from({ length: lives }, () => ({
        fromOutside: Array.from({ length: KILLS_A_LIFE }, anyDeath),
      }));
      died += (await all(story, calm, deaths)).reduce((sum, life) => sum + life.deaths, 0);
    }
  });
});

function isCalm({ ending, installs, installDecisions }: Life): void {
  expect(ending).toMatchObject({
    macOS: '26.6.2',
    state: '{"resting":"upToDate"}',
    restarts: 1,
    doubleCounts: 0,
    lostDeferrals: 0,
    unheardClicks: 0,
    leftRunning: [],
    openEffects: 0,
    violated: [],
  });
  expect(Object.values(ending.heard).every((times) => times === 1)).toBe(true);
  expect(installs).toBe(installDecisions);
}

function held(life: Life, calm: Life, about: string): void {
  const { unheardClicks } = life.ending;
  expect({ ...life.ending, unheardClicks: 0 }, about).toEqual(calm.ending);
  expect(unheardClicks, about).toBeLessThanOrEqual(life.deaths);
  expect(life.installs, about).toBeLessThanOrEqual(life.installDecisions);
}
