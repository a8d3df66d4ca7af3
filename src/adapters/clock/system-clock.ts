import type { Clock } from '../../ports/clock.ts';

/** Node's timers overflow past 2^31 - 1 ms and would fire at once; longer waits are made of several. */
const LONGEST_TIMER_MS = 2_147_483_647;

const NANOSECONDS_PER_MS = 1_000_000n;

/**
 * The computer's own clocks. The monotonic one is `process.hrtime`, which counts from the boot, the same for every
 * process of one boot; `performance.now` would start anew with each process and could not be compared between wakes.
 */
export const systemClock: Clock = {
  now: () => Temporal.Now.instant().epochMilliseconds,
  monotonicMs,
  zone: () => Temporal.Now.timeZoneId(),
  after: (delayMs, callback) => {
    const dueMs = monotonicMs() + delayMs;
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      const remainingMs = Math.max(0, dueMs - monotonicMs());
      const isLast = remainingMs <= LONGEST_TIMER_MS;
      timer = setTimeout(isLast ? callback : wait, isLast ? remainingMs : LONGEST_TIMER_MS);
    };
    wait();
    return () => clearTimeout(timer);
  },
};

function monotonicMs(): number {
  return Number(process.hrtime.bigint() / NANOSECONDS_PER_MS);
}
