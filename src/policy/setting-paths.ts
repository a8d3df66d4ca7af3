import { UpkeepError } from '../domain/problem.ts';
import { knownKeys } from './schema.ts';
import type { SettingWords } from './setting-types.ts';
import { type Group, isGroup } from './setting-values.ts';

/** Every key there is; a list's entry stands as `activeHours[]`. */
export const WORDS_BY_KEY = new Map(knownKeys.map((known) => [known.key, known]));

/** A place in the settings as an admin would write it: `activeHours[0].days`. */
export function pathWords(path: readonly PropertyKey[]): string {
  return path.reduce<string>((words, step) => {
    if (typeof step === 'number') return `${words}[${step}]`;
    return words === '' ? String(step) : `${words}.${String(step)}`;
  }, '');
}

/** The key that a place belongs to: the place itself, or the nearest one around it that has words of its own. */
export function keyAround(path: readonly PropertyKey[]): { key: string; words: SettingWords } {
  for (let length = path.length; length > 0; length -= 1) {
    const pattern = pathWords(path.slice(0, length)).replace(/\[\d+\]/g, '[]');
    const known = WORDS_BY_KEY.get(pattern);
    if (known) return { key: pattern, words: known.words };
  }
  throw new UpkeepError('bug', `No setting is known at ${pathWords(path)}.`, { remedy: 'Please report this.' });
}

export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return Object.getOwnPropertyDescriptor(inner, step)?.value;
  }, value);
}

/** A copy without the given keys; a wrong entry takes its whole list along. */
export function without(tidy: Group, keys: ReadonlySet<string>, path = ''): Group {
  const copy: Group = {};
  for (const [name, value] of Object.entries(tidy)) {
    const key = path === '' ? name : `${path}.${name}`;
    if (keys.has(key) || [...keys].some((faulty) => faulty.startsWith(`${key}[]`))) continue;
    copy[name] = isGroup(value) ? without(value, keys, key) : value;
  }
  return copy;
}
