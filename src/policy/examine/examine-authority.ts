import {
  AUTH_METHODS,
  type AuthMethod,
  type MethodTrouble,
  PASSING_TROUBLES,
  type PersonState,
} from '../../domain/authority.ts';
import { refusalRemedy } from '../../domain/refusal-remedies.ts';
import { capitalized } from '../../domain/words.ts';
import { type AuthorityChoice, chooseAuthority } from '../choose-authority.ts';
import type { CheckupFacts } from './checkup-facts.ts';
import { personStateOf } from './examine-person.ts';
import { INTEL } from './examine-tokens.ts';
import { attention, broken, type Finding, notKnown, ok, sentence } from './finding.ts';

/** Each way that is set up, and by whose authority an update would be installed now. */
export function examineAuthority(facts: CheckupFacts): Finding[] {
  const { appleSilicon, methods, rules } = facts;
  const what = 'It is not known by whose authority an update would be installed.';
  if (!appleSilicon.known) return [notKnown('authority.unknown', what, appleSilicon.why)];
  if (!appleSilicon.value) return [ok('authority.root', 'Updates are installed by root.', INTEL)];
  if (!methods.known) return [notKnown('authority.unknown', what, methods.why)];
  if (!rules.known) return [notKnown('authority.unknown', what, rules.why, SETTINGS)];
  const choice = chooseAuthority({
    appleSilicon,
    methods: methods.value,
    person: personStateOf(facts),
    stage: 'open',
    installNow: false,
    rules: rules.value,
  });
  const found = AUTH_METHODS.flatMap((method) => examineMethod(method, methods.value[method]));
  return [...found, chosen(choice)];
}

function examineMethod(method: AuthMethod, trouble: MethodTrouble | null): Finding[] {
  const name = METHOD_WORDS[method];
  if (trouble === 'not-set') return [];
  if (trouble === null)
    return [ok('method.ready', `Nothing is known to be wrong with ${name}.`, 'It is tried in its order.')];
  if (trouble === 'unknown') {
    return [
      notKnown(
        'method.unknown',
        `It is not known whether ${name} works.`,
        'It could not be looked into',
        'Look again later.',
      ),
    ];
  }
  const what = `${capitalized(name)} cannot be used: ${TROUBLE_WORDS[trouble]}.`;
  if (PASSING_TROUBLES.has(trouble)) {
    return [attention('method.failing', what, 'This passes by itself as a rule.', refusalRemedy(trouble, null))];
  }
  return [broken('method.failing', what, 'It stays so until somebody mends it.', refusalRemedy(trouble, null))];
}

function chosen(choice: AuthorityChoice): Finding {
  if (choice.by === 'root') return ok('authority.root', 'Updates are installed by root.', INTEL);
  if (choice.by === 'person') {
    const means = 'Without them nothing is installed; the password is asked for when an update is due.';
    return ok('authority.person', 'The person at the Mac would be asked for their password.', means);
  }
  if (choice.by !== 'nobody') {
    return ok(
      'authority.method',
      `Updates would be authorised by ${METHOD_WORDS[choice.by]}.`,
      'Nobody has to be asked.',
    );
  }
  const { passing, person, refused } = choice;
  const causes = [
    ...refused.map(
      ({ method, why }) => `${METHOD_WORDS[method]}: ${why === 'second-saved' ? 'not the first' : TROUBLE_WORDS[why]}`,
    ),
    person === 'not-asked' ? 'the policy does not let upkeep ask the person' : PERSON_WORDS[person],
  ];
  const means = sentence(causes.join('; '));
  // Nobody else being left, all hangs on what is not known.
  if (person === 'unknown') {
    return notKnown('authority.unknown', 'It is not known whether anybody can authorise an update.', means, SEE_ABOVE);
  }
  if (passing) {
    return attention(
      'authority.later',
      'Nobody can authorise an update now.',
      means,
      'Nothing at first: upkeep tries again.',
    );
  }
  return broken('authority.nobody', 'Nobody can authorise an update, and it stays so.', means, NOBODY);
}

const NOBODY = 'Mend one of these: give the person a secure token, or set up another way to authorise updates.';
const SEE_ABOVE = 'See what is said above about the person at the Mac.';
const SETTINGS = 'Mend the settings; docs/settings.md has what is allowed.';

const METHOD_WORDS: Record<AuthMethod, string> = {
  'saved-password': 'the saved password of the person',
  'local-account': 'the saved password of a local account',
  'service-account': 'upkeep’s own account',
  mdm: 'the management server',
};

const TROUBLE_WORDS: Record<Exclude<MethodTrouble, 'not-set'>, string> = {
  unknown: 'it could not be looked into',
  'keychain-unavailable': 'the keychain does not open',
  'password-gone': 'the password is not in the keychain any more',
  'no-account': 'the account is gone',
  'no-token': 'the account has no secure token',
  'not-owner': 'the account does not own the startup volume',
  'not-filevault-user': 'the account cannot unlock FileVault',
  'wrong-password': 'the saved password is wrong',
  drifted: 'the saved password opens a session or the disk, and not both',
  locked: 'the account is locked',
  'near-lockout': 'one more wrong password could lock the account',
  'tried-today': 'it was tried today already',
  'server-unreachable': 'the server does not answer',
  'bootstrap-token': 'the bootstrap token is not escrowed, or not valid',
  'no-privilege': 'it lacks a privilege',
  'command-failed': 'the last command failed',
};

const PERSON_WORDS: Record<PersonState, string> = {
  ready: 'the person could',
  nobody: 'nobody is logged in',
  'screen-locked': 'the screen is locked',
  'no-token': 'the person has no secure token',
  'not-owner': 'the person does not own the startup volume',
  'near-lockout': 'one more wrong password could lock the account of the person',
  locked: 'the account of the person is locked',
  'asked-enough': 'the person was asked often enough',
  unknown: 'it is not known what the person can do',
};
