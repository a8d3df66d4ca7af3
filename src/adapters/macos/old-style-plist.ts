import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';

/** A property list of the old kind, as programs print their dictionaries. All that is no list or dictionary is text. */
export type OldStyleValue = string | OldStyleValue[] | OldStyleDictionary;
export type OldStyleDictionary = Map<string, OldStyleValue>;

/** Deeper ones are nothing that a Mac prints. */
const DEEPEST = 40;

/**
 * Reads the one value that begins at a place of a text. Texts in quotes may hold anything, also what looks like another
 * key, so a search for a line would not do. Cut or crossed ones are unreadable.
 */
export function oldStyleValueAt(text: string, from: number, tool: string, printed: Printed): OldStyleValue {
  let at = from;
  const wrong = (why: string) => unreadable(tool, printed, why);
  const skipBlanks = () => {
    while (/\s/.test(text[at] ?? '')) at += 1;
  };
  /** The sign that has to come next. */
  const take = (sign: string) => {
    skipBlanks();
    if (text[at] !== sign)
      throw wrong(at >= text.length ? 'a dictionary does not end' : `a “${sign}” is missing in a dictionary`);
    at += 1;
  };

  const value = (depth: number): OldStyleValue => {
    if (depth > DEEPEST) throw wrong('its dictionaries are too deep');
    skipBlanks();
    switch (text[at]) {
      case '{':
        return data() ?? dictionary(depth);
      case '(':
        return nothing() ?? list(depth);
      default:
        return word();
    }
  };

  const dictionary = (depth: number): OldStyleDictionary => {
    take('{');
    const found: OldStyleDictionary = new Map();
    for (skipBlanks(); text[at] !== '}'; skipBlanks()) {
      const key = word();
      take('=');
      if (found.has(key)) throw wrong('a key stands twice in a dictionary');
      found.set(key, value(depth + 1));
      take(';');
    }
    at += 1;
    return found;
  };

  const list = (depth: number): OldStyleValue[] => {
    take('(');
    const found: OldStyleValue[] = [];
    for (skipBlanks(); text[at] !== ')'; skipBlanks()) {
      found.push(value(depth + 1));
      skipBlanks();
      if (text[at] === ',') at += 1;
      else if (text[at] !== ')') throw wrong('a list does not end');
    }
    at += 1;
    return found;
  };

  const matched = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  /** Bytes stand in braces as well: `{length = 32, bytes = 0x… }`. */
  const data = () => matched(/\{length = \d+, bytes = [^{};]*\}/y);
  const nothing = () => matched(/\(null\)/y);

  const word = (): string => {
    skipBlanks();
    const quoted = matched(/"(?:[^"\\]|\\[\s\S])*"/y);
    if (quoted !== null) return unescaped(quoted.slice(1, -1));
    const bare = matched(/[\w.:/$+-]+/y);
    if (bare === null)
      throw wrong(
        at >= text.length ? 'a dictionary does not end' : 'a dictionary holds a sign that has no business there',
      );
    return bare;
  };

  return value(0);
}

function unescaped(text: string): string {
  return text.replace(/\\(?:U([0-9a-fA-F]{4})|([0-7]{3})|([\s\S]))/g, (_, unicode, octal, sign) => {
    if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return { n: '\n', t: '\t', r: '\r' }[sign as string] ?? sign;
  });
}
