import { execFileSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { DAY_MS } from '../../src/domain/instant.ts';

describe('the computer’s clock', () => {
  test('is the wall clock in whole milliseconds', () => {
    const nowMs = Temporal.Now.instant().epochMilliseconds;
    expect(Number.isInteger(systemClock.now())).toBe(true);
    expect(Math.abs(systemClock.now() - nowMs)).toBeLessThan(1_000);
    expect(systemClock.zone()).toBe(Temporal.Now.timeZoneId());
  });

  test('counts awake time from the boot, so that two processes agree', () => {
    const script = 'process.stdout.write(String(process.hrtime.bigint() / 1000000n))';
    const before = systemClock.monotonicMs();
    const elsewhere = Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
    expect(elsewhere).toBeGreaterThanOrEqual(before);
    expect(elsewhere).toBeLessThanOrEqual(systemClock.monotonicMs());
  });

  test('calls back once after a while, never early', async () => {
    const from = systemClock.monotonicMs();
    await new Promise<void>((resolve) => void systemClock.after(30, resolve));
    expect(systemClock.monotonicMs() - from).toBeGreaterThanOrEqual(29);
  });

  test('a call that was taken back does not come', async () => {
    let called = false;
    systemClock.after(5, () => {
      called = true;
    })();
    await new Promise<void>((resolve) => void systemClock.after(30, resolve));
    expect(called).toBe(false);
  });

  test('a wait of months is made of several timers instead of firing at once', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
    try {
      let called = 0;
      const takeBack = systemClock.after(60 * DAY_MS, () => {
        called += 1;
      });
      vi.advanceTimersByTime(59 * DAY_MS);
      expect(called).toBe(0);
      vi.advanceTimersByTime(2 * DAY_MS);
      expect(called).toBe(1);
      systemClock.after(60 * DAY_MS, () => {
        called += 1;
      })();
      takeBack();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
