// The file the log is written to: what happens when it is full, when the writer is killed, when two write, and when
// there is no room. The writers are real processes and really killed.
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { boundStderr } from '../../../src/adapters/log/bound-stderr.ts';
import { LogTail } from '../../../src/adapters/log/log-tail.ts';
import { rotatingFile } from '../../../src/adapters/log/rotating-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upkeep-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (number = 0) => join(folder, number === 0 ? 'upkeep.log' : `upkeep.log.${number}`);
const small = { files: 3, bytes: 100 };
const line = (number: number) => `line ${number} `.padEnd(29, '.');

function allLines(): string[] {
  const tail = new LogTail(folder);
  try {
    return [...tail.read().lines, ...tail.rest()].filter((text) => text !== '');
  } finally {
    tail.close();
  }
}

describe('a full file', () => {
  test('is put aside whole, and only so many are kept', () => {
    const sink = rotatingFile(folder, { rotates: true, limits: small });
    for (let number = 0; number < 20; number += 1) expect(sink.write(line(number))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['upkeep.log', 'upkeep.log.1', 'upkeep.log.2']);
    expect(allLines()).toEqual(Array.from({ length: 8 }, (_, i) => line(i + 12)));
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(100);
  });

  test('is not rotated by whoever does not hold the lock', () => {
    const sink = rotatingFile(folder, { rotates: false, limits: small });
    for (let number = 0; number < 20; number += 1) sink.write(line(number));
    expect(readdirSync(folder)).toEqual(['upkeep.log']);
    expect(allLines()).toHaveLength(20);
  });

  test('is for administrators to read, and for nobody else', () => {
    rotatingFile(folder, { rotates: true }).write('x');
    expect((statSync(file()).mode & 0o777).toString(8)).toBe('640');
  });

  test('with a line longer than the limit: that line has a file of its own', () => {
    const sink = rotatingFile(folder, { rotates: true, limits: small });
    for (const text of ['first', 'y'.repeat(300), 'last']) sink.write(text);
    expect(allLines()).toEqual(['first', 'y'.repeat(300), 'last']);
    expect(readFileSync(file(1), 'utf8')).toBe(`${'y'.repeat(300)}\n`);
  });

  test.each([1, 2, 3])(
    'with file %i missing, as after a kill between two renames, nothing is overwritten',
    (missing) => {
      const limits = { files: 5, bytes: 100 };
      const sink = rotatingFile(folder, { rotates: true, limits });
      for (let number = 0; number < 12; number += 1) sink.write(line(number));
      // Files 3, 2, 1 and the current one are there; the kill came when some of them had moved on.
      for (let number = 3; number >= missing; number -= 1)
        if (existsSync(file(number))) renameSync(file(number), file(number + 1));
      const before = allLines();
      expect(before).toHaveLength(12);
      sink.write(line(12));
      expect(allLines()).toEqual([...before, line(12)]);
      expect(existsSync(file(missing))).toBe(true);
    },
  );
});

describe('while it is open', () => {
  test('another process takes the name over: the next line goes to the new file', () => {
    const slow = rotatingFile(folder, { rotates: false });
    slow.write('old');
    renameSync(file(), file(1));
    rotatingFile(folder, { rotates: true }).write('new');
    slow.write('after');
    expect(readFileSync(file(), 'utf8')).toBe('new\nafter\n');
  });

  test('somebody deletes or empties it: writing goes on', () => {
    const sink = rotatingFile(folder, { rotates: true });
    sink.write('one');
    rmSync(file());
    expect(sink.write('two')).toBe(true);
    expect(readFileSync(file(), 'utf8')).toBe('two\n');
    truncateSync(file());
    expect(sink.write('three')).toBe(true);
    expect(readFileSync(file(), 'utf8')).toBe('three\n');
  });

  test('somebody leaves half a line at its end: the next line begins on its own', () => {
    const sink = rotatingFile(folder, { rotates: true });
    sink.write('one');
    appendFileSync(file(), '{"half');
    sink.write('two');
    expect(readFileSync(file(), 'utf8')).toBe('one\n{"half\ntwo\n');
  });
});

describe('without room or rights', () => {
  test.skipIf(!existsSync('/dev/full'))(
    'nothing is thrown, and it works again as soon as it can (needs /dev/full)',
    () => {
      symlinkSync('/dev/full', file());
      const sink = rotatingFile(folder, { rotates: true });
      expect(sink.write('lost')).toBe(false);
      expect(sink.trouble()).toBe('ENOSPC');
      rmSync(file());
      expect(sink.write('kept')).toBe(true);
      expect(sink.trouble()).toBeNull();
      expect(allLines()).toEqual(['kept']);
    },
  );

  test('a folder that is missing is made; a file where it should be is trouble and no more', () => {
    const below = join(folder, 'deeper', 'still');
    expect(rotatingFile(below, { rotates: true }).write('x')).toBe(true);
    writeFileSync(join(folder, 'plain'), '');
    const sink = rotatingFile(join(folder, 'plain'), { rotates: true });
    expect(sink.write('x')).toBe(false);
    expect(sink.trouble()).toBe('ENOTDIR');
  });

  test('a file that cannot be put aside goes on being written to later', () => {
    const sink = rotatingFile(folder, { rotates: true, limits: { files: 2, bytes: 100 } });
    for (let number = 0; number < 3; number += 1) sink.write(line(number));
    mkdirSync(file(1));
    writeFileSync(join(file(1), 'in the way'), '');
    expect(sink.write(line(3))).toBe(false);
    rmSync(file(1), { recursive: true });
    expect(sink.write(line(4))).toBe(true);
  });
});

type Written = { name: string; number: number; end: true };

/** Starts a writer; resolves when it has ended, with the numbers it said were written. */
function startWriter(name: string, first: number, count: number, rotates: boolean, files = 9_999) {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'writer.ts');
  const args = [folder, name, String(first), String(count), rotates ? 'yes' : 'no', String(files), '4000'];
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let started = (): void => undefined;
  const hasStarted = new Promise<void>((resolve) => {
    started = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    started();
  });
  const ended = new Promise<number[]>((resolve) => {
    // The last number may be cut off, and then nobody was told that line is written.
    child.on('close', () =>
      resolve(
        said
          .slice(0, said.lastIndexOf('\n') + 1)
          .split('\n')
          .filter((n) => n !== '')
          .map(Number),
      ),
    );
  });
  return { hasStarted, ended, kill: () => child.kill('SIGKILL') };
}

function readBack(): { whole: Written[]; broken: string[] } {
  const whole: Written[] = [];
  const broken: string[] = [];
  for (const text of allLines()) {
    try {
      whole.push(JSON.parse(text) as Written);
    } catch {
      broken.push(text);
    }
  }
  return { whole, broken };
}

describe('real processes', () => {
  test('killed again and again at random: no line that was written is lost, doubled or torn', async () => {
    const kills = 25;
    const told: number[] = [];
    let first = 0;
    for (let round = 0; round < kills; round += 1) {
      const writer = startWriter('killed', first, 100_000, true);
      await writer.hasStarted;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
      writer.kill();
      const numbers = await writer.ended;
      told.push(...numbers);
      first = (told.at(-1) ?? first) + 10_000;
    }
    const { whole, broken } = readBack();
    const numbers = whole.map(({ number }) => number);
    const found = new Set(numbers);
    expect(told.length).toBeGreaterThan(kills);
    expect(told.filter((number) => !found.has(number))).toEqual([]);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(found.size).toBe(numbers.length);
    // Written but not told, or cut off in the middle: at most the last of each round.
    expect(numbers.length - told.length + broken.length).toBeLessThanOrEqual(kills);
    expect(readdirSync(folder).length).toBeGreaterThan(3);
  });

  test('two that write at once while the files are full again and again: every line whole, each once', async () => {
    const writers = [startWriter('agent', 0, 3_000, true), startWriter('command', 0, 3_000, false)];
    const told = await Promise.all(writers.map((writer) => writer.ended));
    expect(told.map((numbers) => numbers.length)).toEqual([3_000, 3_000]);
    const { whole, broken } = readBack();
    expect(broken).toEqual([]);
    for (const name of ['agent', 'command']) {
      const numbers = whole.filter((written) => written.name === name).map(({ number }) => number);
      expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 3_000 }, (_, i) => i));
    }
  });

  test('one of two killed: the lines of the other stay whole', async () => {
    const other = startWriter('other', 0, 4_000, false);
    await other.hasStarted;
    const killed = startWriter('killed', 0, 100_000, true);
    await killed.hasStarted;
    killed.kill();
    const [told, toldByKilled] = await Promise.all([other.ended, killed.ended]);
    const { whole } = readBack();
    expect(whole.filter(({ name }) => name === 'other')).toHaveLength(told.length);
    const found = new Set(whole.filter(({ name }) => name === 'killed').map(({ number }) => number));
    expect(toldByKilled.filter((number) => !found.has(number))).toEqual([]);
  });
});

describe('what launchd keeps of standard error', () => {
  test('is put aside once it is large, and not before', () => {
    const path = join(folder, 'stderr.log');
    boundStderr(path);
    writeFileSync(path, 'x'.repeat(1_000));
    boundStderr(path);
    expect(readdirSync(folder)).toEqual(['stderr.log']);
    writeFileSync(path, 'y'.repeat(1_000_001));
    boundStderr(path);
    expect(readdirSync(folder)).toEqual(['stderr.log.1']);
    writeFileSync(path, 'z'.repeat(1_000_001));
    boundStderr(path);
    expect(readdirSync(folder)).toEqual(['stderr.log.1']);
    expect(readFileSync(`${path}.1`, 'utf8').startsWith('z')).toBe(true);
  });
});
