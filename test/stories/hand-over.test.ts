// The hard deadline is handed to macOS: what is declared, what people are told, and who restarts the Mac in the end.
import { describe, expect, test } from 'vitest';
import { HOUR_MS, instantAt, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Persona } from '../../src/simulator/people/persona.ts';
import { procrastinator } from '../../src/simulator/people/procrastinator.ts';
import { threeWeeks } from '../support/lives.ts';
import { type MdmStoryInput, mdmStory, orderOf } from '../support/mdm-story.ts';

const NOON = '2026-11-05T12:00:00';
const soon = {
  ...orderOf('mdm'),
  deadlines: {
    ...threeWeeks.deadlines,
    soft: { count: null, days: 2, date: null },
    hard: { count: null, days: 3, date: null },
  },
};
const handedOver = (rest: MdmStoryInput = {}) =>
  mdmStory({ settings: soon, persona: 'procrastinator', days: 5, ...rest });
const text = (story: Awaited<ReturnType<typeof mdmStory>>) => story.report.timeline.map((one) => one.text).join('\n');

describe('the hard deadline, where server and macOS can', () => {
  test('is declared once, is the one people are told, and restarts the Mac with their warning', async () => {
    const story = await handedOver();
    expect(story.report.outcome).toBe('updated');
    expect(story.orders).toEqual(['enforce']);
    expect(text(story)).toContain(`The server declares a deadline: macOS 26.6.2 by ${NOON.replace('T', ' ')}`);
    expect(text(story)).toContain('The management server has macOS enforce the deadline Thu 5 Nov 2026, 12:00');
    expect(text(story)).toContain('Warned that the Mac restarts at Thu 5 Nov 2026, 12:00');
    expect(text(story)).toContain('macOS installs macOS Tahoe 26.6.2 by itself, as it was told by declaration');
    const [restart] = story.restarts;
    expect(story.restarts).toHaveLength(1);
    expect(restart).toMatchObject({ by: 'mdm', loggedIn: true });
    expect(restart?.warning?.minutes).toBeGreaterThanOrEqual(60);
    expect(Date.parse(restart?.at ?? '')).toBeGreaterThanOrEqual(instantAt('2026-11-05', '12:00', 'Europe/Berlin'));
    expect(story.violated).toEqual([]);
  });

  test('is not handed over where the settings say so, and upkeep orders the install when it has come', async () => {
    const mdm = { ...threeWeeks.mdm, handOverDeadline: false };
    const story = await handedOver({ settings: { ...soon, mdm } });
    expect(story.report.outcome).toBe('updated');
    expect(story.orders).not.toContain('enforce');
    expect(story.violated).toEqual([]);
  });

  test('is upkeep’s own where the server is not there, and is handed over when it is back', async () => {
    const away = await handedOver({ faults: [{ fault: { name: 'unreachable' }, fromHour: 0 }] });
    expect(away.orders).toEqual([]);
    expect(text(away)).toContain('macOS does not get the deadline');
    expect(away.violated).toEqual([]);
    const back = await handedOver({ faults: [{ fault: { name: 'unreachable' }, fromHour: 0, untilHour: 40 }] });
    expect(back.orders).toEqual(['enforce']);
    expect(back.violated).toEqual([]);
  });

  test('an agent that is cut off at any moment hands it over once', async () => {
    const calm = await handedOver();
    for (let commit = 1; commit <= calm.run.commits; commit += 14) {
      for (const when of ['before', 'after'] as const) {
        const story = await handedOver({ cuts: [{ commit, when }] });
        expect([commit, when, story.orders, story.violated]).toEqual([commit, when, calm.orders, []]);
        expect(story.restarts).toHaveLength(1);
      }
    }
  });

  test('is upkeep’s own again where it was withdrawn', async () => {
    const faults = [{ fault: { name: 'declaration-withdrawn' as const }, fromHour: 50 }];
    const story = await handedOver({ faults });
    expect(text(story)).toContain('The server withdraws its deadline');
    expect(story.report.outcome).toBe('updated');
    expect(story.restarts).toMatchObject([{ loggedIn: true, warning: { minutes: expect.any(Number) } }]);
    expect(story.violated).toEqual([]);
  });
});

describe('a deadline that somebody else declared', () => {
  const theirs = (by: string): MdmStoryInput => ({
    settings: { ...soon, ...orderOf('local-account') },
    faults: [{ fault: { name: 'declared-by-somebody', by }, fromHour: 6 }],
  });

  test('and that is earlier is the one people are told and warned of, and macOS keeps to it', async () => {
    const story = await handedOver(theirs('2026-11-04T15:00:00'));
    expect(text(story)).toContain('Warned that the Mac restarts at Wed 4 Nov 2026, 15:00');
    expect(story.restarts).toMatchObject([{ by: 'mdm', loggedIn: true, warning: { minutes: expect.any(Number) } }]);
    expect(story.restarts[0]?.warning?.minutes).toBeGreaterThanOrEqual(60);
    expect([story.report.outcome, story.orders]).toEqual(['updated', []]);
    expect(story.violated).toEqual([]);
  });

  test('and that is later changes nothing about upkeep’s', async () => {
    const story = await handedOver(theirs('2026-11-06T15:00:00'));
    expect(text(story)).toContain('hard Thu 5 Nov 2026, 12:00');
    expect(text(story)).not.toContain('Warned that the Mac restarts at Fri 6 Nov');
    expect(story.violated).toEqual([]);
  });
});

/** At the Mac all day, and looks at warnings alone. */
const ignoring: Persona = {
  ...procrastinator,
  name: 'ignoring',
  react: (sight, memory, dice) =>
    sight.kind === 'warning' ? procrastinator.react(sight, memory, dice) : { do: 'ignore', forMs: null },
};

describe('a declared moment that is near, or passed while the Mac slept', () => {
  const none = { count: null, days: null, date: null };
  const theirs = (by: string, fromHour: number, floorMinutes = 60): MdmStoryInput => ({
    settings: {
      ...orderOf('mdm'),
      deadlines: { ...threeWeeks.deadlines, focus: none, soft: none, hard: none },
      warning: { floorMinutes, lockedFloorMinutes: 720 },
    },
    persona: 'procrastinator',
    days: 5,
    faults: [{ fault: { name: 'declared-by-somebody', by }, fromHour }],
  });

  test('whoever has put it off for a day is warned of what was declared meanwhile', async () => {
    const story = await mdmStory(theirs('2026-11-03T15:00:00', 26));
    expect(text(story)).toContain('Warned that the Mac restarts at Tue 3 Nov 2026, 15:00');
    expect(text(story)).toContain('by macOS itself, as it was told by declaration');
    expect(story.restarts).toMatchObject([{ by: 'mdm', loggedIn: true, warning: { minutes: expect.any(Number) } }]);
    expect(story.restarts[0]?.warning?.minutes).toBeGreaterThanOrEqual(60);
    expect(story.violated).toEqual([]);
  });

  test.each([60, 30])(
    'macOS leaves an hour from waking: the warning begins with it, and names no time after it (floor of %i minutes)',
    async (floor) => {
      const story = await mdmStory(theirs('2026-11-05T02:00:00', 6, floor));
      const woke = story.happened('woke-up').filter(({ at }) => at > instantAt('2026-11-05', '02:00', 'Europe/Berlin'));
      const [begun] = story.happened('install-accepted');
      const named = /Warned that the Mac restarts at Thu 5 Nov 2026, (\d\d:\d\d)/.exec(text(story))?.[1] ?? '';
      const promised = instantAt('2026-11-05', named, 'Europe/Berlin');
      expect(begun?.at ?? 0).toBeGreaterThanOrEqual(promised);
      expect((begun?.at ?? 0) - promised).toBeLessThan(10 * MINUTE_MS);
      const shown = story.happened('dialog-visible').findLast(({ at }) => at < (begun?.at ?? 0));
      expect((shown?.at ?? 0) - (woke[0]?.at ?? 0)).toBeLessThan(5 * MINUTE_MS);
      expect(story.violated).toEqual([]);
    },
  );

  test('while a question is up that nobody answers, people are warned of what was declared meanwhile', async () => {
    const story = await mdmStory({
      ...theirs('2026-11-02T14:30:00', 4),
      settings: { ...theirs('', 0).settings, prompts: { ...threeWeeks.prompts, timeoutMinutes: 720 } },
      somebody: ignoring,
    });
    expect(text(story)).toContain('Warned that the Mac restarts at Mon 2 Nov 2026, 14:30');
    expect(story.violated).toEqual([]);
    const [begun] = story.happened('install-accepted');
    const shown = story.happened('dialog-visible').findLast(({ at }) => at < (begun?.at ?? 0));
    expect((begun?.at ?? 0) - (shown?.at ?? 0)).toBeGreaterThanOrEqual(HOUR_MS);
  });

  test.each([
    ['gives way to one of an earlier moment', '2026-11-02T10:45:00', 'Mon 2 Nov 2026, 10:45'],
    ['names the moment of macOS where that comes first', '2026-11-02T11:30:00', 'Mon 2 Nov 2026, 11:30'],
    ['stays until its own time where that comes later', '2026-11-02T23:30:00', 'Mon 2 Nov 2026, 23:30'],
  ])('a warning on a locked screen %s, and no later time is named after it', async (_, by, last) => {
    const story = await mdmStory({
      ...theirs(by, 2),
      settings: {
        ...theirs('', 0, 30).settings,
        deadlines: { ...threeWeeks.deadlines, focus: none, soft: none, hard: { ...none, date: '2026-11-02T11:00' } },
      },
      persona: 'absent',
      days: 1,
    });
    const named = [...text(story).matchAll(/Warned that the Mac restarts at (\w+ \d+ \w+ \d+, \d\d:\d\d)/g)];
    expect(named.map(([, time]) => time)).toEqual([...new Set(['Mon 2 Nov 2026, 20:24', last])]);
    expect(story.violated).toEqual([]);
  });
});
