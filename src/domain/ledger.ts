import type { MethodTrouble } from './authority.ts';
import type { BootSession } from './facts.ts';
import type { NextStart } from './filevault.ts';
import type { Instant, Stamp } from './instant.ts';
import type { Offer } from './offer.ts';
import type { OsRelease } from './os-version.ts';
import type { PushMove, PushPlan } from './push.ts';
import type { Requester, RequestKind } from './request.ts';
import type { PassedOver, Target } from './target.ts';
import type { TokenRepair } from './token-repair.ts';

/** A target with what has happened on the way to it. Counters start anew only with a new release line. */
export type TrackedTarget = Target & {
  foundAt: Instant;
  /** Day 0 of the `days` deadlines, and the zone in which the days are reckoned and promised. */
  zeroDate: Instant;
  zone: string;
  deferralCount: number;
  /** Where the last counted deferral ends: a count deadline that it uses up falls there. */
  countedAt: Instant;
  downloadFailures: number;
  installFailures: number;
  restarts: number;
  postponements: number;
  /** When a download or install last failed; a week later the counts start anew. */
  lastFailureAt: Instant | null;
  /** When macOS itself installs and restarts, as it was told by declaration, by whomever; missing where it was not. */
  enforcedAt?: Instant;
};

export type PromptKind = 'choice' | 'soft' | 'schedule' | 'warning' | 'password' | 'notice';

/** A dialog put up for a person; `openedAt` stays null until the dialog reported itself open. */
export type PromptRecord = { id: number; kind: PromptKind; at: Instant; openedAt: Instant | null };

/** Whether somebody could see the warning when it came up: on an unlocked screen, or not. */
export type Seen = 'unlocked' | 'unseen';

/** A restart time that was put on the screen. Counts as shown only once `openedAt` is set. */
export type Warning = {
  promptId: number;
  restartAt: Instant;
  why: 'deadline' | 'schedule' | 'order';
  openedAt: Instant | null;
  openedMonotonicMs: number | null;
  seen: Seen;
  boot: BootSession | null;
  /** In whose session it stood: nobody else has seen it. */
  uid: number | null;
  /** It, or the one it stands for, was on the screen: the time it named is never brought forward. */
  told: boolean;
};

/** Why a restart happens: someone chose now, a deadline, a chosen or unattended time, an administrator's order. */
export type RestartBy = 'person' | 'deadline' | 'schedule' | 'order';

/** An install that was started and whose end has not been seen. */
export type PendingInstall = {
  label: string;
  from: OsRelease;
  to: OsRelease;
  by: RestartBy;
  startedAt: Instant;
  boot: BootSession;
  restartExpectedBy: Instant;
  /** What came of unlocking the start; missing until that is known, or where it was not to be done. */
  nextStart?: NextStart;
  /** How far it is, where a management server was to bring it. */
  push?: PushMove;
};

/** An order that a management server may still carry out, although upkeep does not wait for it any more. */
export type PendingPush = {
  plan: PushPlan | null;
  to: OsRelease;
  since: Instant;
  /** When the server is asked again what became of it. */
  askAt: Instant;
};

/** A deadline that was handed to macOS. `seen`: the Mac says that it has it. */
export type HandOver = { label: string; to: OsRelease; by: Instant; plan: PushPlan; at: Instant; seen: boolean };

/** Why the management server is not asked for an update before `until`. */
export type ServerRefusal = {
  at: Instant;
  until: Instant;
  failures: number;
  why: Exclude<MethodTrouble, 'not-set'>;
  detail: string;
};

/** The start that ends this boot is unlocked, or may be. */
export type UnlockedStart = { at: Instant; boot: BootSession; sure: boolean };

/** What upkeep remembers between wakes, plain JSON: the promises made, the counts, the last looks. */
export type Ledger = {
  boot: BootSession | null;
  lastScan: { at: Instant; offers: Offer[]; passedOver: PassedOver[] } | null;
  scanFailures: number;
  scanNextAt: Instant | null;
  target: TrackedTarget | null;
  download: { label: string; at: Instant; prepared: boolean } | null;
  /** When this target was last downloaded, also if macOS has thrown it away since. */
  downloadedAt: Instant | null;
  deferral: { chosenAt: Instant; until: Instant } | null;
  scheduled: { chosenAt: Instant; at: Instant } | null;
  /** Somebody chose now, or typed the password for a restart that was due anyway (`by` keeps which). */
  consent: { at: Instant; by: RestartBy; uid: number | null } | null;
  warning: Warning | null;
  /** Since when nobody has been logged in without the Mac sleeping; null while somebody is. */
  nobodySince: Stamp | null;
  /** Since when the Mac has been awake, as far as the looks of upkeep tell. */
  awakeSince: Stamp | null;
  /** Since when nobody has been seen at an unlocked screen; null while somebody is there. */
  awaySince: Instant | null;
  /** The dialogs of the last day, for the daily budget, oldest first. */
  prompts: PromptRecord[];
  promptCount: number;
  dialogFailures: number;
  /** What the last failed dialog said of its failure; null once one has come up again. */
  dialogTrouble: string | null;
  /** When the person was last told that nobody here can authorise the install. */
  toldAt?: Instant;
  /** The last dialog went unanswered or failed: nobody is asked again before this instant. */
  askNotBefore: Instant | null;
  /** Downloads in a row that did not reach Apple: waited for, not counted against the update. */
  networkFailures: number;
  /** Nothing but looking happens before this instant: the last attempt failed. */
  notBefore: { at: Instant; code: string; text: string } | null;
  install: PendingInstall | null;
  /** Missing or null: nothing that was ordered of a server is left to happen. */
  push?: PendingPush | null;
  server?: ServerRefusal | null;
  handOver?: HandOver | null;
  /** Why the deadline is not handed over before `until`. */
  handOverNot?: { at: Instant; until: Instant; detail: string } | null;
  /** When a bootstrap token was last escrowed anew, or was to be, and what came of it; missing or null: never. */
  tokenRepair?: TokenRepair | null;
  /** Missing, or null: FileVault's screen waits at the next start as ever. */
  nextStart?: UnlockedStart | null;
  /** The last target, gone from Apple's list: what was counted and promised goes on when it, or its successor, comes. */
  parted: { target: TrackedTarget; deferral: Ledger['deferral']; scheduled: Ledger['scheduled'] } | null;
  lastUpdate: { from: OsRelease; to: OsRelease; at: Instant } | null;
  /** An administrator wants nothing done but looking, until then. */
  pause: { since: Instant; until: Instant } | null;
  /** An administrator wants the update installed as soon as a fair warning allows; outlives a change of target. */
  order: { at: Instant } | null;
  /** The password of upkeep’s own account could not be changed: when that was tried, and why; null once it could. */
  rotationTrouble: { at: Instant; why: string } | null;
  /** What became of the last request, for `status`. */
  lastRequest: RequestRecord | null;
};

export type RequestRecord = { kind: RequestKind; by: Requester; at: Instant; accepted: boolean; words: string };

/** All that belongs to one target, before there is one; what is left when it is gone. */
export const noTarget = {
  target: null,
  download: null,
  downloadedAt: null,
  deferral: null,
  scheduled: null,
  consent: null,
  warning: null,
  dialogFailures: 0,
  dialogTrouble: null,
  askNotBefore: null,
  networkFailures: 0,
  notBefore: null,
} satisfies Partial<Ledger>;

export const emptyLedger: Ledger = {
  ...noTarget,
  boot: null,
  lastScan: null,
  scanFailures: 0,
  scanNextAt: null,
  parted: null,
  nobodySince: null,
  awakeSince: null,
  awaySince: null,
  prompts: [],
  promptCount: 0,
  install: null,
  lastUpdate: null,
  pause: null,
  order: null,
  rotationTrouble: null,
  lastRequest: null,
};
