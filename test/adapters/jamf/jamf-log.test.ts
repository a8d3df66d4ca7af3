// /var/log/jamf.log: real lines and invented ones, cut anywhere, and files that are none.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { endOfFile } from '../../../src/adapters/jamf/end-of-file.ts';
import { readJamfLog } from '../../../src/adapters/jamf/jamf-log.ts';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const fixtures = join(project, 'test/fixtures/captures');
const read = (file: string) => readFileSync(join(fixtures, 'jamf-log', file), 'utf8');

type Capture = { file: string; tool: string; expect: Record<string, unknown> };

function checkAll(folder: string): void {
  const captures = JSON.parse(readFileSync(join(folder, 'INDEX.json'), 'utf8')) as Capture[];
  const logs = captures.filter(({ tool }) => tool === 'jamf-log');
  test('there are logs to check', () => expect(logs.length).toBeGreaterThan(0));
  test.each(logs)('$file', ({ file, expect: wanted }) => {
    expect(readJamfLog(readFileSync(join(folder, file), 'utf8'))).toMatchObject(wanted);
  });
}

describe('invented logs', () => checkAll(fixtures));

const real = resolve(project, '../shared/captures');
if (existsSync(join(real, 'INDEX.json'))) describe('logs of real Macs', () => checkAll(real));
else {
  const reason = `logs of real Macs: not checked, because ${real} is not here`;
  process.stderr.write(`\nSKIPPED ${reason}\n`);
  test.skip(reason, () => {});
}

describe('in particular', () => {
  test('a line is its time, the name of the computer, the process and the text', () => {
    expect(readJamfLog(read('enrolment-name-taken.txt')).entries[2]).toEqual({
      when: 'Mon Nov 23 08:12:09',
      computer: 'Anna’s MacBook Pro',
      pid: 412,
      text: 'Could not create the management account: the user "itadmin" already exists.',
    });
  });

  test('what follows the word password is left out', () => {
    const log = readJamfLog(read('enrolment-name-taken.txt'));
    expect(log.entries[3]?.text).toBe('The password is [left out] password=[left out]');
    expect(JSON.stringify(log)).not.toContain('hunter2');
  });

  test('cut at any place it gives only lines that are there, and never fails', () => {
    const text = read('enrolment-name-taken.txt');
    const whole = new Set(readJamfLog(text).entries.map(({ when, pid }) => `${when} ${pid}`));
    for (let cut = 0; cut < text.length; cut += 1) {
      for (const part of [text.slice(cut), text.slice(0, cut)]) {
        const pids = readJamfLog(part).entries.map(({ when, pid }) => `${when} ${pid}`);
        expect(pids.filter((each) => !whole.has(each))).toEqual([]);
      }
    }
  });

  test('no text is longer than a few lines or steers a terminal', () => {
    const { entries } = readJamfLog(`Fri Jan  1 00:00:03 mac jamf[78]: \u001b[2J${'x'.repeat(10_000)}\n`);
    expect(entries[0]?.text).toMatch(/^\[2Jx{397}…$/);
  });

  test('a name of a thousand words does not take long', () => {
    const line = `Fri Jan  1 00:00:03 ${'jamf[ '.repeat(50_000)}`;
    expect(readJamfLog(line)).toMatchObject({ entries: [], unread: 1 });
  });
});

describe('the end of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upkeep-jamf-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'jamf.log');

  test('a small file is read as a whole', () => {
    writeFileSync(file, 'one\ntwo\n');
    expect(endOfFile(file)).toBe('one\ntwo\n');
  });

  test('of a large one the last whole lines', () => {
    writeFileSync(file, 'the first line\nthe second\nthe third\n');
    expect(endOfFile(file, 16)).toBe('the third\n');
    expect(endOfFile(file, 5)).toBe('');
  });

  test('no file is null; a folder, or a file in the place of one above, is none to read', () => {
    expect(endOfFile(join(folder, 'none.log'))).toBeNull();
    mkdirSync(join(folder, 'folder'));
    expect(() => endOfFile(join(folder, 'folder'))).toThrow('it is no file');
    expect(() => endOfFile(join(file, 'below'))).toThrow('ENOTDIR');
  });
});
