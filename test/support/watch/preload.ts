// Is loaded before the program in every Node that a test starts: what is seen there goes to a file that the test reads.
import fs from 'node:fs';
import { install, reportTo } from './hooks.ts';

const sightings = new URL(import.meta.url).searchParams.get('sightings') ?? '';
const append = fs.appendFileSync;
reportTo((sighting) => {
  const place = `${sighting.place} (by ${process.argv.slice(1, 4).join(' ')})`;
  append(sightings, `${JSON.stringify({ ...sighting, place })}\n`);
});
install();
