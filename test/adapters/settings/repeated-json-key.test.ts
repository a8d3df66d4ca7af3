import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatedJsonKey } from '../../../src/adapters/settings/repeated-json-key.ts';

test.each([
  ['{"a": 1, "a": 2}', { key: 'a', line: 1 }],
  ['{"a": 1,\n "b": {"c": 1},\n "b": 2}', { key: 'b', line: 3 }],
  ['{"x": [{"a": 1}, {"a": 1, "\\u0061": 2}]}', { key: 'a', line: 1 }],
  ['{"a"\n:\n1,\n"a": 2}', { key: 'a', line: 4 }],
])('%s has a key twice', (json, found) => {
  expect(repeatedJsonKey(json)).toEqual(found);
});

test.each([
  '{"a": {"a": {"a": 1}}}',
  '[{"a": 1}, {"a": 1}]',
  '{"a": "\\"a\\": {", "b": "a"}',
  '{"a": ["a", "a"]}',
  '"a"',
  '{}',
])('%s has none twice', (json) => {
  expect(repeatedJsonKey(json)).toBeNull();
});

test('what JSON.stringify writes has no key twice', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.nat(4),
      (value, indent) => repeatedJsonKey(JSON.stringify(value, null, indent)) === null,
    ),
  );
});
