/** A word of a command: as it stands (in braces), or with what is in it to be put in. */
export type TclWord = { text: string; asItIs: boolean };

export class TclError extends Error {}

/** The commands of a script, each in words; what is put in comes later. */
export function commandsOf(script: string): TclWord[][] {
  const commands: TclWord[][] = [];
  let words: TclWord[] = [];
  let place = 0;
  const end = (): void => {
    if (words.length > 0) commands.push(words);
    words = [];
  };
  while (place < script.length) {
    const letter = script[place] ?? '';
    if (letter === '\\' && script[place + 1] === '\n') place += 2;
    else if (letter === '\n' || letter === ';') {
      end();
      place += 1;
    } else if (/\s/.test(letter)) place += 1;
    else if (letter === '#' && words.length === 0) {
      while (place < script.length && script[place] !== '\n') place += script[place] === '\\' ? 2 : 1;
    } else {
      const { word, next } = wordAt(script, place);
      words.push(word);
      place = next;
    }
  }
  end();
  return commands;
}

/** The elements of a list. */
export function elementsOf(list: string): string[] {
  const elements: string[] = [];
  for (let place = 0; place < list.length; ) {
    if (/\s/.test(list[place] ?? '')) {
      place += 1;
      continue;
    }
    const opening = list[place];
    if (opening === '{') {
      const close = closing(list, place);
      elements.push(list.slice(place + 1, close));
      place = close + 1;
    } else {
      const pattern = opening === '"' ? /"((?:[^"\\]|\\[\s\S])*)"/y : /((?:[^\s\\]|\\[\s\S])+)/y;
      pattern.lastIndex = place;
      const found = pattern.exec(list);
      if (found === null) throw new TclError('unmatched open quote in list');
      elements.push((found[1] ?? '').replaceAll(/\\([\s\S])/g, (_, one: string) => plainOf(one)));
      place = pattern.lastIndex;
    }
  }
  return elements;
}

/** As one list. */
export function listOf(elements: readonly string[]): string {
  return elements.map((one) => (one === '' || /[\s{}"\\$[\];]/.test(one) ? `{${one}}` : one)).join(' ');
}

/** What a backslash makes of a letter. */
export function plainOf(letter: string): string {
  return { n: '\n', r: '\r', t: '\t', '\n': ' ' }[letter] ?? letter;
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

/** The place of the bracket that closes the one here; braces and quotes within are passed over. */
export function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let place = open; place < text.length; place += 1) {
    if (text[place] === '\\') place += 1;
    else if (text[place] === '{') place = closing(text, place);
    else if (text[place] === '[') depth += 1;
    else if (text[place] === ']') {
      depth -= 1;
      if (depth === 0) return place;
    }
  }
  throw new TclError('missing close-bracket');
}

function wordAt(script: string, from: number): { word: TclWord; next: number } {
  if (script[from] === '{') {
    const close = closing(script, from);
    return { word: { text: script.slice(from + 1, close), asItIs: true }, next: close + 1 };
  }
  const quoted = script[from] === '"';
  let place = quoted ? from + 1 : from;
  const begin = place;
  for (; place < script.length; place += 1) {
    const letter = script[place] ?? '';
    if (letter === '\\') place += 1;
    else if (letter === '[') place = closingBracket(script, place);
    else if (quoted ? letter === '"' : /[\s;]/.test(letter)) break;
  }
  const text = script.slice(begin, place);
  return { word: { text, asItIs: false }, next: quoted ? place + 1 : place };
}
