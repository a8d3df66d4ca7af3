// launchd behind its command line: a table of jobs, read from their files when they are loaded, and the ways in which
// the real one misbehaves.
import { readFileSync } from 'node:fs';
import { parse } from 'plist';
import { Observable } from 'rxjs';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Commands, Ending, ToolCall, ToolEvent } from '../../../src/ports/commands.ts';

type Answer = { exitCode: number; stderr?: string };

export class FakeLaunchctl implements Commands {
  /** Label to the text of the file as it was when the job was loaded. */
  readonly loaded = new Map<string, string>();
  readonly disabled = new Set<string>();
  readonly calls: string[] = [];
  /** A job stays in the table for so long after bootout. */
  goesSlowlyMs = 0;
  /** Says so at the first look after; with a false alarm the job is loaded all the same. */
  bootstrap: 'works' | 'false alarm' | 'refuses' | 'refuses once' | 'lies' | 'slow' = 'works';
  bootout: 'works' | 'refuses' = 'works';
  /** The call with this number, from 0, and all later ones are never answered: the agent was killed there. */
  deadFrom = Number.POSITIVE_INFINITY;
  /** Calls of this verb are never answered. */
  hangs: string | null = null;
  readonly #clock: Clock;
  readonly #going = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(call: ToolCall): Observable<ToolEvent> {
    return new Observable((subscriber) => {
      const number = this.calls.length;
      const [verb = ''] = call.args;
      this.calls.push(verb);
      if (number >= this.deadFrom || verb === this.hangs) return undefined;
      return this.#clock.after(5, () => {
        const { exitCode, stderr } = this.#answer(call.args);
        if (stderr !== undefined) subscriber.next({ kind: 'output', stream: 'stderr', text: `${stderr}\n` });
        const ending: Ending = { exitCode, signal: null, stoppedBy: null, spawnError: null };
        subscriber.next({ kind: 'ended', ending });
        subscriber.complete();
      });
    });
  }

  #answer([verb, target = '', file = '']: readonly string[]): Answer {
    const label = target.replace('system/', '');
    switch (verb) {
      case 'print':
        return this.loaded.has(label)
          ? { exitCode: 0 }
          : { exitCode: 113, stderr: `Could not find service "${label}" in domain for system` };
      case 'enable':
        this.disabled.delete(label);
        return { exitCode: 0 };
      case 'bootout':
        return this.#bootout(label);
      case 'bootstrap':
        return this.#bootstrap(file);
      default:
        return { exitCode: 64, stderr: 'Unrecognized subcommand' };
    }
  }

  #bootout(label: string): Answer {
    if (this.bootout === 'refuses') return { exitCode: 1, stderr: 'Boot-out failed: 1: Operation not permitted' };
    if (!this.loaded.has(label)) return { exitCode: 3, stderr: 'Boot-out failed: 3: No such process' };
    if (this.goesSlowlyMs === 0) {
      this.loaded.delete(label);
      return { exitCode: 0 };
    }
    if (!this.#going.has(label)) {
      this.#going.add(label);
      this.#clock.after(this.goesSlowlyMs, () => {
        this.#going.delete(label);
        this.loaded.delete(label);
      });
    }
    return { exitCode: 36, stderr: 'Boot-out failed: 36: Operation now in progress' };
  }

  #bootstrap(file: string): Answer {
    const text = readFileSync(file, 'utf8');
    const { Label: label } = parse(text) as { Label: string };
    const failed = { exitCode: 5, stderr: 'Bootstrap failed: 5: Input/output error' };
    if (this.loaded.has(label) || this.disabled.has(label) || this.bootstrap === 'refuses') return failed;
    if (this.bootstrap === 'lies') return { exitCode: 0 };
    if (this.bootstrap === 'refuses once') {
      this.bootstrap = 'works';
      return failed;
    }
    if (this.bootstrap === 'slow') {
      this.#clock.after(1_500, () => this.loaded.set(label, text));
      return failed;
    }
    this.loaded.set(label, text);
    return this.bootstrap === 'false alarm' ? failed : { exitCode: 0 };
  }
}
