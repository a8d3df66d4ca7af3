import type { MethodTrouble } from './authority.ts';
import type { Instant } from './instant.ts';
import type { OsRelease } from './os-version.ts';

/** How a management server brings an update to a Mac: a declaration with a deadline, or a command. */
export const PUSH_MEANS = ['declaration', 'plan', 'legacy-command', 'raw-command'] as const;
export type PushMeans = (typeof PUSH_MEANS)[number];

/** `by` is the Mac’s own local time without a zone, as declarations want it: `2026-12-25T21:09:31`. */
export type PushAction = { kind: 'download' } | { kind: 'install-and-restart' } | { kind: 'enforce'; by: string };

/** `latest`: it is the newest of its kind, and a newer one would do as well; else this release and no other. */
export type PushOrder = { to: OsRelease; major: boolean; latest: boolean; action: PushAction };

/** What the server keeps under an id; null where it gives none, and only the Mac shows what comes of it. */
export type PushPlan = { means: PushMeans; id: string | null };

/** Why a server could not, or did not, do what it was asked. */
export const PUSH_TROUBLES = [
  'server-unreachable',
  'server-busy',
  'server-failed',
  'credential-refused',
  'privilege-missing',
  'feature-off',
  'feature-switching',
  'computer-unknown',
  'computer-ambiguous',
  'not-managed',
  'not-supervised',
  'bootstrap-token',
  'plan-in-progress',
  'version-unavailable',
  'not-supported',
  'no-disk-space',
  'command-failed',
  'declaration-failed',
  'lost',
  'not-understood',
] as const;
export type PushTrouble = (typeof PUSH_TROUBLES)[number];

/** `detail` continues a sentence, names codes and missing privileges, and holds no secret. */
export type PushFailure = { trouble: PushTrouble; detail: string };

/** Where a plan stands on the server. `phase` is the server's own word; what happens on the Mac is not in it. */
export type PushState =
  | { state: 'under-way'; phase: string }
  | { state: 'scheduled'; by: string | null }
  | { state: 'completed' }
  | ({ state: 'failed' } & PushFailure);

/** What a server knows of this Mac, as of the Mac’s last inventory; null where it does not say. */
export type PushDevice = { managed: boolean | null; supervised: boolean | null; declarative: boolean | null };

/** What a server can do for this Mac now. `lacks` is why it offers no more, where it says so. */
export type PushAbilities = {
  means: readonly PushMeans[];
  lacks: PushTrouble | null;
  serverVersion: string | null;
  device: PushDevice;
};

/** How far an ordered update is on this Mac, in the order in which it happens. */
export type PushMove =
  | { phase: 'ordered'; plan: PushPlan }
  | { phase: 'acknowledged' | 'put-off' | 'prepared' }
  | { phase: 'preparing'; percent: number };

/** What came of having a server bring the update. */
export type PushOutcome =
  /** The Mac goes down within a minute or so. */
  | { result: 'restarting' }
  /** It has restarted since. */
  | { result: 'restarted' }
  /** Nothing was ordered, or what was ordered has failed for good. `detail` continues a sentence. */
  | { result: 'refused'; why: Exclude<MethodTrouble, 'not-set'>; detail: string }
  /** It is not seen to get on, and may still happen. `plan` null: the server has none that could be asked about. */
  | { result: 'quiet'; plan: PushPlan | null; detail: string };

/** What came of handing a deadline to macOS by a server. */
export type HandOverOutcome =
  | { result: 'handed-over'; plan: PushPlan }
  /** A fleet takes turns; it is not this Mac’s yet. */
  | { result: 'later'; at: Instant }
  | { result: 'refused'; detail: string };

const TROUBLES: Readonly<Record<PushTrouble, Exclude<MethodTrouble, 'not-set'>>> = {
  'server-unreachable': 'server-unreachable',
  'server-busy': 'server-unreachable',
  'server-failed': 'server-unreachable',
  'credential-refused': 'wrong-password',
  'privilege-missing': 'no-privilege',
  'bootstrap-token': 'bootstrap-token',
  'feature-off': 'command-failed',
  'feature-switching': 'command-failed',
  'computer-unknown': 'command-failed',
  'computer-ambiguous': 'command-failed',
  'not-managed': 'command-failed',
  'not-supervised': 'command-failed',
  'plan-in-progress': 'command-failed',
  'version-unavailable': 'command-failed',
  'not-supported': 'command-failed',
  'no-disk-space': 'command-failed',
  'command-failed': 'command-failed',
  'declaration-failed': 'command-failed',
  lost: 'command-failed',
  'not-understood': 'command-failed',
};

/** What a failure means for the management server as a way to be authorised. */
export function methodTroubleOf({ trouble }: PushFailure): Exclude<MethodTrouble, 'not-set'> {
  return TROUBLES[trouble];
}
