import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UpkeepError } from '../domain/problem.ts';
import { STATUS_SCHEMA, type Status } from '../machines/status.ts';

export const STATUS_FILE = 'status.json';

/** Writes the status for everyone to read, whole or not at all: a new file, flushed, then put in the old one's place. */
export function writeStatus(directory: string, status: Status): void {
  const file = join(directory, STATUS_FILE);
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w', 0o644);
  try {
    writeSync(handle, `${JSON.stringify(status, null, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
}

/** Reads the status; throws `store.missing` where there is none and `input.unreadable` where it is not ours. */
export function readStatus(directory: string): Status {
  const file = join(directory, STATUS_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UpkeepError('store.missing', `there is no upkeep status in ${directory}`, {
      remedy:
        'Name the directory with --state, as given to `upkeep simulate --state DIR`; on a Mac, check that upkeep is installed and has run.',
      facts: { directory },
      cause,
    });
  }
  try {
    const status = JSON.parse(text) as Partial<Status>;
    if (status.schema === STATUS_SCHEMA) return status as Status;
    throw new Error(`its schema is ${String(status.schema)}, not ${STATUS_SCHEMA}`);
  } catch (cause) {
    throw new UpkeepError(
      'input.unreadable',
      `${file} is not a status of upkeep: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        remedy: 'The file is written anew at the next wake; `upkeep explain` reads the journal instead.',
        facts: { file },
        cause,
      },
    );
  }
}
