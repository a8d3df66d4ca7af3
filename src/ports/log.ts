import type { Instant } from '../domain/instant.ts';

/** The fields of a log line, always by these names; numbers stand here, `msg` is a sentence. */
export type LogFields = {
  run?: string;
  boot?: string | null;
  state?: string;
  event?: string;
  effect?: string;
  attempt?: number;
  durationMs?: number;
  target?: string;
  problem?: string;
  nextWake?: Instant | null;
  err?: unknown;
  [more: string]: unknown;
};

/** The diary of the agent. A line that was written is on its way to the disk before the call returns. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with fields that stand in every line. */
  child(fields: LogFields): Log;
}

/** Keeps nothing: for simulations, and for whoever only looks. */
export const noLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => noLog,
};
