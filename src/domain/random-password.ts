import type { CharacterClass, PasswordPolicy } from './accounts.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const SYMBOLS = '#%+,./:=@_-';
const SIGNS: Record<CharacterClass, string> = {
  letter: LOWER + UPPER,
  upper: UPPER,
  lower: LOWER,
  digit: DIGITS,
  symbol: SYMBOLS,
};

const USUAL_LENGTH = 32;
/** Where a rule could not be understood: it may ask for more than the others. */
const CAUTIOUS_LENGTH = 48;
/** Each kind this often at least, whether a rule asks for it or not. */
const OF_EACH = 3;

/**
 * A password nobody has to type, by the rules that are known. It begins with a letter, and no sign follows itself or its
 * neighbour in the alphabet, since rules that cannot be read often forbid just that. `pick` gives a random number below another. Pure.
 */
export function randomPassword(
  { minLength, required, unreadRules }: Pick<PasswordPolicy, 'minLength' | 'required' | 'unreadRules'>,
  pick: (below: number) => number,
): string {
  const usual: CharacterClass[] = ['upper', 'lower', 'digit', 'symbol'];
  const wanted = new Map<CharacterClass, number>(usual.map((kind) => [kind, OF_EACH]));
  for (const { kind, count } of required) wanted.set(kind, Math.max(count, wanted.get(kind) ?? 0));
  const groups = [...wanted].flatMap(([kind, count]) => Array.from({ length: count }, () => SIGNS[kind]));
  const length = Math.max(unreadRules.length > 0 ? CAUTIOUS_LENGTH : USUAL_LENGTH, minLength ?? 0, groups.length + 1);
  const all = LOWER + UPPER + DIGITS + SYMBOLS;
  while (groups.length < length - 1) groups.push(all);
  let password = signFrom(SIGNS.letter, '', pick);
  // Taking them out one by one in random order mixes the kinds.
  while (groups.length > 0) {
    const [signs = all] = groups.splice(pick(groups.length), 1);
    password += signFrom(signs, password.at(-1) ?? '', pick);
  }
  return password;
}

function signFrom(signs: string, before: string, pick: (below: number) => number): string {
  const last = before === '' ? Number.NaN : before.toLowerCase().charCodeAt(0);
  const fine = [...signs].filter((sign) => !(Math.abs(sign.toLowerCase().charCodeAt(0) - last) <= 1));
  return fine[pick(fine.length)] ?? '';
}
