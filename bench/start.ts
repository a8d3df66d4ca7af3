// How long upkeep takes to start, as ratios to `node -e 0` on the same machine: from the sources and from the bundle.
// Runs alternate, so that whatever else the machine does hits all alike; medians of them. `npm run bench:start [runs]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBundle } from '../scripts/bundle.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runs = Number(process.argv[2] ?? 40);
const state = mkdtempSync(join(tmpdir(), 'upkeep-bench-'));
const source = join(root, 'src/cli/main.ts');
const bundle = await writeBundle(join(root, 'dist'));
const example = spawnSync(process.execPath, [bundle, 'simulate', '--days', '3', '--state', join(state, 'state')]);
if (example.status !== 0) throw new Error(`the simulation failed: ${example.stderr}`);

const status = ['status', '--state', join(state, 'state')];
const candidates = [
  { name: 'node -e 0', words: ['-e', '0'] },
  ...[
    { from: 'source', entry: source },
    { from: 'bundle', entry: bundle },
  ].flatMap(({ from, entry }) => [
    { name: `${from} --version`, words: [entry, '--version'] },
    { name: `${from} status`, words: [entry, ...status] },
    { name: `${from} status --json`, words: [entry, ...status, '--json'] },
  ]),
].map((one) => ({ ...one, ms: [] as number[], ratios: [] as number[], kilobytes: [] as number[] }));

// Peak memory as the process itself knows it when it ends; measured in runs of its own, which are not timed. On Linux
// the usage that the system keeps for a process begins with that of the process that started it.
const memory = join(state, 'memory.mjs');
writeFileSync(
  memory,
  `import { existsSync, readFileSync } from 'node:fs';
const peak = () => existsSync('/proc/self/status') ? /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1] : process.resourceUsage().maxRSS;
process.on('exit', () => process.stderr.write(String(peak())));
`,
);

function timed(words: string[]): number {
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  if (status !== 0) throw new Error(`${words.join(' ')} failed: ${stderr}`);
  return ms;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

for (let run = -2; run < runs; run += 1) {
  const [bare] = candidates;
  for (const candidate of candidates) {
    const ms = timed(candidate.words);
    // The first rounds fill caches.
    if (run < 0) continue;
    candidate.ms.push(ms);
    candidate.ratios.push(ms / (bare?.ms.at(-1) ?? ms));
  }
}
for (const { words, kilobytes } of candidates) {
  for (let run = 0; run < 5; run += 1) {
    const { stderr } = spawnSync(process.execPath, ['--import', memory, ...words], { encoding: 'utf8' });
    kilobytes.push(Number(stderr));
  }
}
rmSync(state, { recursive: true, force: true });

const rows = candidates.map(({ name, ms, ratios, kilobytes }) => [
  name.padEnd(22),
  `${median(ms).toFixed(0)} ms`.padStart(8),
  `${median(ratios).toFixed(2)} x`.padStart(9),
  `${(median(kilobytes) / 1024).toFixed(0)} MB`.padStart(8),
]);
process.stdout.write(`${runs} alternating runs, medians\n${rows.map((row) => row.join('')).join('\n')}\n`);
