import type { Offer } from '../../domain/offer.ts';

/** The bits of one macOS update on disk. `prepared` means: ready to be applied by a restart. */
export type Staged = { offer: Offer; prepared: boolean };

export type FetchEnd = 'prepared' | 'downloaded' | 'offline' | 'disk full' | 'withdrawn' | 'busy';

/** Whoever watches a job. A download that nobody watches any more is given up; an accepted install is not. */
export type Follower = { reading(percent: number): void; watching(): boolean };

/** softwareupdated as the tools reach it. */
export type UpdateService = {
  readonly history: readonly { title: string; version: string; at: number }[];
  scan(): Offer[];
  /** What the last scan found, less what has been installed since. */
  cached(): Offer[];
  staged(): Staged | null;
  roomNeededGB(offer: Offer): number;
  hasRoom(offer: Offer): boolean;
  /** Downloads, and with `prepare` also prepares; joins a job already under way for the same label. */
  fetch(offer: Offer, prepare: boolean, follower: Follower): Promise<FetchEnd>;
  /** Takes an install on: from here the daemon does it alone, whoever asked may go. */
  install(offer: Offer, call: number | null, follower: Follower): Promise<FetchEnd>;
  markInstalled(offer: Offer): void;
};
