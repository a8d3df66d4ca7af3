import type { Instant } from '../domain/instant.ts';
import type { Reason } from '../domain/reason.ts';

/** What sort of news it is. */
export type Kind =
  | 'found'
  | 'gone'
  | 'download'
  | 'prompt'
  | 'answer'
  | 'warning'
  | 'password'
  | 'install'
  | 'restart'
  | 'updated'
  | 'waiting'
  | 'session'
  | 'no-update'
  | 'failed'
  | 'halted'
  | 'paused'
  | 'request'
  | 'recovered';

/** One thing that happened, for a reader: when, what, why. */
export type Entry = { at: Instant; kind: Kind; text: string; because: Reason[] };
