import type { Account } from '../../domain/accounts.ts';
import { mayAttempt } from '../../domain/attempts.ts';
import type { BootstrapToken } from '../../domain/bootstrap-token.ts';
import { DAY_MS, SECOND_MS } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Credentials } from '../../ports/credentials.ts';
import type { Http } from '../../ports/http.ts';
import { installBootstrapToken, removeBootstrapToken, validateBootstrapToken } from '../commands/mdm-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitAdministrator } from '../credentials/fit-administrator.ts';
import { lockoutFactsOf } from '../credentials/lockout-facts.ts';
import type { Administrator } from '../credentials/service-account.ts';
import { troubleError } from '../credentials/trouble-error.ts';
import { REFUSALS, type VerifyParts, verifyPassword } from '../credentials/verify-password.ts';
import type { EscrowError } from '../macos/profiles.ts';
import { pause } from '../pause.ts';
import { attemptsOfTheDay, type EscrowFile } from './escrow-file.ts';
import { type LookParts, lookAtToken, type TokenSighting } from './look-at-token.ts';
import type { SavedAdministrator } from './saved-administrator.ts';

/** Whoever calls holds the lock of the credentials; `credentials` must not want it for itself. */
export type EscrowParts = VerifyParts & { http: Http | null; file: EscrowFile; credentials: Credentials };

/** `did`: `replaced` where the old token had to be removed before the server took a new one. `by`: whose password was typed. */
export type EscrowOutcome = { did: 'nothing' | 'escrowed' | 'replaced'; token: BootstrapToken; by: string | null };

const MOST_A_DAY = 3;
/** A server takes a moment to know what it was just given. */
const LOOKS = 4;
const BETWEEN_LOOKS_MS = 10 * SECOND_MS;

/** Throws all that can be said against it before anybody types a password. A token that is valid wants no other. */
export async function mayEscrow(parts: Omit<EscrowParts, 'credentials'>): Promise<BootstrapToken> {
  const seen = await look(parts);
  if (seen.token.state === 'valid') {
    parts.file.replacing(null);
    return seen.token;
  }
  refuseHopeless(seen);
  refuseTooMany(parts);
  return seen.token;
}

/**
 * Has the Mac make a new bootstrap token and send it to its server, and looks afterwards whether the server gives it back:
 * what the tool says is no proof. What can be refused without a password is refused before one is typed; each typing is on
 * the disk before it is done. An old token is removed only where it proved to be in the way and the server answers, and that
 * it is being replaced is on the disk first: cut off in between, the next call goes on, and until then it is told.
 */
export async function escrowBootstrapToken(
  parts: EscrowParts,
  by: Administrator | SavedAdministrator,
): Promise<EscrowOutcome> {
  const before = await mayEscrow(parts);
  if (before.state === 'valid') return { did: 'nothing', token: before, by: null };
  const admin = await provenAdministrator(parts, by);
  parts.file.begin(parts.clock.now());
  if (before.state === 'escrowed-unproven' && (await isValidated(parts, admin))) {
    return settled(parts, { did: 'nothing', token: proven(before), by: admin.account.name });
  }

  let said = await type(parts, admin, installBootstrapToken);
  let after = await lookUntilThere(parts);
  let did: EscrowOutcome['did'] = 'escrowed';
  if (after.token.state === 'unusable') {
    did = 'replaced';
    parts.file.replacing(parts.clock.now());
    await type(parts, admin, removeBootstrapToken);
    said = await type(parts, admin, installBootstrapToken);
    after = await lookUntilThere(parts);
  }
  const { state } = after.token;
  if (state === 'not-escrowed' || state === 'unusable' || state === 'unsupported') throw notKept(parts, after, said);
  const isProven = state === 'escrowed-unproven' && (await isValidated(parts, admin));
  const outcome = { did, token: isProven ? proven(after.token) : after.token, by: admin.account.name };
  return state === 'unknown' ? outcome : settled(parts, outcome);
}

/** Nothing is between an old token and a new one any more. */
function settled(parts: EscrowParts, outcome: EscrowOutcome): EscrowOutcome {
  parts.file.replacing(null);
  return outcome;
}

const proven = (token: BootstrapToken): BootstrapToken => ({ ...token, state: 'valid', why: null });

function look(parts: LookParts): Promise<TokenSighting> {
  return lookAtToken(parts, { check: true, server: true });
}

async function lookUntilThere(parts: EscrowParts): Promise<TokenSighting> {
  let seen = await look(parts);
  for (let looks = 1; looks < LOOKS; looks += 1) {
    if (seen.token.state === 'valid' || seen.token.state === 'escrowed-unproven') break;
    await pause(parts.clock, BETWEEN_LOOKS_MS);
    seen = await look(parts);
  }
  return seen;
}

function refuseHopeless({ status, server, enrolment, token }: TokenSighting): void {
  if (token.state === 'unsupported') {
    const isEnrolled = enrolment.known && enrolment.value.enrolled;
    throw new UpkeepError(
      'bootstrap-token.unsupported',
      isEnrolled
        ? 'the MDM server keeps no bootstrap token for this Mac.'
        : 'no MDM server keeps a bootstrap token for this Mac.',
      {
        remedy: isEnrolled
          ? 'It takes a server that supports it and a Mac that is supervised: look at both there. Nothing was changed.'
          : 'Enrol the Mac first. Nothing was changed.',
      },
    );
  }
  if (!status.known) throw later(`how it stands with the bootstrap token is not known: ${status.why}`);
  if (server.known && !server.value) throw later('the MDM server does not answer');
}

function later(why: string): UpkeepError {
  return new UpkeepError('credential.later', `${why}.`, { remedy: 'Try again later. Nothing was tried or changed.' });
}

function refuseTooMany({ file, clock }: Pick<EscrowParts, 'file' | 'clock'>): void {
  const [first, ...more] = attemptsOfTheDay(file.read(), clock.now());
  if (first === undefined || more.length + 1 < MOST_A_DAY) return;
  throw new UpkeepError('credential.later', `an escrow was tried ${MOST_A_DAY} times within a day.`, {
    remedy:
      'Look at the MDM server for what is wrong; a day after the first of them it can be tried again. Nothing was changed.',
    facts: { againAt: first + DAY_MS },
  });
}

/** `credential`: the version of a saved password, null for one that somebody typed. */
type Proven = { account: Account; password: Secret; credential: string | null };

/** Somebody who may do it, with a password that has just proved right, or did so within a day. */
async function provenAdministrator(parts: EscrowParts, by: Administrator | SavedAdministrator): Promise<Proven> {
  const name = 'method' in by ? by.account : by.name;
  const account = await fitAdministrator(parts.commands, name);
  if (!('method' in by)) {
    const checked = await verifyPassword(parts, { account: account.name, credential: null, secret: by.password });
    if (!checked.fit) throw troubleError(`“${account.name}” cannot authorise this: ${checked.why}.`, checked, name);
    return { account, password: by.password, credential: null };
  }
  const unlocked = await parts.credentials.unlock(by.method, null);
  if ('refused' in unlocked) {
    const words = `the saved password of “${account.name}” cannot be used: ${unlocked.refused}.`;
    throw troubleError(words, { trouble: unlocked.refused }, account.name);
  }
  return { account, password: unlocked.password, credential: unlocked.version };
}

async function isValidated(parts: EscrowParts, admin: Proven): Promise<boolean> {
  return (await type(parts, admin, validateBootstrapToken)) === null;
}

type Order = typeof installBootstrapToken | typeof removeBootstrapToken | typeof validateBootstrapToken;

/** Has a tool ask for the administrator, and returns what it complained of. Throws where the password was refused. */
async function type(parts: EscrowParts, admin: Proven, order: Order): Promise<EscrowError | null> {
  const { commands, clock, attempts } = parts;
  const { account, password, credential } = admin;
  const attempt = { account: account.name, credential, at: clock.now() };
  const lockout = await lockoutFactsOf(commands, account.name);
  // It proved right a moment ago; what is left to ask is whether a wrong one would be one too many.
  const verdict = mayAttempt({ ...attempt, credential: null }, lockout, attempts.all());
  if (!verdict.may) throw troubleError(`${REFUSALS[verdict.why].why}.`, REFUSALS[verdict.why], account.name);
  const ended = attempts.begin(attempt);
  const answer = await runCommand(commands, order, {
    admin: { name: account.name, password, fullName: account.fullName },
  });
  if (answer.error === 'wrong-password') {
    ended(false);
    const wrong = { trouble: 'wrong-password' } as const;
    throw troubleError(`profiles does not take the password of “${account.name}”, which logs in.`, wrong, account.name);
  }
  if (answer.error === null || answer.error === 'not-verified') ended(true);
  if ('validated' in answer && !answer.validated) return answer.error ?? 'not-verified';
  return answer.error;
}

function notKept({ file }: EscrowParts, { token }: TokenSighting, said: EscrowError | null): UpkeepError {
  const none = file.read().replacing !== null && token.state !== 'unusable';
  const complaint = said === null ? 'that it was done' : said;
  return new UpkeepError(
    'bootstrap-token.not-kept',
    `no bootstrap token came of it (${token.state}); profiles said ${complaint}.${none ? ' The old one, which was of no use, is gone.' : ''}`,
    {
      remedy:
        'Look at the MDM server, then try again: `sudo upkeep bootstrap-token escrow` goes on from here. `sudo profiles install -type bootstraptoken` shows what macOS says.',
      facts: { state: token.state, said },
    },
  );
}
