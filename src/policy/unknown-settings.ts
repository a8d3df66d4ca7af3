import { distanceBetween, nearestKey } from './nearest-key.ts';
import type { Stranger } from './setting-keys.ts';
import { WORDS_BY_KEY } from './setting-paths.ts';
import type { SettingProblem } from './setting-problem.ts';
import { kindWords, valueWords } from './setting-values.ts';

/** Says what is wrong with a key that upkeep does not know; a misplaced secret is named but never repeated. */
export function strangerProblem(stranger: Stranger, suggest: boolean): SettingProblem {
  const { key } = stranger;
  const names = key.split('.');
  // What upkeep itself calls a group is no secret, whatever it sounds like.
  const foreign = names.filter((_, index) => WORDS_BY_KEY.get(names.slice(0, index + 1).join('.'))?.kind !== 'group');
  const index = /\[\d+\]/.exec(key)?.[0] ?? '[]';
  const nearest = suggest ? nearestKey(key.replace(/\[\d+\]/, '[]'), [...WORDS_BY_KEY.keys()]) : null;
  // A slip in a key of ours that sounds like a secret and is none; its value is hidden all the same.
  const isSlip = nearest?.split('.').some(isSecretName) === true;
  if (foreign.some(isSecretName) && !isSlip) {
    return {
      key,
      given: null,
      what: 'would be a credential, and a profile can be read by everyone who uses the Mac. Secrets are never settings: `upkeep auth set` takes them. Take it out, and change it if it was real',
      allowed: null,
      nearest: null,
    };
  }
  const given = isSlip || foreign.some(mayBeSecretName) ? hiddenWords(stranger.value) : valueWords(stranger.value);
  if (WORDS_BY_KEY.has(key) && key.includes('.')) {
    const nested = names.join(' → ');
    return {
      key,
      given,
      what: 'stands under a key in one piece',
      allowed: `the groups one inside the other: ${nested}`,
      nearest: null,
    };
  }
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
  /pass(?:word|wd|phrase|code)|pswd|pwd|secret|token|credential|(?:api|private).?key|^auth|^user|user(?:name)?$|^login/i;

/** Whole words that are too short to be looked for within others: `bypass` and `keyboard` hold no secrets. */
const SECRET_WORDS = new Set(['pass', 'pw']);
const DOUBTFUL_WORDS = new Set(['key', 'pin']);

/** What a misspelt name is compared with, wherever in it. */
const LONG_SECRET_WORDS = ['password', 'passwd', 'passphrase', 'passcode', 'secret', 'token', 'credential'];

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || wordsIn(name).some((word) => SECRET_WORDS.has(word));
}

function mayBeSecretName(name: string): boolean {
  if (wordsIn(name).some((word) => DOUBTFUL_WORDS.has(word))) return true;
  const letters = name
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .slice(0, LONGEST_NAME);
  return LONG_SECRET_WORDS.some((word) => holdsNearly(letters, word));
}

const LONGEST_NAME = 80;

/** Whether some part of `letters` is `word` but for a slip in every four letters. */
function holdsNearly(letters: string, word: string): boolean {
  const limit = Math.floor(word.length / 4);
  for (let start = 0; start < letters.length; start += 1) {
    for (let length = word.length - limit; length <= word.length + limit; length += 1) {
      if (distanceBetween(letters.slice(start, start + length), word, limit) <= limit) return true;
    }
  }
  return false;
}

/** `jamfAPI_pass2` as jamf, api, pass. */
function wordsIn(name: string): string[] {
  return name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)?.map((word) => word.toLowerCase()) ?? [];
}

/** A value that nobody should read, by its kind only. */
function hiddenWords(value: unknown): string {
  return typeof value === 'string' ? `(text of ${[...value].length} characters)` : `(${kindWords(value)})`;
}

/** Where no single key is the nearest, the keys of the group that the stranger stands in. */
function siblingsOf(key: string): string | null {
  const group = key.slice(0, Math.max(0, key.lastIndexOf('.')));
  if (WORDS_BY_KEY.get(group)?.kind !== 'group') return null;
  const names = [...WORDS_BY_KEY.keys()].filter((other) => other.slice(0, other.lastIndexOf('.')) === group);
  return `${names.map((name) => name.slice(group.length + 1)).join(', ')} as the keys of ${group}`;
}
