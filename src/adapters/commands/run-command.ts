import { Subscription } from 'rxjs';
import type { Commands } from '../../ports/commands.ts';
import type { Command, Effect } from './command.ts';
import { streamCommand } from './stream-command.ts';

export type RunOptions = {
  /** Ends the tool; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
  /** The macOS version, where known: a few texts can be read in two ways without it. */
  macos?: string;
};

/**
 * Runs a command to its end and returns its output, or rejects with an `UpkeepError`: `tool.missing`, `tool.timed-out`,
 * `tool.silent`, `tool.failed` or `output.unreadable`.
 */
export function runCommand<Input, Output>(
  commands: Commands,
  command: Command<Input, Output, Effect>,
  input: Input,
  { signal, ...options }: RunOptions = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const running = new Subscription();
    const abort = () => {
      running.unsubscribe();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    running.add(() => signal?.removeEventListener('abort', abort));
    running.add(
      streamCommand(commands, command, input, options).subscribe({
        next: (event) => {
          if (event.kind === 'finished') resolve(event.output);
        },
        error: (error: unknown) => {
          running.unsubscribe();
          reject(error);
        },
        complete: () => running.unsubscribe(),
      }),
    );
  });
}
