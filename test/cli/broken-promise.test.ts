// When an invariant is violated in a simulation, the exit code says so, and everything is printed all the same.
//
// A real violation without touching anything: on this Mac somebody's password is a word that stands in a command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { canary, mayHoldSecrets } from '../support/canary.ts';
import { temporaryDirectory, upkeep } from './terminal.ts';

const { directory, remove } = temporaryDirectory();
afterAll(remove);

function simulateWithPassword(password: string, ...more: string[]) {
  const mac = mayHoldSecrets(join(directory, 'mac.json'));
  writeFileSync(mac, JSON.stringify({ password }));
  return upkeep('simulate', '--mac', mac, '--days', '1', ...more);
}

test('a broken promise ends with 70, and the story is told to its end with what was broken', async () => {
  const { code, out, err } = await simulateWithPassword('--list');
  expect({ code, err }).toEqual({ code: 70, err: '' });
  const [head, course, summary, ...rest] = out.split('\n\n');
  expect(rest).toEqual([]);
  expect(head).toMatch(/^1 day of one Mac, simulated\n/);
  expect(course).toMatch(/^Mon 2 Nov 2026 \d\d:\d\d +found +\S/);
  expect(summary).toMatch(/^In short\n/);
  expect(summary).toMatch(
    /\n {2}promises {3}[1-9]\d* BROKEN of \d+\n {13}no-secret-in-the-open at 2026-11-02T\S+Z: a password among the arguments of softwareupdate\.list\n/,
  );
  expect(summary).toMatch(/\n {2}work {7}\d+ wakes?, .*\n$/);
});

test('a broken promise ends with 70, and the JSON is whole', async () => {
  const { code, out, err } = await simulateWithPassword('--list', '--json');
  expect({ code, err }).toEqual({ code: 70, err: '' });
  const { schema, timeline, invariants } = JSON.parse(out);
  expect(schema).toBe('upkeep.simulation/1');
  expect(timeline).not.toEqual([]);
  expect(invariants.violated).toContainEqual({
    invariant: 'no-secret-in-the-open',
    at: expect.stringMatching(/^2026-11-02T/),
    text: 'a password among the arguments of softwareupdate.list',
  });
});

test('the same Mac with a password of its own ends with 0', async () => {
  const { code, out, err } = await simulateWithPassword(canary('anna'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/\n {2}promises {3}\d+ checks, none broken\n/);
});
