import type { Clock } from '../ports/clock.ts';

/** Waits that long, in whole milliseconds, or until it is taken back. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0 || signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      forget();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const forget = clock.after(Math.ceil(ms), end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
