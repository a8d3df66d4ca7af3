import { deleteAllCredentials, deleteCredentials } from '../adapters/credentials/delete-all.ts';
import { removeBeforeAll, removeOurAccount } from '../adapters/credentials/service-cleanup.ts';
import { codeOfTrouble } from '../adapters/credentials/trouble-error.ts';
import { type CheckedCredential, verifyCredential } from '../adapters/credentials/verify-credential.ts';
import { SAVED_METHODS, type SavedMethod } from '../domain/credentials.ts';
import { exitCodeFor, UpkeepError } from '../domain/problem.ts';
import { nearestKey } from '../policy/nearest-key.ts';
import { authGround } from './auth-ground.ts';
import { setLocalAccount } from './auth-set.ts';
import { answer, checkJson, checkWords, deletedWords, listWords, savedJson } from './auth-words.ts';
import type { Io, Values } from './command.ts';

/** `misused` makes the complaint about words that make no sense, none of which it repeats. */
type Subcommand = (values: Values, words: readonly string[], io: Io, misused: () => UpkeepError) => Promise<number>;

/** Those of a subcommand beside --root and --json. */
function allowOnly(values: Values, options: readonly string[], misused: () => UpkeepError): void {
  if (Object.keys(values).some((name) => ![...options, 'root', 'json'].includes(name))) throw misused();
}

export const saveCredential: Subcommand = async (values, [method, account, ...more], io, misused) => {
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

export const verifySaved: Subcommand = async (values, [method, ...more], io, misused) => {
  allowOnly(values, [], misused);
  if (more.length > 0) throw misused();
  const methods = method === undefined ? SAVED_METHODS : [methodNamed(method, misused)];
  const { store, parts, alone, zone } = await authGround(values);
  const checks = await alone(async () => {
    const found: CheckedCredential[] = [];
    for (const each of methods) {
      const checked = await verifyCredential(store, parts, each);
      if (checked !== null) found.push(checked);
    }
    return found;
  });
  if (checks.length === 0) throw nothingSaved(method);
  answer(values, io, { checks: checks.map(checkJson) }, checks.map((one) => checkWords(one, zone)).join(''));
  const codes = checks.map(({ verification }) =>
    verification.fit ? 0 : exitCodeFor(codeOfTrouble(verification.trouble)),
  );
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
  const methods: readonly SavedMethod[] = method === undefined ? SAVED_METHODS : [methodNamed(method, misused)];
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

function methodNamed(word: string, misused: () => UpkeepError): SavedMethod {
  const found = SAVED_METHODS.find((method) => method === word);
  if (found !== undefined) return found;
  const nearest = nearestKey(word, SAVED_METHODS);
  if (nearest === null) throw misused();
  throw new UpkeepError('usage.wrong', `there is no such method. Did you mean ${nearest}?`, {
    remedy: '`upkeep help auth` names the methods.',
  });
}

function refuseOtherMethods(method: SavedMethod): void {
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
  const what = method === undefined ? 'nothing' : `no ${method}`;
  return new UpkeepError('credential.missing', `${what} is saved on this Mac.`, {
    remedy: '`sudo upkeep auth set local-account USER` saves the password of an account.',
  });
}
