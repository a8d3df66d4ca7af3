// What the real tools printed, read as `upkeep parse` reads it and through its command line: every capture whose tool the catalogue
// knows must give what its index expects. Captures of real Macs lie beside the project and may be missing; those under
// test/fixtures/captures are invented in the same shapes and are always there.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { allCommands } from '../../src/adapters/commands/catalogue.ts';
import { parseOutput } from '../../src/cli/parse-output.ts';
import { UpkeepError } from '../../src/domain/problem.ts';
import { upkeep } from '../cli/terminal.ts';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

type Capture = {
  file: string;
  tool: string;
  args: string[];
  macos: string | null;
  expect: Record<string, unknown>;
  /** Beside `file`, which holds stdout; only in the project's own fixtures. */
  stderrFile?: string;
  exit?: number;
  /** The problem to expect instead of an output. */
  problem?: string;
};

/** Of these nobody knows how the tool ended; on a command line that is 0 unless told otherwise. */
const EXIT_UNKNOWN = [
  'softwareupdate/download-exit-unknown.txt',
  'softwareupdate/install-accepted.txt',
  'dscl/authonly-right-exit-unknown.txt',
  'dscl/create-exit-unknown.txt',
  'diskutil/verify-exit-unknown.txt',
  'fdesetup/authrestart-unknown.txt',
  'security/kept-exit-unknown.txt',
];

/**
 * Not what one command of ours prints in one run: answers of several runs gathered in a file, verbs we never call, and a
 * usage text that belongs to no verb. test/adapters/several-runs.test.ts reads what of them concerns us.
 */
const NOT_ONE_RUN = [
  'fdesetup/showdeferralinfo-10.15.txt',
  'fdesetup/status-forms.txt',
  'fdesetup/usingrecoverykey-and-authrestart-prompt-10.11.txt',
  'sysadminctl/usage-13.2.1.txt',
  'mdmclient/availableosupdates-15.2-tail.txt',
  'mdmclient/querysecurityinfo-10.14.txt',
  'log/sensor-indicators-messages-27.0.1.txt',
  'log/stream-default-progress-scan-phases-12.x.txt',
];

/** Fields of an index that are no output of ours: how it was printed and ended, and views of a list of users. */
const NO_OUTPUT = ['stream', 'exitCode', 'localUsers', 'owners', 'localOwners'];

const inOurNames = ({ expect: wanted }: Capture): Record<string, unknown> =>
  Object.fromEntries(Object.entries(wanted).filter(([field]) => !NO_OUTPUT.includes(field)));

describe('invented captures', () => checkAll(join(project, 'test/fixtures/captures')));

const real = resolve(project, '../shared/captures');
if (existsSync(join(real, 'INDEX.json'))) describe('captures of real Macs', () => checkAll(real));
else {
  const reason = `captures of real Macs: not checked, because ${real} is not here`;
  process.stderr.write(`\nSKIPPED ${reason}\n`);
  test.skip(reason, () => {});
}

function checkAll(folder: string): void {
  const captures = JSON.parse(readFileSync(join(folder, 'INDEX.json'), 'utf8')) as Capture[];
  const known = new Set(allCommands.map((command) => command.tool.slice(command.tool.lastIndexOf('/') + 1)));
  const covered = captures.filter((capture) => known.has(capture.tool) && !NOT_ONE_RUN.includes(capture.file));
  const others = [...new Set(captures.map((capture) => capture.tool))].filter((tool) => !known.has(tool));
  if (others.length > 0) process.stderr.write(`captures of tools not in the catalogue yet: ${others.join(', ')}\n`);

  test('there are captures to check', () => expect(covered.length).toBeGreaterThan(0));
  const cases = covered.map((capture) => [capture.file, capture] as const);
  test.each(cases)('%s', (file, capture) => {
    const stdout = readFileSync(join(folder, file), 'utf8');
    const stderr = capture.stderrFile === undefined ? '' : readFileSync(join(folder, capture.stderrFile), 'utf8');
    const text = { stdout, stderr, exitCode: exitOf(capture), macos: capture.macos };
    const argv = [capture.tool, ...capture.args];
    if (capture.problem !== undefined) {
      expect(problemOf(() => parseOutput({ ...text, argv }))).toBe(capture.problem);
      return;
    }
    for (const macos of [capture.macos, null]) {
      const output = parseOutput({ ...text, macos, argv }) as Record<string, unknown>;
      for (const [field, value] of Object.entries(inOurNames(capture)))
        expect({ [field]: output[field] }).toEqual({ [field]: value });
    }
  });

  const typed = cases.filter(([file]) => !EXIT_UNKNOWN.includes(file));
  test.each(typed)('%s, typed at a terminal', async (file, capture) => {
    const { tool, args, macos } = capture;
    const exit = exitOf(capture);
    const options = [
      ...(macos === null ? [] : ['--macos', macos]),
      ...(capture.stderrFile === undefined ? [] : ['--stderr', join(folder, capture.stderrFile)]),
      ...(exit === null ? [] : ['--exit', `${exit}`]),
    ];
    const { code, out, err } = await upkeep('parse', join(folder, file), ...options, '--', tool, ...args);
    if (capture.problem !== undefined) {
      expect({ code, err }).toEqual({ code: 65, err: expect.stringContaining(`(${capture.problem})`) });
      return;
    }
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject(inOurNames(capture));
  });
}

function exitOf({ exit, expect: { exitCode } }: Capture): number | null {
  return exit ?? (typeof exitCode === 'number' ? exitCode : null);
}

function problemOf(run: () => unknown): string {
  try {
    return `no problem: ${JSON.stringify(run())}`;
  } catch (error) {
    return error instanceof UpkeepError ? error.code : `not an UpkeepError: ${String(error)}`;
  }
}
