import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CredentialStore } from '../adapters/credentials/credential-store.ts';
import { CREDENTIALS_FILE } from '../adapters/credentials/credentials-file.ts';
import { KEY_FILE } from '../adapters/credentials/seal.ts';
import { METHOD, type ServiceParts } from '../adapters/credentials/service-account.ts';
import { servicePartsIn } from '../adapters/credentials/service-parts.ts';
import { SERVICE_RECORD_FILE } from '../adapters/credentials/service-record.ts';
import { serviceStatus } from '../adapters/credentials/service-status.ts';
import { changeableByOthers, readableByOthers } from '../adapters/launchd/rights.ts';
import type { Places } from '../adapters/places.ts';
import { type Attempt, lastVerdict } from '../domain/attempts.ts';
import type { AuthMethod, MethodTrouble } from '../domain/authority.ts';
import { credentialId, isPassword, type SavedCredential } from '../domain/credentials.ts';
import { type ConsoleUser, type Fact, known, unknown } from '../domain/facts.ts';
import { rotationDueAt } from '../domain/rotation.ts';
import type { MdmSettings } from '../domain/settings.ts';
import type { CheckupFacts, ServiceAccountFacts, Verification } from '../policy/examine/checkup-facts.ts';
import { ONLY_ROOT } from '../policy/examine/finding.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Http } from '../ports/http.ts';
import { factOf } from './effects/fact-of.ts';
import { savedCredentials, savedPushServer } from './saved-credentials.ts';

export type SavedFacts = Pick<CheckupFacts, 'methods' | 'keychain' | 'serviceAccount' | 'verifications'>;

type Ground = { commands: Commands; clock: Clock; places: Places; isRoot: boolean; http: Http | null };

/**
 * What is known of the passwords that are saved, without trying or reading any. Changes nothing. `rotateDays`: how old that of
 * the service account may become, by the settings; `mdm` is what they say of the management server.
 */
export async function gatherSaved(
  ground: Ground,
  user: Fact<ConsoleUser | null>,
  rotateDays: number,
  mdm: Fact<MdmSettings>,
): Promise<SavedFacts> {
  const { commands, clock, places, isRoot } = ground;
  const exist = (...files: string[]) => files.some((file) => existsSync(join(places.state, file)));
  const isAnySaved = exist(CREDENTIALS_FILE, SERVICE_RECORD_FILE);
  if (!isRoot && isAnySaved) return onlyForRoot(exist(SERVICE_RECORD_FILE));
  const parts = servicePartsIn(places.state, { commands, clock });
  const { store } = parts;
  const saved = await factOf(async () => store.list().saved);
  const methods = await factOf(() => methodsNow(ground, user, store, mdm));
  if (!isAnySaved) return { methods };
  return {
    methods,
    keychain: saved.known ? await factOf(async () => keychainNow(places, saved.value)) : saved,
    verifications: saved.known
      ? await factOf(async () => verificationsOf(parts.attempts.all(), saved.value.filter(isPassword)))
      : saved,
    ...(await serviceFacts(parts, rotateDays)),
  };
}

function onlyForRoot(isService: boolean): SavedFacts {
  const notAsked = { known: false as const, why: ONLY_ROOT };
  const base = { methods: notAsked, keychain: notAsked, verifications: notAsked };
  return isService ? { ...base, serviceAccount: notAsked } : base;
}

async function methodsNow(
  { commands, clock, places, http }: Ground,
  user: Fact<ConsoleUser | null>,
  store: CredentialStore,
  mdm: Fact<MdmSettings>,
): Promise<Record<AuthMethod, MethodTrouble | null>> {
  const found = await savedCredentials(places, commands, clock).look(user.known ? user.value : null);
  // Whether it is theirs cannot be said of nobody knows whom.
  if (!user.known && found['saved-password'] === 'keychain-unavailable') found['saved-password'] = 'unknown';
  for (const saved of store.isReadable() ? store.list().saved : []) {
    // What is wrong with the account or the password is told first; a password that nobody has been looking for, here.
    if (found[saved.method] === null) found[saved.method] = await troubleOfItem(store, saved);
  }
  const settings = () => (mdm.known ? mdm.value : null);
  found.mdm = await savedPushServer(places, { commands, clock, http, settings }).trouble();
  return found;
}

async function troubleOfItem(store: CredentialStore, saved: SavedCredential): Promise<MethodTrouble | null> {
  const seen = await factOf(() => store.lies(saved));
  if (!seen.known) return 'unknown';
  if (seen.value.is === 'absent') return 'password-gone';
  return seen.value.is === 'closed' ? 'keychain-unavailable' : null;
}

/** What lies in a keychain is sealed, so whoever can read the key is who can read the passwords. */
function keychainNow(places: Places, saved: readonly SavedCredential[]): 'root-only' | 'others-too' | 'empty' {
  if (saved.length === 0) return 'empty';
  const key = join(places.state, KEY_FILE);
  if (!existsSync(key)) throw new Error(`${key}, the key to them, is not there`);
  const isOpen = readableByOthers(key) || changeableByOthers(key, places) !== null;
  return isOpen ? 'others-too' : 'root-only';
}

function verificationsOf(attempts: readonly Attempt[], saved: readonly SavedCredential[]): Verification[] {
  return saved.map((one) => {
    const { account, verifiedAt } = one;
    const id = credentialId(one);
    const verdict = lastVerdict(account, id, attempts);
    const last = attempts.findLast((attempt) => attempt.account === account && attempt.credential === id);
    // It was right when it was saved, and each time since of which no other is known.
    if (last === undefined || verdict === null || verdict === 'right') {
      return { account, verdict: 'right', at: Math.max(verifiedAt, verdict === 'right' ? (last?.at ?? 0) : 0) };
    }
    return { account, verdict, at: last.at };
  });
}

/** Nothing where there is no service account. Which one it is, is never found out by trying a password. */
async function serviceFacts(parts: ServiceParts, rotateDays: number): Promise<Pick<SavedFacts, 'serviceAccount'>> {
  const status = await factOf(() => serviceStatus(parts));
  if (!status.known) return { serviceAccount: status };
  const { value } = status;
  if (value.state === 'none') return unrecorded(parts.store);
  if (value.state !== 'ready') return { serviceAccount: known({ name: value.account, state: value.state }) };
  const { account: name, renamedFrom, altered, rotating, saved } = value;
  const rotationDue = saved === null ? null : rotationDueAt(saved.savedAt, rotateDays);
  const facts: ServiceAccountFacts = { name, state: 'ready', renamedFrom, altered, rotating, rotationDue };
  return { serviceAccount: known(facts) };
}

/** A password that counts for an account of which nobody knows that it is ours. */
function unrecorded(store: CredentialStore): Pick<SavedFacts, 'serviceAccount'> {
  const saved = store.isReadable() ? store.saved(METHOD) : null;
  if (saved === null) return {};
  return { serviceAccount: unknown(`its password is kept, but which account “${saved.account}” is, is not on record`) };
}
