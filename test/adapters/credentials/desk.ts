// Saved credentials on the simulated Mac of an office, with files in memory, and with a death at any step.
import { join, relative } from 'node:path';
import { Observable, of, tap } from 'rxjs';
import { withLimits } from '../../../src/adapters/commands/limits.ts';
import { AttemptsFile } from '../../../src/adapters/credentials/attempts-file.ts';
import { CredentialStore } from '../../../src/adapters/credentials/credential-store.ts';
import { KEYCHAIN_SERVICE } from '../../../src/adapters/credentials/keychain-items.ts';
import { type PrivateFiles, privateFiles } from '../../../src/adapters/credentials/private-files.ts';
import { Seal } from '../../../src/adapters/credentials/seal.ts';
import type { VerifyParts } from '../../../src/adapters/credentials/verify-password.ts';
import { HOUR_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Commands, ToolEvent } from '../../../src/ports/commands.ts';
import type { MacSpecInput } from '../../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../../src/simulator/mac/virtual-mac.ts';
import { office } from '../../simulator/account-tools.ts';

export { ADMIN } from '../../simulator/account-tools.ts';

export const FOLDER = '/state';
export const CREDENTIALS = `${FOLDER}/credentials.json`;

/** A process is killed: nothing it does after that has any effect. */
export class Killed extends Error {}

/** Dies at one of its steps, a write or a call of a tool, before it or after it; never when `step` is null. */
export type Death = { step: number; when: 'before' | 'after' } | null;

/** With a folder, what is written lies there and not in memory. */
export function desk(more: MacSpecInput = {}, folder: string | null = null) {
  const mac = office(more);
  const disk = folder === null ? new Map<string, string>() : realDisk(folder);
  return {
    mac,
    disk,
    /** The Mac's tools for somebody who is never killed. */
    commands: withLimits(mac.commands, mac.clock),
    /** `refused` are commands that cannot be started. */
    process: (death: Death = null, refused: readonly string[] = []) => processOn(mac, disk, death, refused),
    run: <T>(started: Promise<T>) => inVirtualTime(mac, started),
    /** What upkeep keeps in the keychain of the Mac, by version. */
    kept: () => keptIn(mac, disk),
  };
}

/** The files of a folder, under the names they would have in `FOLDER`. */
function realDisk(folder: string): Map<string, string> {
  const real = (path: string) => join(folder, relative(FOLDER, path));
  return new (class extends Map<string, string> {
    override get = (path: string) => privateFiles.read(real(path)) ?? undefined;
    override set(path: string, text: string): this {
      privateFiles.write(real(path), text);
      return this;
    }
  })();
}

export function keptIn(mac: VirtualMac, disk: ReadonlyMap<string, string>): Record<string, string> {
  const seal = new Seal(FOLDER, { read: (path) => disk.get(path) ?? null, write: () => {} });
  const items = mac.keychains.system.items.filter(({ service }) => service === KEYCHAIN_SERVICE);
  return Object.fromEntries(
    items.map(({ account, secret }) => {
      const opened = seal.open(new Secret(secret), account);
      return [account, opened === null ? 'does not open' : opened.expose((plain) => plain)];
    }),
  );
}

const NOT_STARTED: ToolEvent = {
  kind: 'ended',
  ending: { exitCode: null, signal: null, stoppedBy: null, spawnError: 'EACCES' },
};

/** One life of a process that works with the credentials. `steps` is how many it has taken. */
function processOn(mac: VirtualMac, disk: Map<string, string>, death: Death, refused: readonly string[]) {
  let steps = 0;
  let isDead = false;
  const die = (): never => {
    isDead = true;
    throw new Killed();
  };
  /** Counts a step, and says whether the process dies after it. */
  const step = (): boolean => {
    if (isDead) die();
    steps += 1;
    const now = death !== null && death.step === steps;
    if (now && death.when === 'before') die();
    return now;
  };
  const files: PrivateFiles = {
    read: (path) => (isDead ? die() : (disk.get(path) ?? null)),
    write: (path, text) => {
      const last = step();
      disk.set(path, text);
      if (last) die();
    },
  };
  const tools = withLimits(mac.commands, mac.clock);
  const commands: Commands = {
    start: (call) =>
      new Observable<ToolEvent>((subscriber) => {
        const last = step();
        return (refused.includes(call.name) ? of(NOT_STARTED) : tools.start(call))
          .pipe(tap({ next: ({ kind }) => void (last && kind === 'ended' && die()) }))
          .subscribe(subscriber);
      }),
  };
  const parts: VerifyParts = { commands, clock: mac.clock, attempts: new AttemptsFile(FOLDER, files) };
  const store = new CredentialStore({ commands, clock: mac.clock, folder: FOLDER, files });
  return { store, parts, files, steps: () => steps };
}

/** Lets the Mac's time pass until a promise is settled. */
export async function inVirtualTime<T>(mac: VirtualMac, started: Promise<T>): Promise<T> {
  let over = false;
  const settled = started.finally(() => {
    over = true;
  });
  settled.catch(() => {});
  await mac.world.runUntil(mac.world.now() + HOUR_MS, () => over);
  if (!over) throw new Error('it never ended');
  return settled;
}
