import type { Random } from '../../random.ts';
import type { Timers } from '../timers.ts';
import type { JamfFaults } from './faults.ts';
import type { MacName } from './privileges.ts';

export type JamfSettings = {
  /** Its number, such as `11.30.1`; what exists depends on it. */
  version: string;
  /** Where it is reached in process; another address is nobody's. */
  url: string;
  /** How long an answer takes, at least and at most. */
  latencyMs: readonly [number, number];
  /** What Apple offers, as /available-updates has it. */
  available: { macOS: readonly string[]; iOS: readonly string[] };
  /** How this server calls the Mac's system in the name of a privilege. */
  macName: MacName;
  /** Jamf Cloud; on a server of one's own there are no declarations with a deadline. */
  cloud: boolean;
  userTokenMinutes: number;
  /** How long switching the plans feature takes. */
  switchingSeconds: number;
};

/** What every part of the server stands on. */
export class Base {
  readonly settings: JamfSettings;
  readonly clock: Timers;
  readonly random: Random;
  readonly faults: JamfFaults;

  constructor(settings: JamfSettings, clock: Timers, random: Random, faults: JamfFaults) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.faults = faults;
  }

  now(): number {
    return this.clock.now();
  }

  version(): string {
    return this.faults.standing('server-version')?.version ?? this.settings.version;
  }

  /** Ids are text; some servers, in some answers, have numbers. */
  id(id: number): string | number {
    return this.faults.standing('numeric-ids') === null ? String(id) : id;
  }

  uuid(): string {
    const hex = this.#hex(32);
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-9$4-$5');
  }

  /** Long enough not to be met by chance. */
  tokenPart(): string {
    return this.#hex(43);
  }

  #hex(length: number): string {
    let hex = '';
    for (let place = 0; place < length; place += 1) hex += this.random.whole(0, 15).toString(16);
    return hex;
  }
}

/** An instant as Jamf Pro writes it: UTC with milliseconds. */
export function jamfTime(instant: number): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toString({ fractionalSecondDigits: 3 });
}
