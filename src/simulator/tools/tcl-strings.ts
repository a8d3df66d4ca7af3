import { TclError } from './tcl-words.ts';

export function stringCommand([verb, first = '', second = '']: readonly string[]): string {
  switch (verb) {
    case 'length':
      return String([...first].length);
    case 'equal':
      return first === second ? '1' : '0';
    case 'trim':
      return first.trim();
    case 'tolower':
      return first.toLowerCase();
    case 'match':
      return globPattern(first, true).test(second) ? '1' : '0';
    case 'first':
      return String(second.indexOf(first));
    default:
      throw new TclError(`unknown or ambiguous subcommand "${verb ?? ''}"`);
  }
}

/** A pattern with `*`, `?` and `[…]`; for the whole text or for a place in it, which `^` and `$` hold to its ends. */
export function globPattern(glob: string, whole: boolean): RegExp {
  let source = '';
  for (let place = 0; place < glob.length; place += 1) {
    const letter = glob[place] ?? '';
    const close = letter === '[' ? glob.indexOf(']', place + 1) : -1;
    if (letter === '*') source += '[\\s\\S]*';
    else if (letter === '?') source += '[\\s\\S]';
    else if (close > place) {
      source += glob.slice(place, close + 1);
      place = close;
    } else if (letter === '\\') {
      place += 1;
      source += escapedForPattern(glob[place] ?? '');
    } else if (!whole && ((letter === '^' && place === 0) || (letter === '$' && place === glob.length - 1))) {
      source += letter;
    } else source += escapedForPattern(letter);
  }
  return new RegExp(whole ? `^${source}$` : source);
}

export function escapedForPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
