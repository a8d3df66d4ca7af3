/**
 * Whether a text is a well-formed XML property list, and if not, where it stops being one. The parser that turns it
 * into values is lenient: it reads `12abc` as 12, keeps the last of two equal keys, skips stray text and prints its
 * complaints. A setting lost that way would never be missed, so everything doubtful is refused before it gets there.
 */
export type XmlFlaw = { what: string; line: number; column: number };

/** Returns the first flaw, or null. Document type declarations with entities of their own are refused unread. */
export function flawInPlistXml(xml: string): XmlFlaw | null {
  const open: Element[] = [];
  let finished = false;
  let at = 0;
  const flaw = (what: string, position = at): XmlFlaw => ({ what, ...placeOf(xml, position) });

  while (at < xml.length) {
    const parent = open.at(-1);
    const token = tokenAt(xml, at);
    if (token === null) return flaw('a tag that is not closed or not well formed');
    switch (token.kind) {
      case 'space':
        if (token.text.includes(']]>')) return flaw('"]]>" outside a CDATA section');
        break;
      case 'doctype':
        if (parent || finished) return flaw('a document type declaration in the middle');
        if (token.text.includes('[')) return flaw('a document type declaration with definitions of its own');
        break;
      case 'text': {
        const wrong = wrongReference(token.text);
        if (wrong !== null) return flaw(wrong.what, at + wrong.offset);
        if (!parent) return flaw(finished ? 'text after the end of the property list' : 'text before the property list');
        if (!TEXT_TAGS.has(parent.name)) return flaw(`stray text inside <${parent.name}>`);
        parent.text += token.text;
        break;
      }
      case 'cdata':
        if (parent?.name !== 'string') return flaw('a CDATA section outside <string>');
        parent.text += 'x';
        break;
      case 'aside':
        // A comment inside a value would make the value depend on who reads it.
        if (parent && TEXT_TAGS.has(parent.name)) return flaw(`a comment or instruction inside <${parent.name}>`);
        break;
      case 'open': {
        const wrong = wrongChild(parent, token.name, finished);
        if (wrong !== null) return flaw(wrong);
        const element: Element = { name: token.name, at, text: '', children: 0, keys: new Set(), lastKey: null };
        if (open.push(element) > DEEPEST) return flaw(`more than ${DEEPEST} levels`);
        if (!token.selfClosing) break;
        const empty = wrongEnd(element);
        if (empty !== null) return flaw(empty);
        open.pop();
        finished = closed(open.at(-1), element);
        break;
      }
      case 'close': {
        if (parent?.name !== token.name) {
          return flaw(parent ? `</${token.name}> where </${parent.name}> is due` : `</${token.name}> without a beginning`);
        }
        const wrong = wrongEnd(parent);
        if (wrong !== null) return flaw(wrong, parent.at);
        open.pop();
        finished = closed(open.at(-1), parent);
        break;
      }
    }
    at += token.text.length;
  }
  const unclosed = open.at(-1);
  if (unclosed) return flaw(`<${unclosed.name}> is never closed`, unclosed.at);
  return finished ? null : flaw('no <plist> in it');
}

type Element = { name: string; at: number; text: string; children: number; keys: Set<string>; lastKey: string | null };
type Token =
  | { kind: 'space' | 'text' | 'cdata' | 'aside' | 'doctype'; text: string }
  | { kind: 'open'; text: string; name: string; selfClosing: boolean }
  | { kind: 'close'; text: string; name: string };

const DEEPEST = 32;
const TEXT_TAGS = new Set(['key', 'string', 'integer', 'real', 'date', 'data']);
const VALUE_TAGS = new Set(['dict', 'array', 'string', 'integer', 'real', 'date', 'data', 'true', 'false']);

// Sticky patterns: each is tried exactly where the reading stands, so the whole pass is linear.
const TEXT = /[^<]+/y;
const ASIDE = /<!--(?:(?!--)[^])*-->|<\?(?:(?!\?>)[^])*\?>/y;
const CDATA = /<!\[CDATA\[(?:(?!\]\]>)[^])*\]\]>/y;
const DOCTYPE = /<!DOCTYPE\s+plist\b(?:"[^"]*"|'[^']*'|[^"'<>])*>/y;
const OPEN = /<([A-Za-z]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const CLOSE = /<\/([A-Za-z]+)\s*>/y;

function tokenAt(xml: string, at: number): Token | null {
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(xml);
  };
  const text = match(TEXT)?.[0];
  if (text !== undefined) return { kind: /^[ \t\r\n]+$/.test(text) ? 'space' : 'text', text };
  const open = match(OPEN);
  if (open) return { kind: 'open', text: open[0], name: open[1] ?? '', selfClosing: open[3] === '/' };
  const close = match(CLOSE);
  if (close) return { kind: 'close', text: close[0], name: close[1] ?? '' };
  const aside = match(ASIDE)?.[0];
  if (aside !== undefined) return { kind: 'aside', text: aside };
  const cdata = match(CDATA)?.[0];
  if (cdata !== undefined) return { kind: 'cdata', text: cdata };
  const doctype = match(DOCTYPE)?.[0];
  return doctype === undefined ? null : { kind: 'doctype', text: doctype };
}

/** Why this tag may not begin here. */
function wrongChild(parent: Element | undefined, name: string, finished: boolean): string | null {
  if (!parent) {
    if (finished) return `<${name}> after the end of the property list`;
    return name === 'plist' ? null : `<${name}> where <plist> is due`;
  }
  if (TEXT_TAGS.has(parent.name) || parent.name === 'true' || parent.name === 'false') return `<${name}> inside <${parent.name}>`;
  if (parent.name === 'dict') {
    const keyDue = parent.children % 2 === 0;
    if (keyDue && name !== 'key') return `<${name}> where a <key> is due`;
    if (!keyDue && name === 'key') return `<key> where the value of ${quoted(parent.lastKey)} is due`;
    if (name === 'key') return null;
  }
  if (parent.name === 'plist' && parent.children > 0) return 'a second value in <plist>';
  return VALUE_TAGS.has(name) ? null : `<${name}> is not a tag of property lists`;
}

/** Why this element may not end here, with what it holds. */
function wrongEnd({ name, text, children, lastKey }: Element): string | null {
  switch (name) {
    case 'plist':
      return children === 0 ? '<plist> is empty' : null;
    case 'dict':
      return children % 2 === 0 ? null : `${quoted(lastKey)} has no value`;
    case 'integer':
      return /^\s*[+-]?\d{1,15}\s*$/.test(text) ? null : `${quoted(text)} is not a whole number`;
    case 'real':
      return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?\s*$/i.test(text) ? null : `${quoted(text)} is not a number`;
    case 'date':
      return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text.trim()) ? null : `${quoted(text)} is not a date of a property list`;
    case 'data':
      return /^[A-Za-z0-9+/]*={0,2}$/.test(text.replace(/\s+/g, '')) ? null : 'the <data> is not base64';
    case 'key':
      return text === '' || text === '__proto__' ? `${quoted(text)} is not a key` : null;
    default:
      return null;
  }
}

/** Counts the finished element in its parent; true when it was the whole property list. */
function closed(parent: Element | undefined, element: Element): boolean {
  if (!parent) return true;
  parent.children += 1;
  if (element.name === 'key') parent.lastKey = element.text;
  return false;
}

function wrongReference(text: string): { what: string; offset: number } | null {
  const found = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});)[^;\s]{0,20};?/i.exec(text);
  return found ? { what: `${found[0]} is not an entity of XML (write & as &amp;)`, offset: found.index } : null;
}

function quoted(text: string | null): string {
  return JSON.stringify((text ?? '').slice(0, 40));
}

function placeOf(text: string, position: number): { line: number; column: number } {
  const lines = text.slice(0, position).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
