import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Ends the tools of an agent that was killed and could not end them itself. A tool has a process group of its own, so
 * nothing would: launchd clears away only the agent's group. This small shell holds the other end of a pipe, is told
 * which groups run, and when the pipe breaks it ends those that are left, politely and two seconds later for good.
 *
 * INVARIANT: a group is named right after it was started and taken back once it has ended, so that a number that
 * belongs to somebody else by then is never signalled.
 */
export class Leash {
  #shell: ChildProcess | null = null;

  hold(group: number): void {
    this.#tell(`+ ${group}\n`);
  }

  release(group: number): void {
    this.#tell(`- ${group}\n`);
  }

  #tell(line: string): void {
    this.#shell ??= start();
    this.#shell.stdin?.write(line);
  }
}

function start(): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    // In a group of its own: what ends the agent's must not end this.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it tools still run; only a kill -9 would leave them behind.
  shell.on('error', () => undefined);
  shell.stdin?.on('error', () => undefined);
  shell.unref();
  (shell.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return shell;
}

const SCRIPT = `
held=
while read -r sign group; do
  case $sign in
    +) held="$held $group" ;;
    -) kept=
       for one in $held; do [ "$one" = "$group" ] || kept="$kept $one"; done
       held=$kept ;;
  esac
done
[ -n "$held" ] || exit 0
for group in $held; do kill -TERM "-$group" 2>/dev/null; done
sleep 2
for group in $held; do kill -KILL "-$group" 2>/dev/null; done
`;
