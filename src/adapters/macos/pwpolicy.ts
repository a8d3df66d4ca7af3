import type { CharacterClass, Lockout, PasswordPolicy } from '../../domain/accounts.ts';
import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';
import { type Dictionary, isDictionary, plistIn } from './plist-answer.ts';

/**
 * Reads `pwpolicy -getaccountpolicies`: a sentence, then a property list of rules. Without a list there may be no rules,
 * or none that this caller is shown, so it is not known from when on an account is locked. Every Mac has rules for all
 * accounts, at least the one about the shortest password.
 */
export function readAccountPolicies(printed: Printed): PasswordPolicy {
  const text = `${printed.stderr}\n${printed.stdout}`;
  const list = plistIn(printed.stdout, TOOL, printed);
  if (list === null) {
    if (!/^Getting (?:global )?account policies\b/m.test(text)) throw unreadable(TOOL, printed, 'it names no policies');
    return { lockout: { state: 'unknown' }, minLength: null, maxLength: null, required: [], unreadRules: [] };
  }
  if (!isDictionary(list)) throw unreadable(TOOL, printed, 'the policies are no dictionary');
  const rules = new PasswordRules();
  for (const rule of rulesIn(list, 'policyCategoryPasswordContent', printed)) rules.add(rule);
  return { lockout: lockoutOf(rulesIn(list, 'policyCategoryAuthentication', printed)), ...rules.found() };
}

/**
 * Reads the same of one account, asked by root, who is shown everything: nothing but the sentence means that the account
 * has no rules of its own, which is how nearly all are. Then only those for all accounts hold.
 */
export function readPoliciesOfAccount(printed: Printed): PasswordPolicy {
  const said = `${printed.stderr}\n${printed.stdout}`.trim();
  return printed.exitCode === 0 && /^Getting account policies for user <.+>$/.test(said)
    ? NO_RULES
    : readAccountPolicies(printed);
}

/**
 * Reads `pwpolicy -getglobalpolicy`: `key=value` pairs between blanks, the older way to say the same. A Mac whose rules
 * were not set in that way prints an empty line; what fails prints an error.
 */
export function readGlobalPolicy(printed: Printed): PasswordPolicy {
  if (printed.exitCode === 0 && `${printed.stderr}${printed.stdout}`.trim() === '') return NO_RULES;
  const values = new Map<string, number>();
  for (const [, key = '', value = ''] of printed.stdout.matchAll(/(?:^|\s)(\w+)=(-?\d+)(?=\s)/g)) {
    values.set(key, Number(value));
  }
  if (values.size === 0) throw unreadable(TOOL, printed, 'it names no policy');
  const attempts = values.get('maxFailedLoginAttempts');
  const resetMinutes = values.get('minutesUntilFailedLoginReset') ?? 0;
  const required: PasswordPolicy['required'] = [];
  if (values.get('requiresAlpha')) required.push({ kind: 'letter', count: 1 });
  if (values.get('requiresMixedCase')) required.push({ kind: 'upper', count: 1 }, { kind: 'lower', count: 1 });
  if (values.get('requiresNumeric')) required.push({ kind: 'digit', count: 1 });
  if (values.get('requiresSymbol')) required.push({ kind: 'symbol', count: 1 });
  return {
    lockout: attempts === undefined ? { state: 'unknown' } : limitOf(attempts, resetMinutes > 0 ? resetMinutes : null),
    minLength: values.get('minChars') || null,
    maxLength: values.get('maxChars') || null,
    required,
    unreadRules: [],
  };
}

const TOOL = 'pwpolicy';
const NO_RULES: PasswordPolicy = {
  lockout: { state: 'none' },
  minLength: null,
  maxLength: null,
  required: [],
  unreadRules: [],
};

type Rule = { content: string; identifier: string; parameters: Dictionary };

function rulesIn(policies: Dictionary, category: string, printed: Printed): Rule[] {
  const list = policies[category] ?? [];
  if (!Array.isArray(list)) throw unreadable(TOOL, printed, `${category} is no list`);
  return list.map((rule) => {
    if (!isDictionary(rule)) throw unreadable(TOOL, printed, 'a policy is no dictionary');
    const { policyContent: content, policyIdentifier: identifier, policyParameters: parameters } = rule;
    if (typeof content !== 'string') throw unreadable(TOOL, printed, 'a policy says nothing');
    return {
      content,
      identifier: typeof identifier === 'string' ? identifier : content,
      parameters: isDictionary(parameters) ? parameters : {},
    };
  });
}

/** The strictest rule about failed logins; one that cannot be understood makes the threshold unknown. */
function lockoutOf(rules: readonly Rule[]): Lockout {
  const limits = rules
    .filter(({ content }) => content.includes('policyAttributeFailedAuthentications'))
    .map((rule): Lockout => {
      const [, literal] = /policyAttributeFailedAuthentications\s*<\s*(\d+)/.exec(rule.content) ?? [];
      const attempts =
        numberIn(rule, 'policyAttributeMaximumFailedAuthentications') ?? (literal ? Number(literal) : null);
      return attempts === null ? { state: 'unknown' } : limitOf(attempts, resetMinutesOf(rule));
    });
  if (limits.some(({ state }) => state === 'unknown')) return { state: 'unknown' };
  const found = limits.filter((limit) => limit.state === 'limited').sort((a, b) => a.attempts - b.attempts);
  return found[0] ?? { state: 'none' };
}

function resetMinutesOf(rule: Rule): number | null {
  const seconds = numberIn(rule, 'autoEnableInSeconds');
  if (seconds !== null) return seconds > 0 ? Math.ceil(seconds / 60) : null;
  return numberIn(rule, 'policyAttributeMinutesUntilFailedAuthenticationReset') || null;
}

function limitOf(attempts: number, resetMinutes: number | null): Lockout {
  return attempts > 0 ? { state: 'limited', attempts, resetMinutes } : { state: 'none' };
}

function numberIn({ parameters }: Rule, name: string): number | null {
  const value = parameters[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** What passwords must look like, collected from expressions the password has to match. */
class PasswordRules {
  #minLength: number | null = null;
  #maxLength: number | null = null;
  readonly #required = new Map<CharacterClass, number>();
  readonly #unread = new Set<string>();

  add({ content, identifier }: Rule): void {
    // Rules about age and history say nothing about the text of a password.
    if (!/policyAttributePassword\s+matches/.test(content)) {
      if (/\bpolicyAttributePassword\b/.test(content)) this.#unread.add(identifier);
      return;
    }
    // Where one rule of several is enough, or one must not hold, none of them is a demand by itself.
    const isPlain = !/\bOR\b|\|\||\bNOT\b|!/.test(content.replace(/(['"]).*?\1/g, ''));
    const expressions = [...content.matchAll(/policyAttributePassword\s+matches\s+(['"])(.*?)\1/g)];
    const isRead = isPlain && expressions.every(([, , expression = '']) => this.#read(expression));
    if (!isRead || expressions.length === 0) this.#unread.add(identifier);
  }

  found(): Omit<PasswordPolicy, 'lockout'> {
    const required = [...this.#required].map(([kind, count]) => ({ kind, count }));
    return { minLength: this.#minLength, maxLength: this.#maxLength, required, unreadRules: [...this.#unread] };
  }

  #read(expression: string): boolean {
    const [, least, comma, most] = /^\^?\.\{(\d*)(,?)(\d*)\}\+?\$?$/.exec(expression) ?? [];
    if (least !== undefined && `${least}${most}` !== '') {
      this.#minLength = Math.max(this.#minLength ?? 0, Number(least)) || null;
      const longest = comma === '' ? least : most;
      if (longest) this.#maxLength = Math.min(this.#maxLength ?? Number.POSITIVE_INFINITY, Number(longest));
      return true;
    }
    const demands = demandsOf(expression);
    for (const { kinds, count } of demands ?? [])
      for (const kind of kinds) this.#required.set(kind, Math.max(count, this.#required.get(kind) ?? 0));
    return demands !== null;
  }
}

/** Of `(.*[0-9].*){2,}` or of look-aheads such as `^(?=.*[A-Z])(?=.*[0-9]).+$`: which characters, and how many of them. */
function demandsOf(expression: string): { kinds: readonly CharacterClass[]; count: number }[] | null {
  const [, set, count] = /^\^?\(?\.\*(\[[^\]]+\]|\\d|\\W).*?\.\*\)?(?:\{(\d+),\d*\}\+?)?\$?$/.exec(expression) ?? [];
  const single = set === undefined ? undefined : CLASSES[set];
  if (single !== undefined) return [{ kinds: single, count: Number(count ?? 1) }];
  const [, ahead] = /^\^?((?:\(\?=\.\*(?:\[[^\]]+\]|\\d|\\W)\))+)\.[*+]\$?$/.exec(expression) ?? [];
  if (ahead === undefined) return null;
  const sets = [...ahead.matchAll(/\[[^\]]+\]|\\d|\\W/g)].map(([each]) => CLASSES[each]);
  return sets.includes(undefined) ? null : sets.map((kinds = []) => ({ kinds, count: 1 }));
}

const CLASSES: Readonly<Record<string, readonly CharacterClass[]>> = {
  '[0-9]': ['digit'],
  '\\d': ['digit'],
  '[A-Z]': ['upper'],
  '[a-z]': ['lower'],
  '[a-zA-Z]': ['letter'],
  '[A-Za-z]': ['letter'],
  '[^a-zA-Z0-9]': ['symbol'],
  '[^A-Za-z0-9]': ['symbol'],
  '[^0-9a-zA-Z]': ['symbol'],
  '[^0-9A-Za-z]': ['symbol'],
  '\\W': ['symbol'],
};
