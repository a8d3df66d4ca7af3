// The fixed numbers in docs/deadlines.md are those of the code (each row names its constant), and the numbers of the
// promises in the README are those of the settings.
import { expect, test } from 'vitest';
import { lengthWords } from '../../src/domain/instant.ts';
import { readSettings } from '../../src/policy/read-settings.ts';
import { defaultSettings } from '../../src/policy/schema.ts';
import { read, rowsOf, sourcesOf } from './pages.ts';

const UNITS: Record<string, number> = { SECOND: 1_000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };
const sources = sourcesOf('src').join('\n');

function valueInWords(name: string): string {
  const [, number, unit] = new RegExp(`const ${name} = ([\\d_]+)(?: \\* (\\w+)_MS)?;`).exec(sources) ?? [];
  const value = Number(number?.replaceAll('_', ''));
  if (name.endsWith('_MINUTES')) return lengthWords(value * 60_000);
  return unit === undefined ? String(value) : lengthWords(value * (UNITS[unit] ?? Number.NaN));
}

const rows = rowsOf(read('docs/deadlines.md'))
  .filter((cells) => /^`[A-Z_]+`$/.test(cells[2] ?? ''))
  .map(([what = '', number = '', name = '']) => ({ what, number, name: name.replaceAll('`', '') }));

test('there are numbers to compare', () => expect(rows.length).toBeGreaterThan(10));

test.each(rows)('$what: $number', ({ number, name }) => {
  expect(number).toBe(valueInWords(name));
});

test('60 and 30 minutes, 12 hours, 8 questions and 4 warnings a day', () => {
  const { warning, prompts, budgets } = defaultSettings;
  expect([warning.floorMinutes, warning.lockedFloorMinutes / 60, prompts.maxPerDay, budgets.warningsPerDay]).toEqual([
    60, 12, 8, 4,
  ]);
  const floor = (floorMinutes: number) => readSettings({ warning: { floorMinutes } }, { zone: 'UTC' }).ok;
  expect([floor(30), floor(29)]).toEqual([true, false]);
});
