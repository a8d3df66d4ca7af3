import { Observable } from 'rxjs';
import type { Commands, ToolEvent } from '../../ports/commands.ts';

/**
 * The same commands, with the answers kept that cannot change while this process lives: which boot it is, when that
 * began, what processor and hardware there is. A process does not outlive its boot. Only an answer that was given is kept.
 */
export function remembered(commands: Commands): Commands {
  const kept = new Map<string, ToolEvent[]>();
  return {
    start: (call) => {
      if (!CONSTANT.has(call.name)) return commands.start(call);
      return new Observable((subscriber) => {
        const known = kept.get(call.name);
        if (known !== undefined) {
          for (const event of known) subscriber.next(event);
          subscriber.complete();
          return undefined;
        }
        const events: ToolEvent[] = [];
        return commands.start(call).subscribe({
          next: (event) => {
            events.push(event);
            if (event.kind === 'ended' && event.ending.exitCode === 0) kept.set(call.name, events);
            subscriber.next(event);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        });
      });
    },
  };
}

const CONSTANT: ReadonlySet<string> = new Set([
  'sysctl.boot-session',
  'sysctl.boottime',
  'sysctl.arm64',
  'ioreg.hardware',
]);
