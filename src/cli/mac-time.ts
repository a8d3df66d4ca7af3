import { existsSync } from 'node:fs';
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { Places } from '../adapters/places.ts';
import type { Instant } from '../domain/instant.ts';

/** What a clock on the Mac shows, this one or the simulated one below the root, for commands that only look. */
export async function macTime(places: Places): Promise<{ now: Instant; zone: string }> {
  const ours = { now: systemClock.now(), zone: systemClock.zone() };
  if (places.root === '') return ours;
  const { doorPlaces } = await import('../simulator/door/layout.ts');
  const clock = doorPlaces(places.root).clock;
  if (!existsSync(clock)) return ours;
  const { ClockFileReader, realMs } = await import('../simulator/door/clock-file.ts');
  const reader = new ClockFileReader(clock);
  try {
    const { wall, anchorMs, rate, zone } = reader.read();
    return { now: Math.floor(wall + (rate === 0 ? 0 : (realMs() - anchorMs) * rate)), zone };
  } finally {
    reader.close();
  }
}
