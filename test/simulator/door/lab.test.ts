// `upkeep lab` as somebody at a terminal meets it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { upkeep } from '../../cli/terminal.ts';
import { sharedBundle } from '../../support/bundle.ts';
import { NEEDS_PERL, temporaryFolder, withoutPerl } from './harness.ts';

let entry = '';
beforeAll(async () => {
  entry = await sharedBundle();
});

type Lab = { folder: string; out: () => string; interrupt: () => void; ended: Promise<number | null> };

function startLab(...args: string[]): Lab {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [entry, 'lab', folder, ...args]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { folder, out: () => out, interrupt: () => child.kill('SIGINT'), ended };
}

const until = (holds: () => boolean) => expect.poll(holds, { timeout: 20_000 }).toBe(true);

describe.skipIf(withoutPerl)(`upkeep lab${NEEDS_PERL}`, () => {
  test('runs a Mac whose tools answer, tells what happens and ends with Control-C', async () => {
    const lab = startLab('--scale', '6000', '--persona', 'agreeable');
    await until(() => lab.out().includes('Control-C ends it.'));
    expect(lab.out()).toContain(
      `A simulated Mac runs in ${lab.folder}\n  macOS 26.6 (25G72), Europe/Berlin, Mon 2 Nov 2026, 08:00`,
    );
    await until(() => lab.out().includes('woke up'));
    const version = spawnSync(`${lab.folder}/usr/bin/sw_vers`, ['-productVersion'], { encoding: 'utf8' });
    expect(version).toMatchObject({ status: 0, stdout: '26.6\n', stderr: '' });
    lab.interrupt();
    expect(await lab.ended).toBe(0);
    expect(lab.out()).toMatch(/The Mac is off\.\n$/);
    expect(lab.out()).toMatch(/^2026-11-02 \d\d:\d\d:\d\d {2}lid opened$/m);
    const after = spawnSync(`${lab.folder}/usr/bin/sw_vers`, { encoding: 'utf8' });
    expect(after).toMatchObject({ status: 69, stdout: '' });
    expect(after.stderr).toMatch(/sw_vers: the simulated Mac is not running/);
  });

  test('upkeep is installed there as it is told, and gets to work', { timeout: 60_000 }, async () => {
    const lab = startLab('--scale', '60');
    await until(() => lab.out().includes('Control-C ends it.'));
    const words = /^ {2}upkeep (install|status) --root (.+)$/gm;
    const told = [...lab.out().matchAll(words)].map(([, command = '', root = '']) => [command, '--root', root]);
    expect(told.map(([command]) => command)).toEqual(['install', 'status']);
    const upkeep = (args: string[]) => spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' });
    expect(upkeep(told[0] ?? [])).toMatchObject({ status: 0, stderr: '' });
    // It looks at the Mac, and then knows what runs there.
    await until(() => upkeep(told[1] ?? []).stdout.includes('Runs      macOS 26.6 (25G72)'));
    lab.interrupt();
    expect(await lab.ended).toBe(0);
  });

  test('a job under its LaunchDaemons runs, and ends with it', async () => {
    const lab = startLab('--scale', '100');
    await until(() => lab.out().includes('Control-C ends it.'));
    const job = join(lab.folder, 'Library/LaunchDaemons/org.example.sleeper.plist');
    const line = `echo $$ > ${lab.folder}/pid; exec sleep 600`;
    writeFileSync(
      job,
      `<plist version="1.0"><dict><key>Label</key><string>org.example.sleeper</string><key>RunAtLoad</key><true/>
       <key>ProgramArguments</key><array><string>/bin/sh</string><string>-c</string><string>${line.replace('>', '&gt;')}</string></array></dict></plist>`,
    );
    expect(spawnSync(`${lab.folder}/bin/launchctl`, ['bootstrap', 'system', job]).status).toBe(0);
    await until(
      () => existsSync(`${lab.folder}/pid`) && lab.out().includes('launchd: org.example.sleeper starts (load)'),
    );
    const pid = readFileSync(`${lab.folder}/pid`, 'utf8').trim();
    lab.interrupt();
    expect(await lab.ended).toBe(0);
    expect(spawnSync('ps', ['-o', 'stat=', '-p', pid]).stdout.toString()).not.toMatch(/^[^Z\s]/);
  });
});

test.each([
  [['lab'], 'lab needs more than that.'],
  [['lab', '/', '--scale', '60'], '/ is not empty, and no simulated Mac has been in it.'],
  [['lab', '/tmp/no-such-lab', '--scale', '0'], '--scale cannot be "0".'],
  [['lab', '/tmp/no-such-lab', '--persona', 'robot'], '--persona cannot be "robot".'],
])('upkeep %j is refused, and nothing is written', async (argv, words) => {
  const { code, out, err } = await upkeep(...argv);
  expect([code, out]).toEqual([expect.toBeOneOf([64, 65, 69]), '']);
  if (withoutPerl && argv[1] === '/') return;
  expect(err).toContain(words);
  expect(existsSync('/tmp/no-such-lab')).toBe(false);
});
