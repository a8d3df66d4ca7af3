import type { Mac } from '../mac/mac.ts';
import type { DirectoryError } from './directory-errors.ts';
import { type DirectoryRecord, keyOf, longKey, recordAt, recordsIn } from './directory-records.ts';
import type { DsclRequest } from './dscl-request.ts';
import { plistText } from './plist-text.ts';
import type { ToolIo } from './tool.ts';

/** `-list {folder} [key]`: names, and beside each the values of the key; who has none of it is left out. */
export function listRecords({ path, rest }: DsclRequest, io: ToolIo, mac: Mac): DirectoryError | null {
  const [folder] = path;
  if (folder === undefined) {
    io.print('Groups\nUsers\n');
    return null;
  }
  const records = recordsIn(folder, mac);
  if (records === null) return 'eDSRecordNotFound';
  const sorted = [...records].sort((a, b) => (a.name < b.name ? -1 : 1));
  const [key] = rest;
  if (key === undefined) {
    for (const { name } of sorted) io.print(`${name}\n`);
    return null;
  }
  const width = Math.max(24, ...sorted.map(({ name }) => name.length + 1));
  for (const { name, attributes } of sorted) {
    const values = attributes.get(keyOf(key));
    if (values) io.print(`${name.padEnd(width)}${values.join(' ')}\n`);
  }
  return null;
}

/** `-read {record} [key…]`: a key it has not got is told on stderr, and is no failure. */
export function readRecord({ path, rest, plist }: DsclRequest, io: ToolIo, mac: Mac): DirectoryError | null {
  const [folder = '', name = ''] = path;
  const record = recordAt(folder, name, mac);
  if (record === null) return 'eDSRecordNotFound';
  show(record, rest, plist, io);
  return null;
}

export function readAllRecords({ path, rest, plist }: DsclRequest, io: ToolIo, mac: Mac): DirectoryError | null {
  const records = recordsIn(path[0] ?? '', mac);
  if (records === null) return 'eDSRecordNotFound';
  if (plist) {
    io.print(plistText(records.map((record) => Object.fromEntries(chosen(record, rest).map(long)))));
    return null;
  }
  records.forEach((record, place) => {
    if (place > 0) io.print('-\n');
    show(record, rest, false, io);
  });
  return null;
}

/** `-search {folder} {key} {value}`: the records whose key has exactly this value; nothing found is no failure. */
export function searchRecords({ path, rest }: DsclRequest, io: ToolIo, mac: Mac): DirectoryError | null {
  const [key = '', value = ''] = rest;
  for (const { name, attributes } of recordsIn(path[0] ?? '', mac) ?? []) {
    const values = attributes.get(keyOf(key));
    if (values?.includes(value))
      io.print(`${name}\t\t${keyOf(key)} = (\n    ${values.map(quoted).join(',\n    ')}\n)\n`);
  }
  return null;
}

function show(record: DirectoryRecord, keys: readonly string[], plist: boolean, io: ToolIo): void {
  const entries = chosen(record, keys);
  if (plist) io.print(plistText(Object.fromEntries(entries.map(long))));
  else for (const [key, values] of entries) io.print(attributeText(key, values));
  for (const key of keys) if (!record.attributes.has(keyOf(key))) io.printErr(`No such key: ${key}\n`);
}

function chosen({ attributes }: DirectoryRecord, keys: readonly string[]): [string, readonly string[]][] {
  const wanted = keys.map(keyOf);
  return [...attributes].filter(([key]) => wanted.length === 0 || wanted.includes(key));
}

function long([key, values]: [string, readonly string[]]): [string, readonly string[]] {
  return [longKey(key), values];
}

/** Values stand on the line of the key, unless one holds a blank: then each has a line, a blank before it. */
function attributeText(key: string, values: readonly string[]): string {
  if (values.some((value) => /\s/.test(value))) return `${key}:\n${values.map((value) => ` ${value}\n`).join('')}`;
  return `${key}: ${values.join(' ')}\n`;
}

function quoted(value: string): string {
  return /^[A-Za-z0-9]+$/.test(value) ? value : `"${value}"`;
}
