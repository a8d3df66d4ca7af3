import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { finished } from 'node:stream/promises';
import { execa } from 'execa';
import { Observable } from 'rxjs';
import { Secret } from '../../domain/secret.ts';
import type { Commands, Ending, ToolCall, ToolEvent } from '../../ports/commands.ts';

export type ExecaOptions = {
  home?: string;
  /** How long a tool may take to obey SIGTERM before SIGKILL follows. */
  killAfterMs?: number;
};

/**
 * Runs tools as child processes. Limits are not kept here: put `withLimits` around it.
 *
 * The environment is fixed and small, so that messages are in English and nothing of the caller's reaches a tool; no
 * shell is involved. Each tool gets its own process group, since `sudo` and `dialog` have children of their own that
 * must end with them.
 */
export function execaCommands(options: ExecaOptions = {}): Commands {
  return {
    start: (call) =>
      new Observable((subscriber) =>
        launch(call, options, subscriber.next.bind(subscriber), () => subscriber.complete()),
      ),
  };
}

function launch(
  call: ToolCall,
  { home = homedir(), killAfterMs = 5_000 }: ExecaOptions,
  emit: (event: ToolEvent) => void,
  complete: () => void,
): () => void {
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
  const child = execa(call.path, [...call.args], {
    cwd: '/',
    env: { LC_ALL: 'C', LANG: 'en_US.UTF-8', PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: home },
    extendEnv: false,
    stdin: call.stdin === null ? 'ignore' : 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    cancelSignal: stop.signal,
    forceKillAfterDelay: killAfterMs,
    killDescendants: true,
  });
  const streams = [
    { stream: 'stdout', readable: child.stdout },
    { stream: 'stderr', readable: child.stderr },
  ] as const;
  for (const { stream, readable } of streams) {
    // Decoding in the stream keeps a character together whose bytes come in two pieces.
    readable.setEncoding('utf8');
    readable.on('data', (text: string) => {
      if (isWanted) emit({ kind: 'output', stream, text });
    });
  }
  feed(child.stdin, call);
  const ends = streams.map(({ readable }) => finished(readable).catch(() => undefined));
  void Promise.all([child, ...ends]).then(([result]) => {
    end({
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stoppedBy: null,
      spawnError: result.exitCode === undefined && result.signal === undefined ? (result.code ?? 'UNKNOWN') : null,
    });
  });
  return () => {
    isWanted = false;
    stop.abort();
  };
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
