import type { Offer, OfferKind } from '../../domain/offer.ts';
import { majorOf, readBuild } from '../../domain/os-version.ts';
import type { Printed } from '../commands/command.ts';
import { type Line, splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';
import { findFailure, type UpdateFailure } from './parse-errors.ts';

/** The answer of `softwareupdate --list`. Text that is none of these is `output.unreadable`, never "none". */
export type UpdateList =
  | { state: 'available'; updates: Offer[] }
  | { state: 'none'; updates: Offer[] }
  | ({ state: 'error' } & UpdateFailure);

/**
 * Reads the list from both streams; releases differ in which they use.
 *
 * A list with one damaged item is refused as a whole. Leaving the item out would be worse than knowing nothing: a cut
 * list could hide the newest release, or make a target look withdrawn.
 */
export function readUpdateList(printed: Printed): UpdateList {
  const failure = findFailure(printed);
  if (failure?.error === 'usage') throw unreadable(TOOL, printed, 'it explains its usage instead of answering');
  if (failure) return { state: 'error', ...failure };
  const items = [printed.stdout, printed.stderr].map((text) => itemsOf(splitLines(text), printed.macos));
  const damage = items.map((item) => item.damage).find((why) => why !== null);
  if (damage) throw unreadable(TOOL, printed, damage);
  const updates = withoutRepeats(items.flatMap((item) => item.offers));
  if (updates === null) throw unreadable(TOOL, printed, 'one label stands for two different updates');
  const saysNone = items.some((item) => item.saysNone);
  const announces = items.some((item) => item.announces);
  if (updates.length > 0 && !saysNone) return { state: 'available', updates };
  if (updates.length === 0 && saysNone && !announces) return { state: 'none', updates: [] };
  if (saysNone) throw unreadable(TOOL, printed, 'it offers updates and denies having any');
  throw unreadable(
    TOOL,
    printed,
    announces ? 'it announces updates and lists none' : 'it is neither a list nor a known message',
  );
}

const TOOL = 'softwareupdate --list';

type Items = { offers: Offer[]; damage: string | null; saysNone: boolean; announces: boolean };

function itemsOf(lines: readonly Line[], macos: string | null): Items {
  const items: Items = { offers: [], damage: null, saysNone: false, announces: false };
  let label: string | null = null;
  for (const line of lines) {
    if (line.text.trim() === '' || isNoise(line.text)) continue;
    const labelled = LABEL_LINE.exec(line.text)?.groups?.label?.trim();
    const fields = FIELDS_LINE.exec(line.text);
    if (label !== null) {
      const offer = fields ? offerOf(label, fields, line, macos) : null;
      if (offer === null) return { ...items, damage: `the item “${label}” is not whole` };
      items.offers.push(offer);
      label = null;
    } else if (labelled) label = labelled;
    else if (looksLikePartOfAnItem(line.text))
      return { ...items, damage: `a line belongs to no item: “${line.text.trim().slice(0, 60)}”` };
    else if (/^\s*No new software available\.?\s*$/.test(line.text)) items.saysNone = true;
    else if (/^\s*Software Update found the following/.test(line.text)) items.announces = true;
  }
  return label === null ? items : { ...items, damage: `the item “${label}” is not whole` };
}

const LABEL_LINE = /^\s*[*-] Label: (?<label>[^\t]*\S)\s*$/;
const FIELDS_LINE = /^\s*Title: (?<title>.*?), Version: (?<version>.*?), Size: (?<size>[^,]*), (?<rest>.*)$/;

/** Lines that the frameworks underneath log on the same streams; seen on macOS 12. */
function isNoise(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d+ softwareupdate\[\d+:\w+\] /.test(text);
}

function looksLikePartOfAnItem(text: string): boolean {
  return /^\s*[*-](?:\s|$)|^\s*Title\b|\bLabel:|\bVersion: |\bSize: |\bRecommended: |\bAction: restart/.test(text);
}

function offerOf(label: string, fields: RegExpExecArray, line: Line, macos: string | null): Offer | null {
  const { title = '', version = '', size = '', rest = '' } = fields.groups ?? {};
  const flags = flagsOf(rest);
  if (flags === null || title.trim() === '' || version.trim() === '') return null;
  // No name has control characters: what was damaged there must not be offered to anybody.
  if (/\p{Cc}/u.test(label + title + version)) return null;
  const kind = kindOf(label, title);
  if (!belongTogether(label, title, version, kind)) return null;
  if (!line.ended && !isClosed(rest, flags, size, kind, macos)) return null;
  return {
    label,
    title,
    version,
    build: kind === 'macos' ? buildOf(label) : null,
    sizeKiB: sizeOf(size),
    recommended: flags.get('Recommended') === 'YES',
    restart: flags.get('Action') === 'restart',
    deferred: flags.get('Deferred') === 'YES',
    kind,
  };
}

/** The closing fields, `Recommended: YES, Action: restart, `; null unless each is whole and has a value we know. */
function flagsOf(rest: string): Map<string, string> | null {
  const flags = new Map<string, string>();
  for (const field of rest.replace(/,?\s*$/, '').split(/,\s*/)) {
    const [, name, value] = /^([A-Z][A-Za-z ]*): (\S.*)$/.exec(field) ?? [];
    if (name === undefined || value === undefined || flags.has(name)) return null;
    flags.set(name, value);
  }
  const yesOrNo = ['Recommended', 'Deferred'].every((name) => ['YES', 'NO', undefined].includes(flags.get(name)));
  const knownAction = ['restart', 'shut down', 'logout', 'none', undefined].includes(flags.get('Action'));
  return flags.has('Recommended') && yesOrNo && knownAction ? flags : null;
}

/**
 * Whether a last line without a line break can be trusted to be whole. The field after the last one might have been cut
 * off, so it counts only where no further field was to be expected: `Deferred` is always the last; macOS 13 and later
 * (which print KiB) leave deferred items out, so `Action` is the last there; Safari and the command line tools need no
 * restart, so `Recommended` is. (The list-26.x-minor-26.6.2 capture ends without a line break.)
 */
function isClosed(
  rest: string,
  flags: Map<string, string>,
  size: string,
  kind: OfferKind,
  macos: string | null,
): boolean {
  if (flags.has('Deferred')) return true;
  if (!/,\s*$/.test(rest) || !size.endsWith('KiB') || (majorOf(macos ?? '') ?? 13) < 13) return false;
  return flags.has('Action') || kind === 'safari' || kind === 'clt';
}

/** macOS is what the title calls so; Safari 27.0 and the tools for Xcode 26.2 merely carry such numbers. */
function kindOf(label: string, title: string): OfferKind {
  if (title.startsWith('macOS')) return 'macos';
  if (/^Safari\d/.test(label) && /^Safari(?: \d|$)/.test(title)) return 'safari';
  return title.startsWith('Command Line Tools') ? 'clt' : 'other';
}

/** Guards against lines of two items that ended up below each other, as when two streams are mixed. */
function belongTogether(label: string, title: string, version: string, kind: OfferKind): boolean {
  if (kind !== 'macos') return !label.startsWith('macOS') && (/-([\d.]+)$/.exec(label)?.[1] ?? version) === version;
  return (
    label.startsWith(`${title}-`) || (label.startsWith('macOS') && label.includes(version) && buildOf(label) !== null)
  );
}

function buildOf(label: string): string | null {
  const build = label.slice(label.lastIndexOf('-') + 1);
  return label.includes('-') && readBuild(build) !== null ? build : null;
}

/** K and KiB are both KiB here; anything else is not a size we know. */
function sizeOf(size: string): number | null {
  const digits = /^(\d+)K(?:iB)?$/.exec(size)?.[1];
  return digits !== undefined && Number.isSafeInteger(Number(digits)) ? Number(digits) : null;
}

/** Each update once, although both streams may carry it; null when one label comes with two descriptions. */
function withoutRepeats(offers: readonly Offer[]): Offer[] | null {
  const byLabel = new Map<string, Offer>();
  for (const offer of offers) {
    const earlier = byLabel.get(offer.label);
    if (earlier && JSON.stringify(earlier) !== JSON.stringify(offer)) return null;
    byLabel.set(offer.label, offer);
  }
  return [...byLabel.values()];
}
