// Tools that answer from a script, for looking at one effect alone. A name without an answer never ends.
import { Observable } from 'rxjs';
import type { Clock } from '../../src/ports/clock.ts';
import type { Commands, ToolCall } from '../../src/ports/commands.ts';

export type Answer = { stdout?: string; stderr?: string; exitCode?: number; missing?: boolean };

export function scripted(answers: Record<string, Answer | ((call: ToolCall) => Answer)>) {
  const calls: ToolCall[] = [];
  const ended: string[] = [];
  const commands: Commands = {
    start: (call) =>
      new Observable((subscriber) => {
        calls.push(call);
        const found = answers[call.name];
        const answer = typeof found === 'function' ? found(call) : found;
        if (answer !== undefined) {
          queueMicrotask(() => {
            if (answer.stdout) subscriber.next({ kind: 'output', stream: 'stdout', text: answer.stdout });
            if (answer.stderr) subscriber.next({ kind: 'output', stream: 'stderr', text: answer.stderr });
            const spawnError = answer.missing === true ? 'ENOENT' : null;
            const exitCode = answer.missing === true ? null : (answer.exitCode ?? 0);
            subscriber.next({ kind: 'ended', ending: { exitCode, signal: null, stoppedBy: null, spawnError } });
            subscriber.complete();
          });
        }
        return () => {
          ended.push(call.name);
        };
      }),
  };
  return { commands, calls, ended };
}

/** A clock that is moved by hand. */
export function handClock(start: number) {
  let now = start;
  const due: { at: number; callback: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonicMs: () => now - start + 1000,
    zone: () => 'Europe/Berlin',
    after: (delayMs, callback) => {
      const entry = { at: now + delayMs, callback };
      due.push(entry);
      return () => {
        const index = due.indexOf(entry);
        if (index >= 0) due.splice(index, 1);
      };
    },
  };
  /** Moves on by `ms`, calling back what comes due, and lets promises go on in between. */
  const pass = async (ms: number) => {
    const end = now + ms;
    for (;;) {
      const next = due.sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      due.shift();
      now = next.at;
      next.callback();
      await settle();
    }
    now = end;
    await settle();
  };
  return { clock, pass };
}

export const settle = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
