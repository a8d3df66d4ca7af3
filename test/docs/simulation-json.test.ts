// docs/simulation.md against a real report: every field that comes out is described, and the words it may hold too.
import { expect, test } from 'vitest';
import { namedFirst, read, root, rowsOf, run } from './pages.ts';

/** Described as a whole, elsewhere or by their keys. */
const WHOLE = ['policy', 'commands.byTool', 'timeline[].because[]', 'because[]'];

function fieldsOf(value: unknown, path = ''): string[] {
  if (WHOLE.includes(path) || typeof value !== 'object' || value === null) return [path];
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => fieldsOf(item, `${path}[]`));
    return [...new Set([`${path}[]`, ...items])];
  }
  return Object.entries(value).flatMap(([key, item]) => fieldsOf(item, path === '' ? key : `${path}.${key}`));
}

const page = read('docs/simulation.md');
const described = namedFirst(page);

async function report(...options: string[]): Promise<Record<string, unknown>> {
  const { out } = await run(['simulate', '--json', ...options]);
  return JSON.parse(out) as Record<string, unknown>;
}

test('every field of a report is described', async () => {
  const [asked, warned] = [
    await report('--days', '2', '--persona', 'agreeable'),
    await report(
      ...['--policy', `${root}/examples/three-weeks.mobileconfig`, '--mac', `${root}/examples/intel-imac.json`],
      ...['--persona', 'absent', '--days', '16'],
    ),
  ];
  const fields = new Set([...fieldsOf(asked), ...fieldsOf(warned)]);
  expect(fields).toContain('restarts[].warning.minutes');
  expect(fields).toContain('prompts[].until');
  expect([...fields].filter((field) => !described.has(field))).toEqual([]);
});

test('every kind of entry and of answer is described', () => {
  const cellOf = (field: string): string => rowsOf(page).find(([name]) => name === `\`${field}\``)?.[2] ?? '';
  const words = (file: string, pattern: RegExp): string[] =>
    [...read(file).matchAll(pattern)].map((found) => found[1] ?? '');
  const told = new Set([
    ...words('src/machines/entry.ts', /\| '([a-z-]+)'/g),
    ...words('src/simulator/report.ts', /kind: '([a-z]+)', text/g),
  ]);
  const answers = new Set(words('src/machines/effects.ts', /answer: '([a-z-]+)'/g));
  expect(told.size).toBeGreaterThan(8);
  expect(answers.size).toBeGreaterThan(8);
  expect([...told].filter((kind) => !cellOf('timeline[].kind').includes(`\`${kind}\``))).toEqual([]);
  expect([...answers].filter((answer) => !cellOf('prompts[].answer').includes(`\`${answer}\``))).toEqual([]);
});

test('the same options give the same bytes', async () => {
  const [once, again] = [
    await run(['simulate', '--days', '2', '--json']),
    await run(['simulate', '--days', '2', '--json']),
  ];
  expect(again.out).toBe(once.out);
});
