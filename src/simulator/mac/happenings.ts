import type { Instant } from '../../domain/instant.ts';
import type { OsRelease } from '../../domain/os-version.ts';

export type DialogEnd = 'answered' | 'timer' | 'killed' | 'crashed' | 'log-out' | 'restart';
export type RestartCause = 'softwareupdate' | 'shutdown' | 'fdesetup' | 'mdm' | 'person' | 'power cut';
/** Why launchd started a job. */
export type JobCause = 'load' | 'calendar' | 'interval' | 'path' | 'kickstart' | 'keep-alive';
export type ButtonName = 'button1' | 'button2' | 'info' | 'quit';

/**
 * What truly happened, in order, as plain JSON: the record that promises are checked against. `at` is true time (the
 * world's), `wall` and `zone` what the Mac's own clock said then. What somebody typed is not kept, only into which field.
 */
export type Happening = { at: Instant; wall: Instant; zone: string } & (
  | {
      kind: 'dialog-opened';
      dialog: number;
      call: number;
      user: string;
      shows: Record<string, unknown>;
      awake: boolean;
      screenUnlocked: boolean;
      somebodyThere: boolean;
    }
  /** The dialog is on a display that is on and unlocked; recorded each time that begins. */
  | { kind: 'dialog-visible'; dialog: number }
  /** Visible with somebody in front of it; recorded each time that begins. */
  | { kind: 'dialog-seen'; dialog: number }
  | { kind: 'dialog-answered'; dialog: number; button: ButtonName; selected: Record<string, string>; typed: string[] }
  | { kind: 'dialog-closed'; dialog: number; why: DialogEnd; exitCode: number | null }
  | {
      kind: 'restart';
      cause: RestartCause;
      call: number | null;
      loggedIn: string | null;
      screenLocked: boolean;
      somebodyThere: boolean;
      from: OsRelease;
      /** What it ran after it had booted; null, like `bootedAt`, until then. */
      to: OsRelease | null;
      bootedAt: Instant | null;
    }
  /** The Mac stands at FileVault's screen; nothing runs until somebody types a password there. */
  | { kind: 'waits-for-unlock' | 'disk-unlocked' }
  | { kind: 'booted'; session: string; release: OsRelease }
  /** What macOS was told to enforce is not what it was. */
  | { kind: 'declarations-changed' }
  | { kind: 'app-quit'; user: string; app: string; why: 'restart' | 'log-out' | 'update' }
  | { kind: 'logged-in' | 'logged-out' | 'locked' | 'unlocked'; user: string }
  | { kind: 'lid-opened' | 'lid-closed' | 'fell-asleep' | 'woke-up' | 'sat-down' | 'left' | 'switched-off' }
  | { kind: 'power'; source: 'ac' | 'battery'; percent: number }
  | { kind: 'network'; up: boolean }
  | { kind: 'download-begun' | 'downloaded' | 'prepared' | 'staged-vanished'; label: string }
  | { kind: 'download-ended'; label: string; why: 'offline' | 'killed' | 'disk full' | 'withdrawn' }
  | { kind: 'install-accepted' | 'installed' | 'install-queued-for-nothing'; label: string; call: number | null }
  | { kind: 'install-failed'; label: string; call: number | null; text: string }
  | { kind: 'authentication-failed'; user: string; failedLogins: number; lockedOut: boolean }
  | { kind: 'account-created' | 'account-deleted' | 'password-changed'; user: string }
  | { kind: 'secure-token-granted' | 'secure-token-withdrawn'; user: string }
  | { kind: 'recovery-key-changed' | 'bootstrap-token-escrowed' | 'bootstrap-token-removed' }
  | { kind: 'wake-armed'; due: Instant }
  | { kind: 'wake-fired' | 'wake-missed'; due: Instant }
  /** Somebody typed a request to the agent: an administrator (`user` null) or a person with an account. */
  | { kind: 'asked'; user: string | null; what: string }
  | { kind: 'job-loaded' | 'job-unloaded'; label: string }
  | { kind: 'job-started'; label: string; why: JobCause }
  | { kind: 'job-ended'; label: string; exitCode: number | null; signal: string | null }
  | { kind: 'fault'; name: string }
);

export type HappeningOf<Kind extends Happening['kind']> = Happening & { kind: Kind };

/** A happening before it is stamped. */
export type Unstamped = Happening extends infer One
  ? One extends Happening
    ? Omit<One, 'at' | 'wall' | 'zone'>
    : never
  : never;
export type Note = (happening: Unstamped) => void;
