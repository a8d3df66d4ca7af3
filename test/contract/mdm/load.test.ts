// What a fleet asks of a server. Some Macs are lived through by the real client; ten thousand are laid over each other from
// what those sent. `npm run bench:mdm-load` lives through all of them.
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/domain/instant.ts';
import { pushOffsetMs } from '../../../src/policy/push-pace.ts';
import { Busy, fleet, udids } from '../../support/mdm-fleet.ts';

const MOST_A_SECOND = 20;
const apart = (_: string, index: number) => index * 4 * HOUR_MS;

test.each([
  ['by commands', { kind: 'install-and-restart' }],
  ['by a declaration', { kind: 'enforce', by: '2026-11-26T21:00:00' }],
] as const)('10,000 Macs that see a release at one moment push it %s', async (_, action) => {
  const { requests, ended, closestPollsMs } = await fleet({ macs: 12, offsetMs: apart, action });
  expect(ended).toEqual({ completed: 12 });
  expect(closestPollsMs).toBeGreaterThanOrEqual(MINUTE_MS);
  for (const version of ['26.6.2', '27.0', '27.0.1']) {
    const busy = new Busy();
    for (const [index, udid] of udids(10_000).entries()) {
      const offset = pushOffsetMs(udid, version);
      for (const at of requests[index % requests.length] ?? []) busy.count(offset + at);
    }
    const { worstSecond, total } = busy.worst();
    expect(worstSecond).toBeLessThanOrEqual(MOST_A_SECOND);
    expect(total).toBeGreaterThan(150_000);
  }
});

test('what was laid over each other is what Macs do at the same time', async () => {
  const macs = 60;
  const alone = await fleet({ macs, offsetMs: apart });
  const together = await fleet({
    macs,
    offsetMs: (udid) => pushOffsetMs(udid, '26.6.2') / (DAY_MS / (10 * MINUTE_MS)),
  });
  expect(Math.abs(together.total / alone.total - 1)).toBeLessThan(0.05);
  expect(together.worstSecond).toBeLessThanOrEqual(MOST_A_SECOND);
  expect(together.closestPollsMs).toBeGreaterThanOrEqual(MINUTE_MS);
});

test('all at once it would be too many: the spread is what keeps them apart', async () => {
  const { worstSecond } = await fleet({ macs: 60, offsetMs: () => 0 });
  expect(worstSecond).toBeGreaterThan(MOST_A_SECOND);
});

test('whoever is in a hurry asks about a plan once a minute all the same', async () => {
  const { closestPollsMs, ended } = await fleet({ macs: 3, offsetMs: apart, pollMs: () => 1 });
  expect(ended).toEqual({ completed: 3 });
  expect(closestPollsMs).toBeGreaterThanOrEqual(MINUTE_MS);
});
