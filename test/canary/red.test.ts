// That a leak anywhere makes the suite red: the suite's own configuration over tests that leak.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/lives.ts';
import { MARK } from '../support/watch/marks.ts';

test('each test that leaks fails with the place and without the secret; the run is red for late ones, too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'uc-'));
  const report = join(folder, 'report.json');
  const config = join(root, 'test/canary/red/vitest.config.ts');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', config, '--root', root, '--reporter=json', `--outputFile=${report}`];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
  };
  const told = testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status, failureMessages: [message = ''] }) => [
      title,
      status,
      message.split('\n')[1],
    ]),
  );
  const leaked = 'the secret of leaked, as it is, in';
  expect(told).toEqual([
    ['into a file', 'failed', expect.stringMatching(`${leaked} what was written to /.*/notes`)],
    ['into the arguments of a program', 'failed', expect.stringContaining(`${leaked} the arguments of /bin/echo`)],
    ['by a program, into a file', 'failed', expect.stringContaining(`${leaked} what was written to /dev/null (by`)],
    ['by a program that outlives the file of its test', 'passed', undefined],
    ['nowhere', 'passed', undefined],
  ]);
  expect(stderr).toMatch(/seen after the tests:\n.*the file of a late program/);
  expect(status).toBe(1);
  expect(`${stdout}${stderr}${readFileSync(report, 'utf8')}`).not.toContain(MARK);
  rmSync(folder, { recursive: true });
});
