// `npm run demo`: three weeks of one Mac whose person puts everything off, then what upkeep says about it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '../src/cli/run-cli.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), 'upkeep-demo-'));
const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;

async function upkeep(shown: string, args: string[]): Promise<void> {
  process.stdout.write(`\n$ upkeep ${shown}\n\n`);
  const code = await runCli(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    colour,
    stdin: () => Promise.resolve(''),
  });
  if (code !== 0) process.exitCode = code;
}

const state = join(scratch, 'state');
const policy = join(root, 'examples/three-weeks.mobileconfig');
const offers = join(root, 'examples/offers-26.6.2.txt');
const mac = join(root, 'examples/intel-imac.json');
try {
  await upkeep(
    'simulate --policy examples/three-weeks.mobileconfig --mac examples/intel-imac.json --offers examples/offers-26.6.2.txt \\\n                  --persona procrastinator --days 21 --seed 11 --state demo-state',
    [
      'simulate',
      '--policy',
      policy,
      '--mac',
      mac,
      '--offers',
      offers,
      '--persona',
      'procrastinator',
      '--days',
      '21',
      '--seed',
      '11',
      '--state',
      state,
    ],
  );
  await upkeep('status --state demo-state', ['status', '--state', state]);
  await upkeep('explain --last 4 --state demo-state', ['explain', '--last', '4', '--state', state]);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
