// The management server brings the update: what is ordered, what the person is told before, and what happens where it fails.
import { describe, expect, test } from 'vitest';
import { mdmStory, orderOf } from '../support/mdm-story.ts';

const ALONE = orderOf('mdm');

describe('the management server alone authorises', () => {
  test('the person chooses a time, and types no password', async () => {
    const story = await mdmStory({ settings: ALONE, persona: 'agreeable', days: 7 });
    console.log(
      JSON.stringify(
        story.report.timeline.map((t) => `${t.at} ${t.kind} ${t.text}`),
        null,
        1,
      ),
      story.orders,
      story.told,
      story.violated,
      story.report.mdm,
    );
    expect(story.report.outcome).toBe('updated');
  });
});
