import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readStatus, STATUS_FILE } from '../agent/status-file.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { Status } from '../machines/explain.ts';
import { readText } from './input.ts';

/**
 * The status in a state directory, sure to have all that is shown of it. Throws `store.missing` where there is none and
 * `input.unreadable` where it is broken, not ours or of another schema.
 */
export function statusIn(directory: string): Status {
  const file = join(directory, STATUS_FILE);
  if (existsSync(file) && !isObject(readText(file, 'the status'))) throw notAStatus(file, 'it is not a JSON object');
  const status = readStatus(directory);
  const checked = shape.safeParse(status);
  if (checked.success) return status;
  const [issue] = checked.error.issues;
  throw notAStatus(file, `its “${issue?.path.join('.') ?? ''}” is missing or wrong`);
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function notAStatus(file: string, why: string): UpkeepError {
  return new UpkeepError('input.unreadable', `${file} is not a status of upkeep: ${why}.`, {
    remedy: 'The file is written anew at the next wake; `upkeep explain` reads the journal instead.',
    facts: { file },
  });
}

const moment = z.looseObject({ at: z.string(), text: z.string() });
const release = z.looseObject({ version: z.string(), build: z.string().nullable() });

/** What is shown; a newer upkeep may have added fields, so more is no fault. */
const shape = z.looseObject({
  what: z.string(),
  next: moment.nullable(),
  later: moment.nullable(),
  why: z.array(z.string()),
  problems: z.array(z.looseObject({ code: z.string(), text: z.string(), remedy: z.string() })),
  os: release.nullable(),
  deferralCount: z.int(),
  deadlines: z.record(z.string(), z.string().nullable()),
});
