import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { Settings } from '../../src/domain/settings.ts';
import { readSettings } from '../../src/policy/read-settings.ts';
import { defaultSettings, knownKeys, settingsSchema } from '../../src/policy/schema.ts';
import { nest } from './nest.ts';

test('the schema makes the domain type, no more and no less', () => {
  expectTypeOf<z.output<typeof settingsSchema>>().toEqualTypeOf<Settings>();
});

test('the defaults are the ones promised', () => {
  const never = { count: null, days: null, date: null };
  expect(defaultSettings).toEqual({
    organisation: 'Your IT team',
    target: { majorUpgrades: false, version: null, securityResponses: true, betas: false },
    deferral: { menuMinutes: [60, 240, 1440], defaultMinutes: 60 },
    deadlines: { zeroDate: 'discovery', newTarget: 'keep', timeOfDay: '12:00', focus: never, soft: never, hard: never },
    warning: { floorMinutes: 60, lockedFloorMinutes: 720 },
    activeHours: [],
    prompts: { timeoutMinutes: 120, maxPerDay: 8 },
    meetings: { respect: true, maxPostponements: 2 },
    power: { minimumPercent: 50 },
    storage: { updateGB: 15, upgradeGB: 25 },
    unattended: { install: 'always' },
    authentication: {
      order: ['saved-password', 'local-account', 'service-account', 'mdm'],
      severalSaved: false,
      rememberTyped: false,
      savedFailover: true,
      mdmFailover: ['always'],
      serviceAccount: { name: '_upkeep', rotateDays: 30 },
    },
    mdm: {
      service: 'none',
      url: null,
      discoverUrl: true,
      computerId: null,
      handOverDeadline: true,
      repairBootstrapToken: 'saved',
      declarationsUrl: null,
    },
    fileVault: { unlockNextStart: false },
    scan: { everyHours: 6 },
    budgets: { downloadAttempts: 6, installAttempts: 4, restartsPerTarget: 2, warningsPerDay: 4 },
  });
});

test('the defaults, said aloud, are the defaults', () => {
  expect(readSettings(defaultSettings, { zone: 'UTC' })).toMatchObject({ ok: true, settings: defaultSettings });
  expect(readSettings({}, { zone: 'UTC' })).toMatchObject({ ok: true, settings: defaultSettings, given: [] });
});

test('every key has words, an example of its own, and the example is allowed', () => {
  const plain = knownKeys.filter((known) => known.kind === 'key');
  expect(plain.length).toBeGreaterThan(30);
  for (const { key, words } of plain) {
    expect(words.means, key).toMatch(/^[A-Z].*\.$/);
    expect(readSettings(nest(key, words.example), { zone: 'UTC' }), key).toMatchObject({ ok: true, given: [key] });
  }
});

test.each([
  ['deferral.defaultMinutes', 5, 10_080],
  ['warning.floorMinutes', 30, 720],
  ['warning.lockedFloorMinutes', 60, 10_080],
  ['prompts.timeoutMinutes', 5, 1_440],
  ['prompts.maxPerDay', 1, 24],
  ['meetings.maxPostponements', 0, 10],
  ['power.minimumPercent', 0, 100],
  ['storage.updateGB', 1, 200],
  ['storage.upgradeGB', 1, 200],
  ['scan.everyHours', 1, 168],
  ['budgets.downloadAttempts', 1, 20],
  ['budgets.installAttempts', 1, 20],
  ['budgets.restartsPerTarget', 1, 20],
  ['budgets.warningsPerDay', 1, 20],
  ['deadlines.hard.days', 0, 365],
  ['deadlines.hard.count', 0, 100],
])('%s goes from %i to %i', (key, least, most) => {
  for (const value of [least, most]) expect(readSettings(nest(key, value), { zone: 'UTC' }).ok, `${value}`).toBe(true);
  const outside = key === 'warning.floorMinutes' ? [least - 1] : [least - 1, most + 1];
  for (const value of outside) {
    expect(readSettings(nest(key, value), { zone: 'UTC' }), `${value}`).toMatchObject({
      ok: false,
      problems: [{ key }],
    });
  }
});

test('a warning floor up to a day is possible where the locked floor follows', () => {
  const warning = { floorMinutes: 1_440, lockedFloorMinutes: 1_440 };
  expect(readSettings({ warning }, { zone: 'UTC' }).ok).toBe(true);
  expect(readSettings({ warning: { floorMinutes: 1_441, lockedFloorMinutes: 1_441 } }, { zone: 'UTC' }).ok).toBe(false);
});

test('the kinds of failover are understood by their old names too, each once', () => {
  const mdmFailover = ['HARD', 'error', 'bootstrap-token', 'INSTALLNOW'];
  expect(settingsSchema.parse({ authentication: { mdmFailover } }).authentication.mdmFailover).toEqual([
    'hard-deadline',
    'server-unreachable',
    'bootstrap-token',
    'install-now',
  ]);
  expect(settingsSchema.safeParse({ authentication: { mdmFailover: ['DIALOG'] } }).success).toBe(false);
});
