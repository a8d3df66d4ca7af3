import { knownKeys } from './schema.ts';
import { WORDS_BY_KEY } from './setting-paths.ts';
import { type Group, isGroup } from './setting-values.ts';

/** A key that upkeep does not know. */
export type Stranger = { key: string; value: unknown };
export type Survey = { tidy: Group; given: string[]; strangers: Stranger[] };

/** Sorts what was given into known keys (`tidy`, a copy with nothing else in it) and strangers. */
export function surveyKeys(raw: Group): Survey {
  const given: string[] = [];
  const strangers: Stranger[] = [];
  const copyGroup = (group: Group, pattern: string, path: string, isEntry: boolean): Group => {
    const copy: Group = {};
    for (const [name, value] of Object.entries(group)) {
      if (value === undefined) continue;
      const key = path === '' ? name : `${path}.${name}`;
      const known = name.includes('.') ? undefined : WORDS_BY_KEY.get(pattern === '' ? name : `${pattern}.${name}`);
      if (!known) {
        strangers.push(...leavesOf(key, value, 0));
        continue;
      }
      if (known.kind !== 'group' && !isEntry) given.push(known.key);
      copy[name] = copyValue(value, known.key, key, known.kind === 'group');
    }
    return copy;
  };
  const copyValue = (value: unknown, pattern: string, path: string, asGroup: boolean): unknown => {
    if (asGroup && isGroup(value)) return copyGroup(value, pattern, path, false);
    if (!Array.isArray(value) || !LISTS.has(pattern)) return value;
    return value.map((entry, index) =>
      isGroup(entry) ? copyGroup(entry, `${pattern}[]`, `${path}[${index}]`, true) : entry,
    );
  };
  const tidy = copyGroup(raw, '', '', false);
  return { tidy, given, strangers };
}

/** Lists whose entries have keys of their own. */
const LISTS = new Set(
  knownKeys.filter((known) => known.kind === 'entry').map((known) => known.key.slice(0, known.key.indexOf('[]'))),
);

/** A stranger that is a group is reported by its innermost keys: `deadline.hard.dayz` tells more than `deadline`. */
function leavesOf(key: string, value: unknown, depth: number): Stranger[] {
  if (!isGroup(value) || depth > 3 || Object.keys(value).length === 0) return [{ key, value }];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(`${key}.${name}`, inner, depth + 1));
}
