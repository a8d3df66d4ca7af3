// Which settings are in force on a Mac: a profile over local preferences over the defaults, key by key.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'plist';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placesUnder } from '../../../src/adapters/places.ts';
import { readPreferences } from '../../../src/adapters/settings/read-preferences.ts';
import { inForce } from '../../../src/policy/precedence.ts';
import { defaultSettings } from '../../../src/policy/schema.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'upkeep-prefs-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = () => readPreferences(placesUnder(root), { zone: 'Europe/Berlin' });
const put = (which: 'managedPreferences' | 'localPreferences', values: object) => {
  const path = placesUnder(root)[which];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, build(values as never));
};

test('without any file the defaults are in force', async () => {
  expect(await read()).toMatchObject({ settings: defaultSettings, given: [], source: 'the defaults', overruled: [] });
});

test('a managed key wins over the same local one, also inside a group, and the rest of the group stays', async () => {
  put('managedPreferences', { organisation: 'Managed', deadlines: { soft: { days: 4 } } });
  put('localPreferences', { organisation: 'Local', deadlines: { soft: { days: 9 }, hard: { days: 12 } } });
  const { settings, overruled, source } = await read();
  expect(settings.organisation).toBe('Managed');
  expect(settings.deadlines).toMatchObject({ soft: { days: 4 }, hard: { days: 12 } });
  expect(overruled).toEqual(['organisation', 'deadlines.soft.days']);
  expect(source).toBe('the managed and the local preferences');
});

test('a list is one value and is never mixed', () => {
  const [managed, local] = [{ deferral: { menuMinutes: [5] } }, { deferral: { menuMinutes: [1, 2, 3] } }];
  expect(inForce(managed, local).settings).toEqual({ deferral: { menuMinutes: [5] } });
});

test('a wrong file is never half in force', async () => {
  put('managedPreferences', { organisation: 'Managed', warning: { floorMinutes: 5 } });
  await expect(read()).rejects.toMatchObject({
    code: 'settings.wrong',
    message: expect.stringContaining('floorMinutes'),
  });
  put('managedPreferences', { organisation: 'Managed' });
  writeFileSync(placesUnder(root).managedPreferences, 'bplist00broken');
  await expect(read()).rejects.toMatchObject({ code: 'input.unreadable' });
});

test('keys that only look like part of every object are keys like others', () => {
  const managed = JSON.parse('{"__proto__": {"organisation": "x"}}');
  const { settings } = inForce(managed, { constructor: 1 });
  expect((settings as { organisation?: string }).organisation).toBeUndefined();
});
