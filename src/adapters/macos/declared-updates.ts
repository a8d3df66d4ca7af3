import type { PlistValue } from 'plist';
import type { DeclaredInstall } from '../../domain/facts.ts';
import { firstInstantAt, isLocalTime } from '../../domain/instant.ts';
import { type OsRelease, reached, readBuild, readOsVersion } from '../../domain/os-version.ts';
import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';
import { type Dictionary, isDictionary, plistIn } from './plist-answer.ts';

/** What macOS was told to have installed; `by` is local time without a zone, `2026-11-23T13:00:00`, as it was declared. */
export type DeclaredUpdate = { version: string; build: string | null; by: string };

const TOOL = 'plutil SoftwareUpdateDDMStatePersistence.plist';
/** Foundation's number for a file that is not there; its words are in the language of the Mac. One that may not be read has 257. */
const NO_SUCH_FILE = /\bCode=260\b/;

/**
 * Reads `plutil -convert xml1 -o -` of the file in which softwareupdated keeps what was declared to it. No file, or nothing
 * in it, is nothing declared; a declaration that says something which cannot be read makes all of it unreadable.
 */
export function readDeclaredUpdates(printed: Printed): { declared: DeclaredUpdate[] } {
  const root = plistIn(printed.stdout, TOOL, printed);
  if (root === null) {
    if (NO_SUCH_FILE.test(printed.stderr) || NO_SUCH_FILE.test(printed.stdout)) return { declared: [] };
    throw unreadable(TOOL, printed, 'it is no property list');
  }
  const within = (value: PlistValue | undefined, name: string): Dictionary => {
    if (value === undefined) return {};
    if (!isDictionary(value)) throw unreadable(TOOL, printed, `${name} is no dictionary`);
    return value;
  };
  const fields = within(within(root, 'it').SUCorePersistedStatePolicyFields, 'SUCorePersistedStatePolicyFields');
  const declarations = Object.values(within(fields.Declarations, 'Declarations'));
  return { declared: declarations.flatMap((one) => readOne(within(one, 'a declaration'), printed) ?? []) };
}

/** The first of them that is still to come for a Mac that runs `running`, with its time in the Mac's zone. */
export function nextDeclared(
  declared: readonly DeclaredUpdate[],
  running: OsRelease,
  zone: string,
): DeclaredInstall | null {
  const ahead = declared.filter((one) => !reached(running, one));
  return ahead.map((one) => ({ ...one, at: firstInstantAt(one.by, zone) })).sort((a, b) => a.at - b.at)[0] ?? null;
}

function readOne(declaration: Dictionary, printed: Printed): DeclaredUpdate | null {
  const text = (key: string): string | null => {
    const value = declaration[key];
    if (value === undefined || value === '' || value === '(null)') return null;
    if (typeof value !== 'string') throw unreadable(TOOL, printed, `${key} is no text`);
    return value;
  };
  const version = text('TargetOSVersion');
  const build = text('TargetBuildVersion');
  const by = text('TargetLocalDateTime');
  // What names no release or no moment enforces nothing.
  if (version === null || by === null) return null;
  if (readOsVersion(version) === null) throw unreadable(TOOL, printed, 'a declaration names no version');
  if (build !== null && readBuild(build) === null) throw unreadable(TOOL, printed, 'a declaration names no build');
  if (!isLocalTime(by)) throw unreadable(TOOL, printed, 'a declaration names no local time');
  return { version, build, by };
}
