import { closing, escapeAt, TclError } from './tcl-words.ts';

/** The elements of a list. */
export function elementsOf(list: string): string[] {
  const elements: string[] = [];
  for (let place = 0; place < list.length; ) {
    if (/\s/.test(list[place] ?? '')) {
      place += 1;
      continue;
    }
    const { element, next } = list[place] === '{' ? bracedAt(list, place) : plainAt(list, place);
    const [behind] = /^\S{1,20}/.exec(list.slice(next)) ?? [];
    if (behind !== undefined) {
      const what = list[place] === '{' ? 'braces' : 'quotes';
      throw new TclError(`list element in ${what} followed by "${behind}" instead of space`);
    }
    elements.push(element);
    place = next;
  }
  return elements;
}

/** As one list, from which `elementsOf` makes the same elements again, whatever they hold. */
export function listOf(elements: readonly string[]): string {
  return elements.map(elementText).join(' ');
}

function bracedAt(list: string, place: number): { element: string; next: number } {
  const close = closing(list, place);
  return { element: list.slice(place + 1, close), next: close + 1 };
}

function plainAt(list: string, from: number): { element: string; next: number } {
  const quoted = list[from] === '"';
  let element = '';
  let place = quoted ? from + 1 : from;
  for (; place < list.length; place += 1) {
    const letter = list[place] ?? '';
    if (letter === '\\') {
      const { means, last } = escapeAt(list, place);
      element += means;
      place = last;
    } else if (quoted ? letter === '"' : /\s/.test(letter)) return { element, next: quoted ? place + 1 : place };
    else element += letter;
  }
  if (quoted) throw new TclError('unmatched open quote in list');
  return { element, next: place };
}

/** In braces where it needs something around it; with backslashes where braces of its own would not come out even. */
function elementText(element: string): string {
  if (element === '') return '{}';
  if (!/[\s{}"\\$[\];]|^#/.test(element)) return element;
  return isEven(element) ? `{${element}}` : element.replaceAll(/[\s{}"\\$[\];#]/g, escaped);
}

function isEven(element: string): boolean {
  if (/\\$/.test(element) || /\\\n/.test(element)) return false;
  try {
    return closing(`{${element}}`, 0) === element.length + 1;
  } catch {
    return false;
  }
}

function escaped(letter: string): string {
  return { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f', '\v': '\\v' }[letter] ?? `\\${letter}`;
}
