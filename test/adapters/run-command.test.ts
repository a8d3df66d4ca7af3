import { inspect } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/adapters/commands/catalogue.ts';
import type { Command, Effect } from '../../src/adapters/commands/command.ts';
import { dryRunner, probesOnly } from '../../src/adapters/commands/dry-run.ts';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import { runCommand } from '../../src/adapters/commands/run-command.ts';
import { streamCommand } from '../../src/adapters/commands/stream-command.ts';
import { UpkeepError } from '../../src/domain/problem.ts';
import { Secret } from '../../src/domain/secret.ts';
import { VirtualClock } from '../../src/simulator/virtual-clock.ts';
import { canary } from '../support/canary.ts';
import { awakeClock, ScriptedCommands, type Step } from './scripted-commands.ts';

const LABEL = 'macOS Tahoe 26.6.2-25G83';
const consoleUser = { name: 'mira', uid: 501 };

/** Runs one command on a scripted tool, with limits, in virtual time. */
async function run<Input, Output>(command: Command<Input, Output, Effect>, input: Input, steps: readonly Step[]) {
  const clock = new VirtualClock(0);
  const tool = new ScriptedCommands(clock, steps);
  const outcome = runCommand(withLimits(tool, awakeClock(clock)), command, input).then(
    (output) => ({ output, error: null }),
    (error: unknown) => ({ output: null, error: error as UpkeepError }),
  );
  await clock.runUntil(100_000_000_000);
  return { ...(await outcome), tool, endedAtMs: clock.now() };
}

describe('running a command', () => {
  test('gives its output, read from all pieces', async () => {
    const steps = [
      { afterMs: 1, says: 'No new soft' },
      { afterMs: 1, says: 'ware available.\n' },
      { afterMs: 1, ends: { exitCode: 0 } },
    ];
    const { output, tool } = await run(catalogue['softwareupdate.list'], undefined, steps);
    expect(output).toEqual({ state: 'none', updates: [] });
    expect(tool.calls[0]).toMatchObject({
      name: 'softwareupdate.list',
      path: '/usr/sbin/softwareupdate',
      args: ['--list'],
      stdin: null,
    });
  });

  test('an exit code other than 0 does not matter when the text has the answer', async () => {
    const steps = [
      { afterMs: 1, onStderr: "sysctl: unknown oid 'hw.optional.arm64'\n" },
      { afterMs: 1, ends: { exitCode: 1 } },
    ];
    expect((await run(catalogue['sysctl.arm64'], undefined, steps)).output).toEqual({ appleSilicon: false });
  });

  test.each([
    ['tool.missing', [{ afterMs: 0, ends: { spawnError: 'ENOENT' } }]],
    ['tool.failed', [{ afterMs: 0, ends: { spawnError: 'EACCES' } }]],
    [
      'tool.failed',
      [
        { afterMs: 1, onStderr: 'Segmentation fault\n' },
        { afterMs: 1, ends: { exitCode: 139 } },
      ],
    ],
    [
      'tool.failed',
      [
        { afterMs: 1, says: 'ProductN' },
        { afterMs: 1, ends: { signal: 'SIGKILL' } },
      ],
    ],
    ['tool.failed', [{ afterMs: 1, says: 'x'.repeat(1_000_001) }]],
    ['tool.timed-out', [{ afterMs: 1, says: 'ProductName:\t\tmacOS\n' }]],
    [
      'output.unreadable',
      [
        { afterMs: 1, says: '<html>' },
        { afterMs: 1, ends: { exitCode: 0 } },
      ],
    ],
  ] satisfies [string, Step[]][])('what goes wrong has a name, a sentence and a remedy: %s', async (code, steps) => {
    const { error } = await run(catalogue.sw_vers, undefined, steps);
    expect(error).toBeInstanceOf(UpkeepError);
    expect(error).toMatchObject({ code });
    expect(error?.message).toMatch(/^.{20,}\.$/);
    expect(error?.remedy).toMatch(/\.$/);
  });

  test('a tool that sudo cannot find is missing, not failing', async () => {
    const steps = [
      { afterMs: 1, onStderr: 'sudo: /usr/local/bin/dialog: command not found\n' },
      { afterMs: 1, ends: { exitCode: 1 } },
    ];
    const { error } = await run(catalogue['dialog.show'], { user: consoleUser, options: { title: 'x' } }, steps);
    expect(error).toMatchObject({ code: 'tool.missing', facts: { tool: '/usr/local/bin/dialog' } });
  });

  test('a silent download is given up after twenty minutes', async () => {
    const steps = [{ afterMs: 1, says: 'Downloading macOS Tahoe 26.6.2\n' }];
    const { error, tool } = await run(catalogue['softwareupdate.download'], { label: LABEL }, steps);
    expect(error).toMatchObject({ code: 'tool.silent', message: expect.stringContaining('20 minutes') });
    expect(tool.letGo).toBe(1);
  });

  test('a tool that said its last word and stays is believed', async () => {
    const steps = [
      { afterMs: 1, says: 'Downloading Safari\nDownloaded Safari\nInstalling Safari\nDone with Safari\nDone.\n' },
    ];
    const { output } = await run(catalogue['softwareupdate.download'], { label: 'Safari26.1TahoeAuto-26.1' }, steps);
    expect(output).toMatchObject({ kind: 'items', installed: ['Safari'], done: true });
  });

  test('a password prompt on a closed stdin ends the wait at once, and nothing is typed into it', async () => {
    const clock = new VirtualClock(0);
    const tool = new ScriptedCommands(clock, [
      { afterMs: 1, says: 'Downloaded: macOS Tahoe 26.6.2\n' },
      { afterMs: 1, onStderr: 'Pass' },
      { afterMs: 1, onStderr: 'word:' },
    ]);
    const outcome = runCommand(tool, catalogue['softwareupdate.download'], { label: LABEL });
    await clock.runUntil(3);
    expect(await outcome).toMatchObject({
      downloaded: 'macOS Tahoe 26.6.2',
      prepared: false,
      authenticated: false,
      error: 'passwordPrompt',
    });
    expect(tool.letGo).toBe(1);
    expect(tool.calls[0]?.stdin).toBeNull();
  });

  test('an install killed by its own restart still tells that it was accepted', async () => {
    const steps = [
      { afterMs: 1, says: 'Downloaded: macOS Tahoe 26.6.2\n' },
      { afterMs: 1, ends: { signal: 'SIGTERM' } },
    ];
    const input = { label: LABEL, consoleUser, owner: { name: 'mira', password: new Secret(canary('mira')) } };
    expect((await run(catalogue['softwareupdate.install'], input, steps)).output).toMatchObject({
      restarting: true,
      installed: false,
    });
  });

  test('aborting ends the tool and rejects with the reason', async () => {
    const clock = new VirtualClock(0);
    const tool = new ScriptedCommands(clock, [{ afterMs: 50, ends: { exitCode: 0 } }]);
    const stop = new AbortController();
    const outcome = runCommand(tool, catalogue.sw_vers, undefined, { signal: stop.signal });
    stop.abort(new Error('no longer wanted'));
    await expect(outcome).rejects.toThrow('no longer wanted');
    expect(tool.letGo).toBe(1);
    await expect(runCommand(tool, catalogue.sw_vers, undefined, { signal: stop.signal })).rejects.toThrow(
      'no longer wanted',
    );
    expect(tool.calls).toHaveLength(1);
  });

  test('a password is one line that is not blank, or nothing is run', async () => {
    for (const blank of ['', ' ', 'two\nlines', '\r']) {
      const input = { label: LABEL, consoleUser: null, owner: { name: 'mira', password: new Secret(blank) } };
      const { error, tool } = await run(catalogue['softwareupdate.install'], input, []);
      expect(error).toMatchObject({ code: 'input.wrong' });
      expect(tool.calls).toHaveLength(0);
    }
  });

  test('a label that softwareupdate would take for an option is not given to it', async () => {
    for (const label of ['', '--all', '-a']) {
      const { error, tool } = await run(catalogue['softwareupdate.download'], { label }, []);
      expect(error).toMatchObject({ code: 'bug' });
      expect(tool.calls).toHaveLength(0);
    }
  });
});

describe('following a command', () => {
  const follow = async (steps: readonly Step[]) => {
    const clock = new VirtualClock(0);
    const tool = new ScriptedCommands(clock, steps);
    const all = lastValueFrom(
      streamCommand(tool, catalogue['softwareupdate.download'], { label: LABEL }).pipe(toArray()),
    );
    await clock.runUntil(1_000_000);
    return all;
  };

  test('tells lines and readings as they come, split at carriage returns, and the output at the end', async () => {
    const events = await follow([
      { afterMs: 1, says: 'Software Update Tool\n\nDownloading macOS Tahoe 26.6.2\r\n' },
      { afterMs: 1, says: '\rDownloading: 0.1' },
      { afterMs: 1, says: '0%\rDownloading: 60.00%' },
      { afterMs: 1, says: '\rDownloading: 100.00%\nDownloaded: macOS Tahoe 26.6.2\nbye' },
      { afterMs: 1, ends: { exitCode: 0 } },
    ]);
    expect(events.slice(0, -1)).toEqual([
      { kind: 'line', stream: 'stdout', text: 'Software Update Tool' },
      { kind: 'line', stream: 'stdout', text: 'Downloading macOS Tahoe 26.6.2' },
      { kind: 'reading', percent: 0.1 },
      { kind: 'reading', percent: 60 },
      { kind: 'reading', percent: 100 },
      { kind: 'line', stream: 'stdout', text: 'Downloaded: macOS Tahoe 26.6.2' },
      { kind: 'line', stream: 'stdout', text: 'bye' },
    ]);
    expect(events.at(-1)).toMatchObject({
      kind: 'finished',
      output: { readings: 3, first: 0.1, last: 100, downloaded: 'macOS Tahoe 26.6.2' },
    });
  });

  test('a reading is told when it is printed, not when the next one comes', () => {
    const clock = new VirtualClock(0);
    const tool = new ScriptedCommands(clock, [
      { afterMs: 1, says: '\rDownloading: 60.00%' },
      { afterMs: 3_600_000, says: '\rDownloading: 98.51%' },
    ]);
    const told: number[] = [];
    streamCommand(tool, catalogue['softwareupdate.download'], { label: LABEL }).subscribe((event) => {
      if (event.kind === 'reading') told.push(event.percent);
    });
    clock.advance();
    expect(told).toEqual([60]);
  });
});

describe('secrets', () => {
  const PASSWORD = canary('mira');

  test('a tool that repeats the password does not get it into an output, an error or a line', async () => {
    const input = { label: LABEL, consoleUser, owner: { name: 'mira', password: new Secret(PASSWORD) } };
    const clock = new VirtualClock(0);
    const steps = [
      { afterMs: 1, says: `sudo: ${PASSWORD}\n${PASSWORD}` },
      { afterMs: 1, ends: { exitCode: 1 } },
    ];
    const seen: unknown[] = [];
    streamCommand(new ScriptedCommands(clock, steps), catalogue['softwareupdate.install'], input).subscribe({
      next: (event) => seen.push(event),
      error: (error) => seen.push(error),
    });
    await clock.runUntil(10);
    expect(seen).toHaveLength(3);
    expect(inspect(seen, { depth: 10 })).toContain('[secret]');
    expect(inspect(seen, { depth: 10 })).not.toContain(PASSWORD);
  });

  test('what was typed into a dialog comes out as a secret, and in no error at all', async () => {
    const input = { user: consoleUser, options: { textfield: [{ title: 'Password', secure: true }] } };
    const dialog = catalogue['dialog.show'];
    const answered = await run(dialog, input, [
      { afterMs: 1, says: `{"Password" : "${PASSWORD}"}\n` },
      { afterMs: 1, ends: { exitCode: 0 } },
    ]);
    const typed = answered.output?.values?.Password;
    expect(typed).toBeInstanceOf(Secret);
    expect((typed as Secret).expose((plain) => plain)).toBe(PASSWORD);
    for (const steps of [
      [
        { afterMs: 1, says: `{"Password" : "${PASSWORD}"` },
        { afterMs: 1, ends: { exitCode: 0 } },
      ],
      [
        { afterMs: 1, says: `{"Password" : "${PASSWORD}"} }` },
        { afterMs: 1, ends: { exitCode: 0 } },
      ],
      [{ afterMs: 1, says: `"Password" : "${PASSWORD}"` }],
      [{ afterMs: 1, says: `${PASSWORD}${'x'.repeat(1_000_000)}` }],
    ] satisfies Step[][]) {
      const { error } = await run(dialog, input, steps);
      expect(error).toBeInstanceOf(UpkeepError);
      expect(inspect(error, { depth: 10 })).not.toContain(PASSWORD);
    }
  });
});

describe('a dry run', () => {
  const clock = new VirtualClock(0);
  const tool = new ScriptedCommands(clock, [
    { afterMs: 0, says: 'No new software available.\n' },
    { afterMs: 0, ends: { exitCode: 0 } },
  ]);

  test('looks', async () => {
    const list = dryRunner(tool).run(catalogue['softwareupdate.list'], undefined);
    await clock.runUntil(1);
    expect(await list).toMatchObject({ state: 'none' });
  });

  test('refuses what acts, by type and when it runs', async () => {
    // @ts-expect-error: a command that acts cannot be given to a dry run.
    const refused = dryRunner(tool).run(catalogue['softwareupdate.download'], { label: LABEL });
    await expect(refused).rejects.toMatchObject({ code: 'command.refused-in-dry-run' });
    expect(() => probesOnly(tool).start({ ...(tool.calls[0] ?? expect.fail()), effect: 'act' })).toThrow(UpkeepError);
    expect(tool.calls).toHaveLength(1);
  });
});
