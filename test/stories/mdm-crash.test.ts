// The agent's life is cut off before and after each commit of a story in which the management server brings the update. Whatever the
// moment: one order, one restart, nobody surprised. Where it cannot be known any more what was ordered, upkeep rests and says so.
import { expect, test } from 'vitest';
import type { Cut } from '../../src/simulator/simulate.ts';
import { type MdmStoryInput, mdmStory, orderOf } from '../support/mdm-story.ts';

const NOBODY_ELSE = { authentication: { ...orderOf('mdm').authentication, mdmFailover: [] } };
const story: MdmStoryInput = { persona: 'agreeable', days: 2, settings: NOBODY_ELSE };

test('cut off at every third commit: one order, one restart', async () => {
  const calm = await mdmStory(story);
  expect([calm.report.outcome, calm.orders.length, calm.restarts.length, calm.violated]).toEqual(['updated', 1, 1, []]);
  expect(calm.run.commits).toBeGreaterThan(20);
  for (let commit = 1; commit <= calm.run.commits; commit += 3) {
    for (const when of ['before', 'after'] as const) {
      const cut: Cut = { commit, when };
      const { run, report, orders, restarts, violated } = await mdmStory({ ...story, cuts: [cut] });
      const place = `cut off ${when} commit ${commit} of ${calm.run.commits}`;
      expect(run.cutsMade, place).toBe(1);
      expect([report.outcome, orders.length, restarts.length, violated], place).toEqual(['updated', 1, 1, []]);
      expect(
        report.prompts.filter(({ kind }) => kind === 'password'),
        place,
      ).toEqual([]);
      // What is taken up is followed to its end, so that nobody is warned of what might still come.
      const lost = report.timeline.filter(({ text }) => text.includes('may still be carried out'));
      expect(lost, place).toEqual([]);
    }
  }
});

test('cut off again and again, every few commits', async () => {
  const cuts = Array.from(
    { length: 60 },
    (_, index): Cut => ({ commit: 4 + index * 5, when: index % 2 ? 'before' : 'after' }),
  );
  const { run, report, orders, restarts, violated } = await mdmStory({ ...story, cuts });
  expect(run.cutsMade).toBeGreaterThan(3);
  expect([report.outcome, orders.length, restarts.length, violated]).toEqual(['updated', 1, 1, []]);
});
