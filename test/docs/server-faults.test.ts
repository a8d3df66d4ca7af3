// The faults of the simulated servers on their pages are those of the code, each with the option that stands behind its colon.
import { describe, expect, test } from 'vitest';
import { JAMF_FAULT_NAMES, jamfFaultSchema, MAIN_OPTIONS } from '../../src/simulator/mdm/jamf-pro/faults.ts';
import { NANO_FAULT_NAMES, NANO_MAIN_OPTIONS, nanoFaultSchema } from '../../src/simulator/mdm/nanomdm/faults.ts';
import { read, rowsOf, sectionOf } from './pages.ts';

const shapes = (options: readonly { shape: { name: { value: string } } }[]): Map<string, string[]> =>
  new Map(options.map(({ shape }) => [shape.name.value, Object.keys(shape)]));

describe.each([
  ['docs/simulated-jamf-pro.md', '## Faults', JAMF_FAULT_NAMES, shapes(jamfFaultSchema.options), MAIN_OPTIONS],
  ['docs/mdm-nanomdm.md', '### Faults', NANO_FAULT_NAMES, shapes(nanoFaultSchema.options), NANO_MAIN_OPTIONS],
] as const)('%s', (page, section, names, keys, mains: Readonly<Record<string, string | null>>) => {
  const rows = rowsOf(sectionOf(read(page), section))
    .slice(2)
    .map(([name = '', options = '']) => ({ name: name.replaceAll('`', ''), options }));

  test('each fault has a row, and no row is without its fault', () => {
    expect(rows.map(({ name }) => name)).toEqual(names);
    expect([...keys.keys()]).toEqual(names);
  });

  test.each(rows)('$name: its options are those it has', ({ name, options }) => {
    // What stands in brackets are values.
    const named = [...options.replace(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, option]) => option);
    const main = /\*\*`(\w+)`\*\*/.exec(options)?.[1] ?? null;
    const usual = ['name', 'times', 'from', 'until'];
    expect(main).toBe(mains[name]);
    expect(named.filter((option) => option !== 'times').sort()).toEqual(
      (keys.get(name) ?? []).filter((option) => !usual.includes(option)).sort(),
    );
  });
});
