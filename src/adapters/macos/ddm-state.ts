import { isLocalTime } from '../../domain/instant.ts';
import { readBuild, readOsVersion } from '../../domain/os-version.ts';
import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';
import { type OldStyleValue, oldStyleValueAt } from './old-style-plist.ts';

/** What macOS is to install by a moment of its own time, as a management server declared it. */
export type Enforcement = { version: string; build: string | null; by: string };
export type DdmState = { enforcements: Enforcement[] };

const TOOL = 'defaults read SoftwareUpdateDDMStatePersistence';

/**
 * Reads `defaults read /private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence SUCorePersistedStatePolicyFields`.
 * A Mac to which nothing was ever declared has no such file. A declaration without a version or a moment enforces nothing.
 */
export function readDdmState(printed: Printed): DdmState {
  const text = printed.stdout.trim();
  if (text === '' && /does not exist/.test(printed.stderr)) return { enforcements: [] };
  if (!text.startsWith('{') || !text.endsWith('}')) throw unreadable(TOOL, printed, 'it is not a whole dictionary');
  const fields = oldStyleValueAt(text, 0, TOOL, printed);
  const declarations = fields instanceof Map ? fields.get('Declarations') : undefined;
  if (declarations === undefined) return { enforcements: [] };
  if (!(declarations instanceof Map)) throw unreadable(TOOL, printed, 'its declarations are no dictionary');
  return { enforcements: [...declarations.values()].flatMap((one) => enforcementOf(one, printed)) };
}

function enforcementOf(declaration: OldStyleValue, printed: Printed): Enforcement[] {
  if (!(declaration instanceof Map)) throw unreadable(TOOL, printed, 'a declaration is no dictionary');
  const version = declaration.get('TargetOSVersion');
  const build = declaration.get('TargetBuildVersion');
  const by = declaration.get('TargetLocalDateTime');
  if (version === undefined || by === undefined) return [];
  if (typeof version !== 'string' || readOsVersion(version) === null)
    throw unreadable(TOOL, printed, 'a declaration names no version');
  if (typeof by !== 'string' || !isLocalTime(by)) throw unreadable(TOOL, printed, 'a declaration names no moment');
  return [{ version, build: typeof build === 'string' && readBuild(build) !== null ? build : null, by }];
}
