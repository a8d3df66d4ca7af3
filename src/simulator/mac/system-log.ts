import type { ProgressMessage } from './progress.ts';

/** One entry of the unified log. `process` is the path of its program. */
export type LogEntry = {
  subsystem: string;
  category: string;
  process: string;
  pid: number;
  thread: number;
  message: string;
};

const SOFTWAREUPDATED = '/System/Library/CoreServices/Software Update.app/Contents/Resources/softwareupdated';

/** The unified log, as far as somebody streams it: what nobody reads at the time is not kept. */
export class SystemLog {
  readonly #readers = new Set<(entry: LogEntry) => void>();
  #thread = 0x5f4e;

  /** Returns the way to read no longer. */
  read(reader: (entry: LogEntry) => void): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  write(entry: LogEntry): void {
    for (const reader of [...this.#readers]) reader(entry);
  }

  /** softwareupdated at its work. */
  progress({ edge, phase, portion }: ProgressMessage): void {
    this.#thread += 1;
    this.write({
      subsystem: 'com.apple.SoftwareUpdateMacController',
      category: 'SU',
      process: SOFTWAREUPDATED,
      pid: 341,
      thread: this.#thread,
      message:
        `[SUMacControllerProgressManager] Reported progress (${edge}): phase:${phase} stalled:NO ` +
        `portionComplete:${portion.toFixed(6)} estimatedTimeRemaining:-1.000000`,
    });
  }
}
