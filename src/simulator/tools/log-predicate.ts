import type { LogEntry } from '../mac/system-log.ts';

export type Predicate = (entry: LogEntry) => boolean;

const FIELDS: Readonly<Record<string, (entry: LogEntry) => string>> = {
  subsystem: ({ subsystem }) => subsystem,
  category: ({ category }) => category,
  process: ({ process }) => process.slice(process.lastIndexOf('/') + 1),
  processImagePath: ({ process }) => process,
  eventMessage: ({ message }) => message,
  composedMessage: ({ message }) => message,
};

/** The part of NSPredicate's language that such filters are written in; null for what is not of it. */
export function readPredicate(text: string): Predicate | null {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[()]|==|!=|[A-Za-z]+(?:\[c\])?|\S/g) ?? [];
  let at = 0;
  const take = (word: string): boolean => {
    const found = tokens[at]?.toUpperCase() === word;
    if (found) at += 1;
    return found;
  };
  const either = (): Predicate | null => chain('OR', both, (parts, entry) => parts.some((part) => part(entry)));
  const both = (): Predicate | null => chain('AND', one, (parts, entry) => parts.every((part) => part(entry)));
  const chain = (
    word: string,
    next: () => Predicate | null,
    join: (parts: Predicate[], entry: LogEntry) => boolean,
  ): Predicate | null => {
    const parts: Predicate[] = [];
    do {
      const part = next();
      if (part === null) return null;
      parts.push(part);
    } while (take(word));
    return (entry) => join(parts, entry);
  };
  const one = (): Predicate | null => {
    if (take('(')) {
      const inside = either();
      return take(')') ? inside : null;
    }
    const [name = '', operator = '', quoted = ''] = tokens.slice(at, at + 3);
    at += 3;
    const field = FIELDS[name];
    if (field === undefined || !/^".*"$/s.test(quoted)) return null;
    const wanted = quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    switch (operator) {
      case '==':
        return (entry) => field(entry) === wanted;
      case '!=':
        return (entry) => field(entry) !== wanted;
      case 'CONTAINS':
        return (entry) => field(entry).includes(wanted);
      case 'CONTAINS[c]':
        return (entry) => field(entry).toLowerCase().includes(wanted.toLowerCase());
      default:
        return null;
    }
  };
  const whole = either();
  return at === tokens.length ? whole : null;
}
