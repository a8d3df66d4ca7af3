// The service account on the simulated Mac of an office, with a death at any step.
import { createServiceAccount } from '../../../src/adapters/credentials/create-service-account.ts';
import { deleteCredentials } from '../../../src/adapters/credentials/delete-all.ts';
import type { PrivateFiles } from '../../../src/adapters/credentials/private-files.ts';
import type { ServiceParts } from '../../../src/adapters/credentials/service-account.ts';
import { discardPrepared, removeOurAccount } from '../../../src/adapters/credentials/service-cleanup.ts';
import { ServiceRecordFile } from '../../../src/adapters/credentials/service-record.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { MacSpecInput } from '../../../src/simulator/mac/mac-spec.ts';
import { ADMIN, type Death, desk, FOLDER } from './desk.ts';

export const RULES = { replace: false, severalSaved: false };
export const NAME = '_upkeep';
export const bert = (password = ADMIN) => ({ name: 'bert', password: new Secret(password) });

export function serviceDesk(more: MacSpecInput = {}, folder: string | null = null) {
  const one = desk(more, folder);
  let seed = 7;
  /** Small, the same each time, and good enough to make one password unlike another. */
  const pick = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const life = (death: Death = null) => {
    const made = one.process(death);
    const parts: ServiceParts = {
      ...made.parts,
      store: made.store,
      record: new ServiceRecordFile(FOLDER, made.files as PrivateFiles),
      pick,
    };
    return { parts, steps: made.steps };
  };
  return {
    ...one,
    life,
    account: (name = NAME) => one.mac.accounts.named(name),
    create: (parts = life().parts, name = NAME, admin = bert()) =>
      createServiceAccount(parts, { name, standard: false }, admin, RULES),
    remove: (parts = life().parts) =>
      deleteCredentials(parts.store, ['service-account'], async () => void (await removeOurAccount(parts))).then(
        async (deleted) => {
          await discardPrepared(parts);
          return deleted;
        },
      ),
    /** What a saved password of the service account is now, null where none counts. */
    password: async () => {
      const reading = await one.run(life().parts.store.read('service-account'));
      return reading.found ? reading.secret.expose((plain) => plain) : null;
    },
    /** Everybody else, with all that could be changed about them. */
    others: () =>
      JSON.stringify(
        one.mac.accounts
          .all()
          .filter(({ name }) => name !== NAME)
          .map(({ lastFailedAt: _, attributes: __, ...rest }) => rest),
      ),
  };
}

export type ServiceDesk = ReturnType<typeof serviceDesk>;

export const endOf = (started: Promise<unknown>): Promise<unknown> => started.catch((error: unknown) => error);
export const codeOf = (end: unknown): string => (end instanceof UpkeepError ? end.code : String(end));
