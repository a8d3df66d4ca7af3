import { type PlistValue, parse as parsePlist } from 'plist';
import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';

export type Dictionary = { [key: string]: PlistValue };

/** The one whole property list in a text, whatever stands around it; null where none begins. Cut ones are unreadable. */
export function plistIn(text: string, tool: string, printed: Printed): PlistValue | null {
  const from = text.search(/<\?xml|<plist[\s>]/);
  if (from < 0) return null;
  const to = text.indexOf('</plist>', from);
  if (to < 0) throw unreadable(tool, printed, 'the property list does not end');
  const rest = text.slice(to + '</plist>'.length);
  if (/<plist[\s>]/.test(rest)) throw unreadable(tool, printed, 'there are two property lists');
  try {
    return parsePlist(text.slice(from, to + '</plist>'.length));
  } catch (error) {
    throw unreadable(tool, printed, 'it is no property list', error);
  }
}

export function isDictionary(value: PlistValue | undefined): value is Dictionary {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}
