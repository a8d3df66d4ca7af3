import { createServiceAccount, mayCreate } from '../adapters/credentials/create-service-account.ts';
import { deleteCredentials } from '../adapters/credentials/delete-all.ts';
import { rotateServiceAccount } from '../adapters/credentials/rotate-service-account.ts';
import { removeBeforeAll } from '../adapters/credentials/service-cleanup.ts';
import { type ServiceStatus, serviceStatus } from '../adapters/credentials/service-status.ts';
import { isoOf, localWords } from '../domain/instant.ts';
import { rotationDueAt } from '../domain/rotation.ts';
import type { AuthGround } from './auth-ground.ts';
import { savedJson } from './auth-words.ts';
import type { Io, Values } from './command.ts';
import { readSecret } from './secret-input.ts';

const SCHEMA = 'upkeep.service-account/1';
export type ServiceSubcommand = (ground: AuthGround, values: Values, io: Io) => Promise<number>;

export function tell(values: Values, io: Io, json: object, words: string): void {
  io.out(values.json === true ? `${JSON.stringify({ schema: SCHEMA, ...json }, null, 2)}\n` : words);
}

/** An administrator named with --admin, and their password from where nobody else can see it. */
export async function administratorIn(values: Values, io: Io) {
  const name = String(values.admin);
  return { name, password: await readSecret(values, io, `Password of “${name}” (not shown): `) };
}

export const createService: ServiceSubcommand = async (ground, values, io) => {
  const { service, alone } = ground;
  const rules = { replace: values.replace === true, severalSaved: await ground.severalSaved() };
  const wanted = { name: (await ground.serviceSettings()).name, standard: values.standard === true };
  // All that can be said against it is said before anybody types a password.
  if (await alone(() => mayCreate(service, wanted, rules))) {
    tell(
      values,
      io,
      { made: false, account: wanted.name },
      'There is a service account already; nothing was changed.\n',
    );
    return 0;
  }
  const admin = await administratorIn(values, io);
  const { account, saved } = await alone(() => createServiceAccount(service, wanted, admin, rules));
  const words = `Made: the service account “${account}”. Its password is random and nobody knows it; it logs in and unlocks the startup volume.\n`;
  const about = await ground.intelWords();
  tell(values, io, { made: true, account, saved: saved === null ? null : savedJson(saved) }, `${words}${about}`);
  return 0;
};

export const statusOfService: ServiceSubcommand = async (ground, values, io) => {
  const status = await ground.alone(() => serviceStatus(ground.service));
  const { rotateDays } = await ground.serviceSettings();
  const savedAt = status.state === 'ready' ? (status.saved?.savedAt ?? null) : null;
  const due = savedAt === null ? null : rotationDueAt(savedAt, rotateDays);
  const saved = status.state === 'ready' && status.saved !== null ? savedJson(status.saved) : null;
  tell(
    values,
    io,
    { ...status, saved, rotationDueAt: due === null ? null : isoOf(due) },
    statusWords(status, due, ground.zone),
  );
  if (status.state === 'none' || status.state === 'gone') return 69;
  return status.state === 'ready' && status.wrong.length === 0 ? 0 : 77;
};

function statusWords(status: ServiceStatus, due: number | null, zone: string): string {
  switch (status.state) {
    case 'none':
      return 'There is no service account.\n  `sudo upkeep service-account create --admin USER` makes one.\n';
    case 'unfinished':
      return `The service account “${status.account}” was not finished.\n  \`sudo upkeep service-account create --admin USER\` finishes it, \`delete\` gives it up.\n`;
    case 'gone':
      return `The service account “${status.account}” is not on this Mac any more.\n  \`sudo upkeep service-account delete\` clears away what is left; then create it anew.\n`;
    default: {
      const lines = [
        `Service account “${status.account}”`,
        `  password    ${status.saved === null ? 'not saved' : `of ${localWords(status.saved.savedAt, zone)}`}`,
        `  last right  ${status.saved === null ? '–' : localWords(status.saved.verifiedAt, zone)}`,
        `  rotation    ${due === null ? 'never by itself' : `due ${localWords(due, zone)}`}`,
        ...(status.rotating ? ['  a rotation was cut off; `sudo upkeep service-account rotate` ends it'] : []),
        ...status.wrong.map((one) => `  wrong       ${one}`),
      ];
      return `${lines.join('\n')}\n`;
    }
  }
}

export const rotateService: ServiceSubcommand = async ({ service, alone }, values, io) => {
  const admin = values.admin === undefined ? null : await administratorIn(values, io);
  const saved = await alone(() => rotateServiceAccount(service, admin));
  tell(
    values,
    io,
    { saved: savedJson(saved) },
    `“${saved.account}” has a new password, which logs in and unlocks the startup volume.\n`,
  );
  return 0;
};

export const deleteService: ServiceSubcommand = async ({ service, store, alone }, values, io) => {
  const there = service.record.read() !== null;
  await alone(async () => {
    await removeBeforeAll(service);
    await deleteCredentials(store, ['service-account'], async () => {});
  });
  tell(
    values,
    io,
    { deleted: there },
    there ? 'Deleted: the service account and its password.\n' : 'There was no service account.\n',
  );
  return 0;
};
