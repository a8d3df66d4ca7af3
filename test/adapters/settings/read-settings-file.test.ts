import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSettingsFile } from '../../../src/adapters/settings/read-settings-file.ts';
import { exitCodeFor, UpkeepError } from '../../../src/domain/problem.ts';
import { defaultSettings } from '../../../src/policy/schema.ts';

const zone = 'Europe/Berlin';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upkeep-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/settings/${name}`, import.meta.url));

function file(content: string | Uint8Array, name = 'settings'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function failure(path: string): Promise<UpkeepError> {
  const outcome = await readSettingsFile(path, { zone }).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof UpkeepError)) throw new Error(`expected an UpkeepError, got ${String(outcome)}`);
  return outcome;
}

test('the example profile says what the demo relies on, without doubts', async () => {
  const read = await readSettingsFile(example('three-weeks.mobileconfig'), { zone });
  expect(read.warnings).toEqual([]);
  expect(read.source).toBe(example('three-weeks.mobileconfig'));
  expect(read.settings).toEqual({
    ...defaultSettings,
    organisation: 'Example Ltd IT',
    deadlines: {
      ...defaultSettings.deadlines,
      focus: { count: null, days: 5, date: null },
      soft: { count: null, days: 10, date: null },
      hard: { count: null, days: 14, date: null },
    },
    activeHours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' }],
  });
});

test('the smallest example is read without doubts', async () => {
  const read = await readSettingsFile(example('minimal.json'), { zone });
  expect(read).toMatchObject({ given: ['organisation', 'deadlines.soft.days', 'deadlines.hard.days'], warnings: [] });
});

test('a binary profile says the same as the XML it was made from', async () => {
  const xml = await readSettingsFile(example('three-weeks.mobileconfig'), { zone });
  const binary = await readSettingsFile(fixture('profile.binary.mobileconfig'), { zone });
  expect(binary.settings).toEqual(xml.settings);
  expect(binary.given.toSorted()).toEqual(xml.given.toSorted());
});

test('a binary preference domain is read, letters of every kind included', async () => {
  const read = await readSettingsFile(fixture('domain.binary.plist'), { zone });
  expect(read.settings).toMatchObject({ organisation: 'Größe & Söhne – IT 🛠', deadlines: { hard: { days: 14 } } });
});

test('managed preferences of an MDM server are found among other payloads', async () => {
  const read = await readSettingsFile(fixture('managed-preferences.mobileconfig'), { zone });
  expect(read.settings).toMatchObject({
    organisation: 'Managed Ltd IT',
    target: { version: '26.6' },
    meetings: { respect: false },
    deadlines: { soft: { days: 7 }, hard: { days: 9 } },
  });
});

test('what a file is follows from its content, not from its name', async () => {
  const json = file('\ufeff  {"organisation": "A"}', 'odd.mobileconfig');
  const plist = file(readFileSync(example('three-weeks.mobileconfig')), 'odd.json');
  expect((await readSettingsFile(json, { zone })).settings.organisation).toBe('A');
  expect((await readSettingsFile(plist, { zone })).settings.organisation).toBe('Example Ltd IT');
});

test('UTF-16 is read', async () => {
  const text =
    '\ufeff<?xml version="1.0" encoding="UTF-16"?><plist version="1.0"><dict><key>organisation</key><string>Ä</string></dict></plist>';
  expect((await readSettingsFile(file(Buffer.from(text, 'utf16le')), { zone })).settings.organisation).toBe('Ä');
});

test('wrong settings are all in one message, with the exit code for settings', async () => {
  const problem = await failure(
    file('{"deadline": {"hard": {"dayz": 14}}, "power": {"minimumPercent": 400}, "adminPassword": "hunter2"}'),
  );
  expect(problem.code).toBe('settings.wrong');
  expect(exitCodeFor(problem.code)).toBe(78);
  expect(problem.message).toMatch(
    /3 settings are wrong[\s\S]*dayz[\s\S]*deadlines\.hard\.days[\s\S]*adminPassword[\s\S]*400 is too large/,
  );
  expect(`${problem.message}${problem.remedy}${JSON.stringify(problem.facts)}`).not.toContain('hunter2');
});

test.each<[string, () => string, UpkeepError['code'], RegExp]>([
  ['no such file', () => join(folder, 'nowhere.plist'), 'input.missing', /There is no file .*nowhere\.plist/],
  ['a path through a file', () => join(file('{}'), 'deeper'), 'input.missing', /There is no file/],
  ['a folder', () => folder, 'input.unreadable', /is a folder/],
  ['a device', () => '/dev/null', 'input.unreadable', /is not a file/],
  ['an empty file', () => file(''), 'input.unreadable', /is empty/],
  ['blank lines only', () => file('\n \n'), 'input.unreadable', /is empty/],
  ['too large a file', () => file(' '.repeat(1_048_577)), 'input.unreadable', /too large.*1048577 bytes/],
  ['a signed profile', () => fixture('signed.mobileconfig'), 'input.unreadable', /is a signed profile/],
  [
    'a signature as text',
    () => file('-----BEGIN PKCS7-----\nMII=\n-----END PKCS7-----\n'),
    'input.unreadable',
    /is a signed profile/,
  ],
  ['a web page', () => file('<!DOCTYPE html>\n<html><title>Sign in</title>'), 'input.unreadable', /is a web page/],
  ['a web page without a declaration', () => file('\n<HTML lang="en">'), 'input.unreadable', /is a web page/],
  ['plain text', () => file('organisation: Example'), 'input.unreadable', /neither a configuration profile/],
  ['bytes of no kind', () => file(new Uint8Array([0xde, 0xad, 0xbe, 0xef])), 'input.unreadable', /not text in UTF-8/],
  ['broken JSON', () => file('{\n  "organisation": "A",\n}'), 'input.unreadable', /not sound JSON: .*line 3 column 1/],
  ['unfinished JSON', () => file('{"organisation": "A"'), 'input.unreadable', /not sound JSON/],
  ['an old-style property list', () => file('{ organisation = A; }'), 'input.unreadable', /not sound JSON/],
  ['a JSON list', () => file('[]'), 'settings.wrong', /is a list, not a group of settings/],
  [
    'a key given twice',
    () => file('{"power": {"minimumPercent": 20},\n "power": {}}'),
    'input.unreadable',
    /"power" twice in one object \(line 2\)/,
  ],
  [
    'a profile for something else',
    () => fixture('wifi-only.mobileconfig'),
    'input.wrong',
    /without upkeep settings; it has com\.apple\.wifi\.managed/,
  ],
  [
    'a binary list cut short',
    () => file(readFileSync(fixture('domain.binary.plist')).subarray(0, 200)),
    'input.unreadable',
    /broken binary property list/,
  ],
  ['a newer binary format', () => file('bplist15abcdef'), 'input.unreadable', /of a version/],
])('%s is a clear error', async (_, path, code, words) => {
  const problem = await failure(path());
  expect(problem.code).toBe(code);
  expect(problem.message).toMatch(words);
  expect(problem.remedy).toMatch(/\S/);
});

test('a signed profile comes with the command that takes the settings out', async () => {
  mkdirSync(join(folder, 'Mac IT'), { recursive: true });
  const path = file(readFileSync(fixture('signed.mobileconfig')), "Mac IT/it's.mobileconfig");
  expect((await failure(path)).remedy).toContain(
    `security cms -D -i '${folder}/Mac IT/it'\\''s.mobileconfig' -o unsigned.mobileconfig`,
  );
});

test('a named pipe without a writer does not keep upkeep waiting', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  expect((await failure(path)).message).toMatch(/is not a file/);
});
