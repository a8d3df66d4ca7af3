import type { CharacterClass, PasswordPolicy } from './accounts.ts';
import { UpkeepError } from './problem.ts';

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
/** Each kind this often at least, whether a rule asks for it or not, as long as there is room. */
const OF_EACH = [3, 2, 1, 0];
/** Shorter than this it would be guessed. */
const SHORTEST = 8;

/**
 * A password nobody has to type, by the rules that are known. It begins with a letter, and no sign follows itself or its
 * neighbour in the alphabet, since rules that cannot be read often forbid just that. `pick` gives a random number below another. Pure.
 * Throws `credential.unfit` for rules that no password keeps, or only one that is too short.
 */
export function randomPassword(
  { minLength, maxLength, required, unreadRules }: Omit<PasswordPolicy, 'lockout'>,
  pick: (below: number) => number,
): string {
  const most = maxLength ?? Number.POSITIVE_INFINITY;
  const groups = OF_EACH.map((ofEach) => signsWanted(required, ofEach)).find(({ length: room }) => room < most);
  if (groups === undefined || most < Math.max(SHORTEST, minLength ?? 0)) throw impossible();
  const usual = unreadRules.length > 0 ? CAUTIOUS_LENGTH : USUAL_LENGTH;
  const length = Math.min(most, Math.max(usual, minLength ?? 0, groups.length + 1));
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

/** For each sign that has to be in it, those it may be. */
function signsWanted(required: PasswordPolicy['required'], ofEach: number): string[] {
  const usual: CharacterClass[] = ['upper', 'lower', 'digit', 'symbol'];
  const wanted = new Map<CharacterClass, number>(usual.map((kind) => [kind, ofEach]));
  for (const { kind, count } of required) wanted.set(kind, Math.max(count, wanted.get(kind) ?? 0));
  return [...wanted].flatMap(([kind, count]) => Array.from({ length: count }, () => SIGNS[kind]));
}

function impossible(): UpkeepError {
  return new UpkeepError(
    'credential.unfit',
    'the rules for passwords on this Mac allow none, or only one that is too short.',
    { remedy: 'Look at the rules with `pwpolicy -getaccountpolicies`. Nothing was changed.' },
  );
}

function signFrom(signs: string, before: string, pick: (below: number) => number): string {
  const last = before === '' ? Number.NaN : before.toLowerCase().charCodeAt(0);
  const fine = [...signs].filter((sign) => !(Math.abs(sign.toLowerCase().charCodeAt(0) - last) <= 1));
  return fine[pick(fine.length)] ?? '';
}
