import { DAY_MS, type Instant } from './instant.ts';

/** When a password that was saved then is to be replaced; null where that is never asked for (0 days). */
export function rotationDueAt(savedAt: Instant, rotateDays: number): Instant | null {
  return rotateDays > 0 ? savedAt + rotateDays * DAY_MS : null;
}

/** Whether it is time. A clock that was set back makes nothing due; it only waits longer. */
export function rotationDue(savedAt: Instant, rotateDays: number, at: Instant): boolean {
  const due = rotationDueAt(savedAt, rotateDays);
  return due !== null && at >= due;
}

/** The password of upkeep’s own account. `isHalfChanged`: a change of it was cut off, and which one it has is not known. */
export type ServicePassword = { savedAt: Instant; isHalfChanged: boolean };

/** What came of changing it. `not-needed`: it has been changed meanwhile, or there is no such account any more. */
export type RotationOutcome = { result: 'rotated' } | { result: 'not-needed' } | { result: 'failed'; why: string };
