// `npm run demo`: three weeks of one Mac whose person puts everything off, then what upkeep says about it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '../src/cli/run-cli.ts';

const STORY = [
  'simulate --policy examples/three-weeks.mobileconfig --mac examples/intel-imac.json --offers examples/offers-26.6.2.txt --persona procrastinator --days 21 --seed 11 --state demo-state',
  'status --state demo-state',
  'explain --last 4 --state demo-state',
];

// Whoever reads only the beginning (`npm run demo | head`) has read enough.
process.stdout.on('error', () => process.exit(0));

const scratch = mkdtempSync(join(tmpdir(), 'upkeep-demo-'));
process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/** Runs one line as shown; only the state goes to a scratch folder that is removed at the end. */
async function upkeep(line: string): Promise<void> {
  process.stdout.write(`\n$ upkeep ${line.replaceAll(' --', ' \\\n    --')}\n\n`);
  const args = line.split(' ').map((word) => (word === 'demo-state' ? join(scratch, word) : word));
  const isTerminal = process.stdout.isTTY === true;
  const code = await runCli(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    outIsTerminal: isTerminal,
    errIsTerminal: process.stderr.isTTY === true,
    colour: isTerminal && !process.env.NO_COLOR,
    stdin: () => Promise.resolve(''),
  });
  if (code !== 0) process.exitCode = code;
}

try {
  for (const line of STORY) await upkeep(line);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
