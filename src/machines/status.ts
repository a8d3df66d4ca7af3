import type { ConsoleUser } from '../domain/facts.ts';
import type { Health } from '../domain/health.ts';
import type { OsRelease } from '../domain/os-version.ts';
import type { PushMove } from '../domain/push.ts';
import type { Reason } from '../domain/reason.ts';
import type { Requester, RequestKind } from '../domain/request.ts';

export const STATUS_SCHEMA = 'upkeep.status/1';

export type Moment = { at: string; text: string };

export type StatusProblem = { code: string; text: string; remedy: string };

/** `words` says all of it in sentences. */
export type StatusManagement = {
  /** What macOS was told by declaration. `isHeard`: this Mac says so itself. `counts`: it is what people are told. */
  declared: { at: string; by: 'upkeep' | 'somebody-else'; isHeard: boolean; counts: boolean } | null;
  notHandedOver: { until: string; why: string } | null;
  /** `phase` is null where upkeep waits for it no more, and it may still be carried out. */
  order: { since: string; phase: PushMove['phase'] | null; askAt: string | null } | null;
  leftAlone: { until: string; failures: number; why: string; detail: string } | null;
  words: string[];
};

/**
 * What upkeep is doing, what comes next and why, in sentences and as data. Written to `status.json` at every rest;
 * moments are ISO texts in UTC. Fields are only ever added (docs/status.schema.json); the optional ones are missing in
 * what an older upkeep wrote.
 */
export type Status = {
  schema: typeof STATUS_SCHEMA;
  writtenAt: string;
  zone: string;
  state: string;
  what: string;
  next: Moment | null;
  later: Moment | null;
  why: string[];
  because: Reason[];
  problems: StatusProblem[];
  os: OsRelease | null;
  target: { title: string; version: string; build: string | null; label: string } | null;
  deferralCount: number;
  deadlines: { focus: string | null; soft: string | null; hard: string | null };
  lastUpdate: { from: OsRelease; to: OsRelease; at: string } | null;
  boot?: { id: string | null; startedAt: string | null } | null;
  /** Who was logged in at the screen at the last look; null for nobody, or when it is not known. */
  user?: ConsoleUser | null;
  pausedUntil?: string | null;
  order?: { at: string } | null;
  lastRequest?: { kind: RequestKind; by: Requester; at: string; accepted: boolean; words: string } | null;
  /** What a management server and declarations have to do with it; null for nothing. */
  management?: StatusManagement | null;
  /** The restart that people were shown a warning of, and that is therefore promised. */
  warningRestartAt?: string | null;
  /** Missing where no agent of a Mac wrote it, as in a simulation. */
  health?: Health;
};
