// Whatever a saved way or a person can be refused for is told in words wherever people read, and says what to do.
import { describe, expect, test } from 'vitest';
import { statusWords } from '../../src/cli/status-words.ts';
import {
  AUTH_METHODS,
  type AuthMethod,
  type MethodTrouble,
  PASSING_TROUBLES,
  type PersonState,
} from '../../src/domain/authority.ts';
import { type Reason, type RefusalWhy, reasonInWords } from '../../src/domain/reason.ts';
import { firstContext } from '../../src/machines/context.ts';
import { explain } from '../../src/machines/explain.ts';
import { examineAuthority } from '../../src/policy/examine/examine-authority.ts';
import { healthyFacts } from '../policy/examine/healthy-facts.ts';
import { MONDAY_NINE } from '../support/situations.ts';
import { read, rowsOf, sectionOf } from './pages.ts';

/** The texts of a union, from its declaration. */
function unionOf<T extends string>(type: string): T[] {
  const [, declaration = ''] =
    new RegExp(`type ${type} =([\\s\\S]*?);\\n\\n`).exec(read('src/domain/authority.ts')) ?? [];
  const found = [...declaration.matchAll(/'([^']+)'/g)].map((match) => (match[1] ?? '') as T);
  expect(found.length).toBeGreaterThan(6);
  return found;
}

const troubles = unionOf<MethodTrouble>('MethodTrouble').filter((trouble) => trouble !== 'not-set');
const whys = [...troubles, 'second-saved'] as RefusalWhy[];
const persons = unionOf<PersonState>('PersonState');
const page = read('docs/problems.md');
const rowsBelow = (heading: string) =>
  rowsOf(sectionOf(page, heading))
    .filter(([name = '']) => /^`[a-z-]+`$/.test(name) && name !== '`why`')
    .map(([name = '', ...cells]) => [name.replaceAll('`', ''), ...cells]);

/** What `upkeep status` prints for a rest with this reason, the problems with their remedies. */
function shown(reasons: readonly Reason[]) {
  const status = explain('resting.waiting', { ...firstContext, because: [...reasons] }, MONDAY_NINE);
  return { status, text: statusWords(status, { paint: (_, text) => text, columns: null }) };
}

describe('status and explain', () => {
  test.each(AUTH_METHODS.flatMap((method) => whys.map((why) => [method, why] as [AuthMethod, RefusalWhy])))(
    '%s, %s',
    (method, why) => {
      const reason: Reason = { code: 'method-refused', method, why };
      const words = reasonInWords(reason, 'UTC');
      expect(words).not.toMatch(/undefined|\[object|: $/);
      // A code is for scripts; people read words.
      expect(words).not.toContain(why.includes('-') ? why : '\u0000');
      const { status, text } = shown([reason]);
      expect(status.problems).toEqual([
        { code: 'method-refused', text: words, remedy: expect.stringMatching(/^\S.{15,}\.$/) },
      ]);
      expect(text).toContain(words);
      expect(text).toContain(status.problems[0]?.remedy);
    },
  );

  test.each(persons)('the person, %s', (why) => {
    const reason: Reason = { code: 'person-cannot', why };
    const words = reasonInWords(reason, 'UTC');
    expect(words).not.toMatch(/undefined|: $/);
    const { status, text } = shown([reason]);
    expect(status.problems).toEqual([
      { code: 'person-cannot', text: words, remedy: expect.stringMatching(/^\S.{10,}\.$/) },
    ]);
    expect(text).toContain(status.problems[0]?.remedy);
  });

  test('no two reasons read the same, and of two ways that are refused both are told', () => {
    const texts = whys.map((why) => reasonInWords({ code: 'method-refused', method: 'local-account', why }, 'UTC'));
    expect(new Set(texts).size).toBe(whys.length);
    const refused = (method: AuthMethod, why: RefusalWhy): Reason => ({ code: 'method-refused', method, why });
    const { status } = shown([refused('local-account', 'drifted'), refused('service-account', 'no-token')]);
    expect(status.problems).toHaveLength(2);
  });
});

test.each(
  AUTH_METHODS.flatMap((method) => troubles.map((trouble) => [method, trouble] as [AuthMethod, MethodTrouble])),
)('doctor: %s, %s', (method, trouble) => {
  const methods = {
    'saved-password': 'not-set',
    'local-account': 'not-set',
    'service-account': 'not-set',
    mdm: 'not-set',
  } as const;
  const facts = { ...healthyFacts(), methods: { known: true as const, value: { ...methods, [method]: trouble } } };
  const [finding] = examineAuthority(facts);
  expect(finding?.code).toBe(trouble === 'unknown' ? 'method.unknown' : 'method.failing');
  expect(finding?.what).not.toMatch(/undefined/);
  expect(finding?.remedy).toMatch(/^\S.{10,}\.$/);
});

describe('docs/problems.md', () => {
  test('has every reason for which a saved way is refused, what to do, and whether it passes', () => {
    const rows = rowsBelow('### Why a saved way is refused');
    expect(rows.map(([why]) => why).sort()).toEqual([...whys].sort());
    for (const [why = '', meaning, remedy, passes] of rows) {
      expect([meaning, remedy], why).not.toContain('');
      expect(`${why} ${passes}`).toBe(`${why} ${PASSING_TROUBLES.has(why as MethodTrouble) ? 'yes' : 'no'}`);
    }
  });

  test('has every reason for which a person is not asked', () => {
    const rows = rowsBelow('### Why the person is not asked');
    expect(rows.map(([why]) => why).sort()).toEqual([...persons].sort());
    for (const cells of rows) expect(cells).not.toContain('');
  });
});
