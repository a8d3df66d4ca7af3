// A bootstrap token that is of no use to the server is escrowed anew on the way to the update, by somebody who is saved.
import { describe, expect, test } from 'vitest';
import type { RehearsedTrouble, SavedWay } from '../../src/simulator/saved-ways.ts';
import { savedWays } from '../../src/simulator/saved-ways.ts';
import { canary } from '../support/canary.ts';
import { threeWeeks } from '../support/lives.ts';
import { type MdmStory, type MdmStoryInput, mdmStory, orderOf } from '../support/mdm-story.ts';

const never = { count: null, days: null, date: null };
const settings = {
  authentication: { ...orderOf('mdm').authentication, mdmFailover: [] },
  deadlines: { ...threeWeeks.deadlines, focus: never, soft: never, hard: never },
};
const OWN = {
  name: '_upkeep',
  fullName: 'upkeep',
  password: canary('service'),
  admin: true,
  secureToken: true,
  hidden: true,
};
const told = (story: MdmStory) => story.report.timeline.map((one) => one.text).join('\n');
const repairing = (rest: MdmStoryInput = {}, account: object = OWN, trouble: RehearsedTrouble | null = null) => {
  const ways: SavedWay[] = [{ method: 'service-account', trouble }];
  return mdmStory({
    settings,
    persona: 'agreeable',
    days: 3,
    mac: { bootstrapToken: 'none', accounts: [account] },
    ...savedWays(ways),
    ...rest,
  });
};

describe('the bootstrap token is missing', () => {
  test('upkeep’s own account escrows one, the server brings the update, and nobody types a password', async () => {
    const story = await repairing();
    expect(told(story)).toContain('The management server does not install it: no bootstrap token');
    expect(told(story)).toContain('A new bootstrap token was escrowed');
    expect(story.report.outcome).toBe('updated');
    expect(told(story)).not.toContain('Asked for the password');
    expect([story.orders, story.violated]).toEqual([['install-and-restart'], []]);
  });

  test('so is one that the server has lost', async () => {
    const story = await repairing({
      mac: { bootstrapToken: 'valid', accounts: [OWN] },
      faults: [{ name: 'bootstrap-token-lost', times: 1 }],
    });
    expect(told(story)).toContain('A new bootstrap token was escrowed');
    expect([story.report.outcome, story.violated]).toEqual(['updated', []]);
  });

  test.each<[string, object, RehearsedTrouble | null]>([
    ['is no administrator', { ...OWN, admin: false }, null],
    ['has no secure token', { ...OWN, secureToken: false }, null],
    ['has another password by now', OWN, 'wrong-password'],
  ])('whoever is saved %s: that is told, once a day, and nothing else is done', async (_, account, trouble) => {
    const story = await repairing({}, account, trouble);
    expect(told(story)).toContain('No new bootstrap token could be escrowed');
    const tries = story.report.timeline.filter(({ text }) => text.startsWith('No new bootstrap token'));
    expect(tries.length).toBeLessThanOrEqual(3);
    expect([story.orders, story.restarts, story.violated]).toEqual([[], [], []]);
  });

  test('the settings say that nobody does: it is only said', async () => {
    const mdm = { ...threeWeeks.mdm, repairBootstrapToken: 'off' as const };
    const story = await repairing({ settings: { ...settings, mdm } });
    expect(told(story)).toContain('does not install it: no bootstrap token');
    expect(told(story)).not.toMatch(/bootstrap token (was|could be) escrowed/);
    expect([story.orders, story.violated]).toEqual([[], []]);
  });

  test('an agent that is cut off at any moment has it escrowed all the same', async () => {
    const calm = await repairing();
    for (let commit = 4; commit <= calm.run.commits; commit += 5) {
      const story = await repairing({ cuts: [{ commit, when: 'after' }] });
      expect([commit, story.restarts.length <= 1, story.orders.length <= 1, story.violated]).toEqual([
        commit,
        true,
        true,
        [],
      ]);
    }
  });
});
