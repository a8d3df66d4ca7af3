import type { Instant } from '../domain/instant.ts';

/**
 * Time as the computer tells it. The wall clock can jump; the monotonic clock only moves forward, counts from the boot
 * and stands still while the Mac sleeps. Nothing above the adapters waits on time except through `after`.
 */
export interface Clock {
  now(): Instant;
  /** Milliseconds awake since the boot. Comparable only within one boot session. */
  monotonicMs(): number;
  /** The IANA zone the Mac is in now. */
  zone(): string;
  /** Calls back once after `delayMs` of monotonic time; the returned function takes the call back. */
  after(delayMs: number, callback: () => void): () => void;
}
