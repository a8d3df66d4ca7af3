import { Observable } from 'rxjs';
import type { Clock } from '../../ports/clock.ts';
import type { Commands, Ending, ToolCall, ToolEvent } from '../../ports/commands.ts';

/**
 * The same commands, with each call's limits kept by `clock`: the real tools and the simulated Mac's are ended alike,
 * by real and by virtual time. A tool past a limit is let go of and reported as ended at once, dead or not.
 */
export function withLimits(commands: Commands, clock: Clock): Commands {
  return { start: (call) => limited(commands, call, clock) };
}

function limited(commands: Commands, call: ToolCall, clock: Clock): Observable<ToolEvent> {
  return new Observable((subscriber) => {
    const { timeoutMs, silenceMs, outputBytes } = call.limits;
    let remainingBytes = outputBytes;
    let heardAtMs = clock.monotonicMs();
    let forgetSilence = () => {};

    const end = (ending: Ending) => {
      subscriber.next({ kind: 'ended', ending });
      subscriber.complete();
    };
    const stop = (stoppedBy: NonNullable<Ending['stoppedBy']>) =>
      end({ exitCode: null, signal: null, stoppedBy, spawnError: null });

    // One timer that looks again when it fires, not a new one for each of thousands of pieces.
    const listenFor = (waitMs: number, limitMs: number) => {
      forgetSilence = clock.after(waitMs, () => {
        const silentMs = clock.monotonicMs() - heardAtMs;
        if (silentMs >= limitMs) stop('silence');
        else listenFor(limitMs - silentMs, limitMs);
      });
    };

    const forgetTimeout = clock.after(timeoutMs, () => stop('timeout'));
    if (silenceMs !== null) listenFor(silenceMs, silenceMs);
    subscriber.add(() => {
      forgetTimeout();
      forgetSilence();
    });
    subscriber.add(
      commands.start(call).subscribe({
        next: (event) => {
          if (event.kind === 'ended') return end(event.ending);
          heardAtMs = clock.monotonicMs();
          const bytes = Buffer.byteLength(event.text);
          if (bytes <= remainingBytes) {
            remainingBytes -= bytes;
            subscriber.next(event);
          } else {
            subscriber.next({ ...event, text: event.text.slice(0, remainingBytes) });
            stop('output');
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
  });
}
