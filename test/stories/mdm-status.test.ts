// What `upkeep status` says while a management server has a part in it: for people (the line MDM) and as JSON. Each status is one
// of a life, as the agent would have written it at that moment.
import { expect, test } from 'vitest';
import { painter } from '../../src/cli/colour.ts';
import { statusWords } from '../../src/cli/status-words.ts';
import { explain } from '../../src/machines/explain.ts';
import { replay } from '../../src/machines/replay.ts';
import type { Status } from '../../src/machines/status.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import { read } from '../docs/pages.ts';
import { threeWeeks } from '../support/lives.ts';
import { type MdmStory, type MdmStoryInput, mdmStory, orderOf } from '../support/mdm-story.ts';
import { type Schema, schemaFlaws } from '../support/schema-flaws.ts';

const schema = JSON.parse(read('docs/status.schema.json')) as Schema;
const NONE = { count: null, days: null, date: null };
const hardIn = (days: number) => ({
  ...threeWeeks.deadlines,
  soft: { ...NONE, days: days - 1 },
  hard: { ...NONE, days },
});
/** The server alone, which is only given orders. */
const ORDERS: MdmStoryInput = {
  persona: 'agreeable',
  days: 2,
  settings: {
    authentication: { ...orderOf('mdm').authentication, mdmFailover: [] },
    mdm: { ...threeWeeks.mdm, handOverDeadline: false },
  },
};
const HAND_OVER: MdmStoryInput = {
  persona: 'procrastinator',
  days: 5,
  settings: { ...orderOf('mdm'), deadlines: hardIn(3) },
};
const theirs = (by: string): MdmStoryInput => ({
  ...HAND_OVER,
  settings: { ...orderOf('local-account'), deadlines: hardIn(3) },
  faults: [{ fault: { name: 'declared-by-somebody', by }, fromHour: 6 }],
});

type Said = Pick<Status, 'problems'> & { management: NonNullable<Status['management']>; lines: string[]; all: string };
/** Every status of the life that says something of the server; each is as the schema says. */
function said({ run }: MdmStory): Said[] {
  const found: Said[] = [];
  for (const { after, at } of replay(run.journal)) {
    const status = explain(after.value, after.context, at);
    expect(schemaFlaws(schema, JSON.parse(JSON.stringify(status)))).toEqual([]);
    const { management = null } = status;
    if (management === null) continue;
    const all = statusWords(status, { paint: painter(false), columns: null });
    const lines = all
      .slice(all.indexOf('\nMDM ') + 1)
      .split('\n')
      .slice(0, management.words.length);
    found.push({ management, problems: status.problems, lines: lines.map((line) => line.slice(10)), all });
  }
  return found;
}

const linesOf = async (input: MdmStoryInput): Promise<string> => {
  const found = said(await mdmStory(input));
  // The line is the words, one below the other.
  for (const { management, lines } of found) expect(lines).toEqual(management.words);
  return found.flatMap(({ lines }) => lines).join('\n');
};

test('a server that fails: until when it is left alone, after how many failures, and why', async () => {
  const found = said(await mdmStory({ ...ORDERS, faults: [{ name: 'unreachable' }] }));
  const resting = found.filter(({ management }) => management.leftAlone !== null);
  expect(resting.map(({ management }) => management.leftAlone?.failures)).toContain(3);
  for (const { management, lines } of resting)
    expect(lines.at(-1)).toMatch(
      new RegExp(
        `^the management server is not asked again before .*, after ${management.leftAlone?.failures} failures? \\(the connection is refused\\)$`,
      ),
    );
});

test('an order under way: since when, and how far it is', async () => {
  const found = said(await mdmStory(ORDERS));
  expect([...new Set(found.map(({ management }) => management.order?.phase))]).toEqual([
    'ordered',
    'acknowledged',
    'preparing',
    'prepared',
  ]);
  expect(found[0]?.lines).toEqual([
    expect.stringMatching(/^the management server has its order since Mon 2 Nov 2026, \d\d:\d\d: ordered$/),
  ]);
});

test('an order that nothing is seen of: it may still be carried out, and when the server is asked', async () => {
  const found = said(await mdmStory({ ...ORDERS, mac: { faults: [{ name: 'mdm-update-ignored' }] } }));
  const pending = found.filter(({ management }) => management.order?.phase === null);
  expect(pending.length).toBeGreaterThan(0);
  expect(pending[0]?.lines[0]).toMatch(
    /^the management server’s order of .* may still be carried out at any time; the server is asked what became of it /,
  );
});

test('a plan of somebody else: what the server said of it', async () => {
  expect(await linesOf({ ...ORDERS, faults: [{ name: 'plan-in-progress' }] })).toMatch(
    /not asked again before .*, after 1 failure \(.*plan.*\)/,
  );
});

test('a deadline that was handed over: macOS restarts the Mac, at which hour, and whether it has heard of it', async () => {
  const found = said(await mdmStory(HAND_OVER));
  const OURS = 'macOS itself restarts the Mac Thu 5 Nov 2026, 12:00: upkeep’s deadline, handed over';
  const lines = found.flatMap((one) => one.lines);
  expect(lines).toContain(`${OURS}; this Mac has not heard of it yet`);
  expect(lines).toContain(OURS);
  const heard = found.filter(({ management }) => management.declared?.isHeard);
  const last = heard.at(-1);
  expect(last?.management.declared).toMatchObject({ by: 'upkeep', counts: true });
  expect(last?.all).toContain('Thu 5 Nov 2026, 12:00: hard, macOS itself restarts the Mac, after a warning');
  expect(heard.map(({ all }) => all).join()).toContain(
    'Thu 5 Nov 2026, 12:00: hard deadline, macOS itself restarts the Mac',
  );
});

test('a deadline that is not handed over, for a while: until when, and why', async () => {
  expect(await linesOf({ ...HAND_OVER, faults: [{ name: 'unreachable' }] })).toMatch(
    /^the hard deadline is not handed to macOS before .* \(the connection is refused\)$/m,
  );
});

test('a declaration of somebody else beside upkeep’s deadline: both hours, and which counts', async () => {
  expect(await linesOf(theirs('2026-11-04T15:00:00'))).toContain(
    'macOS itself restarts the Mac Wed 4 Nov 2026, 15:00, as somebody else declared; upkeep’s deadline is later (Thu 5 Nov 2026, 12:00), and this one counts',
  );
  expect(await linesOf(theirs('2026-11-06T15:00:00'))).toContain(
    'somebody else has macOS restart the Mac Fri 6 Nov 2026, 15:00, by declaration; upkeep’s deadline is earlier (Thu 5 Nov 2026, 12:00) and counts',
  );
  const alone = theirs('2026-11-04T15:00:00');
  const settings = { ...alone.settings, deadlines: { ...threeWeeks.deadlines, soft: NONE, hard: NONE } };
  expect(await linesOf({ ...alone, settings })).toContain('upkeep has no deadline of its own, and this one counts');
});

test('a declaration for what a managed deferral hides: it is told, with what to do, although it is no update of upkeep’s', async () => {
  const hidden = macosOffer('26.6.2', '25G83', 2_824_636, { deferred: true });
  const found = said(await mdmStory({ ...theirs('2026-11-04T15:00:00'), offers: [hidden], days: 2 }));
  expect(found.at(-1)?.lines).toEqual([
    'macOS itself installs macOS 26.6.2 and restarts the Mac Wed 4 Nov 2026, 15:00, as somebody else declared; upkeep has no part in it',
  ]);
  expect(found.at(-1)?.problems.map(({ code }) => code)).toEqual(['declared-beside']);
});

test('a server that has no part in it: nothing is said', async () => {
  expect(said(await mdmStory({ settings: orderOf('local-account'), persona: 'agreeable', days: 2 }))).toEqual([]);
});
