import { credentialId, type KeptItem, type SavedCredential } from '../../domain/credentials.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import { resetPassword } from '../commands/account-change-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { requireAdministrator } from './create-service-account.ts';
import { newPassword } from './new-password.ts';
import { type Administrator, FULL_NAME, METHOD, preparedItem, type ServiceParts } from './service-account.ts';
import { notReady } from './service-cleanup.ts';
import { ourAccount } from './service-ours.ts';
import { troubleError } from './trouble-error.ts';
import { type Verification, verifyPassword } from './verify-password.ts';

/** The same method and account: nothing else that is saved is in its way. */
const RULES = { replace: false, severalSaved: true };

/**
 * Gives the service account a new random password. The new one is kept first, then set, then tried; until it proved right
 * the old one counts, and neither is thrown away before the other has proved right. Without an administrator the account
 * changes its own, which keeps its secure token. Cut off anywhere, calling it again finds out which one it has.
 */
export async function rotateServiceAccount(parts: ServiceParts, admin: Administrator | null): Promise<SavedCredential> {
  const name = await readyAccount(parts);
  const settled = await settle(parts, name);
  if (settled !== null) return settled;
  const old = await parts.store.read(METHOD);
  if (!old.found && admin === null) throw troubleError(`the old password cannot be used: ${old.why}.`, old, name);
  if (admin !== null) await requireAdministrator(parts, admin);
  else await requireRight(parts, name, known(old));
  const by = admin ?? { name, password: known(old), fullName: FULL_NAME };
  const secret = await newPassword(parts.commands, name, parts.pick);
  const item = await parts.store.prepare({ method: METHOD, account: name, uid: null, secret }, RULES);
  const account = { name, password: secret, fullName: FULL_NAME };
  const said = await runCommand(parts.commands, resetPassword, { account, admin: by });
  const saved = await settle(parts, name);
  if (saved !== null) return saved;
  throw new UpkeepError(
    'credential.unfit',
    `macOS did not change the password: ${said.error ?? 'it gave no reason'}.`,
    {
      remedy:
        said.error === 'password-refused'
          ? 'The rules for passwords on this Mac refuse a random one; `pwpolicy -getaccountpolicies` shows them. The old one still counts.'
          : 'The old one still counts. Try again with `--admin USER`, an administrator with a secure token.',
      facts: { account: name, said: said.error, version: credentialId(item) },
    },
  );
}

/** A password that is wrong would count as a failed login once more when it is to authorise the new one. */
async function requireRight(parts: ServiceParts, name: string, password: Secret): Promise<void> {
  const checked = await verified(parts, name, password);
  if (!checked.fit) throw troubleError(`the old password cannot be used: ${checked.why}.`, checked, name);
}

/** The name our finished account has now. */
export async function readyAccount(parts: ServiceParts): Promise<string> {
  const record = parts.record.read();
  if (!record?.ready) throw notReady(record);
  const found = await ourAccount(parts, record);
  if (found.is === 'ours' && found.account.name === record.name) return record.name;
  throw new UpkeepError('credential.unfit', `the service account “${record.name}” is gone, or renamed.`, {
    remedy: '`sudo upkeep service-account delete` clears away what is left; then create it anew.',
    facts: { account: record.name },
  });
}

/**
 * Finds out whether the account has got the prepared password. Then that counts from now on; if not, and the old one is
 * right, it goes. Null where there is none any more. Throws, with both kept, where neither is proven.
 */
export async function settle(parts: ServiceParts, name: string): Promise<SavedCredential | null> {
  const item = preparedItem(parts);
  if (item === null) return null;
  const fresh = await parts.store.readPrepared(item);
  const checked = fresh === null ? null : await verified(parts, name, fresh);
  if (checked?.fit) return parts.store.promote(item, checked.at, RULES);
  const old = await parts.store.read(METHOD);
  const before = old.found ? await verified(parts, name, old.secret) : null;
  if (before?.fit && (checked === null || checked.trouble === 'wrong-password')) {
    await parts.store.discard(item);
    return null;
  }
  throw unproven(item, checked, before);
}

/** The account is ours and nobody else’s, so a try of its password does nobody harm; the lockout is still kept away from. */
function verified(parts: ServiceParts, account: string, secret: Secret): Promise<Verification> {
  return verifyPassword(parts, { account, credential: null, secret });
}

function unproven({ account }: KeptItem, fresh: Verification | null, old: Verification | null): UpkeepError {
  const why = (one: Verification | null) =>
    one === null ? 'it cannot be read now' : one.fit ? 'it is right' : one.why;
  return new UpkeepError(
    'credential.later',
    `which password “${account}” has is not known. The new one: ${why(fresh)}. The old one: ${why(old)}.`,
    {
      remedy:
        'Both are kept. Try again in a quarter of an hour. If it goes on, `sudo upkeep service-account delete` and then `create` make it anew.',
      facts: { account },
    },
  );
}

function known(reading: { found: true; secret: Secret } | { found: false; why: string }): Secret {
  if (reading.found) return reading.secret;
  throw new UpkeepError('bug', 'a password was needed that is not there.', {
    remedy: 'Report this as a bug in upkeep.',
  });
}
