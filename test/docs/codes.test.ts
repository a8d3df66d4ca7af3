// Whatever code an admin can meet is documented, and nothing is documented that does not exist.
import { describe, expect, test } from 'vitest';
import { exitCodeFor, type ProblemCode } from '../../src/domain/problem.ts';
import { namedFirst, read, rowsOf, sectionOf, sourcesOf } from './pages.ts';

/** The literals of a union of texts or of `{ code: '…' }`, from the declaration of the type. */
function literalsOf(file: string, type: string, pattern: RegExp): string[] {
  const declaration = new RegExp(`type ${type} =([\\s\\S]*?);\\n\\n`).exec(read(file))?.[1] ?? '';
  const found = [...declaration.matchAll(pattern)].map((match) => match[1] ?? '');
  expect(found.length, type).toBeGreaterThan(4);
  return found;
}

const documented = (text: string): string[] =>
  [...namedFirst(text)].filter((name) => name !== 'why' && name !== 'code').sort();

const problems = literalsOf('src/domain/problem.ts', 'ProblemCode', /'([^']+)'/g) as ProblemCode[];
const page = read('docs/problems.md');

describe('docs/problems.md', () => {
  test('has every problem with its exit code, and no other', () => {
    const rows = rowsOf(sectionOf(page, '## Problems')).filter(([name = '']) => name.startsWith('`'));
    expect(rows.map(([name, code]) => `${name} ${code}`).sort()).toEqual(
      problems.map((code) => `\`${code}\` ${exitCodeFor(code)}`).sort(),
    );
    for (const row of rows) for (const cell of row) expect(cell, row[0]).not.toBe('');
  });

  test('has every reason, and no other', () => {
    const reasons = literalsOf('src/domain/reason.ts', 'Reason', /code: '([^']+)'/g);
    expect(documented(sectionOf(page, '## Reasons'))).toEqual(reasons.sort());
  });

  test('has every code of health, and no other', () => {
    const codes = literalsOf('src/machines/status-health.ts', 'HealthCode', /'([^']+)'/g);
    expect(documented(sectionOf(page, '## Health'))).toEqual(codes.sort());
  });

  test('has every word for an offer passed over, and no other', () => {
    const words = literalsOf('src/domain/target.ts', 'PassedOver', /\| '([^']+)'/g);
    expect(documented(sectionOf(page, '### Why an offer is passed over'))).toEqual(words.sort());
  });

  test('has every word for a warning that lapsed, and no other', () => {
    const line = /code: 'warning-lapsed';\s*why: ([^;]+);/.exec(read('src/domain/reason.ts'))?.[1] ?? '';
    const words = [...line.matchAll(/'([^']+)'/g)].map((found) => found[1] ?? '');
    expect(words).not.toEqual([]);
    expect(documented(sectionOf(page, '### Why a warning lapses'))).toEqual(words.sort());
  });
});

test('docs/exit-codes.md has every problem beside its exit code, and no other', () => {
  const rows = rowsOf(read('docs/exit-codes.md')).filter(([code = '']) => /^\d+$/.test(code));
  const found = rows.flatMap(([code, , names = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map((match) => `${match[1]} ${code}`),
  );
  expect(found.sort()).toEqual(problems.map((code) => `${code} ${exitCodeFor(code)}`).sort());
});

test('docs/simulation.md has every invariant, and no other', () => {
  const invariants = new Set(
    sourcesOf('src/simulator').flatMap((text) =>
      [...text.matchAll(/\.check\(\s*'([a-z-]+)'/g)].map((found) => found[1] ?? ''),
    ),
  );
  expect(invariants.size).toBeGreaterThan(4);
  expect(documented(sectionOf(read('docs/simulation.md'), '## What is watched'))).toEqual([...invariants].sort());
});
