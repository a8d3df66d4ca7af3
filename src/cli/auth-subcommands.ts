import { deleteAllCredentials, deleteCredentials } from '../adapters/credentials/delete-all.ts';
import { removeBeforeAll, removeOurAccount } from '../adapters/credentials/service-cleanup.ts';
import { codeOfTrouble } from '../adapters/credentials/trouble-error.ts';
import { type CheckedCredential, verifyCredential } from '../adapters/credentials/verify-credential.ts';
import { AUTH_METHODS, type AuthMethod } from '../domain/authority.ts';
import { isSavedMethod } from '../domain/credentials.ts';
import { exitCodeFor, UpkeepError } from '../domain/problem.ts';
import { nearestKey } from '../policy/nearest-key.ts';
import { authGround } from './auth-ground.ts';
import { holderOf, setMdm, verifyMdm } from './auth-mdm.ts';
import { setLocalAccount } from './auth-set.ts';
import {
  answer,
  checkJson,
  checkWords,
  deletedWords,
  listWords,
  savedJson,
  savedServerJson,
  savedServerWords,
  serverJson,
  serverWords,
} from './auth-words.ts';
import type { Io, Values } from './command.ts';

/** `misused` makes the complaint about words that make no sense, none of which it repeats. */
type Subcommand = (values: Values, words: readonly string[], io: Io, misused: () => UpkeepError) => Promise<number>;

/** Those of a subcommand beside --root and --json. */
function allowOnly(values: Values, options: readonly string[], misused: () => UpkeepError): void {
  if (Object.keys(values).some((name) => ![...options, 'root', 'json'].includes(name))) throw misused();
}

export const saveCredential: Subcommand = async (values, [method, account, ...more], io, misused) => {
  if (method === 'mdm') return saveMdm(values, account, io, misused);
  allowOnly(values, ['replace', 'password-fd'], misused);
  if (method === undefined || account === undefined || more.length > 0) throw misused();
  refuseOtherMethods(methodNamed(method, misused));
  if (!/^[^-/\p{Cc}\s][^/\p{Cc}]*$/u.test(account)) throw misused();
  const ground = await authGround(values);
  const { saved, replaced } = await setLocalAccount(ground, account, values, io);
  const words = [
    `Saved: ${saved.method} “${saved.account}”. The password logs in and unlocks the startup volume.`,
    ...replaced.map((old) => `Deleted: ${old.method} “${old.account}”, the one before.`),
  ];
  answer(
    values,
    io,
    { saved: savedJson(saved), replaced: replaced.map(savedJson) },
    `${words.join('\n')}\n${await ground.intelWords()}`,
  );
  return 0;
};

async function saveMdm(values: Values, word: string | undefined, io: Io, misused: () => UpkeepError): Promise<number> {
  allowOnly(values, ['client', 'account', 'replace', 'password-fd'], misused);
  const holder = holderOf(values);
  if (word !== undefined || holder === null) throw misused();
  const done = await setMdm(await authGround(values), holder, values, io);
  answer(values, io, savedServerJson(done), savedServerWords(done));
  return 0;
}

export const verifySaved: Subcommand = async (values, [method, ...more], io, misused) => {
  allowOnly(values, [], misused);
  if (more.length > 0) throw misused();
  const methods: readonly AuthMethod[] = method === undefined ? AUTH_METHODS : [methodNamed(method, misused)];
  const ground = await authGround(values);
  const { store, parts, alone, zone } = ground;
  const passwords = await alone(async () => {
    const found: CheckedCredential[] = [];
    for (const each of methods.filter(isSavedMethod)) {
      const checked = await verifyCredential(store, parts, each);
      if (checked !== null) found.push(checked);
    }
    return found;
  });
  const server = methods.includes('mdm') ? await verifyMdm(ground) : null;
  const checks = [...passwords.map(checkJson), ...(server === null ? [] : [serverJson(server)])];
  if (checks.length === 0) throw nothingSaved(method);
  const words = [...passwords.map((one) => checkWords(one, zone)), ...(server === null ? [] : [serverWords(server)])];
  answer(values, io, { checks }, words.join(''));
  const codes = checks.map(({ trouble }) => (trouble === null ? 0 : exitCodeFor(codeOfTrouble(trouble))));
  // What somebody has to mend counts for more than what passes.
  return Math.max(...codes);
};

export const listSaved: Subcommand = async (values, words, io, misused) => {
  allowOnly(values, [], misused);
  if (words.length > 0) throw misused();
  const { store, alone, zone } = await authGround(values);
  const { saved, loose } = await alone(async () => {
    await store.sweep();
    return store.list();
  });
  answer(values, io, { saved: saved.map(savedJson), leftOver: loose.length }, listWords(saved, loose, zone));
  return 0;
};

export const deleteSaved: Subcommand = async (values, [method, ...more], io, misused) => {
  allowOnly(values, ['all'], misused);
  if (more.length > 0 || (method === undefined) === (values.all === undefined)) throw misused();
  const methods: readonly AuthMethod[] = method === undefined ? AUTH_METHODS : [methodNamed(method, misused)];
  const { store, service, alone } = await authGround(values);
  const { deleted, loose } = await alone(async () => {
    // Also where the account is there and its password is not.
    if (methods.includes('service-account')) await removeBeforeAll(service);
    const remove = async () => void (await removeOurAccount(service));
    const all = values.all === true;
    const gone = await (all ? deleteAllCredentials(store, remove) : deleteCredentials(store, methods, remove));
    return { deleted: gone, loose: store.list().loose };
  });
  answer(values, io, { deleted: deleted.map(savedJson), leftOver: loose.length }, deletedWords(deleted, loose));
  return 0;
};

function methodNamed(word: string, misused: () => UpkeepError): AuthMethod {
  const found = AUTH_METHODS.find((method) => method === word);
  if (found !== undefined) return found;
  const nearest = nearestKey(word, AUTH_METHODS);
  if (nearest === null) throw misused();
  throw new UpkeepError('usage.wrong', `there is no such method. Did you mean ${nearest}?`, {
    remedy: '`upkeep help auth` names the methods.',
  });
}

function refuseOtherMethods(method: AuthMethod): void {
  if (method === 'local-account') return;
  const whose =
    method === 'saved-password'
      ? 'is kept by the agent when the person at the Mac types it and agrees (authentication.rememberTyped)'
      : 'is made by `upkeep service-account create` together with its account, whose password nobody has to know';
  throw new UpkeepError('usage.wrong', `a ${method} ${whose}; it cannot be set here.`, {
    remedy: '`upkeep auth set local-account USER` saves the password of an account that is there.',
  });
}

function nothingSaved(method: string | undefined): UpkeepError {
  const what =
    method === undefined ? 'nothing' : method === 'mdm' ? 'nothing for the management server' : `no ${method}`;
  return new UpkeepError('credential.missing', `${what} is saved on this Mac.`, {
    remedy:
      method === 'mdm'
        ? '`sudo upkeep auth set mdm --client ID` saves the secret of an API client.'
        : '`sudo upkeep auth set local-account USER` saves the password of an account.',
  });
}
