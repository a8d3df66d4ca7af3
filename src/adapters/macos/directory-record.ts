import type { PlistValue } from 'plist';
import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';
import { isDictionary, plistIn } from './plist-answer.ts';

/** The attributes of one directory record by their plain names, each with all its values. */
export type DirectoryRecord = Map<string, string[]>;

/** The error `dscl` names in its text, such as -14136 and `eDSRecordNotFound`. */
export type DirectoryError = { code: number; name: string };

export function directoryErrorIn({ stdout, stderr }: Printed): DirectoryError | null {
  const [, code, name] = /\bDS Error: (-\d+) \((\w+)\)/.exec(`${stderr}\n${stdout}`) ?? [];
  return code === undefined || name === undefined ? null : { code: Number(code), name };
}

/** Reads `dscl -plist . -readall …`. */
export function recordsIn(printed: Printed): DirectoryRecord[] {
  const list = plistIn(printed.stdout, TOOL, printed);
  if (!Array.isArray(list)) throw unreadable(TOOL, printed, whyNot(printed, 'it is no list of records'));
  return list.map((entry) => recordOf(entry, printed));
}

/** Reads `dscl . -read …`, as a property list or as text; null where there is no such record. */
export function recordIn(printed: Printed): DirectoryRecord | null {
  if (directoryErrorIn(printed)?.name === 'eDSRecordNotFound') return null;
  if (directoryErrorIn(printed) !== null) throw unreadable(TOOL, printed, whyNot(printed, 'it failed'));
  const isList = printed.args.includes('-plist');
  if (isList) {
    const list = plistIn(printed.stdout, TOOL, printed);
    // A record without any of the attributes asked for may print no list at all, only that they are missing.
    if (list === null && saysNoSuchKey(printed)) return new Map();
    return recordOf(list ?? undefined, printed);
  }
  return textRecordOf(printed);
}

const TOOL = 'dscl';

function recordOf(entry: PlistValue | undefined, printed: Printed): DirectoryRecord {
  if (!isDictionary(entry)) throw unreadable(TOOL, printed, whyNot(printed, 'a record is no dictionary'));
  const record: DirectoryRecord = new Map();
  for (const [key, value] of Object.entries(entry)) {
    const values = (Array.isArray(value) ? value : [value]).map((each) => textOf(each, printed));
    record.set(plainName(key), values);
  }
  return record;
}

function textOf(value: PlistValue, printed: Printed): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  throw unreadable(TOOL, printed, 'a value is no text');
}

/** As text: `Key: value value`, or `Key:` and the values on lines of their own, each after a blank. */
function textRecordOf(printed: Printed): DirectoryRecord {
  const record: DirectoryRecord = new Map();
  let open: string[] | null = null;
  for (const { text, ended } of splitLines(printed.stdout)) {
    if (!ended) throw unreadable(TOOL, printed, 'the last line is cut');
    const [, key, value] = /^((?:dsAttrType(?:Standard|Native):)?\w+):(?: (.*))?$/.exec(text) ?? [];
    if (key === undefined) {
      if (open === null) throw unreadable(TOOL, printed, 'it begins in the middle of a value');
      open.push(text.replace(/^ /, ''));
    } else {
      open = value === undefined || value === '' ? [] : [value];
      record.set(plainName(key), open);
    }
  }
  if (record.size === 0 && !saysNoSuchKey(printed)) throw unreadable(TOOL, printed, 'it names no attribute');
  return record;
}

function plainName(key: string): string {
  return key.replace(/^dsAttrType(?:Standard|Native):/, '');
}

function saysNoSuchKey({ stdout, stderr }: Printed): boolean {
  return /^No such key: /m.test(`${stderr}\n${stdout}`);
}

function whyNot(printed: Printed, otherwise: string): string {
  const error = directoryErrorIn(printed);
  return error === null ? otherwise : `it failed with ${error.name} (${error.code})`;
}
