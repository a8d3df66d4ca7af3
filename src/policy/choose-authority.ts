import type { AuthMethod, MdmFailover, MethodTrouble, OtherOwner, PersonState } from '../domain/authority.ts';
import { PASSING_TROUBLES } from '../domain/authority.ts';
import type { DeadlineStage } from '../domain/deadlines.ts';
import type { Fact } from '../domain/facts.ts';
import type { RefusalWhy } from '../domain/reason.ts';
import type { AuthenticationSettings } from '../domain/settings.ts';

/** What an administrator said about the ways to be authorised. */
export type AuthorityRules = Pick<AuthenticationSettings, 'order' | 'severalSaved' | 'savedFailover' | 'mdmFailover'>;

export type AuthoritySituation = {
  appleSilicon: Fact<boolean>;
  /** What is wrong with each method; null where nothing is known to be. */
  methods: Readonly<Record<AuthMethod, MethodTrouble | null>>;
  person: PersonState;
  /** Whose password could be typed instead where the person's own can never do. */
  others?: readonly OtherOwner[];
  stage: DeadlineStage;
  /** An administrator or the person asked for the install now. */
  installNow: boolean;
  rules: AuthorityRules;
};

/** A method that was not used, and why. */
export type Refusal = { method: AuthMethod; why: RefusalWhy };

export type AuthorityChoice =
  /** Intel: root is enough. */
  | { by: 'root' }
  | { by: AuthMethod; refused: Refusal[] }
  /** `others`: not the person's own password is asked for, but that of one of these. */
  | { by: 'person'; why: 'nothing-saved' | 'credential' | MdmFailover; others?: OtherOwner[]; refused: Refusal[] }
  /** `passing`: looking again later may help; else an administrator has to mend something. */
  | { by: 'nobody'; passing: boolean; person: PersonState | 'not-asked'; refused: Refusal[] };

/**
 * By whose authority the install may be done: the first method in order that works, else the person where the policy lets
 * upkeep ask, else nobody. Nothing unknown is ever taken for allowed. Pure.
 */
export function chooseAuthority(situation: AuthoritySituation): AuthorityChoice {
  const { appleSilicon, methods, person, others = [], rules } = situation;
  if (!appleSilicon.known) return { by: 'nobody', passing: true, person: 'not-asked', refused: [] };
  if (!appleSilicon.value) return { by: 'root' };

  const { method, refused } = firstThatWorks(methods, rules);
  if (method !== null) return { by: method, refused };

  const why = refused.length === 0 ? ('nothing-saved' as const) : failoverFor(situation, refused);
  if (why !== null && person === 'ready') return { by: 'person', why, refused };
  if (why !== null && !mayBecomeReady(person) && others.length > 0)
    return { by: 'person', why, others: [...others], refused };
  return {
    by: 'nobody',
    passing:
      refused.some((one) => one.why !== 'second-saved' && PASSING_TROUBLES.has(one.why)) ||
      (why !== null && mayBecomeReady(person)),
    person: why === null ? 'not-asked' : person,
    refused,
  };
}

/** The first way in order that works, and those before it that do not. */
export function firstThatWorks(
  methods: AuthoritySituation['methods'],
  { order, severalSaved }: Pick<AuthorityRules, 'order' | 'severalSaved'>,
): { method: AuthMethod | null; refused: Refusal[] } {
  const refused: Refusal[] = [];
  const set = order.filter((method) => methods[method] !== 'not-set');
  for (const [index, method] of set.entries()) {
    const trouble = methods[method];
    if (index > 0 && !severalSaved) refused.push({ method, why: 'second-saved' });
    else if (trouble === null) return { method, refused };
    else if (trouble !== 'not-set') refused.push({ method, why: trouble });
  }
  return { method: null, refused };
}

/** What allows upkeep to ask the person after these refusals; null when nothing does. */
function failoverFor(
  { rules, stage, installNow }: AuthoritySituation,
  refused: readonly Refusal[],
): 'credential' | MdmFailover | null {
  const tried = refused.filter(({ why }) => why !== 'second-saved');
  if (rules.savedFailover && tried.some(({ method }) => method !== 'mdm')) return 'credential';
  const mdm = tried.find(({ method }) => method === 'mdm');
  if (mdm === undefined) return null;
  const allows: Record<MdmFailover, boolean> = {
    always: true,
    'server-unreachable': mdm.why === 'server-unreachable',
    'bootstrap-token': mdm.why === 'bootstrap-token',
    'soft-deadline': stage === 'past-soft' || stage === 'past-hard',
    'hard-deadline': stage === 'past-hard',
    'install-now': installNow,
  };
  return rules.mdmFailover.find((kind) => allows[kind]) ?? null;
}

/** Whether the same person or another one may be able to do it later. */
function mayBecomeReady(person: PersonState): boolean {
  return person !== 'no-token' && person !== 'not-owner';
}

/** The names that super gave these kinds, in its fourth and fifth version, and what each stands for here. */
const NAMES: Readonly<Record<string, readonly MdmFailover[]>> = {
  ALWAYS: ['always'],
  NOSERVICE: ['server-unreachable'],
  BOOTSTRAP: ['bootstrap-token'],
  ERROR: ['server-unreachable', 'bootstrap-token'],
  HARD: ['hard-deadline'],
  SOFT: ['soft-deadline'],
  DEADLINE: ['soft-deadline', 'hard-deadline'],
  INSTALLNOW: ['install-now'],
};

/** The kinds that a name stands for, ours or one of super's in any case; null for an unknown one. */
export function mdmFailoverNamed(name: string): readonly MdmFailover[] | null {
  const found = NAMES[name.replaceAll(/[\s-]/g, '').toUpperCase()];
  if (found !== undefined) return found;
  const own = Object.values(NAMES)
    .flat()
    .find((kind) => kind === name.toLowerCase());
  return own === undefined ? null : [own];
}
