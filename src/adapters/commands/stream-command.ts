import { Observable } from 'rxjs';
import { UpkeepError } from '../../domain/problem.ts';
import type { Commands, Ending } from '../../ports/commands.ts';
import { type Command, type Effect, type Printed, toCall } from './command.ts';
import { LineBuffer } from './lines.ts';
import { outcomeOf, withoutSecrets } from './outcome.ts';
import { withoutSession } from './user-session.ts';

export type Streamed<Output> =
  | { kind: 'line'; stream: 'stdout' | 'stderr'; text: string }
  /** A percentage the tool reported. */
  | { kind: 'reading'; percent: number }
  | { kind: 'finished'; output: Output };

/**
 * Runs a command and tells its lines and readings as they come, then its output. Errors are `UpkeepError`s;
 * unsubscribing ends the tool.
 */
export function streamCommand<Input, Output>(
  commands: Commands,
  command: Command<Input, Output, Effect>,
  input: Input,
  options: { macos?: string } = {},
): Observable<Streamed<Output>> {
  return new Observable((subscriber) => {
    const call = toCall(command, input);
    const texts = { stdout: '', stderr: '' };
    const buffers = { stdout: new LineBuffer(), stderr: new LineBuffer() };
    let isOver = false;

    const tell = (stream: 'stdout' | 'stderr', line: string) => {
      if (line === '' || command.printsSecrets) return;
      const percent = command.reading?.(line) ?? null;
      if (percent !== null) subscriber.next({ kind: 'reading', percent });
      else subscriber.next({ kind: 'line', stream, text: withoutSecrets(line, call.stdin) });
    };
    const finish = (ending: Ending) => {
      isOver = true;
      for (const stream of STREAMS) tell(stream, buffers[stream].take());
      const printed: Printed = {
        stdout: withoutSecrets(texts.stdout, call.stdin),
        stderr: withoutSecrets(texts.stderr, call.stdin),
        exitCode: ending.exitCode,
        args: withoutSession([call.path, ...call.args]).slice(1),
        macos: options.macos ?? null,
      };
      subscriber.next({ kind: 'finished', output: outcomeOf(command, call, printed, ending) });
      subscriber.complete();
    };

    subscriber.add(
      commands.start(call).subscribe({
        next: (event) => {
          if (isOver) return;
          try {
            if (event.kind === 'ended') return finish(event.ending);
            texts[event.stream] += event.text;
            const buffer = buffers[event.stream];
            for (const line of buffer.add(event.text)) tell(event.stream, line);
            // A reading stands before the carriage return of the next one, which may be an hour away.
            if ((command.reading?.(buffer.rest) ?? null) !== null) tell(event.stream, buffer.take());
            if (command.asksForInput?.(buffer.rest)) finish(LET_GO);
          } catch (error) {
            subscriber.error(error);
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          if (!isOver) subscriber.error(neverEnded(command.name));
        },
      }),
    );
  });
}

const STREAMS = ['stdout', 'stderr'] as const;

/** The tool waits for an answer it will not get; what it printed so far is all there will be. */
const LET_GO: Ending = { exitCode: null, signal: null, stoppedBy: null, spawnError: null };

function neverEnded(name: string): UpkeepError {
  return new UpkeepError('bug', `${name} stopped reporting without having ended.`, {
    remedy: 'Report this as a bug in upkeep.',
  });
}
