import { type BootstrapTokenKeeper, TokensInMemory } from '../mdm/bootstrap-token-keeper.ts';
import type { Random } from '../random.ts';
import type { EnrolmentSpec } from './account-spec.ts';
import type { Note } from './happenings.ts';
import type { MacSpec } from './mac-spec.ts';
import { newUuid } from './uuid.ts';

export type EnrolmentParts = {
  spec: Pick<MacSpec, 'enrolment' | 'bootstrapToken'>;
  random: Random;
  note: Note;
  /** Whether a server can be reached from here. */
  reachable: () => boolean;
  /** The server; one of its own where left out. */
  keeper?: BootstrapTokenKeeper | undefined;
};

/** Where nothing else is said, a Mac whose token a server holds is enrolled as most are. */
const ORDINARY: EnrolmentSpec = {
  server: 'https://mdm.example.com/mdm/ServerURL',
  dep: true,
  userApproved: true,
  supervised: true,
};

export type Escrow = 'done' | 'unsupported' | 'another in the way' | 'not taken';

/**
 * The Mac's side of an MDM. Its bootstrap token is a key of the disk of which the server keeps the other half; the Mac
 * remembers that it sent one, and does not notice when the server loses it or has another Mac's.
 */
export class Enrolment {
  readonly udid: string;
  readonly terms: EnrolmentSpec | null;
  keeper: BootstrapTokenKeeper;
  /** Has the server take the inventory of this Mac, by Jamf’s program: the id it goes by there. Null: nobody answers. */
  takeInventory: (() => number | null) | null = null;
  readonly supportsToken: boolean;
  readonly #parts: EnrolmentParts;
  readonly #secrets = new Set<string>();
  /** The Mac's own half. */
  #token: string | null = null;
  /** It was made under another enrolment, whose server this one does not know. */
  #isForeign = false;
  #made = 0;

  constructor(parts: EnrolmentParts) {
    this.#parts = parts;
    const { enrolment, bootstrapToken } = parts.spec;
    this.udid = newUuid(parts.random.fork('udid'));
    this.keeper = parts.keeper ?? new TokensInMemory();
    this.terms = enrolment ?? (bootstrapToken === false ? null : ORDINARY);
    this.supportsToken = this.terms !== null && bootstrapToken !== 'unsupported';
    if (bootstrapToken === true || bootstrapToken === 'valid') this.keeper.set(this.udid, this.#newToken());
    if (bootstrapToken === 'lost' || bootstrapToken === 'foreign') this.#newToken();
    this.#isForeign = bootstrapToken === 'foreign';
  }

  /** What the Mac believes. */
  get escrowed(): boolean {
    return this.#token !== null;
  }

  /** Whether the server gives back what fits the disk, now. */
  tokenWorks(): boolean {
    if (this.#token === null || !this.#parts.reachable()) return false;
    const kept = this.keeper.get(this.udid);
    return kept.answers && kept.token === this.#token;
  }

  /** It is managed by this server from now on, which is given the token if the one before had a good one. */
  managedBy(keeper: BootstrapTokenKeeper): void {
    const works = this.#token !== null && this.tokenWorks();
    this.keeper = keeper;
    if (works && this.#parts.reachable()) keeper.set(this.udid, this.#token);
  }

  /** Makes a new one and sends it. One of another enrolment has to be removed first. */
  escrow(): Escrow {
    if (!this.supportsToken) return 'unsupported';
    if (this.#isForeign) return 'another in the way';
    if (!this.#parts.reachable()) return 'not taken';
    const before = this.#token;
    if (!this.keeper.set(this.udid, this.#newToken())) {
      this.#token = before;
      return 'not taken';
    }
    this.#parts.note({ kind: 'bootstrap-token-escrowed' });
    return 'done';
  }

  /** The Mac forgets its own half whether or not the server hears of it. */
  remove(): void {
    if (this.#token === null) return;
    this.#token = null;
    this.#isForeign = false;
    if (this.#parts.reachable()) this.keeper.set(this.udid, null);
    this.#parts.note({ kind: 'bootstrap-token-removed' });
  }

  /** Every token there is or has been. */
  secrets(): ReadonlySet<string> {
    return this.#secrets;
  }

  #newToken(): string {
    this.#made += 1;
    this.#token = newUuid(this.#parts.random.fork(`bootstrap token ${this.#made}`));
    this.#secrets.add(this.#token);
    return this.#token;
  }
}
