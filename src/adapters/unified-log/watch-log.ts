import { Observable } from 'rxjs';
import { SECOND_MS } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import { catalogue } from '../commands/catalogue.ts';
import { streamCommand } from '../commands/stream-command.ts';
import { type LogObservation, readLogLine } from './read-line.ts';

const BEGINS_AGAIN_AFTER_MS = 5 * SECOND_MS;
/** So often without a line in between; a log that ends at once has nothing for us. */
const BEGINS_AGAIN = 10;

/**
 * What happens to this Mac by MDM, as the unified log tells it. The stream ends when logd lets go of it, without a word;
 * then it is begun again, and what was logged in between is lost. Unsubscribing ends the tool.
 */
export function watchLog(commands: Commands, clock: Pick<Clock, 'after'>): Observable<LogObservation> {
  return new Observable((subscriber) => {
    let left = BEGINS_AGAIN;
    const begin = (): void => {
      let isOver = false;
      const stream = streamCommand(commands, catalogue['log.stream'], undefined).subscribe({
        next: (streamed) => {
          if (streamed.kind !== 'line' || streamed.stream !== 'stdout') return;
          const seen = readLogLine(streamed.text);
          if (seen === null) return;
          left = BEGINS_AGAIN;
          subscriber.next(seen);
        },
        error: (error: unknown) => {
          isOver = true;
          if (left === 0) subscriber.error(error);
          else again();
        },
        complete: () => {
          isOver = true;
          if (left === 0) subscriber.complete();
          else again();
        },
      });
      if (!isOver) subscriber.add(stream);
    };
    const again = (): void => {
      left -= 1;
      subscriber.add(clock.after(BEGINS_AGAIN_AFTER_MS, begin));
    };
    begin();
  });
}
