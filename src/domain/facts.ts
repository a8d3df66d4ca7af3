import type { AuthorityFacts } from './authority.ts';
import type { FileVaultFacts } from './filevault.ts';
import type { Instant } from './instant.ts';
import { MINUTE_MS } from './instant.ts';
import type { Offer } from './offer.ts';
import type { OsRelease } from './os-version.ts';
import type { PushState } from './push.ts';
import type { ServicePassword } from './rotation.ts';

/** Something asked of the Mac: a value, or the reason it is not known. Unknown is never replaced by a default. */
export type Fact<T> = { known: true; value: T } | { known: false; why: string };

export type BootSession = {
  /** `kern.bootsessionuuid`: the identity of one boot; null where the Mac did not say. */
  id: string | null;
  /** `kern.boottime` as an instant; moves with the wall clock, so it identifies a boot only roughly. */
  startedAt: Instant | null;
};

export type ConsoleUser = { name: string; uid: number };
/** An update that macOS itself was told to enforce: `by` in local time as it was declared, `at` the same in the Mac's zone. */
export type DeclaredInstall = { version: string; build: string | null; by: string; at: Instant };
export type Power = { source: 'ac' | 'battery' | 'ups'; percent: number | null };

/** What is known about the Mac at one moment, plain JSON. `offers` is null when no scan was made this time. */
export type Facts = {
  at: Instant;
  monotonicMs: number;
  zone: string;
  os: Fact<OsRelease>;
  boot: Fact<BootSession>;
  appleSilicon: Fact<boolean>;
  /** Who is logged in at the screen; a known null means nobody. */
  consoleUser: Fact<ConsoleUser | null>;
  screenLocked: Fact<boolean>;
  power: Fact<Power>;
  /** Names of processes that keep the display awake: a call, a presentation, a film. */
  displayHolders: Fact<string[]>;
  availableKiB: Fact<number>;
  /** The update macOS has downloaded and prepared; a known null means none. */
  staged: Fact<OsRelease | null>;
  offers: Fact<Offer[]> | null;
  /** Missing where it was not asked: before there is anything to install, and on Intel where nothing is to be unlocked. */
  authority?: AuthorityFacts;
  /** Missing where upkeep has no account of its own. */
  servicePassword?: ServicePassword;
  /**
   * The first of the newer releases that macOS was told to enforce; a known null means none. Missing where it was not asked,
   * and before macOS 14, which cannot be told.
   */
  declared?: Fact<DeclaredInstall | null>;
  /** What became of an order that may still be carried out; missing where there is none or it was not asked. */
  push?: Fact<PushState>;
  /** Asked on Intel alone, where the settings want FileVault's screen passed. */
  fileVault?: Fact<FileVaultFacts>;
};

export const known = <T>(value: T): Fact<T> => ({ known: true, value });
export const unknown = <T>(why: string): Fact<T> => ({ known: false, why });

export function valueOr<T, D>(fact: Fact<T>, otherwise: D): T | D {
  return fact.known ? fact.value : otherwise;
}

/** Whether somebody is logged in now to whom what was said to `uid` was not said; nobody logged in is not somebody. */
export function isSomebodyElse(uid: number | null | undefined, { consoleUser }: Facts): boolean {
  if (!consoleUser.known || consoleUser.value === null || uid === undefined) return false;
  return consoleUser.value.uid !== uid;
}

/** Whether two sightings belong to one boot: by identity where both have it, else by start times within two minutes. */
export function sameBoot(a: BootSession, b: BootSession): boolean {
  if (a.id !== null && b.id !== null) return a.id === b.id;
  if (a.startedAt === null || b.startedAt === null) return false;
  return Math.abs(a.startedAt - b.startedAt) < 2 * MINUTE_MS;
}
