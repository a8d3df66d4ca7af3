/** Settings or a part of them, as a profile or JSON holds them: a plain object and nothing cleverer. */
export type Group = Record<string, unknown>;

/** A value in one short line that cannot steer the terminal. */
export function valueWords(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'string') return printable(JSON.stringify(value));
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : shorten(`[${value.slice(0, 20).map(innerWords).join(', ')}]`);
  if (isGroup(value))
    return Object.keys(value).length === 0
      ? '{}'
      : shorten(`{${Object.keys(value).slice(0, 20).map(printable).join(', ')}}`);
  return scalarWords(value);
}

/** What sort of thing a value is, as it continues "is …". */
export function kindWords(value: unknown): string {
  if (value === null) return 'no value';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number';
  if (typeof value === 'boolean') return 'a yes or no';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date of a property list';
  if (value instanceof Uint8Array) return 'data';
  return isGroup(value) ? 'a group of keys' : 'something else';
}

/** Text with every sign that could steer a terminal or turn its direction written out, and not too long. */
export function printable(text: string): string {
  const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
  return shorten(text).replace(steering, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

export function isGroup(value: unknown): value is Group {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function innerWords(value: unknown): string {
  if (Array.isArray(value)) return '[…]';
  if (typeof value === 'string') return printable(JSON.stringify(value));
  return isGroup(value) ? '{…}' : scalarWords(value);
}

function scalarWords(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'a broken date' : value.toISOString();
  if (value === null || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  return `(${typeof value})`;
}

const LONGEST_VALUE = 80;

function shorten(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
