import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { Observable } from 'rxjs';
import { Secret } from '../../domain/secret.ts';
import type { Commands, Ending, ToolCall, ToolEvent } from '../../ports/commands.ts';
import { FileTail } from './file-tail.ts';
import { Leash } from './leash.ts';

export type ExecaOptions = {
  home?: string;
  /** Where the tools are: in front of every path. Empty on a real Mac. */
  root?: string;
  /** How long a tool may take to obey SIGTERM before SIGKILL follows. */
  killAfterMs?: number;
  /**
   * Where the output of tools that outlive the agent goes, a folder of the agent's own: a pipe would end them with its
   * reader. Without it they are given a pipe like the others.
   */
  outputIn?: string;
};

export type ExecaCommands = Commands & {
  /** From now on, letting go of a tool that outlives the agent leaves it running. */
  letGo: () => void;
};

/**
 * Runs tools as child processes. Limits are not kept here: put `withLimits` around it.
 *
 * The environment is fixed and small, so that messages are in English and nothing of the caller's reaches a tool; no
 * shell is involved. Each tool gets its own process group, since `sudo` and `dialog` have children of their own that
 * must end with them; should the agent be killed, the leash ends those groups. What outlives the agent is on no leash.
 */
export function execaCommands(options: ExecaOptions = {}): ExecaCommands {
  const surroundings: Surroundings = { ...options, leash: new Leash(), lettingGo: false };
  return {
    start: (call) =>
      new Observable((subscriber) =>
        launch(call, surroundings, subscriber.next.bind(subscriber), () => subscriber.complete()),
      ),
    letGo: () => {
      surroundings.lettingGo = true;
    },
  };
}

type Surroundings = ExecaOptions & { leash: Leash; lettingGo: boolean };

function launch(
  call: ToolCall,
  surroundings: Surroundings,
  emit: (event: ToolEvent) => void,
  complete: () => void,
): () => void {
  const { home = homedir(), root = '', killAfterMs = 5_000, outputIn, leash } = surroundings;
  const stop = new AbortController();
  let isWanted = true;
  const end = (ending: Ending) => {
    if (!isWanted) return;
    isWanted = false;
    emit({ kind: 'ended', ending });
    complete();
  };
  if (!isAbsolute(call.path)) {
    end({ exitCode: null, signal: null, stoppedBy: null, spawnError: 'EINVAL' });
    return () => {};
  }
  const tell = (stream: 'stdout' | 'stderr') => (text: string) => {
    if (isWanted) emit({ kind: 'output', stream, text });
  };
  const files = call.outlivesAgent && outputIn !== undefined ? outputFiles(outputIn, call.name) : null;
  // Followed before the tool starts: what it writes first would be missed otherwise.
  const tails = files === null ? null : STREAMS.map((stream) => new FileTail(files[stream].path, tell(stream)));
  const child = execa(`${root}${call.path}`, [...call.args], {
    cwd: '/',
    env: { LC_ALL: 'C', LANG: 'en_US.UTF-8', PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: home },
    extendEnv: false,
    stdin: call.stdin === null ? 'ignore' : 'pipe',
    // execa passes a descriptor of ours on; its types know only those every process has.
    stdout: (files?.stdout.descriptor ?? 'pipe') as 'pipe',
    stderr: (files?.stderr.descriptor ?? 'pipe') as 'pipe',
    buffer: false,
    reject: false,
    cancelSignal: stop.signal,
    forceKillAfterDelay: killAfterMs,
    killDescendants: true,
    cleanup: !call.outlivesAgent,
  });
  const { pid } = child;
  const isHeld = pid !== undefined && !call.outlivesAgent;
  if (isHeld) leash.hold(pid);
  if (files !== null) for (const stream of STREAMS) closeSync(files[stream].descriptor);
  const outputs =
    tails?.map(followed) ?? STREAMS.map((stream) => piped(child[stream] as unknown as Readable, tell(stream)));
  feed(child.stdin, call);
  void child
    .then(async (result) => {
      await Promise.all(outputs.map((output) => output.ended()));
      return result;
    })
    .then((result) => {
      if (isHeld) leash.release(pid);
      end({
        exitCode: result.exitCode ?? null,
        signal: result.signal ?? null,
        stoppedBy: null,
        spawnError: result.exitCode === undefined && result.signal === undefined ? (result.code ?? 'UNKNOWN') : null,
      });
    });
  return () => {
    isWanted = false;
    if (!(call.outlivesAgent && surroundings.lettingGo)) return stop.abort();
    for (const output of outputs) output.close();
  };
}

const STREAMS = ['stdout', 'stderr'] as const;

type Output = { ended: () => Promise<unknown>; close: () => void };

function piped(readable: Readable, tell: (text: string) => void): Output {
  // Decoding in the stream keeps a character together whose bytes come in two pieces.
  readable.setEncoding('utf8');
  readable.on('data', tell);
  const ended = finished(readable).catch(() => undefined);
  return { ended: () => ended, close: () => readable.destroy() };
}

function followed(tail: FileTail): Output {
  return {
    ended: async () => {
      tail.look();
      tail.close();
    },
    close: () => tail.close(),
  };
}

/** New, empty files for the output of one tool; what an earlier run of it left there is gone. */
function outputFiles(folder: string, name: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (stream: string) => {
    const path = join(folder, `${name}.${stream}`);
    rmSync(path, { force: true });
    return { path, descriptor: openSync(path, 'wx', 0o600) };
  };
  return { stdout: file('stdout'), stderr: file('stderr') };
}

/** Writes stdin and closes it; the one place where a secret becomes text. A tool that does not read it is no error. */
function feed(stdin: NodeJS.WritableStream | null, call: ToolCall): void {
  if (stdin === null || call.stdin === null) return;
  stdin.on('error', () => {});
  for (const part of call.stdin) {
    if (part instanceof Secret) part.expose((plain) => stdin.write(plain));
    else stdin.write(part);
  }
  stdin.end();
}
