// Watches every file of tests; a secret seen where none may be fails the test in which it was seen.
import fs from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach } from 'vitest';
import { beginFile, look, lookBack, onStart, type Sighting, takeSeen } from './hooks.ts';

const read = fs.readFileSync;
const remove = fs.rmSync;
const folder = process.env.UPKEEP_WATCH ?? '';
/** Of the programs that this process starts. */
const theirs = join(folder, `${process.pid}.jsonl`);
const preload = pathToFileURL(join(folder, 'preload.mjs'));
preload.searchParams.set('sightings', theirs);

// One process runs many files, and each begins with this.
const { first } = beginFile();
onStart(({ envPairs }) => {
  const option = `--import=${preload.href}`;
  const at = envPairs?.findIndex((pair) => pair.startsWith('NODE_OPTIONS=')) ?? -1;
  if (at < 0) envPairs?.push(`NODE_OPTIONS=${option}`);
  else if (envPairs !== undefined) envPairs[at] += ` ${option}`;
});
for (const name of first ? (['stdout', 'stderr'] as const) : []) {
  const stream = process[name];
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => {
    look(args[0], () => `${name} of the tests themselves`);
    return write(...args);
  };
}

/** What was seen since the last time. */
export function sightings(): Sighting[] {
  const found = takeSeen();
  if (!fs.existsSync(theirs)) return found;
  const lines = read(theirs, 'utf8').trimEnd().split('\n');
  remove(theirs);
  return [...found, ...lines.map((line) => JSON.parse(line) as Sighting)];
}

function complain(): void {
  const found = sightings();
  if (found.length === 0) return;
  const lines = found.map(
    ({ place, as, of }) => `  ${of === null ? 'a secret' : `the secret of ${of}`}, ${as}, in ${place}`,
  );
  throw new Error(`Where no secret may be, there is\n${[...new Set(lines)].join('\n')}`);
}

afterEach(complain);
afterAll(() => {
  lookBack();
  complain();
});
