// The password of upkeep's own account over weeks: changed when it is old, never in the way of anybody.
import { expect, test } from 'vitest';
import { DAY_MS, type Instant } from '../../src/domain/instant.ts';
import type { RotationOutcome, ServicePassword } from '../../src/domain/rotation.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Commands } from '../../src/ports/commands.ts';
import { canary } from '../support/canary.ts';
import { type Life, live, threeWeeks } from '../support/lives.ts';
import { SavedPasswords } from '../support/saved-passwords.ts';

const SERVICE = canary('service');

/** An account whose password is changed or refused to be, at moments that are written down. */
class Rotating extends SavedPasswords {
  readonly changes: Instant[] = [];
  clock: Clock | null = null;
  readonly #refuses: boolean;
  #savedAt: Instant | null = null;

  constructor({ refuses = false } = {}) {
    super({ 'service-account': { account: '_upkeep', password: SERVICE } });
    this.#refuses = refuses;
  }

  override servicePassword(): ServicePassword {
    this.#savedAt ??= this.clock?.now() ?? 0;
    return { savedAt: this.#savedAt, isHalfChanged: false };
  }

  override async rotate(savedAt: Instant): Promise<RotationOutcome> {
    if (savedAt !== this.#savedAt) return { result: 'not-needed' };
    const at = this.clock?.now() ?? 0;
    this.changes.push(at);
    if (this.#refuses) return { result: 'failed', why: 'the rules for passwords refuse it' };
    this.#savedAt = at;
    return { result: 'rotated' };
  }

  readonly on = ({ clock }: { commands: Commands; clock: Clock }) => {
    this.clock = clock;
    return this;
  };
}

const { authentication } = threeWeeks;
const weekly = {
  ...threeWeeks,
  authentication: { ...authentication, serviceAccount: { ...authentication.serviceAccount, rotateDays: 7 } },
};
const gaps = ({ changes }: Rotating) => changes.slice(1).map((at, index) => (at - (changes[index] ?? 0)) / DAY_MS);
const told = ({ report }: Life, words: RegExp) => report.timeline.filter(({ text }) => words.test(text));

test('every week a new one, and the update goes its way as without', async () => {
  const passwords = new Rotating();
  const life = await live({ settings: weekly, credentials: passwords.on });
  const without = await live();
  const seen = ({ report }: Life) => report.restarts.map(({ by, warning }) => [by, warning?.minutes]);
  expect(seen(life)).toEqual(seen(without));
  expect(life.report.invariants.violated).toEqual([]);
  expect(passwords.changes.length).toBeGreaterThanOrEqual(2);
  for (const gap of gaps(passwords)) {
    expect(gap).toBeGreaterThanOrEqual(7);
    expect(gap).toBeLessThan(9);
  }
  expect(told(life, /^The service account has a new password$/)).toHaveLength(passwords.changes.length);
});

test('one that fails is tried once a day, told each time, and stands in the status', async () => {
  const passwords = new Rotating({ refuses: true });
  const life = await live({ settings: weekly, days: 12, offers: [], credentials: passwords.on });
  expect(passwords.changes.length).toBeGreaterThanOrEqual(3);
  for (const gap of gaps(passwords)) expect(gap).toBeGreaterThanOrEqual(1);
  expect(told(life, /could not be changed: the rules for passwords refuse it$/)).toHaveLength(passwords.changes.length);
  expect(life.run.status?.problems).toContainEqual(
    expect.objectContaining({
      code: 'rotation-failed',
      remedy: expect.stringContaining('service-account rotate --admin'),
    }),
  );
});

test('cut off at any commit, it is still changed once when it is due', async () => {
  const story = { settings: weekly, days: 9, offers: [] };
  const calm = new Rotating();
  const commits = (await live({ ...story, credentials: calm.on })).run.commits;
  expect(calm.changes).toHaveLength(1);
  for (let commit = 1; commit <= commits; commit += 1) {
    for (const when of ['before', 'after'] as const) {
      const passwords = new Rotating();
      const life = await live({ ...story, credentials: passwords.on, cuts: [{ commit, when }] });
      expect(life.run.cutsMade, `${when} commit ${commit}`).toBe(1);
      // A death before the outcome is written down repeats the effect, which finds that there is nothing left to do.
      expect(passwords.changes, `${when} commit ${commit}`).toHaveLength(1);
      expect(life.run.status?.state, `${when} commit ${commit}`).toBe('resting.upToDate');
    }
  }
});
