import { fitnessOf } from '../adapters/credentials/account-fitness.ts';
import { refuseObstacles } from '../adapters/credentials/obstacles.ts';
import { troubleError } from '../adapters/credentials/trouble-error.ts';
import { type Verification, verifyPassword } from '../adapters/credentials/verify-password.ts';
import { isSameItem, type SavedCredential } from '../domain/credentials.ts';
import { localWords } from '../domain/instant.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { AuthGround } from './auth-ground.ts';
import type { Io, Values } from './command.ts';
import { readSecret } from './secret-input.ts';

const METHOD = 'local-account';

/**
 * Saves the password of an account that is there, once it has proved right. What can be refused without the password is
 * refused before anybody types it.
 */
export async function setLocalAccount(
  ground: AuthGround,
  account: string,
  values: Values,
  io: Io,
): Promise<{ saved: SavedCredential; replaced: SavedCredential[] }> {
  const { store, parts, alone, zone } = ground;
  const rules = { replace: values.replace === true, severalSaved: await ground.severalSaved() };
  const fitness = await fitnessOf(parts.commands, account);
  if (!fitness.fit) throw troubleError(`${fitness.why}.`, fitness, account);
  // The directory knows an account by other names as well; its first one is the one that is kept.
  const { name } = fitness.account;
  refuseObstacles(store.inTheWay({ method: METHOD, account: name }, rules), rules);
  const secret = await readSecret(values, io, `Password of “${name}” (not shown): `);
  return alone(async () => {
    const verification = await verifyPassword(parts, { account: name, credential: null, secret });
    if (!verification.fit) throw notSaved(verification, name, zone);
    const before = store.list().saved;
    const verifiedAt = verification.at;
    const saved = await store.save({ method: METHOD, account: name, uid: null, secret, verifiedAt }, rules);
    const after = store.list().saved;
    const replaced = before.filter((old) => !after.some((one) => isSameItem(one, old)));
    return { saved, replaced };
  });
}

function notSaved(verification: Extract<Verification, { fit: false }>, account: string, zone: string): UpkeepError {
  const { why, until, trouble } = verification;
  const when = until === null ? '' : `, until ${localWords(until, zone)}`;
  const error = troubleError(`the password of “${account}” was not saved: ${why}${when}.`, verification, account);
  if (trouble !== 'wrong-password') return error;
  return new UpkeepError(error.code, error.message, {
    remedy: 'Try again with the right one. What was saved before still is; a wrong password counts as a failed login.',
    facts: error.facts,
  });
}
