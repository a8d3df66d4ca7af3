import { refuseObstacles } from '../adapters/credentials/obstacles.ts';
import { codeOfTrouble } from '../adapters/credentials/trouble-error.ts';
import { checkServer, type ServerCheck } from '../adapters/mdm/check-server.ts';
import { METHOD, savedCredential } from '../adapters/mdm/saved-push-server.ts';
import type { MethodTrouble } from '../domain/authority.ts';
import { isSameItem, type SavedCredential } from '../domain/credentials.ts';
import { credentialOf, holderText, holderWords, type MdmHolder } from '../domain/mdm-credential.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { AuthGround } from './auth-ground.ts';
import type { Io, Values } from './command.ts';
import { readSecret } from './secret-input.ts';

type Fit = Extract<ServerCheck, { fit: true }>;
export type SavedServer = { saved: SavedCredential; replaced: SavedCredential[]; check: Fit };
export type CheckedServer = { saved: SavedCredential; check: ServerCheck };

/** Who `--client` or `--account` names; null where that makes no sense. */
export function holderOf({ client, account }: Values): MdmHolder | null {
  const [name, other] = [client, account].filter((given) => given !== undefined);
  // A colon ends the name where both are sent together.
  if (typeof name !== 'string' || other !== undefined || !/^[^-:\p{Cc}\s][^:\p{Cc}]{0,127}$/u.test(name)) return null;
  return { kind: client === undefined ? 'account' : 'client', name };
}

/**
 * Saves what lets us into the management server, once the server has let us in with it and nothing that is needed is known to be
 * missing. What can be refused without the secret is refused before anybody types it.
 */
export async function setMdm(ground: AuthGround, holder: MdmHolder, values: Values, io: Io): Promise<SavedServer> {
  const { store, server, alone } = ground;
  const rules = { replace: values.replace === true, severalSaved: await ground.severalSaved() };
  const settings = await server.settings();
  if (settings.service === 'none') throw noServer();
  if (server.http === null) throw simulated();
  const account = holderText(holder);
  refuseObstacles(store.inTheWay({ method: METHOD, account }, rules), rules);
  const what = holder.kind === 'client' ? 'Secret' : 'Password';
  const secret = await readSecret(values, io, `${what} of the ${holderWords(holder)} (not shown): `);
  const check = await checkServer(server, settings, credentialOf(holder, secret));
  if (!check.fit) throw notSaved(holder, check);
  return alone(async () => {
    const before = store.list().saved;
    const saved = await store.save({ method: METHOD, account, uid: null, secret, verifiedAt: check.at }, rules);
    const after = store.list().saved;
    return { saved, replaced: before.filter((old) => !after.some((one) => isSameItem(one, old))), check };
  });
}

/** Asks the server with what is saved, and notes when it let us in. Null where nothing is. */
export async function verifyMdm({ store, server, alone }: AuthGround): Promise<CheckedServer | null> {
  const saved = store.saved(METHOD);
  if (saved === null) return null;
  const credential = await alone(() => savedCredential(store));
  if ('trouble' in credential) {
    const { trouble, why } = credential;
    return trouble === 'not-set' ? null : { saved, check: { fit: false, trouble, why } };
  }
  const check = await checkServer(server, await server.settings(), credential);
  if (!check.fit) return { saved, check };
  await alone(async () => store.verified(saved, check.at));
  return { saved: { ...saved, verifiedAt: check.at }, check };
}

/** What somebody can do about a server that does not do. */
export function serverRemedy(trouble: MethodTrouble): string {
  return (
    REMEDIES[trouble] ?? 'Look at what it says, and ask whoever runs the server. `sudo upkeep doctor` looks closer.'
  );
}

const REMEDIES: Partial<Record<MethodTrouble, string>> = {
  'not-set': 'Save one with `sudo upkeep auth set mdm`.',
  'password-gone': 'Save it again with `sudo upkeep auth set mdm`.',
  'keychain-unavailable': 'Try again later; if it goes on, look at the keychain with Keychain Access.',
  'wrong-password': 'Make a new secret at the server, and save that with `sudo upkeep auth set mdm`.',
  'no-privilege': 'Give it what it lacks, at the server; docs/mdm.md has the whole list. Then try again.',
  'server-unreachable': 'Look at mdm.url in the settings and at the network, and try again.',
  unknown: 'Look at the settings (docs/mdm.md), and try again.',
};

function notSaved(holder: MdmHolder, { trouble, why }: Extract<ServerCheck, { fit: false }>): UpkeepError {
  return new UpkeepError(codeOfTrouble(trouble), `the ${holderWords(holder)} was not saved: ${why}.`, {
    remedy: `${serverRemedy(trouble)} What was saved before still is.`,
    facts: { trouble, account: holderText(holder) },
  });
}

const noServer = (): UpkeepError =>
  new UpkeepError('settings.wrong', 'the settings name no management server.', {
    remedy: 'Set mdm.service first, and mdm.url where the Mac cannot find it (docs/mdm.md). Nothing was changed.',
  });

const simulated = (): UpkeepError =>
  new UpkeepError('usage.wrong', 'a simulated Mac asks no server, so nothing can be proved for one.', {
    remedy: 'Leave --root out, on a Mac. Nothing was changed.',
  });
