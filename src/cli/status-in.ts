import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readStatus, STATUS_FILE } from '../agent/status-file.ts';
import { isZone } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import { STATUS_SCHEMA, type Status } from '../machines/status.ts';
import { readText } from './input.ts';

/**
 * The status in a state directory, sure to have all that is shown of it. Throws `store.missing` where there is none and
 * `input.unreadable` where it is broken, not ours or of another schema.
 */
export function statusIn(directory: string): Status {
  const file = join(directory, STATUS_FILE);
  if (existsSync(file) && !isObject(readText(file, 'the status'))) throw notAStatus(file, 'it is not a JSON object');
  const status = readStatus(directory);
  const flaw = flawIn(status);
  if (flaw !== null) throw notAStatus(file, `its “${flaw}” is missing or wrong`);
  return status;
}

/** What an agent sent, if it is a status that has all that is shown of it; else null. */
export function readStatusIn(said: unknown): Status | null {
  if (!isRecord(said) || said.schema !== STATUS_SCHEMA) return null;
  return flawIn(said as Status) === null ? (said as Status) : null;
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

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const has =
  (fields: Record<string, Check>): Check =>
  (value) =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]));
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const orMissing =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const each =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const isMoment = has({ at: isText, text: isText });

/**
 * What is shown, by hand: a library for it would take longer to load than all the rest. A newer upkeep may have added
 * fields, so more is no fault.
 */
const SHOWN: Record<string, Check> = {
  writtenAt: isText,
  zone: (value) => typeof value === 'string' && isZone(value),
  what: isText,
  next: orNull(isMoment),
  later: orNull(isMoment),
  why: each(isText),
  problems: each(has({ code: isText, text: isText, remedy: isText })),
  os: orNull(has({ version: isText, build: orNull(isText) })),
  deferralCount: Number.isSafeInteger,
  deadlines: has({ focus: orNull(isText), soft: orNull(isText), hard: orNull(isText) }),
  warningRestartAt: orMissing(orNull(isText)),
  pausedUntil: orMissing(orNull(isText)),
  lastRequest: orMissing(orNull(has({ words: isText, at: isText }))),
  health: orMissing(has({ agent: isRecord, launchd: isRecord, store: isRecord, settings: isRecord, inbox: isRecord })),
};

/** The first field that is missing or wrong. */
function flawIn(status: Status): string | null {
  const fields: Record<string, unknown> = status;
  return Object.keys(SHOWN).find((name) => SHOWN[name]?.(fields[name]) !== true) ?? null;
}
