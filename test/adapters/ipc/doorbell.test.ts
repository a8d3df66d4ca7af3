// The folder anybody may put a file into to have the agent started.
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerDoorbell, ringDoorbell, watchDoorbell } from '../../../src/adapters/ipc/doorbell.ts';
import type { Places } from '../../../src/adapters/places.ts';
import { freshPlaces, isRoot, OWN_UID, until } from './sockets.ts';

let places: Places;
beforeEach(() => {
  places = freshPlaces();
});
afterEach(() => rmSync(places.root, { recursive: true, force: true }));

test('who rings is known by the file, once, and the file is gone then', () => {
  expect(answerDoorbell(places)).toEqual([]);
  ringDoorbell(places, 'one');
  ringDoorbell(places, 'two');
  expect(answerDoorbell(places)).toEqual([OWN_UID]);
  expect(readdirSync(places.doorbell)).toEqual([]);
});

test.skipIf(!isRoot)('several have rung (skipped where the tests do not run as root)', () => {
  for (const uid of [501, 502]) {
    ringDoorbell(places, `of-${uid}`);
    chownSync(join(places.doorbell, `of-${uid}`), uid, uid);
  }
  expect(answerDoorbell(places).sort()).toEqual([501, 502]);
});

test('links and folders are nobody’s ring, and neither they nor what they lead to is touched', () => {
  const target = join(places.root, 'precious');
  writeFileSync(target, 'x');
  symlinkSync(target, join(places.doorbell, 'link'));
  mkdirSync(join(places.doorbell, 'folder'));
  ringDoorbell(places, 'ring');
  expect(answerDoorbell(places)).toEqual([OWN_UID]);
  expect(readdirSync(places.doorbell).sort()).toEqual(['folder', 'link']);
  expect(existsSync(target)).toBe(true);
});

test('a name that is taken is not written through', () => {
  const target = join(places.root, 'precious');
  symlinkSync(target, join(places.doorbell, 'ring'));
  expect(() => ringDoorbell(places, 'ring')).toThrow(expect.objectContaining({ code: 'agent.unreachable' }));
  expect(existsSync(target)).toBe(false);
});

test('of very many rings only so many are taken at a time, and all in the end', () => {
  for (let ring = 0; ring < 600; ring += 1) writeFileSync(join(places.doorbell, `${ring}`), '');
  answerDoorbell(places);
  expect(readdirSync(places.doorbell)).toHaveLength(344);
  for (let times = 0; times < 3; times += 1) answerDoorbell(places);
  expect(readdirSync(places.doorbell)).toEqual([]);
});

test('without a doorbell nobody rings, and whoever would is told', () => {
  rmSync(places.doorbell, { recursive: true });
  expect(answerDoorbell(places)).toEqual([]);
  watchDoorbell(places, () => undefined)();
  expect(() => ringDoorbell(places, 'ring')).toThrow(expect.objectContaining({ code: 'agent.unreachable' }));
});

test('an agent that runs hears the bell', async () => {
  let heard = 0;
  const stop = watchDoorbell(places, () => {
    heard += 1;
  });
  ringDoorbell(places, 'ring');
  await until(() => heard > 0);
  stop();
});
