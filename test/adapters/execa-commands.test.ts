// The real runner, with real children: nothing here is simulated. Waiting is for events of the child, not for time.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { execaCommands } from '../../src/adapters/commands/execa-commands.ts';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Ending, ToolCall, ToolEvent } from '../../src/ports/commands.ts';
import { canary } from '../support/canary.ts';
import { root } from '../support/lives.ts';

const scratch = mkdtempSync(join(tmpdir(), 'upkeep-runner-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const raw = execaCommands({ home: '/var/root', killAfterMs: 300 });
const commands = withLimits(raw, systemClock);

const tool = (path: string, args: string[], more: Partial<ToolCall> = {}): ToolCall => ({
  name: 'test.tool',
  effect: 'probe',
  path,
  args,
  stdin: null,
  outlivesAgent: false,
  limits: { timeoutMs: 20_000, silenceMs: null, outputBytes: 1_000_000 },
  ...more,
});
const sh = (script: string, more: Partial<ToolCall> = {}) => tool('/bin/sh', ['-c', script], more);
const node = (script: string, more: Partial<ToolCall> = {}) => tool(process.execPath, ['-e', script], more);

function run(
  call: ToolCall,
): Promise<{ stdout: string; stderr: string; ending: Ending; pieces: number; ended: number }> {
  return new Promise((resolve, reject) => {
    const texts = { stdout: '', stderr: '' };
    const endings: Ending[] = [];
    let pieces = 0;
    commands.start(call).subscribe({
      next: (event: ToolEvent) => {
        if (event.kind === 'ended') endings.push(event.ending);
        else {
          texts[event.stream] += event.text;
          pieces += 1;
        }
      },
      error: reject,
      complete: () => {
        const [ending] = endings;
        if (ending) resolve({ ...texts, ending, pieces, ended: endings.length });
        else reject(new Error('completed without an ending'));
      },
    });
  });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A killed child that its parent has not taken note of yet still has a number; it runs no more.
  return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
};

describe('the runner of real tools', () => {
  test('keeps the two streams apart and passes the text on as it is', async () => {
    const { stdout, stderr, ending, ended } = await run(sh("printf 'a\\r\\nb'; printf 'c\\n' >&2; exit 0"));
    expect({ stdout, stderr, ended }).toEqual({ stdout: 'a\r\nb', stderr: 'c\n', ended: 1 });
    expect(ending).toEqual({ exitCode: 0, signal: null, stoppedBy: null, spawnError: null });
  });

  test.each([1, 7, 113, 255])('tells exit code %i', async (code) => {
    expect((await run(sh(`exit ${code}`))).ending).toMatchObject({ exitCode: code, signal: null });
  });

  test('tells by which signal a tool died', async () => {
    expect((await run(sh('kill -KILL $$'))).ending).toMatchObject({
      exitCode: null,
      signal: 'SIGKILL',
      stoppedBy: null,
    });
  });

  test('a tool that is not there never ran', async () => {
    expect((await run(tool('/usr/sbin/no-such-tool', []))).ending).toEqual({
      exitCode: null,
      signal: null,
      stoppedBy: null,
      spawnError: 'ENOENT',
    });
  });

  test('a file that may not be executed never ran', async () => {
    const file = join(scratch, 'not-executable');
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 });
    expect((await run(tool(file, []))).ending.spawnError).toBe('EACCES');
  });

  test('a tool without its path is refused, so that no PATH decides what runs', async () => {
    expect((await run(tool('sh', ['-c', 'exit 0']))).ending.spawnError).toBe('EINVAL');
  });

  test('no shell touches the arguments', async () => {
    const { stdout } = await run(tool('/usr/bin/printf', ['%s\\n', '$HOME', 'a  b', '*', "it's (a)"]));
    expect(stdout).toBe("$HOME\na  b\n*\nit's (a)\n");
  });

  test('the environment is fixed, and nothing of ours gets into it', async () => {
    process.env.UPKEEP_TEST_LEAK = 'seen';
    const { stdout } = await run(tool('/usr/bin/env', []));
    delete process.env.UPKEEP_TEST_LEAK;
    expect(stdout.trim().split('\n').sort()).toEqual([
      'HOME=/var/root',
      'LANG=en_US.UTF-8',
      'LC_ALL=C',
      'PATH=/usr/bin:/bin:/usr/sbin:/sbin',
    ]);
  });

  test('characters stay whole when their bytes come in two pieces', async () => {
    const script =
      'process.stdout.write(Buffer.from([0xe2, 0x80])); setTimeout(() => process.stdout.write(Buffer.from([0x99, 0x0a])), 100)';
    const { stdout } = await run(node(script));
    expect(stdout).toBe('’\n');
  });

  test('pieces come while the tool runs, not at its end', async () => {
    const call = sh('echo first; read line; echo "got $line"', { stdin: ['x\n'] });
    expect((await run(call)).stdout).toBe('first\ngot x\n');
    const flag = join(scratch, 'go-on');
    const waiting = sh(`echo first; while [ ! -e '${flag}' ]; do sleep 0.02; done; echo second`);
    const text = await new Promise<string>((resolve) => {
      let seen = '';
      commands.start(waiting).subscribe((event) => {
        if (event.kind === 'ended') return resolve(seen);
        seen += event.text;
        if (event.text === 'first\n') void run(sh(`touch '${flag}'`));
      });
    });
    expect(text).toBe('first\nsecond\n');
  });

  test('stdin is closed at once when there is nothing for it', async () => {
    expect((await run(sh('cat; echo "end"'))).stdout).toBe('end\n');
  });

  // Arguments and environment of a running tool can be read by anyone; /proc is where they stand on Linux.
  test.skipIf(!existsSync('/proc/self/environ'))(
    'a secret reaches stdin and nothing else: not the arguments, not the environment',
    async () => {
      const password = canary('tool', (it) => `${it}&3`);
      const stdin = [new Secret(password), '\n'];
      const { stdout } = await run(
        sh("cat; tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$$/environ", { stdin }),
      );
      expect(stdout.startsWith(`${password}\n`)).toBe(true);
      expect(stdout.slice(password.length)).toContain('LC_ALL=C');
      expect(stdout.slice(password.length)).not.toContain(password);
      expect(JSON.stringify(sh('cat', { stdin }))).not.toContain(password);
    },
  );

  test('a tool that does not read its stdin is no error', async () => {
    const big = 'x'.repeat(1_000_000);
    expect((await run(sh('exit 4', { stdin: [big] }))).ending.exitCode).toBe(4);
  });

  test('a tool past its time is ended, although it ignores SIGTERM', async () => {
    const file = join(scratch, 'stubborn');
    const script = `trap '' TERM; echo $$ > '${file}'; echo up; while :; do sleep 0.05; done`;
    const { ending, stdout } = await run(
      sh(script, { limits: { timeoutMs: 800, silenceMs: null, outputBytes: 1_000 } }),
    );
    expect(ending).toMatchObject({ stoppedBy: 'timeout', exitCode: null });
    expect(stdout).toBe('up\n');
    await expect.poll(() => isAlive(Number(readFileSync(file, 'utf8'))), { timeout: 10_000 }).toBe(false);
  });

  test('a silent tool is ended', async () => {
    const limits = { timeoutMs: 20_000, silenceMs: 300, outputBytes: 1_000 };
    expect((await run(sh('echo a; sleep 30', { limits }))).ending.stoppedBy).toBe('silence');
  });

  test('a tool that floods us is ended', async () => {
    const limits = { timeoutMs: 20_000, silenceMs: null, outputBytes: 50_000 };
    const { ending, stdout } = await run(tool('/usr/bin/yes', [], { limits }));
    expect(ending.stoppedBy).toBe('output');
    expect(stdout.length).toBe(50_000);
  });

  test('unsubscribing ends the tool and its own children, and tells nothing any more', async () => {
    const file = join(scratch, 'pids');
    let told = 0;
    const running = raw.start(sh(`sleep 60 & echo "$$ $!" > '${file}'; echo up; wait`)).subscribe(() => {
      told += 1;
    });
    await expect.poll(() => told, { timeout: 10_000 }).toBe(1);
    const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    running.unsubscribe();
    await expect.poll(() => pids.map(isAlive), { timeout: 10_000 }).toEqual([false, false]);
    expect(told).toBe(1);
  });

  test('nothing runs before somebody subscribes', async () => {
    const file = join(scratch, 'cold');
    raw.start(sh(`touch '${file}'`));
    await run(sh('true'));
    expect(existsSync(file)).toBe(false);
  });

  /** An agent of its own that starts one tool and then waits; tells its pid and the tool's. */
  const agentWith = async (call: Partial<ToolCall>, name: string, then = 'exec sleep 60') => {
    const pidFile = join(scratch, name);
    const args = ['-c', `echo $$ > '${pidFile}'; echo up; ${then}`];
    const full = tool('/bin/sh', args, call);
    const program = `
      import { execaCommands } from ${JSON.stringify(join(root, 'src/adapters/commands/execa-commands.ts'))};
      const commands = execaCommands({ outputIn: ${JSON.stringify(join(scratch, 'out'))} });
      commands.start(${JSON.stringify(full)}).subscribe((event) => console.log(JSON.stringify(event)));
      setInterval(() => undefined, 1000);
    `;
    const agent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    agent.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    await expect.poll(() => printed, { timeout: 20_000 }).toContain('up');
    return { agent, toolPid: Number(readFileSync(pidFile, 'utf8')), printed: () => printed };
  };

  test('kill -9 of the agent ends its tools, which could not be told otherwise', async () => {
    const { agent, toolPid } = await agentWith({}, 'leashed');
    expect(isAlive(toolPid)).toBe(true);
    agent.kill('SIGKILL');
    await expect.poll(() => isAlive(toolPid), { timeout: 10_000 }).toBe(false);
  });

  test('an install under way is left alone, and goes on writing where nobody reads', async () => {
    const { agent, toolPid, printed } = await agentWith(
      { name: 'test.install', outlivesAgent: true },
      'left',
      'for i in 1 2 3; do sleep 0.3; echo more; done; exec sleep 60',
    );
    await expect.poll(printed, { timeout: 10_000 }).toContain('more');
    agent.kill('SIGKILL');
    const output = join(scratch, 'out', 'test.install.stdout');
    await expect.poll(() => readFileSync(output, 'utf8'), { timeout: 10_000 }).toBe('up\nmore\nmore\nmore\n');
    expect(isAlive(toolPid)).toBe(true);
    process.kill(toolPid, 'SIGKILL');
  });

  test('whoever lets go leaves an install running and ends everything else', async () => {
    const files = { install: join(scratch, 'kept'), other: join(scratch, 'ended') };
    const letting = execaCommands({ outputIn: join(scratch, 'out'), killAfterMs: 300 });
    const script = (file: string) => `echo $$ > '${file}'; echo up; exec sleep 60`;
    let up = 0;
    const running = [
      letting.start(sh(script(files.install), { name: 'test.kept', outlivesAgent: true })),
      letting.start(sh(script(files.other))),
    ].map((started) => started.subscribe(() => (up += 1)));
    await expect.poll(() => up, { timeout: 10_000 }).toBe(2);
    letting.letGo();
    for (const one of running) one.unsubscribe();
    const pids = [files.install, files.other].map((file) => Number(readFileSync(file, 'utf8')));
    await expect.poll(() => pids.map(isAlive), { timeout: 10_000 }).toEqual([true, false]);
    process.kill(pids[0] ?? 0, 'SIGKILL');
  });
});
