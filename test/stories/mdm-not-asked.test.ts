// A Mac whose settings name no server to ask is enrolled with one all the same. Nothing is asked of it, whatever state it is in;
// and what it does by itself is no promise of the agent's, and not taken for the agent's own doing.
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/domain/instant.ts';
import { jamfOf, mdmStory, orderOf } from '../support/mdm-story.ts';

const WITHOUT = orderOf('saved-password', 'local-account', 'service-account');

describe('mdm is not in authentication.order', () => {
  test('the server is not asked for anything in three weeks, and the update comes by the person', async () => {
    const { asked, told, report, violated } = await mdmStory({ settings: WITHOUT, persona: 'agreeable', days: 21 });
    expect(report.outcome).toBe('updated');
    expect([asked(), told, violated]).toEqual([[], [], []]);
    expect(report.mdm).toEqual({ service: 'jamf-pro', requests: { total: 0, byCall: {} }, orders: 0, commands: {} });
  });

  test('somebody else’s deadline is one that people are warned of, and the restart is the server’s', async () => {
    const { asked, restarts, happened, violated, report } = await mdmStory({
      settings: WITHOUT,
      persona: 'absent',
      faults: [{ fault: { name: 'declared-by-somebody', by: '2026-11-04T12:00:00' }, fromHour: 6 }],
      days: 4,
    });
    expect(restarts).toMatchObject([{ by: 'mdm', loggedIn: true, warning: { minutes: expect.any(Number) } }]);
    expect(happened('restart')).toMatchObject([{ cause: 'softwareupdate', call: null }]);
    expect(report.timeline.filter(({ kind }) => kind === 'mdm').map(({ text }) => text)).toEqual([
      'The server declares a deadline: macOS 26.6.2 by 2026-11-04 12:00:00',
    ]);
    expect([asked(), violated]).toEqual([[], []]);
  });

  test('the same story is told twice by the same bytes', async () => {
    const faults = [{ fault: { name: 'declared-by-somebody', by: '2026-11-04T12:00:00' }, fromHour: 6 }] as const;
    const tell = async () => {
      const { report, record, run } = await mdmStory({ settings: WITHOUT, faults, days: 4 });
      return JSON.stringify([report, record, run.journal]);
    };
    expect(await tell()).toBe(await tell());
  });

  test('what is done to server and Mac on the way is seen: a deadline that was withdrawn comes to nothing', async () => {
    const { restarts, record } = await mdmStory({
      settings: { ...WITHOUT, deadlines: NEVER },
      persona: 'absent',
      faults: [{ fault: { name: 'declared-by-somebody', by: '2026-11-04T12:00:00' }, fromHour: 6, untilHour: 30 }],
      arrange: (mac, mdm) => {
        mac.world.after(DAY_MS, () => jamfOf(mdm).faults.add({ name: 'unreachable' }));
        mac.world.after(DAY_MS + DAY_MS / 8, () => jamfOf(mdm).faults.clear('unreachable'));
      },
      days: 4,
    });
    expect(restarts).toEqual([]);
    expect(record.told.flatMap((one) => (one.kind === 'declarations' ? [one.enforced.length] : []))).toEqual([1, 0]);
  });
});

const NONE = { count: null, days: null, date: null };
const NEVER = {
  zeroDate: 'discovery',
  newTarget: 'keep',
  timeOfDay: '12:00',
  focus: NONE,
  soft: NONE,
  hard: NONE,
} as const;
