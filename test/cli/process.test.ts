// upkeep as a process of its own: what only the real streams show.
import { closeSync, existsSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { upkeepProcess } from './terminal.ts';

test('the exit code and the streams are those of the command', async () => {
  const { code, out, err } = await upkeepProcess(['simulate', '--days', '0']);
  expect({ code, out }).toEqual({ code: 64, out: '' });
  expect(err).toBe('upkeep: --days cannot be "0".\nGive a whole number from 1 to 366.\n(usage.wrong)\n');
});

test('standard input is read for -', async () => {
  const stdin = 'Software Update Tool\n\nFinding available software\nNo new software available.\n';
  const answer = await upkeepProcess(['parse', '-', '--', 'softwareupdate', '--list'], { stdin });
  expect({ ...answer, out: JSON.parse(answer.out) }).toEqual({ code: 0, out: { state: 'none', updates: [] }, err: '' });
});

test('more on standard input than any tool prints is refused', async () => {
  const stdin = 'x'.repeat(9 * 1_048_576);
  const { code, out, err } = await upkeepProcess(['parse', '-', '--', 'softwareupdate', '--list'], { stdin });
  expect({ code, out }).toEqual({ code: 65, out: '' });
  expect(err).toBe(
    'upkeep: standard input cannot be read: it is larger than 8 MiB.\nGive only what the tool printed, or name a file instead of -.\n(input.unreadable)\n',
  );
});

test('whoever stops reading early, as head does, hears nothing more', async () => {
  const answer = await upkeepProcess(['simulate', '--days', '2', '--json'], { closeOutput: true });
  expect(answer).toEqual({ code: 0, out: '', err: '' });
});

test.skipIf(!existsSync('/dev/full'))('output that finds no room is a problem, not a silence', async () => {
  const full = openSync('/dev/full', 'w');
  const { code, err } = await upkeepProcess(['help'], { outputTo: full });
  closeSync(full);
  expect({ code, err }).toEqual({ code: 74, err: 'upkeep: the output cannot be written: the system says ENOSPC.\n' });
});
