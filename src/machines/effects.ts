import type { AuthMethod, MethodTrouble, OtherOwner, ToldWhy } from '../domain/authority.ts';
import type { BootSession, Fact, Facts } from '../domain/facts.ts';
import type { Instant, Stamp } from '../domain/instant.ts';
import type { PromptKind } from '../domain/ledger.ts';
import type { OsRelease } from '../domain/os-version.ts';
import type { HandOverOutcome, PushOutcome, PushPlan } from '../domain/push.ts';
import type { RotationOutcome } from '../domain/rotation.ts';
import type { TokenRepairOutcome } from '../domain/token-repair.ts';

/** What a dialog is to show, as data; the dialog adapter finds the words. */
export type PromptSpec = {
  id: number;
  kind: Exclude<PromptKind, 'password'>;
  organisation: string;
  user: { name: string; uid: number };
  zone: string;
  target: { title: string; version: string };
  /** Entries of the menu: deferrals for `choice`, moments for `schedule`. */
  deferrals: { label: string; minutes: number }[];
  times: { label: string; at: Instant }[];
  /** The restart time a `warning` names. */
  restartAt: Instant | null;
  softAt: Instant | null;
  hardAt: Instant | null;
  deferralsLeft: number | null;
  closesAt: Instant;
  passwordNeeded: boolean;
  /** That password is not the person's own but one of somebody else. */
  ofOthers?: boolean;
  /** What a `notice` is about; `account` is whose password was typed, where one was. */
  notice?: { why: ToldWhy; account: string | null };
};

/** What came of a dialog. Everything that is not a clear answer is `no-answer`, never consent. */
export type DialogOutcome =
  | { answer: 'now' }
  | { answer: 'defer'; minutes: number }
  | { answer: 'choose-time' }
  | { answer: 'time'; at: Instant }
  | { answer: 'back' }
  | { answer: 'acknowledged' }
  | { answer: 'timed-out' }
  | { answer: 'no-answer'; why: string }
  | { answer: 'failed'; why: string };

export type PasswordPrompt = {
  id: number;
  organisation: string;
  user: { name: string; uid: number };
  target: { title: string; version: string };
  /** Counts within one go: from the second on the one before was wrong. */
  attempt: number;
  closesAt: Instant;
  /** The person's own password would not do: one of these accounts is chosen, and its password typed. */
  others?: OtherOwner[];
  /** With it a new bootstrap token is sent to the management server before the install. */
  repairsToken?: true;
  /** Also offer to keep it in the person's own keychain. */
  offersToKeep?: { severalSaved: boolean };
};

/**
 * `handle` stands for a Secret the effect runner holds in memory; a crash forgets it and the chart asks again. `typed`: it
 * was tried and is right, or nobody could try it. `cannot`: no use typing it again today. `gone`: whoever typed it is not
 * at the Mac any more.
 */
export type PasswordOutcome =
  | { answer: 'typed'; handle: string; user: string; kept?: { kept: true } | { kept: false; why: string } }
  | { answer: 'wrong'; user: string; again: boolean }
  | { answer: 'cannot'; user: string; why: ToldWhy }
  | { answer: 'gone' }
  | { answer: 'declined' }
  | { answer: 'timed-out' }
  | { answer: 'failed'; why: string };

/** A saved password was fetched, and tried where that was due; `handle` stands for it as for a typed one. */
export type UnlockOutcome =
  | { result: 'unlocked'; handle: string; user: string }
  | { result: 'refused'; why: MethodTrouble };

export type DownloadOrder = { label: string; appleSilicon: boolean };
export type DownloadOutcome =
  | { result: 'downloaded'; prepared: boolean }
  | { result: 'failed'; reason: string; detail: string };

export type InstallOrder = {
  label: string;
  to: OsRelease;
  from: OsRelease;
  /** The boot session the install starts in: after a crash the runner compares it with the present one. */
  boot: BootSession;
  user: { name: string; uid: number } | null;
  credential: { handle: string; user: string; method?: AuthMethod } | null;
  /** The password is not for the install, which root may do, but unlocks the start after it. */
  forFileVault?: true;
};

/** `accepted`: macOS took it and will restart. `unknown`: nobody can say whether it was begun. */
export type InstallOutcome =
  | { result: 'accepted' }
  | { result: 'failed'; reason: string; detail: string }
  | { result: 'restarted' }
  | { result: 'unknown'; why: string };

/** An update that a management server is to bring, with all that decides by which means. */
export type PushRequest = {
  to: OsRelease;
  major: boolean;
  macos: string;
  appleSilicon: Fact<boolean>;
  /** The boot session it starts in, as for an install. */
  boot: BootSession;
  /** Due at a moment that all Macs of a fleet may have: they take turns. */
  atDeadline: boolean;
  /** macOS was told already and installs by itself: nothing is ordered. `plan` null: it was told by somebody else. */
  enforced?: { plan: PushPlan | null };
};

/** A deadline that macOS is to enforce. */
export type HandOverOrder = {
  to: OsRelease;
  major: boolean;
  macos: string;
  appleSilicon: Fact<boolean>;
  by: Instant;
  /** Since when it may be handed over: from then on the Macs of a fleet take turns. */
  from: Instant;
};

/** Everything the chart may ask of the outside: what goes in, what comes back. */
export type EffectTypes = {
  /**
   * `authority`: also by whose authority an install could be done, which costs more tools; on Intel only with `fileVault`,
   * and then for unlocking the next start. `push`: also what became of
   * that order. `declared`: also what macOS was told by declaration. `personIsAdmin`: also whether the person at the Mac is
   * an administrator.
   */
  gatherFacts: {
    input: {
      scan: boolean;
      authority?: boolean;
      fileVault?: boolean;
      push?: PushPlan;
      declared?: boolean;
      personIsAdmin?: boolean;
    };
    output: Facts;
  };
  download: { input: DownloadOrder; output: DownloadOutcome };
  showDialog: { input: PromptSpec; output: DialogOutcome };
  askPassword: { input: PasswordPrompt; output: PasswordOutcome };
  unlockCredential: { input: { method: AuthMethod }; output: UnlockOutcome };
  install: { input: InstallOrder; output: InstallOutcome };
  push: { input: PushRequest; output: PushOutcome };
  handOver: { input: HandOverOrder; output: HandOverOutcome };
  rotatePassword: { input: { savedAt: Instant }; output: RotationOutcome };
  /** `typed` null: by a saved administrator. */
  repairToken: { input: { typed: { handle: string; user: string } | null }; output: TokenRepairOutcome };
};
export type EffectName = keyof EffectTypes;

/** An outcome with the moment it was known, on both clocks. */
export type Outcome<K extends EffectName> = { stamp: Stamp; value: EffectTypes[K]['output'] };

/** What an effect that threw leaves behind: flat and free of secrets. */
export type EffectError = { stamp: Stamp; code: string; message: string };

/** How an effect without an outcome is recovered after a crash (design rule 2). */
export type Recovery = 'probe' | 'idempotent' | 'once';
export const RECOVERY: Record<EffectName, Recovery> = {
  gatherFacts: 'probe',
  download: 'idempotent',
  showDialog: 'idempotent',
  askPassword: 'idempotent',
  unlockCredential: 'idempotent',
  install: 'once',
  push: 'once',
  // It looks for what is declared first, and declares nothing twice.
  handOver: 'idempotent',
  // Called again it finds out which password the account has, and goes on from there.
  rotatePassword: 'idempotent',
  // What it sets about is on the disk before it is done; called again it goes on from there.
  repairToken: 'idempotent',
};
