// upkeep as somebody at a terminal meets it: a command line in, both streams and the exit code out.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli.ts';
import { sharedBundle } from '../support/bundle.ts';
import { root } from '../support/lives.ts';

export type Answer = { code: number; out: string; err: string };

/** Runs one command line in this process, with streams that only remember. */
export async function upkeep(...argv: string[]): Promise<Answer> {
  const answer: Answer = { code: -1, out: '', err: '' };
  answer.code = await runCli(argv, {
    out: (text) => {
      answer.out += text;
    },
    err: (text) => {
      answer.err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    colour: false,
    stdin: () => Promise.reject(new Error('nothing in this test may read standard input')),
  });
  return answer;
}

export const SOURCE_ENTRY = join(root, 'src/cli/main.ts');

/** Starts upkeep for as long as it likes; `until` waits for words on its output, and rejects at its end. */
export async function startUpkeep(...argv: string[]) {
  const child = spawn(process.execPath, [await sharedBundle(), ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const heard = { out: '', err: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    heard.err += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard.out += text;
  });
  const until = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (heard.out.includes(wanted)) resolve();
      };
      child.stdout.on('data', look);
      child.on('exit', (code) => reject(new Error(`it ended with ${code}: ${heard.err}`)));
      look();
    });
  return { child, heard, until };
}

/** Runs upkeep as a process of its own, from its sources unless an `entry` is given. */
export function upkeepProcess(
  argv: readonly string[],
  how: { stdin?: string; env?: Record<string, string>; closeOutput?: boolean; outputTo?: number; entry?: string } = {},
): Promise<Answer> {
  const child = spawn(process.execPath, [how.entry ?? SOURCE_ENTRY, ...argv], {
    env: { ...process.env, ...how.env },
    stdio: ['pipe', how.outputTo ?? 'pipe', 'pipe'],
  });
  const answer: Answer = { code: -1, out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    answer.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    answer.err += text;
  });
  if (how.closeOutput === true) child.stdout?.destroy();
  // A child that has heard enough closes its end; that is its right and no failure of the test.
  child.stdin?.on('error', () => {});
  child.stdin?.end(how.stdin ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...answer, code: code ?? -1 }));
  });
}

/** A directory of the test's own, and the way to get rid of it. */
export function temporaryDirectory(): { directory: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'upkeep-cli-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Everything in a directory with its content, to tell whether anything was written. */
export function contentsOf(directory: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(directory, name);
    files[name] = statSync(path).isDirectory() ? '(directory)' : readFileSync(path, 'base64');
  }
  return files;
}
