import type { Offer } from '../domain/offer.ts';
import { compareVersions, readBuild, readOsVersion } from '../domain/os-version.ts';
import { UpkeepError } from '../domain/problem.ts';
import { type MacSpec, readMacSpec } from './mac/mac-spec.ts';

/**
 * The Mac a file describes; where it (or no file) does not say which macOS runs, one just below the oldest macOS on
 * offer, so that any captured list has something to update. Throws `input.unreadable` or `input.wrong`.
 */
export function macFromFile(file: { path: string; text: string } | null, offers: readonly Offer[]): MacSpec {
  const given = file === null ? {} : jsonObject(file);
  const below = 'macOS' in given || 'build' in given ? {} : releaseBelow(offers);
  const reading = readMacSpec({ ...below, ...given });
  if (reading.ok) return reading.spec;
  const problems = reading.problems.map(({ key, given: value, allowed, nearest }) => {
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    const what = allowed === null ? 'unknown key' : `given ${value}; allowed is ${allowed}`;
    return `  ${key === '' ? 'the file' : key}: ${what}.${hint}`;
  });
  throw new UpkeepError('input.wrong', `${file?.path ?? 'the Mac'} does not describe a Mac:\n${problems.join('\n')}`, {
    remedy: 'docs/simulated-mac.md lists every key.',
    facts: { file: file?.path ?? '' },
  });
}

function jsonObject({ path, text }: { path: string; text: string }): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // The engine's message quotes the text around the flaw, which may be the password: only its first words are kept.
    const detail = (cause instanceof Error ? cause.message : 'it does not parse').split(/[,("\n]/)[0] ?? '';
    throw new UpkeepError('input.unreadable', `${path} is not JSON: ${detail}`, {
      remedy: 'The Mac is described by a JSON object; docs/simulated-mac.md has an example.',
      facts: { file: path },
      cause,
    });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UpkeepError('input.wrong', `${path} is JSON, but not an object`, {
    remedy: 'Write {"macOS": "26.6", "build": "25G72"} or any of the keys in docs/simulated-mac.md.',
    facts: { file: path },
  });
}

/** A release from which the oldest offered macOS is an update: 26.6 for 26.6.2, 13.5 for 13.6, 15.6 for 26. */
function releaseBelow(offers: readonly Offer[]): { macOS?: string; build?: string } {
  const [oldest] = offers
    .filter((offer) => offer.kind === 'macos')
    .sort((a, b) => compareVersions(a.version, b.version));
  const version = oldest === undefined ? null : readOsVersion(oldest.version);
  const build = readBuild(oldest?.build ?? '');
  if (oldest === undefined || version === null || build === null) return {};
  const { major, minor, patch, extra } = version;
  const earlier = `${build.train}${build.letter}${Math.max(1, build.number - 11)}`;
  if (extra !== null) return { macOS: [major, minor, ...(patch > 0 ? [patch] : [])].join('.'), build: earlier };
  if (patch > 0) return { macOS: `${major}.${minor}`, build: earlier };
  const letterBefore = String.fromCharCode(Math.max('A'.charCodeAt(0), build.letter.charCodeAt(0) - 1));
  if (minor > 0) return { macOS: `${major}.${minor - 1}`, build: `${build.train}${letterBefore}50` };
  return { macOS: `${major === 26 ? 15 : major - 1}.6`, build: `${build.train - 1}G50` };
}
