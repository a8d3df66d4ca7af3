import { z } from 'zod';
import { type Fault, isFault } from '../fault.ts';
import { orNull } from '../json.ts';
import type { Call, Calls } from './calls.ts';
import { PLANS_PATH, TOGGLE } from './features.ts';
import type { Failure } from './plans.ts';
import { type CallName, NEEDED, type Privilege, privilegeName } from './privileges.ts';

/**
 * By the names under which an administrator finds them. `unproven`: only using it would show whether it is there. `beyond`: those
 * that nothing here needs; null where the server does not say, as it may be with a client.
 */
export type PrivilegeCheck = { missing: string[]; unproven: string[]; beyond: string[] | null };

/** What the workflow calls, besides what everybody may. */
const USED: readonly CallName[] = ['inventory', 'feature-toggle', 'plans', 'create-plan'];
const USED_WITHOUT_PLANS: readonly CallName[] = ['inventory', 'send-updates'];

/**
 * Which of the privileges that are needed the credential lacks. An account is told its own. That a client is too, no vendor says:
 * it is tried with questions that change nothing, and what it is told only adds to that.
 */
export async function checkPrivileges(
  calls: Calls,
  { withPlans, classicBlankPush }: { withPlans: boolean; classicBlankPush: boolean },
  signal?: AbortSignal,
): Promise<PrivilegeCheck | Failure> {
  const used = [
    ...(withPlans ? USED : USED_WITHOUT_PLANS),
    classicBlankPush ? 'blank-push-classic' : 'blank-push',
  ] as const;
  const needed = [...new Set(used.flatMap((name) => NEEDED[name as CallName]))];
  const asked = await calls.read(OWN_ACCOUNT, accountSchema, signal);
  if (calls.credential.kind === 'account') {
    if (isFault(asked)) return calls.failure(asked.fault, OWN_ACCOUNT);
    const held = asked.value;
    if (held !== null) {
      const missing = needed.filter((one) => !holds(held, one));
      return { missing: namesOf(calls, missing), unproven: [], beyond: beyondNeed(held) };
    }
    return tried(calls, needed, null, signal);
  }
  // Whoever is not let in at all is told so by the first question.
  if (isFault(asked) && asked.fault.unsent) return calls.failure(asked.fault, OWN_ACCOUNT);
  const told = isFault(asked) || asked.value?.size === 0 ? null : asked.value;
  return tried(calls, needed, told, signal);
}

const beyondNeed = (held: ReadonlySet<string>): string[] =>
  [...held].filter((name) => isName(name) && !KNOWN.has(name)).sort();

const namesOf = (calls: Calls, privileges: readonly Privilege[]): string[] =>
  privileges.map((one) => privilegeName(one, calls.credential.kind));

/** Whatever some version of the server or some call of this client may need. */
const KNOWN = new Set(Object.values(NEEDED).flatMap((all) => all.flatMap((one) => [...one.names, one.onAccountPage])));
/** What a server says is shown only where it can be a name. */
const isName = (text: string): boolean => /^[\p{L}\p{N} ()/,.&'’-]{1,120}$/u.test(text);

const holds = (held: ReadonlySet<string>, { names, onAccountPage }: Privilege): boolean =>
  [...names, onAccountPage].some((name) => held.has(name));

const OWN_ACCOUNT: Call = { name: 'own-account', method: 'GET', path: '/api/v1/auth', repeatable: true };

/** All privileges of all sites together; null where the server does not list them. */
const accountSchema = z
  .object({ account: orNull(z.object({ privilegesBySite: orNull(z.record(z.string(), z.array(z.string()))) })) })
  .transform(({ account }) => {
    const sites = account?.privilegesBySite;
    return sites ? new Set(Object.values(sites).flat()) : null;
  });

const probe = (name: CallName, path: string, query: Call['query'] = []): Call => ({
  name,
  method: 'GET',
  path,
  query,
  repeatable: true,
});
const SMALL_PAGE = [
  ['page', '0'],
  ['page-size', '1'],
] as const;
/** Later ones need what earlier ones need and something more, which is what a refusal is about then. */
const PROBES: readonly Call[] = [
  probe('inventory', '/api/v1/computers-inventory', SMALL_PAGE),
  TOGGLE,
  probe('plans', PLANS_PATH, SMALL_PAGE),
  probe('commands', '/api/v2/mdm/commands', [...SMALL_PAGE, ['filter', 'uuid==00000000-0000-0000-0000-000000000000']]),
];

async function tried(
  calls: Calls,
  needed: readonly Privilege[],
  told: ReadonlySet<string> | null,
  signal?: AbortSignal,
): Promise<PrivilegeCheck | Failure> {
  const held = new Set<Privilege>();
  const missing = new Set<Privilege>();
  for (const call of PROBES.filter(({ name }) => NEEDED[name].some((one) => needed.includes(one)))) {
    const asked = await calls.ask(call, signal);
    const wanted = NEEDED[call.name];
    if (!isFault(asked)) for (const one of wanted) held.add(one);
    else if (isRefusal(asked.fault)) {
      const left = wanted.filter((one) => !held.has(one));
      if (left.length === 1) for (const one of left) missing.add(one);
    } else if (asked.fault.kind !== 'status') return calls.failure(asked.fault, call);
  }
  const isTold = (one: Privilege): boolean => told !== null && holds(told, one);
  const open = needed.filter((one) => !held.has(one) && !missing.has(one) && !isTold(one));
  return {
    missing: namesOf(
      calls,
      needed.filter((one) => missing.has(one)),
    ),
    unproven: namesOf(calls, open),
    beyond: told === null ? null : beyondNeed(told),
  };
}

const isRefusal = (fault: Fault): boolean => fault.kind === 'status' && (fault.status === 401 || fault.status === 403);
