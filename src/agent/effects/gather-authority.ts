import { adminMembership, cryptoUsers, listAccounts, tokenStatus } from '../../adapters/commands/account-commands.ts';
import type { Command } from '../../adapters/commands/command.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import { fitnessOf } from '../../adapters/credentials/account-fitness.ts';
import { lockoutFactsOf } from '../../adapters/credentials/lockout-facts.ts';
import { type Account, agreedToken, type CryptoUser, ownershipOf } from '../../domain/accounts.ts';
import { mayAttempt } from '../../domain/attempts.ts';
import type { AuthMethod, AuthorityFacts, MethodTrouble, OtherOwner, PersonState } from '../../domain/authority.ts';
import type { ConsoleUser } from '../../domain/facts.ts';
import { isExpected, orBug } from '../../domain/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Credentials } from '../../ports/credentials.ts';
import type { PushServer } from '../../ports/push-service.ts';

/** What is asked about accounts, and by what means. */
export type AuthorityParts = { commands: Commands; clock: Clock; credentials: Credentials; server: PushServer };

/** So many other accounts are offered at the most; a longer list is no choice any more. */
const MOST_OTHERS = 8;
const FIRST_ORDINARY_UID = 501;

/**
 * By whose authority an install could be done now. Only looks: no password is tried. `withAdmin`: also whether the person is an
 * administrator.
 */
export async function gatherAuthority(
  parts: AuthorityParts,
  user: ConsoleUser | null,
  signal: AbortSignal,
  withAdmin = false,
): Promise<AuthorityFacts> {
  const saved = await parts.credentials.look(user, signal).catch(orBug(unknownWays));
  const mdm = saved.mdm === 'not-set' ? await parts.server.trouble(signal).catch(orBug('unknown' as const)) : saved.mdm;
  const methods = { ...saved, mdm };
  if (user === null) return { methods, person: 'nobody' };
  const { person, others } = await personState(parts, user.name, signal);
  const admin = withAdmin ? await isAdmin(parts.commands, user.name, signal) : null;
  return {
    methods,
    person,
    ...(others === null ? {} : { others }),
    ...(admin === null ? {} : { personIsAdmin: admin }),
  };
}

async function isAdmin(commands: Commands, name: string, signal: AbortSignal): Promise<boolean | null> {
  const found = await runCommand(commands, adminMembership, { name }, { signal }).catch(orBug(null));
  return found?.member ?? null;
}

export const unknownWays: Record<AuthMethod, MethodTrouble> = {
  'saved-password': 'unknown',
  'local-account': 'unknown',
  'service-account': 'unknown',
  mdm: 'unknown',
};

/** `others` is null where the person's own account may do, now or later. */
type Person = { person: PersonState; others: OtherOwner[] | null };

/** Whether the account of the person at the Mac could authorise an install; what is not known is `unknown`. */
async function personState(parts: AuthorityParts, name: string, signal: AbortSignal): Promise<Person> {
  const ask = <I, O>(command: Command<I, O, 'probe'>, input: I): Promise<O | null> =>
    runCommand(parts.commands, command, input, { signal }).catch(orBug(null));
  const [accounts, users, status] = await Promise.all([
    ask(listAccounts, undefined),
    ask(cryptoUsers, undefined),
    ask(tokenStatus, { name }),
  ]);
  const alone = (person: PersonState): Person => ({ person, others: null });
  const account = accounts?.accounts.find((one) => one.name === name);
  if (accounts === null || account === undefined) return alone('unknown');
  const token = agreedToken(account.token, status?.token ?? 'unknown');
  const ownership = ownershipOf(account, users?.list ?? null);
  if (token === 'disabled' || ownership === 'not-owner') {
    const others = await othersThan(name, accounts.accounts, users?.list ?? null, parts);
    return { person: token === 'disabled' ? 'no-token' : 'not-owner', others };
  }
  const hindrance = await hindranceToTyping(name, parts);
  if (hindrance !== null) return alone(hindrance);
  return alone(token === 'unknown' || ownership === 'unknown' ? 'unknown' : 'ready');
}

/** The ordinary accounts, visible in the login window, that could authorise it instead and are not near their lockout. */
async function othersThan(
  name: string,
  accounts: readonly Account[],
  users: readonly CryptoUser[] | null,
  parts: AuthorityParts,
): Promise<OtherOwner[]> {
  const candidates = accounts
    .filter((one) => one.name !== name && !one.hidden && !one.disabled && one.uid >= FIRST_ORDINARY_UID)
    .filter((one) => one.token !== 'disabled' && ownershipOf(one, users) === 'owner')
    .sort((a, b) => a.uid - b.uid);
  const others: OtherOwner[] = [];
  for (const candidate of candidates) {
    if (others.length === MOST_OTHERS) break;
    const { fit } = await fitnessOf(parts.commands, candidate.name);
    if (!fit || (await hindranceToTyping(candidate.name, parts)) !== null) continue;
    others.push({ name: candidate.name, fullName: candidate.fullName ?? candidate.name });
  }
  return others;
}

/** Why a password of the account may not be typed now: one that is mistyped would bring it too near its lockout. */
async function hindranceToTyping(
  account: string,
  { commands, clock, credentials }: AuthorityParts,
): Promise<'locked' | 'near-lockout' | null> {
  try {
    const attempt = { account, credential: null, at: clock.now() };
    const verdict = mayAttempt(attempt, await lockoutFactsOf(commands, account), credentials.attempts());
    if (verdict.may) return null;
    return verdict.why === 'locked' ? 'locked' : 'near-lockout';
  } catch (error) {
    // Without the tries so far nobody knows how near it is.
    if (isExpected(error)) return 'near-lockout';
    throw error;
  }
}
