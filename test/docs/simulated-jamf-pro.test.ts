// The faults in docs/simulated-jamf-pro.md are those of the code, each with the option that stands behind its colon.
import { expect, test } from 'vitest';
import { JAMF_FAULT_NAMES, jamfFaultSchema, MAIN_OPTIONS } from '../../src/simulator/mdm/jamf-pro/faults.ts';
import { read, rowsOf, sectionOf } from './pages.ts';

const rows = rowsOf(sectionOf(read('docs/simulated-jamf-pro.md'), '## Faults'))
  .slice(2)
  .map(([name = '', options = '']) => ({ name: name.replaceAll('`', ''), options }));

test('each fault has a row, and no row is without its fault', () => {
  expect(rows.map(({ name }) => name)).toEqual(JAMF_FAULT_NAMES);
});

test.each(rows)('$name: its options are those it has', ({ name, options }) => {
  const fault = jamfFaultSchema.options.find(({ shape }) => shape.name.value === name);
  const named = [...options.matchAll(/`(\w+)`/g)].map((found) => found[1]);
  const main = /\*\*`(\w+)`\*\*/.exec(options)?.[1] ?? null;
  const usual = ['name', 'times', 'from', 'until'];
  expect(main).toBe(MAIN_OPTIONS[name as keyof typeof MAIN_OPTIONS]);
  expect(named.filter((option) => option !== 'times').sort()).toEqual(
    Object.keys(fault?.shape ?? {})
      .filter((option) => !usual.includes(option))
      .sort(),
  );
});
