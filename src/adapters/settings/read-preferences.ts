import { UpkeepError } from '../../domain/problem.ts';
import { inForce } from '../../policy/precedence.ts';
import { problemsInWords, readSettings } from '../../policy/read-settings.ts';
import type { Places } from '../places.ts';
import { decodeSettingsFile, type SettingsFromFile } from './read-settings-file.ts';

export type Preferences = SettingsFromFile & {
  /** Local keys that a profile overrules, dotted. */
  overruled: string[];
};

/**
 * The settings in force on this Mac: what a profile manages over what is set locally, over the defaults. Where neither
 * file is there the defaults are in force. Throws as `readSettingsFile` does; a wrong file is never half in force.
 */
export async function readPreferences(
  places: Pick<Places, 'managedPreferences' | 'localPreferences'>,
  options: { zone: string },
): Promise<Preferences> {
  const managed = await decodedIfThere(places.managedPreferences);
  const local = await decodedIfThere(places.localPreferences);
  const source = sourceOf(managed !== undefined, local !== undefined);
  const { settings: raw, overruled } = inForce(managed, local);
  const reading = readSettings(raw, options);
  if (reading.ok) {
    return { settings: reading.settings, given: reading.given, warnings: reading.warnings, source, overruled };
  }
  throw new UpkeepError('settings.wrong', problemsInWords(source, reading.problems), {
    remedy: 'Correct these settings; docs/settings.md explains every key. Until then nothing new is in force.',
    facts: { source, problems: reading.problems.length },
  });
}

async function decodedIfThere(path: string): Promise<unknown> {
  try {
    return await decodeSettingsFile(path);
  } catch (error) {
    if (error instanceof UpkeepError && error.code === 'input.missing') return undefined;
    throw error;
  }
}

function sourceOf(managed: boolean, local: boolean): string {
  if (managed && local) return 'the managed and the local preferences';
  if (managed) return 'the managed preferences';
  return local ? 'the local preferences' : 'the defaults';
}
