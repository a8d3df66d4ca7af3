import { z } from 'zod';
import { type Fault, isFault } from '../fault.ts';
import { orNull } from '../json.ts';
import type { Call, Calls } from './calls.ts';
import { PLANS_PATH, TOGGLE } from './features.ts';
import type { Failure } from './plans.ts';
import { type CallName, NEEDED, type Privilege, privilegeName } from './privileges.ts';

/** By the names under which an administrator finds them. `unproven`: only using it would show whether it is there. */
export type PrivilegeCheck = { missing: string[]; unproven: string[] };

/** What the workflow calls, besides what everybody may. */
const USED: readonly CallName[] = ['inventory', 'feature-toggle', 'plans', 'create-plan'];
const USED_WITHOUT_PLANS: readonly CallName[] = ['inventory', 'send-updates'];

/**
 * Which of the privileges that are needed the credential lacks. An account is told its own; a client is not, so that it is
 * tried with questions that change nothing.
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
  if (calls.credential.kind === 'account') {
    const asked = await calls.read(OWN_ACCOUNT, accountSchema, signal);
    if (isFault(asked)) return calls.failure(asked.fault, OWN_ACCOUNT);
    const held = asked.value;
    if (held !== null)
      return {
        missing: namesOf(
          calls,
          needed.filter((one) => !holds(held, one)),
        ),
        unproven: [],
      };
  }
  return tried(calls, needed, signal);
}

const namesOf = (calls: Calls, privileges: readonly Privilege[]): string[] =>
  privileges.map((one) => privilegeName(one, calls.credential.kind));

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
  const open = needed.filter((one) => !held.has(one) && !missing.has(one));
  return {
    missing: namesOf(
      calls,
      needed.filter((one) => missing.has(one)),
    ),
    unproven: namesOf(calls, open),
  };
}

const isRefusal = (fault: Fault): boolean => fault.kind === 'status' && (fault.status === 401 || fault.status === 403);
