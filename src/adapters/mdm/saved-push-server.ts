import { knownRefusal } from '../../domain/attempts.ts';
import type { MethodTrouble } from '../../domain/authority.ts';
import { credentialId, type SavedCredential } from '../../domain/credentials.ts';
import { credentialOf, holderIn, type MdmCredential } from '../../domain/mdm-credential.ts';
import { isExpected } from '../../domain/problem.ts';
import type { PushFailure } from '../../domain/push.ts';
import type { MdmSettings } from '../../domain/settings.ts';
import type { PushServer, PushService } from '../../ports/push-service.ts';
import type { AttemptsFile } from '../credentials/attempts-file.ts';
import type { CredentialStore } from '../credentials/credential-store.ts';
import { openServer, type ServerParts } from './open-server.ts';

export const METHOD = 'mdm';

/** `settings` are those in force when it is asked; null where there are none yet. */
export type SavedPushServerParts = ServerParts & {
  store: Pick<CredentialStore, 'saved' | 'lies' | 'read'>;
  attempts: Pick<AttemptsFile, 'all' | 'begin'>;
  /** Held while something is written down; it throws where another run of upkeep holds it. */
  lock: () => { release: () => void };
  settings: () => MdmSettings | null;
};

/**
 * The management server that the settings name, with the credential that `auth set mdm` saved. The password of an account that the
 * server refused is written down and not sent again before it is saved anew: wrong ones can lock that account, for every Mac.
 */
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
      if (this.#wasRefused(saved)) return 'wrong-password';
      return http === null || holderIn(saved.account) === null ? 'unknown' : null;
    } catch (error) {
      if (!isExpected(error)) throw error;
      return 'unknown';
    }
  }

  async open(signal?: AbortSignal): Promise<PushService | { refused: MethodTrouble }> {
    const settings = this.#parts.settings();
    if (settings === null || settings.service === 'none') return { refused: 'not-set' };
    const { store } = this.#parts;
    try {
      const saved = store.saved(METHOD);
      if (saved !== null && this.#wasRefused(saved)) return { refused: 'wrong-password' };
      const credential = await savedCredential(store);
      if ('trouble' in credential) return { refused: credential.trouble };
      const opened = await openServer(this.#parts, settings, credential, signal);
      if ('why' in opened) return { refused: 'unknown' };
      const isAtStake = credential.kind === 'account' && saved !== null;
      return isAtStake ? hearing(opened.service, () => this.#noteRefusal(saved)) : opened.service;
    } catch (error) {
      if (!isExpected(error)) throw error;
      return { refused: 'unknown' };
    }
  }

  #wasRefused(saved: SavedCredential): boolean {
    return knownRefusal(tryOf(saved), this.#parts.attempts.all()) !== null;
  }

  #noteRefusal(saved: SavedCredential): void {
    const { attempts, clock } = this.#parts;
    if (this.#wasRefused(saved)) return;
    const lock = this.#parts.lock();
    try {
      attempts.begin({ ...tryOf(saved), at: clock.now() })(false);
    } finally {
      lock.release();
    }
  }
}

const tryOf = (saved: SavedCredential) => ({ account: saved.account, credential: credentialId(saved) });

/** The same service, listened to: whether it was let in is in each of its answers. */
function hearing(service: PushService, refused: () => void): PushService {
  const heard = async <T extends object | null>(asking: Promise<T>): Promise<T> => {
    const answer = await asking;
    if (answer !== null && 'failed' in answer && isRefusal(answer.failed)) refused();
    return answer;
  };
  return {
    look: (signal) => heard(service.look(signal)),
    current: (signal) => heard(service.current(signal)),
    push: (order, means, signal) => heard(service.push(order, means, signal)),
    follow: (plan, signal) => heard(service.follow(plan, signal)),
    nudge: (signal) => heard(service.nudge(signal)),
    close: () => service.close(),
  };
}

const isRefusal = (failed: unknown): boolean => (failed as PushFailure).trouble === 'credential-refused';

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
