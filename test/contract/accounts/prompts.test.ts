// The script that types, on the simulated Mac: how it ends when a tool asks otherwise than expected. On a real terminal
// test/adapters/accounts/on-a-terminal.test.ts tries the same.
import { expect, test } from 'vitest';
import { onATerminal, type Prompt, TERMINAL_EXIT } from '../../../src/adapters/commands/on-a-terminal.ts';
import { run } from '../../simulator/harness.ts';
import { BERT, office, secret } from './office.ts';

const DSCL = '/usr/bin/dscl';
const CHECK = ['.', '-authonly', 'bert'];
const says = (ends: string, plain = BERT): Prompt => ({ ends, secret: secret(plain) });

async function typed(tool: string, args: readonly string[], prompts: readonly Prompt[]) {
  const { mac, account } = office();
  const call = onATerminal(tool, args, prompts);
  const { stdout, stderr, ending } = await run(mac, call.path, call.args, call.stdin);
  return { exit: ending?.exitCode, stdout, stderr, failures: account('bert').failedLogins };
}

test('at a prompt nobody knows nothing is typed, and no password counts as tried', async () => {
  const ended = await typed(DSCL, CHECK, [says('Kennwort:')]);
  expect(ended).toMatchObject({ exit: TERMINAL_EXIT.unknownPrompt, failures: 0 });
});

test('a prompt that comes again is not answered again', async () => {
  const add = ['add-generic-password', '-a', 'a', '-s', 's', '-w'];
  const again = await typed('/usr/bin/security', add, [says('password.*:')]);
  expect(again.exit).toBe(TERMINAL_EXIT.askedAgain);
  const twice = await typed('/usr/bin/security', add, [says('password.*:'), says('password.*:')]);
  expect(twice.exit).toBe(0);
});

test('a tool that never asks is told from one that did; a failure keeps its own code', async () => {
  expect((await typed(DSCL, ['.', '-list', '/Users'], [says('Password:')])).exit).toBe(TERMINAL_EXIT.neverAsked);
  expect((await typed(DSCL, ['.', '-read', '/Users/gone'], [says('Password:')])).exit).toBe(56);
  expect(await typed(DSCL, CHECK, [says('Password:', 'not his')])).toMatchObject({ exit: 10, failures: 1 });
  expect(await typed(DSCL, CHECK, [says('Password:')])).toMatchObject({
    exit: 0,
    stdout: 'Password: \r\n',
    failures: 0,
  });
});

test('a tool that is not there is missing', async () => {
  expect(await typed('/usr/bin/nothing', [], [says('Password:')])).toMatchObject({
    exit: 127,
    stderr: '/usr/bin/nothing: command not found\n',
  });
});
