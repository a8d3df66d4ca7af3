import { type MethodTrouble, NOTHING_SAVED, type PersonState } from '../domain/authority.ts';
import type { Facts } from '../domain/facts.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { type AuthorityChoice, type AuthorityRules, chooseAuthority, type Refusal } from './choose-authority.ts';
import { defaultSettings } from './schema.ts';
import type { Situation } from './situation.ts';

/** By whose authority the install could be done at this moment; `installNow`: as if somebody asked for it now. */
export function authorityIn(
  { settings, facts, ledger, stage }: Situation,
  installNow = ledger.order !== null || ledger.consent?.by === 'person',
): AuthorityChoice {
  return chooseAuthority({
    appleSilicon: facts.appleSilicon,
    methods: facts.authority?.methods ?? NOTHING_SAVED,
    person: personIn(facts),
    others: facts.authority?.others ?? [],
    stage,
    installNow,
    rules: rulesOf(settings),
  });
}

/** Whether the install can go on without anybody typing anything. */
export function needsNobody(choice: AuthorityChoice): choice is Exclude<AuthorityChoice, { by: 'person' | 'nobody' }> {
  return choice.by !== 'person' && choice.by !== 'nobody';
}

/** The same from what is known between decisions, for dialogs that say whether a password will be asked for. */
export function needsNoPassword(settings: Settings, facts: Facts): boolean {
  return needsNobody(
    chooseAuthority({
      appleSilicon: facts.appleSilicon,
      methods: facts.authority?.methods ?? NOTHING_SAVED,
      person: 'nobody',
      stage: 'open',
      installNow: false,
      rules: rulesOf(settings),
    }),
  );
}

/** Whether it is not the password of the person at the Mac that will be asked for, but somebody else's. */
export function needsOtherOwner({ consoleUser, authority }: Facts): boolean {
  const isSomebodyThere = consoleUser.known && consoleUser.value !== null;
  return isSomebodyThere && (authority?.others ?? []).length > 0;
}

/** Whether it makes sense to offer to keep what the person types: nothing is saved, or what is saved is of no use any more. */
export function mayKeepTyped({ authentication }: Settings, { authority }: Facts): boolean {
  if (authority === undefined || !authentication.rememberTyped || !authentication.order.includes('saved-password'))
    return false;
  const { 'saved-password': own, ...rest } = authority.methods;
  const isInTheWay = Object.values(rest).some((trouble) => trouble !== 'not-set');
  return (own === 'not-set' || REPLACEABLE.has(own)) && (authentication.severalSaved || !isInTheWay);
}

/** What is saved is this person's own (or it would be out of reach), and will not work again. */
const REPLACEABLE: ReadonlySet<MethodTrouble | null> = new Set(['wrong-password', 'password-gone', 'drifted']);

/** The reasons for a choice, those for what was refused first. */
export function authorityReasons(choice: AuthorityChoice): Reason[] {
  if (choice.by === 'root') return [];
  const refused = refusalReasons(choice.refused);
  switch (choice.by) {
    case 'person':
      if (choice.others === undefined) return [...refused, { code: 'needs-password' }];
      return [...refused, { code: 'needs-password' }, { code: 'needs-other-owner', accounts: choice.others.length }];
    case 'nobody':
      return [...refused, ...cannot(choice.person), { code: 'nobody-to-authorize' }];
    default:
      return [...refused, { code: 'authorized-by', method: choice.by }];
  }
}

export function refusalReasons(refused: readonly Refusal[]): Reason[] {
  return refused.map((refusal) => ({ code: 'method-refused', ...refusal }));
}

function cannot(person: PersonState | 'not-asked'): Reason[] {
  const isTold = person === 'not-asked' || person === 'nobody' || person === 'screen-locked' || person === 'ready';
  return isTold ? [] : [{ code: 'person-cannot', why: person }];
}

/** Who could type a password now; what is not known of their account is no hindrance, the install itself will tell. */
function personIn({ consoleUser, screenLocked, authority }: Facts): PersonState {
  if (!consoleUser.known) return 'unknown';
  if (consoleUser.value === null) return 'nobody';
  if (screenLocked.known && screenLocked.value) return 'screen-locked';
  return authority === undefined || authority.person === 'unknown' ? 'ready' : authority.person;
}

/** Settings that an older upkeep read have none of this; then what nobody chose holds. */
export function rulesOf({ authentication }: { authentication?: AuthorityRules }): AuthorityRules {
  return authentication ?? defaultSettings.authentication;
}
