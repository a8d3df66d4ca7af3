import type { MethodTrouble } from '../../domain/authority.ts';
import { credentialOf, holderIn, type MdmCredential } from '../../domain/mdm-credential.ts';
import { isExpected } from '../../domain/problem.ts';
import type { MdmSettings } from '../../domain/settings.ts';
import type { PushServer, PushService } from '../../ports/push-service.ts';
import type { CredentialStore } from '../credentials/credential-store.ts';
import { openServer, type ServerParts } from './open-server.ts';

export const METHOD = 'mdm';

/** `settings` are those in force when it is asked; null where there are none yet. */
export type SavedPushServerParts = ServerParts & {
  store: Pick<CredentialStore, 'saved' | 'lies' | 'read'>;
  settings: () => MdmSettings | null;
};

/** The management server that the settings name, with the credential that `auth set mdm` saved. */
export class SavedPushServer implements PushServer {
  readonly #parts: SavedPushServerParts;

  constructor(parts: SavedPushServerParts) {
    this.#parts = parts;
  }

  /** Asks neither the server nor anybody, and reads no secret. */
  async trouble(): Promise<MethodTrouble | null> {
    const { settings, store, http } = this.#parts;
    try {
      const saved = store.saved(METHOD);
      if (saved === null || (settings()?.service ?? 'none') === 'none') return 'not-set';
      const lies = await store.lies(saved);
      if (lies.is === 'absent') return 'password-gone';
      if (lies.is === 'closed') return 'keychain-unavailable';
      return http === null || holderIn(saved.account) === null ? 'unknown' : null;
    } catch (error) {
      if (!isExpected(error)) throw error;
      return 'unknown';
    }
  }

  async open(signal?: AbortSignal): Promise<PushService | { refused: MethodTrouble }> {
    const settings = this.#parts.settings();
    if (settings === null || settings.service === 'none') return { refused: 'not-set' };
    const credential = await savedCredential(this.#parts.store);
    if ('trouble' in credential) return { refused: credential.trouble };
    const opened = await openServer(this.#parts, settings, credential, signal);
    return 'why' in opened ? { refused: 'unknown' } : opened.service;
  }
}

/** What `auth set mdm` saved, out of the keychain. */
export async function savedCredential(
  store: Pick<CredentialStore, 'read'>,
): Promise<MdmCredential | { trouble: MethodTrouble; why: string }> {
  const reading = await store.read(METHOD);
  if (!reading.found) return reading;
  const holder = holderIn(reading.account);
  if (holder === null) return { trouble: 'unknown', why: 'what is saved for it names nobody' };
  return credentialOf(holder, reading.secret);
}
