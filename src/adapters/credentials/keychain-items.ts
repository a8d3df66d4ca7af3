import { credentialId, type KeptItem } from '../../domain/credentials.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Commands } from '../../ports/commands.ts';
import { readOneAccount } from '../commands/account-commands.ts';
import { consoleUser } from '../commands/fact-commands.ts';
import {
  findPassword,
  forgetAnyPassword,
  forgetPassword,
  type Keychain,
  type KeychainPlace,
  keepPassword,
  seePassword,
} from '../commands/keychain-commands.ts';
import { usable } from '../commands/passwords.ts';
import { runCommand } from '../commands/run-command.ts';
import type { KeychainProblem } from '../macos/keychain.ts';
import type { Seal } from './seal.ts';

export const KEYCHAIN_SERVICE = 'org.upkeep.credential';
const MOST_ITEMS = 1_000;

/** The keychain cannot be used, now; `why` continues a sentence. */
export type Closed = { is: 'closed'; why: string };
/** `foreign`: something lies there that upkeep did not seal for this item, or the key is gone. */
export type FoundItem = { is: 'found'; secret: Secret } | { is: 'absent' } | { is: 'foreign' } | Closed;
export type ItemChange = { is: 'done' } | Closed;

/** One keychain item for each version of each credential, sealed. A person's keychain is open only while they are logged in. */
export class KeychainItems {
  readonly #commands: Commands;
  readonly #seal: Seal;

  constructor(commands: Commands, seal: Seal) {
    this.#commands = commands;
    this.#seal = seal;
  }

  /** Throws `input.wrong` for what no tool could be given, and `store.unusable` where the key is damaged. */
  async put(item: KeptItem, secret: Secret): Promise<ItemChange> {
    const password = this.#seal.close(usable(secret), credentialId(item));
    const gone: ItemChange = { is: 'closed', why: `there is no account “${item.account}” with that keychain` };
    return this.#inKeychain<ItemChange>(item, gone, async (place) => {
      const { kept, problem } = await runCommand(this.#commands, keepPassword, { ...place, password });
      return kept ? { is: 'done' } : closedBy(problem);
    });
  }

  find(item: KeptItem): Promise<FoundItem> {
    return this.#inKeychain<FoundItem>(item, { is: 'absent' }, async (place) => {
      const { password, problem } = await runCommand(this.#commands, findPassword, place);
      if (problem === 'not-found') return { is: 'absent' };
      if (password === null) return closedBy(problem);
      const secret = this.#seal.open(password, credentialId(item));
      return secret === null ? { is: 'foreign' } : { is: 'found', secret };
    });
  }

  /** Whether it is there, without reading it: nobody is ever asked for anything. */
  see(item: KeptItem): Promise<{ is: 'there' } | { is: 'absent' } | Closed> {
    return this.#inKeychain<{ is: 'there' } | { is: 'absent' } | Closed>(item, { is: 'absent' }, async (place) => {
      const { there, problem } = await runCommand(this.#commands, seePassword, place);
      if (there) return { is: 'there' };
      return problem === 'not-found' ? { is: 'absent' } : closedBy(problem);
    });
  }

  /** `done` also where there was none. */
  forget(item: KeptItem): Promise<ItemChange> {
    return this.#inKeychain<ItemChange>(item, { is: 'done' }, async (place) => {
      const { deleted, problem } = await runCommand(this.#commands, forgetPassword, place);
      return deleted || problem === 'not-found' ? { is: 'done' } : closedBy(problem);
    });
  }

  /** Deletes everything of upkeep's in the keychain of the Mac, also what nobody remembers, and lets no other be opened. */
  async forgetAll(): Promise<ItemChange> {
    for (let round = 0; round < MOST_ITEMS; round += 1) {
      const place = { keychain: 'system', service: KEYCHAIN_SERVICE } as const;
      const { deleted, problem } = await runCommand(this.#commands, forgetAnyPassword, place);
      if (deleted) continue;
      if (problem !== 'not-found') return closedBy(problem);
      this.#seal.renew();
      return { is: 'done' };
    }
    return { is: 'closed', why: `there are more than ${MOST_ITEMS} items` };
  }

  /**
   * Does something in the keychain of an item. `gone` is the answer where that keychain is no more. What a tool could not
   * do means closed as well: a locked keychain puts up a window that nobody answers, and the tool is stopped.
   */
  async #inKeychain<T>(
    item: KeptItem,
    gone: T,
    work: (place: KeychainPlace) => Promise<T | Closed>,
  ): Promise<T | Closed> {
    try {
      const found = await this.#keychainOf(item);
      if (found.is === 'gone') return gone;
      if (found.is === 'closed') return found;
      return await work({ keychain: found.keychain, service: KEYCHAIN_SERVICE, account: credentialId(item) });
    } catch (error) {
      if (!(error instanceof UpkeepError) || ['input.wrong', 'bug'].includes(error.code)) throw error;
      return { is: 'closed', why: error.message.replace(/\.$/, '') };
    }
  }

  async #keychainOf({
    uid,
    account: name,
  }: KeptItem): Promise<{ is: 'open'; keychain: Keychain } | { is: 'gone' } | Closed> {
    if (uid === null) return { is: 'open', keychain: 'system' };
    const { account } = await runCommand(this.#commands, readOneAccount, { name });
    // A keychain goes with its account; a new account of that name has another number and a keychain of its own.
    if (account === null || account.uid !== uid) return { is: 'gone' };
    const screen = await runCommand(this.#commands, consoleUser, undefined);
    if (screen.name === null || screen.uid !== uid) return { is: 'closed', why: `“${name}” is not logged in` };
    if (account.home === null) return { is: 'closed', why: `the home folder of “${name}” is not known` };
    return { is: 'open', keychain: { user: { name: screen.name, uid }, home: account.home } };
  }
}

const PROBLEMS: Record<KeychainProblem, string> = {
  'not-found': 'there is no such item',
  locked: 'the keychain is locked, or somebody would have to be asked',
  'wrong-password': 'the keychain does not accept its password',
  exists: 'there is such an item already',
  cancelled: 'somebody pressed Cancel',
  other: 'the keychain refused',
};

function closedBy(problem: KeychainProblem | null): Closed {
  return { is: 'closed', why: PROBLEMS[problem ?? 'other'] };
}
