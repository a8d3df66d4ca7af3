import {
  AUTH_METHODS,
  type AuthMethod,
  type MethodTrouble,
  PASSING_TROUBLES,
  type PersonState,
} from '../../domain/authority.ts';
import { type AuthorityChoice, chooseAuthority } from '../choose-authority.ts';
import type { CheckupFacts } from './checkup-facts.ts';
import { lockoutRisk } from './examine-lockout.ts';
import { INTEL } from './examine-tokens.ts';
import { attention, broken, type Finding, notKnown, ok, sentence } from './finding.ts';
import { accountNamed, adminIn, ownershipIn, tokenOf } from './holders.ts';

/** What the person at the Mac could do about an update, locked screen or not: that passes. */
export function examinePerson(facts: CheckupFacts): Finding[] {
  const { appleSilicon, consoleUser, accounts } = facts;
  if (appleSilicon.known && !appleSilicon.value) {
    return [ok('person.not-needed', 'Nobody has to authorise an update on this Mac.', INTEL)];
  }
  const unknown = (why: string): Finding[] => [
    notKnown('person.unknown', 'It is not known whether somebody at the Mac could authorise an update.', why),
  ];
  if (!consoleUser.known) return unknown(consoleUser.why);
  if (consoleUser.value === null) {
    const means = 'Whether the next one who logs in can authorise an update, the owners above tell.';
    return [ok('person.nobody', 'Nobody is logged in at the screen.', means)];
  }
  if (!accounts.known) return unknown(accounts.why);
  const { name } = consoleUser.value;
  const account = accountNamed(name, accounts.value);
  if (account === null) {
    return [
      attention(
        'person.not-local',
        `${name}, who is logged in, has no account on this Mac.`,
        'An account of the network alone can have no secure token and cannot authorise an update.',
        'Let a local account be made for this person, as a mobile account or by Platform SSO.',
      ),
    ];
  }
  const token = tokenOf(account, facts);
  const owner = ownershipIn(account, facts);
  if (token === 'disabled') {
    return [
      attention(
        'person.no-token',
        `${name}, who is logged in, has no secure token.`,
        'Their password cannot authorise an update, so they are not asked for it.',
        `An administrator with a token can give one: \`sysadminctl -secureTokenOn ${name} -password - -adminUser ADMIN -adminPassword -\`.`,
      ),
    ];
  }
  if (owner === 'not-owner') {
    return [
      attention(
        'person.not-owner',
        `${name}, who is logged in, does not own the startup volume.`,
        'Their password cannot authorise an update, so they are not asked for it.',
        'Take the secure token from the account and give it anew; see afterwards with `diskutil apfs listUsers /`.',
      ),
    ];
  }
  if (token === 'unknown') return unknown(`nothing certain says whether ${name} has a secure token`);
  if (owner === 'unknown')
    return unknown(
      facts.cryptoUsers.known ? `this macOS does not say whether ${name} is an owner` : facts.cryptoUsers.why,
    );
  const admin = adminIn(account, facts);
  const kind = admin === null ? 'administrator or not is not known' : admin ? 'an administrator' : 'no administrator';
  return [
    ok(
      'person.ready',
      `${name}, who is logged in, can authorise an update (token, owner, ${kind}).`,
      'Being an administrator is not needed for it.',
    ),
  ];
}

/** The same in the words of the choice. A screen that is locked now does not count. */
export function personStateOf(facts: CheckupFacts): PersonState {
  const code = examinePerson(facts)[0]?.code;
  if (code === 'person.nobody') return 'nobody';
  if (code === 'person.no-token' || code === 'person.not-local') return 'no-token';
  if (code === 'person.not-owner') return 'not-owner';
  if (code !== 'person.ready' || !facts.consoleUser.known || facts.consoleUser.value === null) return 'unknown';
  const risk = lockoutRisk(facts.consoleUser.value.name, facts);
  return risk === 'near' || risk === 'locked' ? 'near-lockout' : 'ready';
}

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
  const what = `${name.charAt(0).toUpperCase()}${name.slice(1)} cannot be used: ${TROUBLE_WORDS[trouble]}.`;
  if (PASSING_TROUBLES.has(trouble)) {
    return [
      attention(
        'method.failing',
        what,
        'This passes by itself as a rule.',
        'Look again later; if it goes on, mend it.',
      ),
    ];
  }
  return [broken('method.failing', what, 'It stays so until somebody mends it.', 'Mend it, or save a new password.')];
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
  'no-account': 'the account is gone',
  'no-token': 'the account has no secure token',
  'not-owner': 'the account does not own the startup volume',
  'wrong-password': 'the saved password is wrong',
  drifted: 'the saved password opens a session and not the disk',
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
  'asked-enough': 'the person was asked often enough',
  unknown: 'it is not known what the person can do',
};
