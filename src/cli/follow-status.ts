import { systemClock } from '../adapters/clock/system-clock.ts';
import { watchAgent } from '../adapters/ipc/client.ts';
import { watchFolder } from '../adapters/log/watch-folder.ts';
import type { Places } from '../adapters/places.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { Status } from '../machines/status.ts';
import { readStatusIn } from './status-in.ts';

/** Where statuses come from: the file, and the sockets of an agent where one of this Mac may run (`places`). */
export type StatusSource = { directory: string; places: Places | null; read: () => Promise<Status> };

/**
 * Tells the first status and each that is different from the one before: from the running agent while there is one, else
 * by watching the folder `status.json` lies in. Goes on until the process is ended; rejects only for a bug. A file that is
 * missing or broken meanwhile is waited for.
 */
export function followStatus(
  { directory, places, read }: StatusSource,
  first: Status,
  tell: (status: Status) => void,
): Promise<never> {
  let told = JSON.stringify(first);
  tell(first);
  const hear = (next: Status): void => {
    const text = JSON.stringify(next);
    if (text === told) return;
    told = text;
    tell(next);
  };
  return new Promise((_resolve, reject) => {
    let isFed = false;
    let isAsking = false;
    const askAgent = (): void => {
      if (places === null || isAsking) return;
      isAsking = true;
      const leave = (): void => {
        isFed = false;
        isAsking = false;
      };
      watchAgent(places, { id: `watcher-${process.pid}`, uid: process.geteuid?.() ?? 0 }).subscribe({
        next: (said) => {
          const next = readStatusIn(said);
          isFed = next !== null;
          if (next !== null) hear(next);
        },
        complete: leave,
        error: leave,
      });
    };
    const look = (): void => {
      askAgent();
      if (isFed) return;
      read().then(
        (next) => {
          if (!isFed) hear(next);
        },
        (error: unknown) => {
          if (error instanceof UpkeepError) return;
          stop();
          reject(error);
        },
      );
    };
    const stop = watchFolder(directory, systemClock, look);
    askAgent();
  });
}
