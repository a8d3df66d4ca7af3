import type { OsRelease } from '../../domain/os-version.ts';
import { readBuild, readOsVersion } from '../../domain/os-version.ts';
import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';

export type SwVers = {
  name: string;
  version: string;
  /** `(a)` where a security response or background improvement is installed. */
  extra: string | null;
  build: string;
  /** What runs, in the form releases are compared in: the extra belongs to the version. */
  release: OsRelease;
};

/** Reads `sw_vers`. The build must end in a line break: a cut one would look like an older build. */
export function readSwVers(printed: Printed): SwVers {
  const fields = new Map<string, string>();
  for (const line of splitLines(printed.stdout)) {
    const [, field, value] = /^(\w+):\s*(\S.*?)\s*$/.exec(line.text) ?? [];
    if (!line.ended || field === undefined || value === undefined) continue;
    if (fields.has(field)) throw unreadable('sw_vers', printed, `it names ${field} twice`);
    fields.set(field, value);
  }
  const version = fields.get('ProductVersion') ?? '';
  const build = fields.get('BuildVersion') ?? '';
  const extra = fields.get('ProductVersionExtra') ?? null;
  if (readOsVersion(version) === null) throw unreadable('sw_vers', printed, 'it names no version');
  if (readBuild(build) === null) throw unreadable('sw_vers', printed, 'it names no build');
  return {
    name: fields.get('ProductName') ?? 'macOS',
    version,
    extra,
    build,
    release: { version: withExtra(version, extra), build },
  };
}

/** `13.3.1` and `(a)` as `13.3.1 (a)`. */
export function withExtra(version: string, extra: string | null): string {
  return extra === null || extra === '' ? version : `${version} ${extra}`;
}
