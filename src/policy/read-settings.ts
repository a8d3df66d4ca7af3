import { isZone } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import { contradictions } from './contradictions.ts';
import { settingsSchema } from './schema.ts';
import { doubts } from './setting-doubts.ts';
import { surveyKeys } from './setting-keys.ts';
import { keyAround, pathWords, valueAt, without } from './setting-paths.ts';
import type { SettingDoubt, SettingProblem } from './setting-problem.ts';
import { isGroup } from './setting-values.ts';
import { strangerProblem } from './unknown-settings.ts';
import { valueProblem, wrongWhole } from './wrong-values.ts';

export { problemsInWords } from './problem-words.ts';
export type { SettingDoubt, SettingProblem } from './setting-problem.ts';

export type SettingsReading =
  | { ok: true; settings: Settings; given: string[]; warnings: SettingDoubt[] }
  | { ok: false; problems: SettingProblem[] };

/**
 * Turns what a profile or file holds into settings, or into everything that is wrong with it at once: an admin who has
 * to upload a profile again for each single mistake stops reading. `zone` is where the local dates are compared.
 */
export function readSettings(raw: unknown, options: { zone: string }): SettingsReading {
  if (!isZone(options.zone)) {
    throw new UpkeepError('usage.wrong', `"${options.zone}" is not a time zone.`, {
      remedy: 'Name a zone such as Europe/Berlin.',
    });
  }
  if (!isGroup(raw)) return { ok: false, problems: [wrongWhole(raw)] };
  const survey = surveyKeys(raw);
  const problems = survey.strangers.map((stranger, nth) => strangerProblem(stranger, nth < MOST_SUGGESTIONS));
  const faulty = new Set<string>();
  let parsed = settingsSchema.safeParse(survey.tidy);
  if (!parsed.success) {
    const seen = new Set<string>();
    for (const issue of parsed.error.issues) {
      const at = pathWords(issue.path);
      if (seen.has(at)) continue;
      seen.add(at);
      const key = keyAround(issue.path);
      problems.push(valueProblem(issue, at, valueAt(survey.tidy, issue.path), key.words));
      faulty.add(key.key);
    }
    // What is wrong by itself is left out, so that the rest can still be compared with each other.
    parsed = settingsSchema.safeParse(without(survey.tidy, faulty));
  }
  if (parsed.success) problems.push(...contradictions(parsed.data, faulty, options.zone));
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: parsed.data, given: survey.given, warnings: doubts(parsed.data, options.zone) };
}

/** Finding a near key costs time for each stranger, and nobody reads a hundred suggestions. */
const MOST_SUGGESTIONS = 100;
