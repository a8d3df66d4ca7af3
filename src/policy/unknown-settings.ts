import { nearestKey } from './nearest-key.ts';
import type { Stranger } from './setting-keys.ts';
import { WORDS_BY_KEY } from './setting-paths.ts';
import type { SettingProblem } from './setting-problem.ts';
import { valueWords } from './setting-values.ts';

/** Says what is wrong with a key that upkeep does not know; a misplaced secret is named but never repeated. */
export function strangerProblem(stranger: Stranger, suggest: boolean): SettingProblem {
  const { key } = stranger;
  if (key.split('.').some((name) => SECRET_NAME.test(name))) {
    return {
      key,
      given: null,
      what: 'would be a credential, and a profile can be read by everyone who uses the Mac. Secrets are never settings; take it out, and change it if it was real',
      allowed: null,
      nearest: null,
    };
  }
  const given = valueWords(stranger.value);
  if (WORDS_BY_KEY.has(key) && key.includes('.')) {
    const nested = key.split('.').join(' → ');
    return {
      key,
      given,
      what: 'stands under a key in one piece',
      allowed: `the groups one inside the other: ${nested}`,
      nearest: null,
    };
  }
  const index = /\[\d+\]/.exec(key)?.[0] ?? '[]';
  const nearest = suggest ? nearestKey(key.replace(/\[\d+\]/, '[]'), [...WORDS_BY_KEY.keys()]) : null;
  return {
    key,
    given,
    what: 'is set for a key that upkeep does not know',
    allowed: nearest === null ? siblingsOf(key) : null,
    nearest: nearest?.replace('[]', index) ?? null,
  };
}

/** Names under which other tools keep what must not stand in a profile, where every process on the Mac can read it. */
const SECRET_NAME =
  /pass(?:word|wd|phrase|code)|pwd|secret|token|credential|(?:api|private).?key|^auth|^user|user(?:name)?$|^login|account/i;

/** Where no single key is the nearest, the keys of the group that the stranger stands in. */
function siblingsOf(key: string): string | null {
  const group = key.slice(0, Math.max(0, key.lastIndexOf('.')));
  if (WORDS_BY_KEY.get(group)?.kind !== 'group') return null;
  const names = [...WORDS_BY_KEY.keys()].filter((other) => other.slice(0, other.lastIndexOf('.')) === group);
  return `${names.map((name) => name.slice(group.length + 1)).join(', ')} as the keys of ${group}`;
}
