/**
 * Whether a text is a well-formed XML property list, and if not, where it stops being one. The parser that turns it
 * into values is lenient: it reads `12abc` as 12, keeps the last of two equal keys, skips stray text and prints its
 * complaints. A setting lost that way would never be missed, so everything doubtful is refused before it gets there.
 */
export type XmlFlaw = { what: string; line: number; column: number };

/** Returns the first flaw, or null. Document type declarations with definitions of their own are refused unread. */
export function flawInPlistXml(xml: string): XmlFlaw | null {
  const open: Element[] = [];
  const flaw = (what: string, position: number): XmlFlaw => ({ what, ...placeOf(xml, position) });
  const forbidden = FORBIDDEN_SIGN.exec(xml);
  if (forbidden) return flaw('a control character', forbidden.index);

  let finished = false;
  let typed = false;
  let at = 0;
  while (at < xml.length) {
    const token = tokenAt(xml, at);
    if (token === null) return flaw('a tag that is not closed or not well formed', at);
    const parent = open.at(-1);
    const wrong = flawOf(token, parent, { finished, typed, atStart: xml.slice(0, at).trim() === '' });
    if (wrong !== null) return flaw(wrong, at);
    if (token.kind === 'open') {
      open.push({ name: token.name, at, text: '', children: 0, keys: new Set(), lastKey: null });
      if (open.length > DEEPEST) return flaw(`more than ${DEEPEST} levels`, at);
    }
    const ending = token.kind === 'close' || (token.kind === 'open' && token.selfClosing) ? open.pop() : undefined;
    if (ending) {
      const incomplete = flawAtEnd(ending) ?? enter(open.at(-1), ending);
      if (incomplete !== null) return flaw(incomplete, ending.at);
      finished = open.length === 0;
    } else if (parent && TEXT_TAGS.has(parent.name)) {
      parent.text += token.text;
    }
    typed ||= token.kind === 'doctype';
    at += token.text.length;
  }
  const unclosed = open.at(-1);
  if (unclosed) return flaw(`<${unclosed.name}> is never closed`, unclosed.at);
  return finished ? null : flaw('no <plist> in it', 0);
}

type Element = { name: string; at: number; text: string; children: number; keys: Set<string>; lastKey: string | null };
type Token =
  | { kind: 'space' | 'text' | 'cdata' | 'aside' | 'doctype'; text: string }
  | { kind: 'open'; text: string; name: string; hasAttributes: boolean; selfClosing: boolean }
  | { kind: 'close'; text: string; name: string };

const DEEPEST = 32;
const TEXT_TAGS = new Set(['key', 'string', 'integer', 'real', 'date', 'data']);
const VALUE_TAGS = new Set(['dict', 'array', 'string', 'integer', 'real', 'date', 'data', 'true', 'false']);
const FORBIDDEN_SIGN = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/u;

// Sticky patterns: each is tried exactly where the reading stands, so that the whole pass is linear.
const TEXT = /[^<]+/y;
const ASIDE = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>/y;
const CDATA = /<!\[CDATA\[[\s\S]*?\]\]>/y;
const DOCTYPE = /<!DOCTYPE(?:"[^"]*"|'[^']*'|[^"'[>])*[[>]/iy;
const OPEN = /<([A-Za-z]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const CLOSE = /<\/([A-Za-z]+)\s*>/y;
const DECLARATION =
  /^<\?xml\s+version\s*=\s*["']1\.\d["'](?:\s+encoding\s*=\s*["'][A-Za-z][\w.-]*["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>$/;
const PLAIN_DOCTYPE = /^<!DOCTYPE\s+plist(?:\s+PUBLIC\s+"[-\w ./:()+,?=]*"\s+"[^"&<>]*"|\s+SYSTEM\s+"[^"&<>]*")?\s*>$/;

function tokenAt(xml: string, at: number): Token | null {
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(xml);
  };
  const text = match(TEXT)?.[0];
  if (text !== undefined) return { kind: /^[ \t\r\n]+$/.test(text) ? 'space' : 'text', text };
  const open = match(OPEN);
  if (open) {
    return {
      kind: 'open',
      text: open[0],
      name: open[1] ?? '',
      hasAttributes: open[2] !== '',
      selfClosing: open[3] === '/',
    };
  }
  const close = match(CLOSE);
  if (close) return { kind: 'close', text: close[0], name: close[1] ?? '' };
  for (const [kind, pattern] of [
    ['aside', ASIDE],
    ['cdata', CDATA],
    ['doctype', DOCTYPE],
  ] as const) {
    const found = match(pattern)?.[0];
    if (found !== undefined) return { kind, text: found };
  }
  return null;
}

/** Why this may not stand here; null when it may. */
function flawOf(
  token: Token,
  parent: Element | undefined,
  place: { finished: boolean; typed: boolean; atStart: boolean },
): string | null {
  const inText = parent !== undefined && TEXT_TAGS.has(parent.name);
  switch (token.kind) {
    case 'space':
      return null;
    case 'doctype':
      if (parent || place.finished || place.typed) return 'a document type declaration in the middle';
      return PLAIN_DOCTYPE.test(token.text)
        ? null
        : 'a document type declaration other than the usual one; definitions in it are refused';
    case 'text':
      if (!parent) return place.finished ? 'text after the end of the property list' : 'text before the property list';
      if (!inText) return `stray text inside <${parent.name}>`;
      if (token.text.includes(']]>')) return '"]]>" outside a CDATA section';
      if (parent.name !== 'string' && token.text.includes('&#'))
        return `a character written as a number inside <${parent.name}>`;
      return wrongReference(token.text);
    case 'cdata':
      return parent?.name === 'string' ? null : 'a CDATA section outside <string>';
    case 'aside':
      // A comment inside a value would leave it to each reader what the value is.
      if (inText) return `a comment or instruction inside <${parent.name}>`;
      if (token.text.startsWith('<!--') && token.text.slice(4, -2).includes('--')) return 'a comment with "--" in it';
      if (token.text.startsWith('<!--')) return null;
      if (!place.atStart) return 'an XML declaration or instruction in the middle';
      return DECLARATION.test(token.text) ? null : 'an XML declaration that is not well formed';
    case 'open':
      if (token.hasAttributes && !/^<plist\s+version\s*=\s*["'][\d.]+["']\s*\/?>$/.test(token.text))
        return `attributes in <${token.name}>`;
      return wrongChild(parent, token.name, place.finished);
    case 'close':
      if (!parent) return `</${token.name}> without a beginning`;
      return parent.name === token.name ? null : `</${token.name}> where </${parent.name}> is due`;
  }
}

/** Why this tag may not begin here. */
function wrongChild(parent: Element | undefined, name: string, finished: boolean): string | null {
  if (!parent) {
    if (finished) return `<${name}> after the end of the property list`;
    return name === 'plist' ? null : `<${name}> where <plist> is due`;
  }
  if (TEXT_TAGS.has(parent.name) || parent.name === 'true' || parent.name === 'false')
    return `<${name}> inside <${parent.name}>`;
  if (parent.name === 'dict') {
    const keyDue = parent.children % 2 === 0;
    if (keyDue && name !== 'key') return `<${name}> where a <key> is due`;
    if (!keyDue && name === 'key') return `<key> where the value of ${quoted(parent.lastKey)} is due`;
    if (name === 'key') return null;
  }
  if (parent.name === 'plist' && parent.children > 0) return 'a second value in <plist>';
  return VALUE_TAGS.has(name) ? null : `<${name}> is not a tag of property lists`;
}

/** Why this element may not end with what it holds. */
function flawAtEnd({ name, text, children, lastKey }: Element): string | null {
  switch (name) {
    case 'plist':
      return children === 0 ? '<plist> is empty' : null;
    case 'dict':
      return children % 2 === 0 ? null : `${quoted(lastKey)} has no value`;
    case 'integer':
      return /^\s*[+-]?\d{1,15}\s*$/.test(text) ? null : `${quoted(text)} is not a whole number`;
    case 'real':
      return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?\s*$/i.test(text)
        ? null
        : `${quoted(text)} is not a number`;
    case 'date':
      return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text.trim())
        ? null
        : `${quoted(text)} is not a date of a property list`;
    case 'data':
      return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replace(/\s+/g, ''))
        ? null
        : 'the <data> is not base64';
    case 'key':
      return text === '' || text === '__proto__' ? `${quoted(text)} is not a key` : null;
    default:
      return null;
  }
}

/** Enters a finished element into its parent; the flaw that shows only there is a key given twice. */
function enter(parent: Element | undefined, element: Element): string | null {
  if (!parent) return null;
  parent.children += 1;
  if (element.name !== 'key') return null;
  parent.lastKey = element.text;
  if (parent.keys.has(element.text)) return `the key ${quoted(element.text)} for the second time in one <dict>`;
  parent.keys.add(element.text);
  return null;
}

function wrongReference(text: string): string | null {
  for (const [reference, name = ''] of text.matchAll(/&([^;\s&]{0,20};?)/g)) {
    if (/^(?:amp|lt|gt|quot|apos);$/.test(name)) continue;
    const digits = /^#(?:(\d{1,7})|x([0-9a-f]{1,6}));$/i.exec(name);
    const sign = digits?.[1] === undefined ? Number.parseInt(digits?.[2] ?? '', 16) : Number(digits[1]);
    if (sign <= 0x10ffff && !FORBIDDEN_SIGN.test(String.fromCodePoint(sign))) continue;
    return `${quoted(reference)} is not an entity of XML; write & as &amp;`;
  }
  return null;
}

function quoted(text: string | null): string {
  return JSON.stringify((text ?? '').slice(0, 40));
}

function placeOf(text: string, position: number): { line: number; column: number } {
  const lines = text.slice(0, position).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
