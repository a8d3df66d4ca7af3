// What people reported about management servers, and about Apple's drift. Each test names the report it comes from (project and
// number). Shown elsewhere: super #311 (a bare version: field-bugs.test.ts).
import { describe, expect, test } from 'vitest';
import { readBootSession } from '../../src/agent/effects/gather-facts.ts';
import { HOUR_MS } from '../../src/domain/instant.ts';
import type { PushOrder } from '../../src/domain/push.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import { fakeJamf, PLANS, record } from '../adapters/mdm/jamf-pro/fake-jamf.ts';
import { threeWeeks } from '../support/lives.ts';
import { jamfOf, type MdmStory, mdmStory, orderOf } from '../support/mdm-story.ts';
import { scripted } from '../support/scripted-commands.ts';
import { offer } from '../support/situations.ts';

const SERVER: Pick<Settings, 'authentication' | 'mdm'> = {
  authentication: { ...orderOf('mdm').authentication, mdmFailover: [] },
  mdm: { ...threeWeeks.mdm, handOverDeadline: false },
};
const NONE = { count: null, days: null, date: null };
const toolsOf = ({ run }: MdmStory): string =>
  run.mac.calls.map(({ name, args }) => [name, ...args].join(' ')).join('\n');

const order: PushOrder = {
  to: { version: '26.1', build: '25B78' },
  major: false,
  latest: false,
  action: { kind: 'install-and-restart' },
};

describe('super #383: the server does not resolve the management id of a Mac', () => {
  const unresolved = () => {
    const jamf = fakeJamf();
    jamf.server.computers = [record({ general: { managementId: null } })];
    return jamf;
  };

  test('the update is ordered all the same: a plan goes by the id of the computer', async () => {
    const jamf = unresolved();
    expect(await jamf.client.push(order, 'plan')).toHaveProperty('plan.means', 'plan');
    const made = jamf.got.find(({ key }) => key === `POST ${PLANS}`);
    expect(JSON.parse(made?.body ?? '')).toMatchObject({ devices: [{ deviceId: '12', objectType: 'COMPUTER' }] });
  });

  test('what cannot do without one says so, and sends nothing to anybody', async () => {
    const jamf = unresolved();
    expect(await jamf.client.nudge()).toMatchObject({
      failed: { trouble: 'not-managed', detail: expect.stringContaining('management') },
    });
    expect(jamf.asked().filter((key) => key.startsWith('POST') && !key.endsWith('/token'))).toEqual([]);
  });
});

describe('F. Apple and MDM drift', () => {
  test('super #404: macOS 27 has no `mdmclient AvailableOSUpdates`, and it is not missed', async () => {
    const story = await mdmStory({
      settings: SERVER,
      persona: 'agreeable',
      mac: { macOS: '27.0', build: '26A300' },
      offers: [macosOffer('27.1', '26B50', 3_000_000)],
      days: 1,
    });
    expect([story.report.outcome, story.violated]).toEqual(['updated', []]);
    expect(toolsOf(story)).toContain('mdmclient');
    expect(toolsOf(story)).not.toMatch(/AvailableOSUpdates/i);
  });

  test('super #364: a start-up date that cannot be read is unknown; the boot is told apart by its id', async () => {
    const id = '5F6D2A5B-0B4E-4C3A-9C4B-1D2E3F405162';
    const { commands } = scripted({
      'sysctl.boot-session': { stdout: `${id}\n` },
      'sysctl.boottime': { stdout: 'Mon Nov  2 2026 at nine\n' },
    });
    expect(await readBootSession(commands)).toEqual({ known: true, value: { id, startedAt: null } });
  });

  test('super #107: a push that always fails is tried less and less often, one at a time, and the person is left in peace', async () => {
    const { record, violated, report, restarts } = await mdmStory({
      settings: SERVER,
      persona: 'agreeable',
      faults: [{ name: 'plan-fails', reason: 'QUEUE_SCHEDULE_OS_UPDATE_FAILURE' }],
      days: 2,
    });
    const gaps = record.ordered.slice(1).map(({ at }, index) => at - (record.ordered[index]?.at ?? 0));
    expect(gaps.length).toBeGreaterThan(3);
    expect(gaps.length).toBeLessThan(12);
    expect(gaps[0]).toBeLessThan(HOUR_MS);
    expect(Math.max(...gaps)).toBeGreaterThan(4 * HOUR_MS);
    expect(report.prompts.length).toBeLessThan(gaps.length + 3);
    expect([violated, restarts, report.outcome]).toEqual([[], [], 'waiting']);
  });

  test('super #95: an update is wanted, and no upgrade comes, although the server offers one', async () => {
    const { mdm, report, violated } = await mdmStory({
      settings: SERVER,
      persona: 'agreeable',
      offers: [offer, macosOffer('27.1', '26B50', 3_000_000)],
      days: 2,
    });
    expect(report.os.after).toMatchObject({ version: '26.6.2' });
    const plans = jamfOf(mdm).parts.plans.all();
    expect(plans.map(({ config }) => [config.versionType, config.specificVersion])).toEqual([
      ['SPECIFIC_VERSION', '26.6.2'],
    ]);
    expect(violated).toEqual([]);
  });

  test('super #167: acknowledged, and nothing happens: it is told, and the person does it instead', async () => {
    const { told, orders, report, violated } = await mdmStory({
      settings: { ...SERVER, authentication: { ...SERVER.authentication, mdmFailover: ['always'] } },
      persona: 'agreeable',
      mac: { faults: [{ name: 'mdm-update-ignored' }] },
      days: 2,
    });
    expect(told).toContain('ScheduleOSUpdate');
    const failed = report.timeline.filter(({ kind }) => kind === 'failed').map(({ text }) => text);
    expect(failed).toEqual([expect.stringContaining('the Mac took the order, and does not get on with it')]);
    expect([report.outcome, report.restarts.map(({ by }) => by)]).toEqual(['updated', ['person']]);
    expect([orders, violated]).toEqual([['install-and-restart'], []]);
  });

  describe('Nudge #708: a declaration from elsewhere with an earlier hour is the deadline that people are told', () => {
    const OWN = 'Thu 5 Nov 2026, 12:00';
    const FIRST = '2026-11-04T15:00:00';
    /** It says 15:00 at first; `moved` is declared in its place a day before. */
    const declaredElsewhere = (moved: string | null, untilHour?: number): Promise<MdmStory> =>
      mdmStory({
        settings: {
          ...orderOf('local-account'),
          deadlines: { ...threeWeeks.deadlines, soft: { ...NONE, days: 2 }, hard: { ...NONE, days: 3 } },
        },
        persona: 'procrastinator',
        faults: [
          {
            fault: { name: 'declared-by-somebody', by: FIRST },
            fromHour: 6,
            ...(untilHour === undefined ? {} : { untilHour }),
          },
        ],
        arrange: (mac, mdm) => {
          if (moved === null) return;
          const move = () => jamfOf(mdm).faults.add({ name: 'declared-by-somebody', by: moved });
          mac.world.after((untilHour ?? 0) * HOUR_MS, move);
        },
        days: 5,
      });
    const warned = ({ report }: MdmStory): string[] =>
      report.timeline.flatMap(({ kind, text }) =>
        kind === 'warning' ? [/restarts at (\w+ \d+ \w+ \d+, \d\d:\d\d)/.exec(text)?.[1] ?? text] : [],
      );

    test.each([
      ['stays', null, 'Wed 4 Nov 2026, 15:00'],
      ['is moved nearer', '2026-11-04T11:00:00', 'Wed 4 Nov 2026, 11:00'],
      ['is moved away, still before upkeep’s own', '2026-11-04T16:30:00', 'Wed 4 Nov 2026, 16:30'],
    ])('it %s', async (_, moved, told) => {
      const story = await declaredElsewhere(moved, moved === null ? undefined : 25);
      expect(story.report.timeline[0]?.text).toContain(`hard ${OWN}`);
      expect(warned(story)).toEqual([told]);
      expect(story.restarts).toMatchObject([{ by: 'mdm', loggedIn: true, warning: { minutes: expect.any(Number) } }]);
      expect(story.restarts[0]?.warning?.minutes).toBeGreaterThanOrEqual(60);
      expect([story.report.outcome, story.asked(), story.violated]).toEqual(['updated', [], []]);
    });

    test('it is moved beyond upkeep’s own, or withdrawn: that one counts again', async () => {
      for (const moved of ['2026-11-06T15:00:00', null]) {
        const story = await declaredElsewhere(moved, 25);
        expect(warned(story)).toEqual([OWN]);
        expect(story.violated).toEqual([]);
      }
    });
  });

  test.each([
    ['26.6', '25G72', macosOffer('26.6.2', '25G83', 2_824_636), 'install-and-restart'],
    ['27.0', '26A300', macosOffer('27.1', '26B50', 3_000_000), 'enforce'],
  ])(
    'OpenIntuneBaseline #192: commands go away; macOS %s is updated by what it still knows',
    async (macOS, build, next, action) => {
      const story = await mdmStory({
        settings: SERVER,
        persona: 'agreeable',
        mac: { macOS, build },
        offers: [next],
        days: 2,
      });
      expect([story.report.outcome, story.orders, story.violated]).toEqual(['updated', [action], []]);
      expect(story.told.includes('ScheduleOSUpdate')).toBe(action === 'install-and-restart');
    },
  );

  test('OpenIntuneBaseline #102: whatever is the latest, nothing is ordered while it is put off', async () => {
    const { record, report, violated, restarts } = await mdmStory({
      settings: {
        ...SERVER,
        deadlines: {
          zeroDate: 'discovery',
          newTarget: 'keep',
          timeOfDay: '12:00',
          focus: NONE,
          soft: NONE,
          hard: { ...NONE, days: 2 },
        },
      },
      persona: 'procrastinator',
      days: 4,
    });
    expect(report.deferrals).toBeGreaterThan(0);
    const until = report.prompts.flatMap((prompt) => (prompt.until === null ? [] : [Date.parse(prompt.until)]));
    expect(record.ordered).toHaveLength(1);
    expect(record.ordered[0]?.at).toBeGreaterThan(Math.max(...until));
    expect([violated, restarts.map(({ by }) => by)]).toEqual([[], ['mdm']]);
  });

  test('Fleet #33499: nobody has logged in yet; nothing is enforced on whoever sets the Mac up', async () => {
    const { asked, restarts, report } = await mdmStory({
      settings: { ...SERVER, unattended: { install: 'never' } },
      persona: 'absent',
      mac: { loggedIn: false },
      days: 2,
    });
    expect([asked('plan-create'), restarts, report.outcome]).toEqual([[], [], 'waiting']);
  });

  test('Fleet #11777: softwareupdated is not kicked, however long it does nothing', async () => {
    const story = await mdmStory({
      settings: SERVER,
      persona: 'agreeable',
      mac: { faults: [{ name: 'mdm-update-ignored', times: 1 }] },
      days: 1,
    });
    expect(story.happened('dialog-opened').length).toBeGreaterThan(0);
    // Who kicks it takes launchctl or kill. Dialogs are shown through the former, and nothing else is done with it.
    const kicks = story.run.mac.calls.filter(({ path, args }) =>
      /\/kill|launchctl (?!asuser)/.test(`${path} ${args[0]}`),
    );
    expect(kicks).toEqual([]);
  });
});
