import { systemClock } from '../adapters/clock/system-clock.ts';
import { watchFolder } from '../adapters/log/watch-folder.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { Status } from '../machines/status.ts';

/**
 * Tells the first status and each that is different from the one before, by watching the folder `status.json` lies in.
 * Goes on until the process is ended; rejects only for a bug. A file that is missing or broken meanwhile is waited for.
 */
export function followStatus(
  directory: string,
  first: Status,
  read: () => Promise<Status>,
  tell: (status: Status) => void,
): Promise<never> {
  let told = JSON.stringify(first);
  tell(first);
  return new Promise((_resolve, reject) => {
    const hear = (next: Status): void => {
      const text = JSON.stringify(next);
      if (text === told) return;
      told = text;
      tell(next);
    };
    // A feed over the sockets of a running agent calls `hear` as well; the folder stays watched for when it ends.
    const stop = watchFolder(directory, systemClock, () => {
      read().then(hear, (error: unknown) => {
        if (error instanceof UpkeepError) return;
        stop();
        reject(error);
      });
    });
  });
}
