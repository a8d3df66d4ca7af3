// The file in which macOS keeps what was declared, watched while the agent runs.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { watchDeclarations } from '../../src/adapters/macos/watch-declarations.ts';
import { placesUnder } from '../../src/adapters/places.ts';

let root = '';
let stop = (): void => undefined;
afterEach(() => {
  stop();
  rmSync(root, { recursive: true, force: true });
});

function watched() {
  root = mkdtempSync(join(tmpdir(), 'ud-'));
  const places = placesUnder(root);
  mkdirSync(dirname(places.declarations), { recursive: true });
  let looks = 0;
  stop = watchDeclarations(places, () => {
    looks += 1;
  });
  return { file: places.declarations, looks: () => looks };
}

test('it is seen when it is written, replaced and taken away', async () => {
  const { file, looks } = watched();
  writeFileSync(file, 'one');
  await expect.poll(looks).toBeGreaterThan(0);
  const before = looks();
  writeFileSync(`${file}.new`, 'two');
  renameSync(`${file}.new`, file);
  await expect.poll(looks).toBeGreaterThan(before);
  const after = looks();
  rmSync(file);
  await expect.poll(looks).toBeGreaterThan(after);
});

test('its neighbours are no matter', async () => {
  const { file, looks } = watched();
  for (let i = 0; i < 20; i += 1) writeFileSync(join(dirname(file), 'other.plist'), `${i}`);
  writeFileSync(file, 'x');
  await expect.poll(looks).toBeGreaterThan(0);
  // Making a file and writing to it are two or three changes, its neighbour had twenty.
  expect(looks()).toBeLessThan(10);
});

test('a folder that is not there is not watched, and that is no error', () => {
  const end = watchDeclarations(placesUnder('/nowhere/at/all'), () => undefined);
  expect(end).not.toThrow();
});
