// Reading a log while it is written and rotated: each line once and in order, however writing and reading alternate.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { LogTail } from '../../../src/adapters/log/log-tail.ts';
import { rotatingFile } from '../../../src/adapters/log/rotating-file.ts';
import { watchFolder } from '../../../src/adapters/log/watch-folder.ts';
import { VirtualClock } from '../../../src/simulator/virtual-clock.ts';
import { awakeClock } from '../scripted-commands.ts';

function inFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'upkeep-tail-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  try {
    const result = body(folder);
    if (result instanceof Promise) return result.finally(clean) as T;
    clean();
    return result;
  } catch (error) {
    clean();
    throw error;
  }
}

describe('following', () => {
  test('gives each line once and in order, wherever the rotations fall', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ write: fc.integer({ min: 1, max: 30 }) }) },
      { weight: 1, arbitrary: fc.constant('read' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) =>
        inFolder((folder) => {
          const sink = rotatingFile(folder, { rotates: true, limits: { files: 9_999, bytes: 60 } });
          const tail = new LogTail(folder);
          const written: string[] = [];
          const read: string[] = [];
          for (const one of [...steps, 'read' as const]) {
            if (one === 'read') read.push(...tail.read().lines);
            else
              for (let i = 0; i < one.write; i += 1) {
                written.push(`Zeile ${written.length} äöü`);
                sink.write(written.at(-1) ?? '');
              }
          }
          tail.close();
          sink.close();
          expect(read).toEqual(written);
        }),
      ),
      { numRuns: 60 },
    );
  });

  test('a real process that rotates as fast as it can: each line once and in order', () =>
    inFolder(async (folder) => {
      const script = join(dirname(fileURLToPath(import.meta.url)), 'writer.ts');
      const child = spawn(process.execPath, [script, folder, 'fast', '0', '1500', 'yes', '9999', '3000'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      let hasEnded = false;
      const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
      void ended.then(() => {
        hasEnded = true;
      });
      const tail = new LogTail(folder);
      const numbers: number[] = [];
      let gaps = 0;
      const look = () => {
        const { lines, gap } = tail.read();
        if (gap) gaps += 1;
        for (const line of lines) numbers.push((JSON.parse(line) as { number: number }).number);
      };
      while (!hasEnded) {
        look();
        await new Promise((resolve) => setImmediate(resolve));
      }
      look();
      tail.close();
      expect(gaps).toBe(0);
      expect(numbers).toEqual(Array.from({ length: 1_500 }, (_, i) => i));
    }));

  test('goes on with the new file when somebody moved the old one away', () =>
    inFolder((folder) => {
      const path = join(folder, 'upkeep.log');
      const tail = new LogTail(folder);
      writeFileSync(`${path}.1`, 'older\n');
      writeFileSync(path, 'old\n');
      expect(tail.read().lines).toEqual(['older', 'old']);
      renameSync(path, join(folder, 'elsewhere'));
      writeFileSync(path, 'new\n');
      const looks = [1, 2, 3, 4].map(() => tail.read());
      expect(looks.flatMap(({ lines }) => lines)).toEqual(['new']);
      expect(looks.filter(({ gap }) => gap)).toHaveLength(1);
    }));

  test('says so when whole files went by unread', () =>
    inFolder((folder) => {
      const sink = rotatingFile(folder, { rotates: true, limits: { files: 3, bytes: 40 } });
      const tail = new LogTail(folder);
      sink.write('the first one');
      expect(tail.read()).toEqual({ lines: ['the first one'], gap: false });
      for (let i = 0; i < 20; i += 1) sink.write(`some line ${i}`);
      const { lines, gap } = tail.read();
      expect(gap).toBe(true);
      expect(lines.at(-1)).toBe('some line 19');
      expect(tail.read()).toEqual({ lines: [], gap: false });
    }));

  test('waits for the rest of a line, and gives up on it when the file is put aside', () =>
    inFolder((folder) => {
      const path = join(folder, 'upkeep.log');
      const tail = new LogTail(folder);
      writeFileSync(path, 'one\ntw');
      expect(tail.read().lines).toEqual(['one']);
      appendFileSync(path, 'o\nthr');
      expect(tail.read().lines).toEqual(['two']);
      renameSync(path, `${path}.1`);
      writeFileSync(path, 'four\n');
      expect(tail.read().lines).toEqual(['thr', 'four']);
    }));

  test('begins anew in a file that somebody emptied', () =>
    inFolder((folder) => {
      const path = join(folder, 'upkeep.log');
      const tail = new LogTail(folder);
      writeFileSync(path, 'a long first line\n');
      tail.read();
      writeFileSync(path, 'new\n');
      expect(tail.read().lines).toEqual(['new']);
    }));
});

describe('watching the folder', () => {
  test('looks when something changes there', () =>
    inFolder(async (folder) => {
      const looked = new Promise<void>((resolve) => {
        const stop = watchFolder(folder, systemClock, () => {
          stop();
          resolve();
        });
      });
      writeFileSync(join(folder, 'upkeep.log'), 'x\n');
      await looked;
    }));

  test('looks every second where watching tells nothing, and no more once it is stopped', async () => {
    const world = new VirtualClock(0);
    let looks = 0;
    const stop = watchFolder('/no/such/folder', awakeClock(world), () => {
      looks += 1;
    });
    await world.runUntil(5_500);
    expect(looks).toBe(5);
    stop();
    await world.runUntil(60_000);
    expect(looks).toBe(5);
  });
});
