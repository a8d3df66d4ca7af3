import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';
import { findFailure, type UpdateError, type UpdateFailure } from './parse-errors.ts';
import { readPercentage } from './parse-progress.ts';

export type FetchedInstaller = {
  version: string | null;
  /** The tool said that the installer is in /Applications; false means only that it did not say so. */
  success: boolean;
  readings: number;
  error: UpdateError | null;
  failure: UpdateFailure | null;
};

/** Reads what `softwareupdate --fetch-full-installer` printed. */
export function readFetchedInstaller(printed: Printed): FetchedInstaller {
  const failure = findFailure(printed);
  const lines = [...splitLines(printed.stdout), ...splitLines(printed.stderr)].map((line) => line.text.trim());
  const version = lines
    .map((line) => /^Scanning for (\S+) installer$/.exec(line)?.[1])
    .find((found) => found !== undefined);
  const success = lines.includes('Install finished successfully') && failure === null;
  const readings = lines.filter((line) => readPercentage(line) !== null).length;
  if (version === undefined && !success && readings === 0 && failure === null) {
    throw unreadable('softwareupdate --fetch-full-installer', printed, 'it tells neither progress nor a known error');
  }
  return { version: version ?? null, success, readings, error: failure?.error ?? null, failure };
}
