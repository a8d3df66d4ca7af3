// `npm test`: formatting and lint, types, tests, in that order; the last line counts them all. Arguments after `--` go
// to vitest, and then only vitest runs (`npm test -- test/domain`).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const given = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped: string[] = [];

/** What is used of vitest's JSON report. */
type Report = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
};

function step(name: string, command: string, args: string[]): number {
  process.stdout.write(`\n— ${name}\n`);
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
}

function count(ok: boolean): void {
  if (ok) passed += 1;
  else failed += 1;
}

if (given.length === 0) {
  count(step('formatting and lint (biome)', bin('biome'), ['check', '--error-on-warnings', '.']) === 0);
  count(step('types (tsc)', bin('tsc'), ['--noEmit']) === 0);
}

const scratch = mkdtempSync(join(tmpdir(), 'upkeep-check-'));
const report = join(scratch, 'report.json');
const status = step('tests (vitest)', bin('vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${report}`,
  ...given,
]);
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8')) as Report;
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  skipped = result.testResults
    .flatMap((file) => file.assertionResults)
    .filter((one) => one.status !== 'passed' && one.status !== 'failed')
    .map((one) => one.fullName);
}
// A file that does not load fails without any test in it failing.
if (status !== 0 && failed === 0) failed += 1;
rmSync(scratch, { recursive: true, force: true });

for (const name of skipped) process.stdout.write(`skipped: ${name}\n`);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
