/**
 * The part of RSQL that filters of the Jamf Pro API are written in: `==`, `!=`, `=in=(…)`, `;` for and, `,` for or, and
 * brackets. Values may be quoted.
 */
export type Filter = { all: Filter[] } | { any: Filter[] } | { field: string; not: boolean; values: readonly string[] };

/** The filter, or null where the text is none. */
export function readFilter(text: string): Filter | null {
  const reader = new Reader(text);
  const filter = reader.any();
  return filter !== null && reader.atEnd() ? filter : null;
}

/** `read` gives a record's value as text; null and undefined equal nothing. */
export function passes(filter: Filter, read: (field: string) => string | null | undefined): boolean {
  if ('all' in filter) return filter.all.every((part) => passes(part, read));
  if ('any' in filter) return filter.any.some((part) => passes(part, read));
  const value = read(filter.field);
  const equal = value !== null && value !== undefined && filter.values.includes(value);
  return equal !== filter.not;
}

export function fieldsOf(filter: Filter): string[] {
  if ('all' in filter) return filter.all.flatMap(fieldsOf);
  if ('any' in filter) return filter.any.flatMap(fieldsOf);
  return [filter.field];
}

/** The values one of which every record that passes has in this field; null where the filter does not say. */
export function demanded(filter: Filter, field: string): readonly string[] | null {
  if ('any' in filter)
    return filter.any.length === 1 && filter.any[0] !== undefined ? demanded(filter.any[0], field) : null;
  if ('all' in filter) return filter.all.map((part) => demanded(part, field)).find((values) => values !== null) ?? null;
  return filter.field === field && !filter.not ? filter.values : null;
}

const FIELD = /[A-Za-z][\w.]*/y;
const OPERATOR = /==|!=|=in=|=out=/y;
const VALUE = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"'();,<>=!~]+)/y;
const BLANK = /\s*/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.#take(BLANK);
    return this.#at === this.#text.length;
  }

  any(): Filter | null {
    const parts = this.#list(() => this.#all(), ',');
    return parts === null ? null : parts.length === 1 ? (parts[0] ?? null) : { any: parts };
  }

  #all(): Filter | null {
    const parts = this.#list(() => this.#one(), ';');
    return parts === null ? null : parts.length === 1 ? (parts[0] ?? null) : { all: parts };
  }

  #one(): Filter | null {
    if (this.#sign('(')) {
      const inner = this.any();
      return inner !== null && this.#sign(')') ? inner : null;
    }
    const field = this.#take(FIELD)?.[0];
    const operator = this.#take(OPERATOR)?.[0];
    if (field === undefined || operator === undefined) return null;
    const not = operator === '!=' || operator === '=out=';
    if (operator === '==' || operator === '!=') {
      const value = this.#value();
      return value === null ? null : { field, not, values: [value] };
    }
    if (!this.#sign('(')) return null;
    const values = this.#list(() => this.#value(), ',');
    return values !== null && this.#sign(')') ? { field, not, values } : null;
  }

  #list<One>(read: () => One | null, between: string): One[] | null {
    const items: One[] = [];
    do {
      const item = read();
      if (item === null) return null;
      items.push(item);
    } while (this.#sign(between));
    return items;
  }

  #value(): string | null {
    const found = this.#take(VALUE);
    if (found === null) return null;
    const quoted = found[1] ?? found[2];
    return quoted === undefined ? (found[3] ?? '') : quoted.replaceAll(/\\(.)/g, '$1');
  }

  #sign(sign: string): boolean {
    this.#take(BLANK);
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    if (pattern !== BLANK) this.#take(BLANK);
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}
