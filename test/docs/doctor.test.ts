// Whatever `upkeep doctor` can find stands in its page, with a mark it can have and something to do, and nothing else does.
import { expect, test } from 'vitest';
import { read, rowsOf } from './pages.ts';

const type = /type FindingCode =([\s\S]*?);\n/.exec(read('src/policy/examine/finding.ts'))?.[1] ?? '';
const codes = [...type.matchAll(/'([^']+)'/g)].map((found) => found[1] ?? '');
const rows = rowsOf(read('docs/doctor.md')).filter(([code = '']) => /^`[a-z-]+\.[a-z-]+`$/.test(code));

test('docs/doctor.md has every finding, and no other', () => {
  expect(codes.length).toBeGreaterThan(50);
  expect(rows.map(([code = '']) => code.replaceAll('`', '')).sort()).toEqual([...codes].sort());
});

test.each(rows)('%s %s', (code, mark, what, remedy) => {
  expect(mark).toMatch(/^(?:ok|attention|broken|unknown|attention or broken)$/);
  expect(what).not.toBe('');
  // What is well needs nobody.
  expect({ code, hasRemedy: remedy !== '' }).toEqual({ code, hasRemedy: mark !== 'ok' });
});

/** The marks as the code gives them, by the functions that make findings. */
const made = new Map<string, Set<string>>();
for (const file of [
  'tools',
  'tokens',
  'owners',
  'authority',
  'person',
  'passwords',
  'lockout',
  'enrolment',
  'bootstrap-token',
  'server',
  'filevault',
  'upkeep',
]) {
  const text = read(`src/policy/examine/examine-${file}.ts`);
  for (const [, maker = '', code = ''] of text.matchAll(/\b(ok|attention|broken|notKnown)\(\s*'([a-z.-]+)'/g)) {
    made.set(code, (made.get(code) ?? new Set()).add(maker === 'notKnown' ? 'unknown' : maker));
  }
  for (const [, code = '', mark = ''] of text.matchAll(/code: '([a-z.-]+)',\s*mark: '(\w+)'/g))
    made.set(code, new Set([mark]));
}

test('the marks are those of the code', () => {
  expect(made.size).toBeGreaterThan(codes.length - 6);
  for (const [code = '', mark = ''] of rows) {
    const marks = made.get(code.replaceAll('`', ''));
    if (marks !== undefined) expect(`${code} ${mark}`).toBe(`${code} ${[...marks].sort().join(' or ')}`);
  }
});
