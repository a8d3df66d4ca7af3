import { type PlistValue, parseOpenStep } from 'plist';
import type { OsRelease } from '../../domain/os-version.ts';
import { readBuild, readOsVersion } from '../../domain/os-version.ts';
import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';
import { withExtra } from './sw-vers.ts';

/** The update macOS has downloaded and prepared; null means there is none. */
export type StagedUpdate = {
  staged: { version: string; build: string; extra: string | null } | null;
  release: OsRelease | null;
};

/** Reads `defaults read /System/Volumes/Update/Update update-asset-attributes`, an old-style property list. */
export function readStagedUpdate(printed: Printed): StagedUpdate {
  const text = printed.stdout.trim();
  if (text === '' && /does not exist/.test(printed.stderr)) return { staged: null, release: null };
  if (!text.startsWith('{') || !text.endsWith('}')) throw unreadable(TOOL, printed, 'it is not a whole dictionary');
  let values: PlistValue;
  try {
    values = parseOpenStep(withoutDataSummaries(text));
  } catch (error) {
    throw unreadable(TOOL, printed, 'it is no property list', error);
  }
  const field = (name: string) => {
    const value = typeof values === 'object' && values !== null && !Array.isArray(values) ? Object.entries(values) : [];
    return value.find(([key]) => key === name)?.[1];
  };
  const version = field('OSVersion');
  const build = field('Build');
  const extra = field('ProductVersionExtra');
  if (typeof version !== 'string' || readOsVersion(version) === null)
    throw unreadable(TOOL, printed, 'it names no version');
  if (typeof build !== 'string' || readBuild(build) === null) throw unreadable(TOOL, printed, 'it names no build');
  const suffix = typeof extra === 'string' && extra.trim() !== '' ? extra.trim() : null;
  return { staged: { version, build, extra: suffix }, release: { version: withExtra(version, suffix), build } };
}

const TOOL = 'defaults read update-asset-attributes';

/** `{length = 20, bytes = 0x1f…}` stands for data in current releases and is not part of the format: made a string. */
function withoutDataSummaries(text: string): string {
  return text.replace(/\{\s*length = \d+, bytes = [^}]*\}/g, '"(data)"');
}
