// upkeep as a process of its own: what only the real streams show, from the sources and as the bundle that is installed.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleForTest } from '../support/bundle.ts';
import { SOURCE_ENTRY, temporaryDirectory, upkeepProcess } from './terminal.ts';

const bundle = { folder: '', entry: '', remove: () => {} };
const elsewhere = temporaryDirectory();
beforeAll(async () => {
  Object.assign(bundle, await bundleForTest());
});
afterAll(() => {
  bundle.remove();
  elsewhere.remove();
});

describe.each([
  { from: 'the sources', entry: () => SOURCE_ENTRY },
  { from: 'the bundle', entry: () => bundle.entry },
])('from $from', ({ entry }) => {
  test('the exit code and the streams are those of the command', async () => {
    const { code, out, err } = await upkeepProcess(['simulate', '--days', '0'], { entry: entry() });
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toBe('upkeep: --days cannot be "0".\nGive a whole number from 1 to 366.\n(usage.wrong)\n');
  });

  test('standard input is read for -', async () => {
    const stdin = 'Software Update Tool\n\nFinding available software\nNo new software available.\n';
    const answer = await upkeepProcess(['parse', '-', '--', 'softwareupdate', '--list'], { stdin, entry: entry() });
    expect({ ...answer, out: JSON.parse(answer.out) }).toEqual({
      code: 0,
      out: { state: 'none', updates: [] },
      err: '',
    });
  });

  test('more on standard input than any tool prints is refused', async () => {
    const stdin = 'x'.repeat(9 * 1_048_576);
    const { code, out, err } = await upkeepProcess(['parse', '-', '--', 'softwareupdate', '--list'], {
      stdin,
      entry: entry(),
    });
    expect({ code, out }).toEqual({ code: 65, out: '' });
    expect(err).toBe(
      'upkeep: standard input cannot be read: it is larger than 8 MiB.\nGive only what the tool printed, or name a file instead of -.\n(input.unreadable)\n',
    );
  });

  test('whoever stops reading early, as head does, hears nothing more', async () => {
    const answer = await upkeepProcess(['simulate', '--days', '2', '--json'], { closeOutput: true, entry: entry() });
    expect(answer).toEqual({ code: 0, out: '', err: '' });
  });

  test.skipIf(!existsSync('/dev/full'))('output that finds no room is a problem, not a silence', async () => {
    const full = openSync('/dev/full', 'w');
    const { code, err } = await upkeepProcess(['help'], { outputTo: full, entry: entry() });
    closeSync(full);
    expect({ code, err }).toEqual({ code: 74, err: 'upkeep: the output cannot be written: the system says ENOSPC.\n' });
  });

  test('a link to the entry is as good as the entry', async () => {
    const link = join(elsewhere.directory, 'upkeep');
    rmSync(link, { force: true });
    symlinkSync(entry(), link);
    expect(await upkeepProcess(['--version'], { entry: link })).toMatchObject({ code: 0, err: '' });
  });

  test('the Mac that a simulation takes by itself is found', async () => {
    const { code, out } = await upkeepProcess(['simulate', '--days', '1'], { entry: entry() });
    expect({ code, named: out.includes('26.6.2') }).toEqual({ code: 0, named: true });
  });
});

describe('the bundle', () => {
  const cache = () => join(bundle.folder, 'cache');
  const start = async () => expect((await upkeepProcess(['--version'], { entry: bundle.entry })).code).toBe(0);

  test('keeps its compiled code beside it', async () => {
    rmSync(cache(), { recursive: true, force: true });
    await start();
    expect(readdirSync(cache(), { recursive: true }).length).toBeGreaterThan(1);
    expect(statSync(cache()).mode & 0o022).toBe(0);
  });

  test('runs no compiled code from a folder into which others may put some', async () => {
    rmSync(cache(), { recursive: true, force: true });
    mkdirSync(cache());
    chmodSync(cache(), 0o777);
    await start();
    expect(readdirSync(cache())).toEqual([]);
  });
});
