// The script that starts upkeep, run as it is written.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { programText } from '../../../src/adapters/launchd/program.ts';

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts it, sends it SIGUSR1 once it runs, and tells what it said on standard error and what ended it. */
async function signalled(text: (program: { node: string; entry: string }) => string) {
  folder = mkdtempSync(join(tmpdir(), 'up-'));
  const [script, entry] = [join(folder, 'upkeep'), join(folder, 'entry.mjs')];
  writeFileSync(entry, "process.stdout.write('up\\n'); setTimeout(() => undefined, 1_000);");
  writeFileSync(script, text({ node: process.execPath, entry }));
  chmodSync(script, 0o755);
  const child = spawn(script, [], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (some: Buffer) => {
    said += some.toString();
    // Node without the flag goes on, with its debugger open.
    if (said.includes('Debugger')) child.kill('SIGKILL');
  });
  child.stdout.once('data', () => child.kill('SIGUSR1'));
  const signal = await new Promise((resolve) => child.once('close', (_, name) => resolve(name)));
  return { said, signal };
}

test('a signal opens no debugger in it, and it goes on', async () => {
  expect(await signalled(programText)).toEqual({ said: '', signal: null });
});

test('Node without that flag would open one', async () => {
  const { said } = await signalled((program) => programText(program).replace('--disable-sigusr1', '--inspect-port=0'));
  expect(said).toContain('Debugger listening');
});
