/**
 * macOS versions and builds. Versions travel as text (`26.6.2`, `13.3.1 (a)`, `27`); this file is the only place that
 * takes them apart. Missing components count as zero, so `27` and `27.0` are one version.
 */
export type OsVersion = { major: number; minor: number; patch: number; extra: string | null };

/** What a Mac runs, or should run. */
export type OsRelease = { version: string; build: string | null };

const VERSION = /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?:\s*\(([a-z])\))?$/i;
const BUILD = /^(\d{1,3})([A-Z])(\d{1,10})([a-z]?)$/;

/** Reads `26.6.2`, `13.3.1 (a)` or `27`; null when the text is not a version. */
export function readOsVersion(text: string): OsVersion | null {
  const found = VERSION.exec(text.trim());
  if (!found) return null;
  const [, major, minor, patch, extra] = found;
  return {
    major: Number(major),
    minor: Number(minor ?? 0),
    patch: Number(patch ?? 0),
    extra: extra?.toLowerCase() ?? null,
  };
}

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`. Unreadable text sorts first. */
export function compareVersions(a: string, b: string): number {
  const left = readOsVersion(a);
  const right = readOsVersion(b);
  if (!left || !right) return (left ? 1 : 0) - (right ? 1 : 0);
  return (
    left.major - right.major ||
    left.minor - right.minor ||
    left.patch - right.patch ||
    (left.extra ?? '').localeCompare(right.extra ?? '')
  );
}

export function sameVersion(a: string, b: string): boolean {
  return readOsVersion(a) !== null && compareVersions(a, b) === 0;
}

export function majorOf(version: string): number | null {
  return readOsVersion(version)?.major ?? null;
}

/** The major release that follows: Apple went from 15 to 26 and counts by one from there. */
export function nextMajor(major: number): number {
  return major === 15 ? 26 : major + 1;
}

/** Whether `wanted` (0, 1 or 2 dots) names this version: `15` every 15.x, `15.3` every 15.3.x, `15.3.1` only itself. */
export function versionMatches(wanted: string, version: string): boolean {
  const asked = readOsVersion(wanted);
  const has = readOsVersion(version);
  if (!asked || !has || asked.major !== has.major) return false;
  const dots = wanted.split('.').length - 1;
  if (dots >= 1 && asked.minor !== has.minor) return false;
  if (dots >= 2 && asked.patch !== has.patch) return false;
  return asked.extra === null || asked.extra === has.extra;
}

/** A build such as `25G83`; null when the text is none. */
export function readBuild(text: string): { train: number; letter: string; number: number; suffix: string } | null {
  const found = BUILD.exec(text.trim());
  if (!found) return null;
  const [, train, letter, number, suffix] = found;
  return { train: Number(train), letter: letter ?? '', number: Number(number), suffix: suffix ?? '' };
}

export function compareBuilds(a: string, b: string): number {
  const left = readBuild(a);
  const right = readBuild(b);
  if (!left || !right) return (left ? 1 : 0) - (right ? 1 : 0);
  return (
    left.train - right.train ||
    left.letter.localeCompare(right.letter) ||
    left.number - right.number ||
    left.suffix.localeCompare(right.suffix)
  );
}

/**
 * Whether the Mac now runs what was wanted. The build decides where both are known (a supplemental update changes only
 * the build); a newer release than the target counts as reached too, since nothing is left to install for it.
 */
export function reached(running: OsRelease, wanted: OsRelease): boolean {
  const byVersion = compareVersions(running.version, wanted.version);
  if (byVersion !== 0) return byVersion > 0;
  if (running.build === null || wanted.build === null) return true;
  return compareBuilds(running.build, wanted.build) >= 0;
}

/** `macOS 26.6.2 (25G83)`. */
export function releaseWords(release: OsRelease): string {
  return release.build === null ? `macOS ${release.version}` : `macOS ${release.version} (${release.build})`;
}
