// What cannot change while a process lives is asked once; everything else, and everything that failed, is asked again.
import { expect, test } from 'vitest';
import { arm64, bootSession, runningRelease } from '../../src/adapters/commands/fact-commands.ts';
import { remembered } from '../../src/adapters/commands/remembered.ts';
import { runCommand } from '../../src/adapters/commands/run-command.ts';
import { scripted } from '../support/scripted-commands.ts';

const UUID = '5F6D2A5B-0B4E-4C3A-9C4B-1D2E3F405162';

test('the boot session is asked for once and told as often as wanted', async () => {
  const { commands, calls } = scripted({ 'sysctl.boot-session': { stdout: `${UUID}\n` } });
  const asking = remembered(commands);
  const first = await runCommand(asking, bootSession, undefined);
  expect(await runCommand(asking, bootSession, undefined)).toEqual(first);
  expect(first).toEqual({ id: UUID });
  expect(calls).toHaveLength(1);
});

test('what macOS runs is asked every time: an update may come without a restart', async () => {
  const { commands, calls } = scripted({
    sw_vers: { stdout: 'ProductName:\t\tmacOS\nProductVersion:\t\t26.6\nBuildVersion:\t\t25G72\n' },
  });
  const asking = remembered(commands);
  await runCommand(asking, runningRelease, undefined);
  await runCommand(asking, runningRelease, undefined);
  expect(calls).toHaveLength(2);
});

test('no answer is kept that was none', async () => {
  let fails = true;
  const { commands } = scripted({
    'sysctl.arm64': () => (fails ? { stderr: 'sysctl: broken\n', exitCode: 1 } : { stdout: '1\n' }),
  });
  const asking = remembered(commands);
  await expect(runCommand(asking, arm64, undefined)).rejects.toThrow();
  fails = false;
  expect(await runCommand(asking, arm64, undefined)).toEqual({ appleSilicon: true });
});
