import { type Instant, lengthWords, localDate, localWords, MINUTE_MS, zoned } from './instant.ts';
import type { Settings } from './settings.ts';

/** One entry of the "remind me in" menu: the words shown and the length it stands for. */
export type DeferralChoice = { label: string; minutes: number };

/** One entry of the "restart at" list: the words shown and the instant promised. */
export type TimeChoice = { label: string; at: Instant };

/** The shortest stretch worth offering; less than this to the limit and there is nothing to defer. */
export const SHORTEST_DEFERRAL_MINUTES = 5;

/**
 * What a person may choose between `at` and `answeredBy`, when the dialog closes: the menu entries that end before
 * `limit` even if chosen last, and where some do not, one last entry that ends at the limit itself. Empty when the limit
 * is too near.
 */
export function deferralChoices(
  deferral: Settings['deferral'],
  { at, answeredBy }: { at: Instant; answeredBy: Instant },
  limit: Instant | null,
  zone: string,
): DeferralChoice[] {
  const menu = [...new Set(deferral.menuMinutes.length > 0 ? deferral.menuMinutes : [deferral.defaultMinutes])].sort(
    (a, b) => a - b,
  );
  const entries = menu.map((minutes) => ({ label: lengthWords(minutes * MINUTE_MS), minutes }));
  // Words are rounded, and an answer is known by its words: of two entries that read alike the shorter one stays.
  const plain = entries.filter((entry, index) => entries.findIndex(({ label }) => label === entry.label) === index);
  if (limit === null) return plain;
  const left = Math.ceil((limit - at) / MINUTE_MS);
  const fitting = plain.filter((choice) => answeredBy + choice.minutes * MINUTE_MS < limit);
  if (fitting.length === plain.length) return plain;
  if (left < SHORTEST_DEFERRAL_MINUTES) return [];
  return [...fitting, { label: `until ${localWords(limit, zone)}`, minutes: left }];
}

/** When a chosen deferral ends: counted from the moment of choice and never past the limit. */
export function deferralEnd(chosenAt: Instant, minutes: number, limit: Instant | null): Instant {
  const end = chosenAt + minutes * MINUTE_MS;
  return limit === null ? end : Math.max(chosenAt, Math.min(end, limit));
}

/** Times of day worth offering for a chosen restart: the lunch break, the end of the day, the evening, the night. */
const OFFERED_TIMES = ['12:30', '17:30', '20:00', '22:00'] as const;
const MOST_TIMES = 8;

/** The moments a person may schedule the restart for: at least `leadMinutes` ahead, at most `limit`, a few days on. */
export function timeChoices(at: Instant, leadMinutes: number, limit: Instant | null, zone: string): TimeChoice[] {
  const earliest = at + leadMinutes * MINUTE_MS;
  const choices: TimeChoice[] = [];
  for (let day = 0; day <= 3; day += 1) {
    const date = Temporal.PlainDate.from(localDate(at, zone)).add({ days: day });
    for (const time of OFFERED_TIMES) {
      const moment = date
        .toPlainDateTime(Temporal.PlainTime.from(time))
        .toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
      if (moment >= earliest && (limit === null || moment <= limit))
        choices.push({ label: localWords(moment, zone), at: moment });
    }
  }
  return choices.slice(0, MOST_TIMES);
}

/** The first moment of the local day; a day is not always 24 hours long. */
export function localMidnight(at: Instant, zone: string): Instant {
  return zoned(at, zone).startOfDay().epochMilliseconds;
}

/** The first moment of the next local day. */
export function nextLocalMidnight(at: Instant, zone: string): Instant {
  return zoned(at, zone).toPlainDate().add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
}
