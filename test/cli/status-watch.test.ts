// `upkeep status` of a simulated Mac's root, and following it, as processes of their own.
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { openSockets } from '../../src/adapters/ipc/server.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { writeStatus } from '../../src/agent/status-file.ts';
import { firstContext } from '../../src/machines/context.ts';
import { explain } from '../../src/machines/explain.ts';
import type { Status } from '../../src/machines/status.ts';
import { noLog } from '../../src/ports/log.ts';
import { MONDAY_NINE } from '../support/situations.ts';
import { startUpkeep, temporaryDirectory, upkeep } from './terminal.ts';

const { directory, remove } = temporaryDirectory();
const { state } = placesUnder(directory);
mkdirSync(state, { recursive: true });
mkdirSync(dirname(placesUnder(directory).sockets), { recursive: true });
let child: ChildProcess | null = null;
afterEach(() => child?.kill('SIGKILL'));
afterAll(remove);

const statusOf = (name: string): Status => explain(name, firstContext, MONDAY_NINE);

async function watching(...options: string[]) {
  const started = await startUpkeep('status', '--watch', '--root', directory, ...options);
  child = started.child;
  return started;
}

test('watching tells each new status once, and waits over one that is missing or broken', async () => {
  writeStatus(state, statusOf('resting.upToDate'));
  const { heard, until } = await watching('--json');
  await until('resting.upToDate');
  writeStatus(state, statusOf('resting.upToDate'));
  writeFileSync(join(state, 'status.json'), '{"schema":');
  writeStatus(state, statusOf('assessing'));
  await until('"assessing"');
  writeStatus(state, statusOf('downloading'));
  await until('"downloading"');
  const states = heard.out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Status).state);
  expect(states).toEqual(['resting.upToDate', 'assessing', 'downloading']);
  expect(heard.err).toBe('');
});

test('a running agent tells by itself, and the file does when it is gone', async () => {
  writeStatus(state, statusOf('resting.upToDate'));
  const sockets = openSockets({
    places: placesUnder(directory),
    users: [],
    log: noLog,
    clock: systemClock,
    onRequest: () => ({ isNew: true }),
    currentStatus: () => statusOf('assessing'),
  });
  try {
    const { heard, until } = await watching('--json');
    await until('"assessing"');
    sockets.publish({ schema: 'not a status' });
    sockets.publish(statusOf('downloading'));
    await until('"downloading"');
    sockets.close();
    writeStatus(state, statusOf('restarting'));
    await until('"restarting"');
    expect(heard.err).toBe('');
  } finally {
    sockets.close();
  }
});

test('watching in words leaves a line free between two', async () => {
  writeStatus(state, statusOf('resting.upToDate'));
  const { heard, until } = await watching();
  await until('Written');
  writeStatus(state, statusOf('assessing'));
  await until('Looking at the Mac');
  expect(heard.out).toMatch(/^Up to date: macOS\nNext [\s\S]*\n\nLooking at the Mac\nNext /);
});

test('there has to be a status to begin with, and one place to look for it', async () => {
  expect(await upkeep('status', '--watch', '--state', join(directory, 'nowhere'))).toMatchObject({ code: 69, out: '' });
  const { code, err } = await upkeep('status', '--root', directory, '--state', state);
  expect({ code, err }).toEqual({ code: 64, err: expect.stringContaining('beside --root') });
});
