import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { UpkeepError } from '../../domain/problem.ts';
import type { Settings } from '../../domain/settings.ts';
import { problemsInWords, readSettings, type SettingDoubt } from '../../policy/read-settings.ts';
import { decodeSettings, unreadable } from './decode-settings.ts';

/** Settings from a file, the keys it gave, what is doubtful about them, and where they come from. */
export type SettingsFromFile = { settings: Settings; given: string[]; warnings: SettingDoubt[]; source: string };

const MOST_BYTES = 1_048_576;

/**
 * Reads an admin's settings from a profile or JSON file. Every failure is an `UpkeepError`: `input.missing`,
 * `input.unreadable` (broken, with the place), `input.wrong` (a profile, but not for upkeep) or `settings.wrong`, whose
 * message lists everything that is wrong.
 */
export async function readSettingsFile(path: string, options: { zone: string }): Promise<SettingsFromFile> {
  const raw = await decodeSettingsFile(path);
  const reading = readSettings(raw, options);
  if (reading.ok) return { settings: reading.settings, given: reading.given, warnings: reading.warnings, source: path };
  throw new UpkeepError('settings.wrong', problemsInWords(path, reading.problems), {
    remedy: 'Correct these settings; docs/settings.md explains every key. Until then nothing is in force.',
    facts: { source: path, problems: reading.problems.length },
  });
}

/** What an admin's file says, not yet judged. Throws `input.missing`, `input.unreadable` or `input.wrong`. */
export async function decodeSettingsFile(path: string): Promise<unknown> {
  return decodeSettings(await readBytes(path), path);
}

/** The whole file, unless there is reason not to read it: a folder, a device, something far too large. */
async function readBytes(path: string): Promise<Uint8Array> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    // Without NONBLOCK a named pipe would keep upkeep waiting for a writer that may never come.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw notOpened(path, error);
  }
  try {
    const about = await file.stat();
    const remedy = 'Give a configuration profile or a JSON file.';
    if (about.isDirectory()) throw unreadable(path, 'is a folder', remedy);
    if (!about.isFile()) throw unreadable(path, 'is not a file', remedy);
    if (about.size > MOST_BYTES)
      throw unreadable(path, `is too large for settings (${about.size} bytes, at most ${MOST_BYTES})`, remedy);
    return await file.readFile();
  } catch (error) {
    if (error instanceof UpkeepError) throw error;
    throw unreadable(path, `cannot be read (${codeOf(error)})`, 'Look at the disk it is on.', error);
  } finally {
    await file.close();
  }
}

function notOpened(path: string, error: unknown): UpkeepError {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new UpkeepError('input.missing', `There is no file ${path}.`, {
      remedy: 'Check the path.',
      facts: { source: path },
      cause: error,
    });
  }
  const remedy =
    code === 'EACCES' || code === 'EPERM' ? 'Read it as a user who may, or change its permissions.' : 'Check the path.';
  return unreadable(path, `cannot be opened (${code})`, remedy, error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
