/** A word of a command: as it stands (in braces), or with what is in it to be put in; after `{*}` it is many words. */
export type TclWord = { text: string; asItIs: boolean; spread: boolean };

export class TclError extends Error {}

/** The commands of a script, each in words; what is put in comes later. */
export function commandsOf(script: string): TclWord[][] {
  return scan(script, 0, false).commands;
}

/** The place of the brace that closes the one here. */
export function closing(text: string, open: number): number {
  let depth = 0;
  for (let place = open; place < text.length; place += 1) {
    if (text[place] === '\\') place += 1;
    else if (text[place] === '{') depth += 1;
    else if (text[place] === '}') {
      depth -= 1;
      if (depth === 0) return place;
    }
  }
  throw new TclError('missing close-brace');
}

/** The place of the bracket that closes the one here: what stands between them is a script. */
export function closingBracket(text: string, open: number): number {
  return scan(text, open + 1, true).end;
}

/** What a backslash and what follows it stand for, and the last place that belongs to them. */
export function escapeAt(text: string, place: number): { means: string; last: number } {
  const rest = text.slice(place + 1, place + 12);
  const joined = /^\n[ \t]*/.exec(text.slice(place + 1))?.[0];
  if (joined !== undefined) return { means: ' ', last: place + joined.length };
  const [number, hex, wide, octal] = /^(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|([0-7]{1,3}))/i.exec(rest) ?? [];
  if (number !== undefined) {
    const code = octal === undefined ? Number.parseInt(hex ?? wide ?? '', 16) : Number.parseInt(octal, 8);
    return { means: String.fromCharCode(code), last: place + number.length };
  }
  const letter = rest[0];
  if (letter === undefined) return { means: '\\', last: place };
  return { means: NAMED[letter] ?? letter, last: place + 1 };
}

const NAMED: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function scan(script: string, from: number, nested: boolean): { commands: TclWord[][]; end: number } {
  const commands: TclWord[][] = [];
  let words: TclWord[] = [];
  let place = from;
  const end = (): void => {
    if (words.length > 0) commands.push(words);
    words = [];
  };
  while (place < script.length) {
    const letter = script[place] ?? '';
    if (nested && letter === ']') break;
    if (letter === '\\' && script[place + 1] === '\n') place += 2;
    else if (letter === '\n' || letter === ';') {
      end();
      place += 1;
    } else if (/\s/.test(letter)) place += 1;
    else if (letter === '#' && words.length === 0) {
      while (place < script.length && script[place] !== '\n') place += script[place] === '\\' ? 2 : 1;
    } else {
      const { word, next } = wordAt(script, place, nested);
      words.push(word);
      place = next;
    }
  }
  if (nested && place >= script.length) throw new TclError('missing close-bracket');
  end();
  return { commands, end: place };
}

function wordAt(script: string, from: number, nested: boolean): { word: TclWord; next: number } {
  if (script.startsWith('{*}', from) && !isEnd(script[from + 3], nested)) {
    const { word, next } = wordAt(script, from + 3, nested);
    return { word: { ...word, spread: true }, next };
  }
  if (script[from] === '{') {
    const close = closing(script, from);
    if (!isEnd(script[close + 1], nested) && script[close + 1] !== '\\')
      throw new TclError('extra characters after close-brace');
    return { word: { text: script.slice(from + 1, close), asItIs: true, spread: false }, next: close + 1 };
  }
  const quoted = script[from] === '"';
  const begin = quoted ? from + 1 : from;
  let place = begin;
  for (; place < script.length; place += 1) {
    const letter = script[place];
    if (letter === '\\' && !quoted && script[place + 1] === '\n') break;
    if (letter === '\\') place += 1;
    else if (letter === '[') place = closingBracket(script, place);
    else if (letter === '$' && script[place + 1] === '{') place = closing(script, place + 1);
    else if (quoted ? letter === '"' : isEnd(letter, nested)) break;
  }
  if (quoted && place >= script.length) throw new TclError('missing "');
  if (quoted && !isEnd(script[place + 1], nested) && script[place + 1] !== '\\')
    throw new TclError('extra characters after close-quote');
  const text = script.slice(begin, place);
  return { word: { text, asItIs: false, spread: false }, next: quoted ? place + 1 : place };
}

function isEnd(letter: string | undefined, nested: boolean): boolean {
  return letter === undefined || /[\s;]/.test(letter) || (nested && letter === ']');
}
