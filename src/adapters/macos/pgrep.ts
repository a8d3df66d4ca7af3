import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';

export type Running = { running: boolean; pids: number[] };

/** Reads `pgrep`: one number per line, or exit code 1 and nothing at all when no process matches. */
export function readProcesses(printed: Printed): Running {
  const lines = splitLines(printed.stdout);
  if (lines.length === 0 && printed.exitCode === 1 && printed.stderr.trim() === '') return { running: false, pids: [] };
  if (lines.length === 0 || !lines.every((line) => line.ended && /^\d+$/.test(line.text))) {
    throw unreadable('pgrep', printed, 'it lists no process and does not say that there is none');
  }
  return { running: true, pids: lines.map((line) => Number(line.text)) };
}
