import { Observable, type OperatorFunction } from 'rxjs';
import { HOUR_MS, MINUTE_MS } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LogObservation } from '../unified-log/read-line.ts';

export type PushLimits = {
  /** From the request to the Mac's first answer, from the server's wait to the order, from the order to the first progress. */
  commandMs: number;
  /** Between the scan it orders and the question what was found, a server waits this long. */
  serverWaitMs: number;
  /** A Mac that put a command off asks for it again after this. */
  putOffMs: number;
  /** Between two lines of progress. */
  progressMs: number;
  /** From the request to the order, however often the Mac puts it off. */
  orderMs: number;
};

export const PUSH_LIMITS: PushLimits = {
  commandMs: 5 * MINUTE_MS,
  serverWaitMs: 5 * MINUTE_MS,
  putOffMs: 5 * MINUTE_MS,
  progressMs: 10 * MINUTE_MS,
  orderMs: HOUR_MS,
};

export type PushStall =
  /** The Mac answered nothing. */
  | 'no-answer'
  /** It answered the first command, and the order never came. */
  | 'no-order'
  | 'refused'
  | 'no-progress'
  /** Nobody tells any more. */
  | 'log-ended';

/**
 * How far a push is on this Mac. `failed` means that it is not seen to get on; what was queued for the Mac is still queued,
 * and may be done later.
 */
export type PushPhase =
  | { phase: 'requested' }
  | { phase: 'acknowledged'; command: string }
  | { phase: 'put-off'; command: string | null }
  /** `percent` never goes back. */
  | { phase: 'preparing'; percent: number; step: string; stalled: boolean }
  | { phase: 'prepared' }
  /** The Mac goes down within a minute or so. */
  | { phase: 'restart-imminent' }
  | { phase: 'failed'; reason: PushStall; command: string | null };

/** `taken`: the Mac was told before, and has answered. `begun`: it is taken up on its way, and what the Mac said before was not heard. */
export type Push = {
  by: 'commands' | 'declaration';
  action: 'download' | 'install';
  taken?: boolean;
  begun?: boolean;
};

const ORDERS = { commands: 'ScheduleOSUpdate', declaration: 'DeclarativeManagement' } as const;
const SCANS = ['ScheduleOSUpdateScan', 'AvailableOSUpdates'];
const IMMINENT = ['PREPARED_COMMITTING_STASH', 'APPLYING'];
/** The only ones whose portion is that of the whole: a job of checks alone reaches 1 in a second. */
const MEASURES = /^(DOWNLOADING_|DOWNLOADED_UPDATE$|PREPARING_UPDATE$)/;

/**
 * Makes phases of what the log tells, from the moment a server was asked; completes with `restart-imminent`, with `failed`, and
 * for a download with `prepared`. Lines that come late, early or twice change nothing. A declaration is carried out when the
 * Mac sees fit, so after it was taken no limit holds.
 */
export function pushPhases(
  clock: Pick<Clock, 'after'>,
  push: Push,
  limits: PushLimits = PUSH_LIMITS,
): OperatorFunction<LogObservation, PushPhase> {
  return (log) =>
    new Observable((subscriber) => {
      let stage: 'asked' | 'scanned' | 'ordered' | 'preparing' = push.taken === true ? 'ordered' : 'asked';
      let percent = 0;
      let isPrepared = false;
      let forgetLimit = (): void => {};
      let forgetOrderLimit = (): void => {};
      const acknowledged = new Set<string>();

      const end = (last: PushPhase): void => {
        subscriber.next(last);
        subscriber.complete();
      };
      const fail = (reason: PushStall, command: string | null = null): void =>
        end({ phase: 'failed', reason, command });
      const wait = (ms: number, reason: PushStall): void => {
        forgetLimit();
        forgetLimit = clock.after(ms, () => fail(reason));
      };
      const waitOn = () => {
        if (stage === 'asked') {
          const serverMs = push.begun === true ? limits.serverWaitMs : 0;
          return wait(serverMs + limits.commandMs, 'no-answer');
        }
        if (stage === 'scanned') return wait(limits.serverWaitMs + limits.commandMs, 'no-order');
        forgetOrderLimit();
        if (push.by === 'declaration') return forgetLimit();
        wait(stage === 'ordered' ? limits.commandMs : limits.progressMs, 'no-progress');
      };

      const heardAnswer = (answer: string, command: string | null) => {
        const isOrder = command === ORDERS[push.by];
        const isScan = push.by === 'commands' && command !== null && SCANS.includes(command);
        const isOurs = isOrder || isScan || command === null;
        if (!isOurs || stage === 'ordered' || stage === 'preparing') return;
        if (command !== null && acknowledged.has(command)) return;
        if (answer === 'error' || answer === 'format-error') return fail('refused', command);
        if (answer === 'not-now') {
          subscriber.next({ phase: 'put-off', command });
          // It comes back by itself, but not before some minutes have passed.
          return wait(limits.putOffMs + limits.commandMs, stage === 'asked' ? 'no-answer' : 'no-order');
        }
        if (command === null) return;
        acknowledged.add(command);
        stage = isOrder ? 'ordered' : 'scanned';
        subscriber.next({ phase: 'acknowledged', command });
        waitOn();
      };

      const heardProgress = (step: string, portion: number, stalled: boolean) => {
        // Whoever asked for it: the Mac is about to go down.
        if (IMMINENT.includes(step)) return end({ phase: 'restart-imminent' });
        if (stage !== 'ordered' && stage !== 'preparing' && push.begun !== true) return;
        stage = 'preparing';
        if (!stalled) waitOn();
        if (step === 'PREPARED') {
          if (push.action === 'download') return end({ phase: 'prepared' });
          if (!isPrepared) subscriber.next({ phase: 'prepared' });
          isPrepared = true;
        } else if (!isPrepared && step !== 'COMPLETED') {
          if (MEASURES.test(step)) percent = Math.max(percent, Math.floor(portion * 100));
          subscriber.next({ phase: 'preparing', percent, step, stalled });
        }
      };

      subscriber.add(() => {
        forgetLimit();
        forgetOrderLimit();
      });
      subscriber.next({ phase: 'requested' });
      if (stage === 'asked') forgetOrderLimit = clock.after(limits.orderMs, () => fail('no-order'));
      waitOn();
      subscriber.add(
        log.subscribe({
          next: (seen) => {
            if (subscriber.closed) return;
            if (seen.kind === 'progress') heardProgress(seen.phase, seen.portion, seen.stalled);
            else if (seen.kind === 'answered' && seen.status === 200 && seen.message.kind === 'answer')
              heardAnswer(seen.message.answer, seen.message.command);
          },
          error: () => fail('log-ended'),
          complete: () => fail('log-ended'),
        }),
      );
    });
}
