import type { Printed } from '../commands/command.ts';
import { type Line, splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';
import { findFailure, type UpdateFailure } from './parse-errors.ts';

/** One full installer. `build` and `deferred` are null where an older client does not print them. */
export type FullInstaller = {
  title: string;
  version: string;
  size: number | null;
  unit: 'KiB' | 'bytes' | null;
  build: string | null;
  deferred: boolean | null;
};

export type FullInstallerList =
  | { state: 'available'; installers: FullInstaller[] }
  | { state: 'none'; installers: FullInstaller[] }
  | ({ state: 'error' } & UpdateFailure);

/** Reads `softwareupdate --list-full-installers`; as with updates, one damaged line spoils the list. */
export function readFullInstallers(printed: Printed): FullInstallerList {
  const failure = findFailure(printed);
  if (failure?.error === 'usage') throw unreadable(TOOL, printed, 'it explains its usage instead of answering');
  if (failure) return { state: 'error', ...failure };
  const lines = [...splitLines(printed.stdout), ...splitLines(printed.stderr)];
  const installers: FullInstaller[] = [];
  for (const line of lines) {
    if (!/^\s*\*|\bTitle: |\bVersion: /.test(line.text)) continue;
    const installer = installerOf(line);
    if (installer === null) throw unreadable(TOOL, printed, 'a line of the list is not whole');
    installers.push(installer);
  }
  if (installers.length > 0) return { state: 'available', installers };
  if (lines.some((line) => /^\s*No full installers found\.?\s*$/.test(line.text))) return { state: 'none', installers };
  throw unreadable(TOOL, printed, 'it is neither a list nor a known message');
}

const TOOL = 'softwareupdate --list-full-installers';

function installerOf(line: Line): FullInstaller | null {
  const found = /^\s*\* Title: (.*?), Version: ([^,]+), Size: (\d+)(K|KiB)(?:, (.*))?$/.exec(line.text);
  if (!found) return null;
  const [, title = '', version = '', digits = '', unit = '', rest = ''] = found;
  const fields = new Map<string, string>();
  for (const field of rest.split(/,\s*/).filter((part) => part.trim() !== '')) {
    const [, name, value] = /^([A-Z][A-Za-z ]*): (\S+)\s*$/.exec(field) ?? [];
    if (name === undefined || value === undefined) return null;
    fields.set(name, value);
  }
  const deferred = fields.get('Deferred');
  if (deferred !== undefined && deferred !== 'YES' && deferred !== 'NO') return null;
  // Without the field that closes the line, a line without its break may have been cut anywhere.
  if (!line.ended && deferred === undefined) return null;
  const size = Number(digits);
  return {
    title,
    version,
    size: Number.isSafeInteger(size) ? size : null,
    unit: unitOf(unit, size),
    build: fields.get('Build') ?? null,
    deferred: deferred === undefined ? null : deferred === 'YES',
  };
}

/** The first clients with this list printed bytes and called them K; no installer has a terabyte. */
function unitOf(unit: string, size: number): FullInstaller['unit'] {
  return unit === 'K' && size > 1_000_000_000 ? 'bytes' : 'KiB';
}
