import type { SavedCredential } from '../../domain/credentials.ts';
import { UpkeepError } from '../../domain/problem.ts';

/** `replace`: what stands in the way goes, once the new one is in its place. `severalSaved`: several methods may be saved. */
export type SaveRules = { replace: boolean; severalSaved: boolean };

/**
 * Throws `credential.in-the-way` where a new credential may not take the place of these. A service account's password is
 * the only way to that account, so it is never replaced by another method: the account would stay with nobody able to use it.
 */
export function refuseObstacles(obstacles: readonly SavedCredential[], { replace, severalSaved }: SaveRules): void {
  const service = obstacles.find(({ method }) => method === 'service-account');
  if (obstacles.length === 0 || (replace && service === undefined)) return;
  const named = obstacles.map(({ method, account }) => `${method} (${account})`).join(', ');
  throw new UpkeepError('credential.in-the-way', `another credential is saved already: ${named}.`, {
    remedy: `${service === undefined ? REPLACE : SERVICE}${severalSaved ? '' : SEVERAL} Nothing was changed.`,
    facts: { saved: named },
  });
}

const REPLACE = 'With --replace it is deleted once the new one is verified and saved.';
const SERVICE = '`sudo upkeep auth delete service-account` removes that account together with its credential.';
const SEVERAL = ' The setting authentication.severalSaved allows several methods.';
