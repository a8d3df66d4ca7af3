/** One line of a tool's output; `ended` is false for a last line without a line break, which may be cut off. */
export type Line = { text: string; ended: boolean };

/** Splits at CR, LF and CRLF alike: tools rewrite their progress line with a carriage return. */
export function splitLines(text: string): Line[] {
  const parts = text.split(/\r\n|\n|\r/);
  const last = parts.pop() ?? '';
  const lines = parts.map((part) => ({ text: part, ended: true }));
  return last === '' ? lines : [...lines, { text: last, ended: false }];
}

/** Collects pieces of output and gives out whole lines; what has no line break yet stays in `rest`. */
export class LineBuffer {
  rest = '';

  /** Adds a piece and returns the lines that are now whole, without empty ones. */
  add(piece: string): string[] {
    const parts = (this.rest + piece).split(/\r\n|\n|\r/);
    this.rest = parts.pop() ?? '';
    return parts.filter((part) => part !== '');
  }

  /** Takes what is left as a line. */
  take(): string {
    const taken = this.rest;
    this.rest = '';
    return taken;
  }
}

/** Typographic apostrophes as plain ones: releases differ in which they print. */
export function straightApostrophes(text: string): string {
  return text.replace(/[\u2018\u2019]/g, "'");
}
