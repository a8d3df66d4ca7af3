/**
 * A line as `security -i` takes it apart: blanks separate, both kinds of quotes hold together, and a backslash makes the
 * next character plain, within quotes of either kind too, unlike in a shell.
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let place = 0; place < line.length; place += 1) {
    const letter = line[place] ?? '';
    if (letter === '\\') {
      place += 1;
      word = (word ?? '') + (line[place] ?? '');
    } else if (quote !== null) {
      if (letter === quote) quote = null;
      else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + letter;
  }
  if (word !== null) words.push(word);
  return words;
}

/** How much of a line fits into the tool's buffer; the rest of a longer one is taken for the next line. */
const BUFFER_BYTES = 4_095;

/** The lines it reads from what was typed. */
export function linesOf(typed: string): string[] {
  return typed.split('\n').flatMap((line) => {
    const bytes = Buffer.from(line);
    const pieces: string[] = [];
    for (let from = 0; from < bytes.length || pieces.length === 0; from += BUFFER_BYTES) {
      pieces.push(bytes.toString('utf8', from, from + BUFFER_BYTES));
    }
    return pieces;
  });
}
