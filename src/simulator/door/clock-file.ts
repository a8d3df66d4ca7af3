import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * The time on the simulated Mac as its real programs read it: what its clocks showed at an anchor of this computer's
 * monotonic clock, and how fast each runs since. Both rates are 0 where time jumps or is held; `awakeRate` is 0 in sleep.
 */
export type ClockReading = {
  wall: number;
  awakeMs: number;
  anchorMs: number;
  rate: number;
  awakeRate: number;
  zone: string;
};

const ZONE_AT = 56;
const ZONE_BYTES = 64;
const FILE_BYTES = ZONE_AT + ZONE_BYTES + 8;

export class ClockFileWriter {
  readonly #file: number;
  readonly #bytes = Buffer.alloc(FILE_BYTES);
  #last: ClockReading | null = null;
  #number = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o644);
  }

  /** Writes the reading with one call, unless it stands there already. */
  write(reading: ClockReading): void {
    const last = this.#last;
    if (last !== null && FIELDS.every((field) => last[field] === reading[field]) && last.zone === reading.zone) return;
    this.#last = reading;
    this.#number += 1;
    this.#bytes.writeDoubleBE(this.#number, 0);
    for (const [place, field] of FIELDS.entries()) this.#bytes.writeDoubleBE(reading[field], 8 + place * 8);
    this.#bytes.fill(0, ZONE_AT, ZONE_AT + ZONE_BYTES);
    this.#bytes.write(reading.zone, ZONE_AT, ZONE_BYTES, 'latin1');
    this.#bytes.writeDoubleBE(this.#number, FILE_BYTES - 8);
    writeSync(this.#file, this.#bytes, 0, FILE_BYTES, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

export class ClockFileReader {
  readonly #file: number;
  readonly #bytes = Buffer.alloc(FILE_BYTES);
  #zone = '';

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  read(): ClockReading {
    const bytes = this.#bytes;
    // Whoever reads while it is written sees two numbers that differ, and looks again.
    do readSync(this.#file, bytes, 0, FILE_BYTES, 0);
    while (bytes.readDoubleBE(0) !== bytes.readDoubleBE(FILE_BYTES - 8));
    const end = bytes.indexOf(0, ZONE_AT);
    if (!bytes.subarray(ZONE_AT, end).equals(Buffer.from(this.#zone, 'latin1'))) {
      this.#zone = bytes.toString('latin1', ZONE_AT, end);
    }
    const at = (place: number): number => bytes.readDoubleBE(8 + place * 8);
    return { wall: at(0), awakeMs: at(1), anchorMs: at(2), rate: at(3), awakeRate: at(4), zone: this.#zone };
  }

  close(): void {
    closeSync(this.#file);
  }
}

const FIELDS = ['wall', 'awakeMs', 'anchorMs', 'rate', 'awakeRate'] as const;

/** This computer's monotonic clock, the same for all its processes, in milliseconds with fractions. */
export function realMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
