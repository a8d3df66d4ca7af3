// What the watch takes for a secret. It would be blind without a word where this did not hold.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canary, canaryKey, canaryOfLength, hardCanaries } from '../support/canary.ts';
import { canaryIn, labelIn, recogniserOf } from '../support/watch/marks.ts';

/** What programs do to a text before they write it down. */
const DISGUISES: Record<string, (secret: string) => string | Uint8Array> = {
  'as it is': (it) => it,
  'in JSON': (it) => JSON.stringify({ password: it }),
  'in JSON within JSON': (it) => JSON.stringify({ line: JSON.stringify({ password: it }) }),
  'in single quotes of a shell': (it) => `'${it.replaceAll("'", `'\\''`)}'`,
  'in double quotes of a shell': (it) => `"${it.replace(/["\\$`]/g, '\\$&')}"`,
  'in XML': (it) => `<string>${it.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</string>`,
  'in a URL': (it) => `https://host/?q=${encodeURIComponent(it)}`,
  'in a form': (it) => new URLSearchParams({ password: it }).toString(),
  'every byte of it with a percent sign': (it) => Buffer.from(it).toString('hex').replace(/../g, '%$&'),
  'in base64': (it) => Buffer.from(it).toString('base64'),
  'in base64 after one byte': (it) => Buffer.from(`:${it}`).toString('base64'),
  'in base64 after two bytes': (it) => Buffer.from(`a:${it}`).toString('base64'),
  'in base64 of a URL': (it) => Buffer.from(`anna:${it}?`).toString('base64url'),
  'in hexadecimal': (it) => Buffer.from(it).toString('hex'),
  'in large hexadecimal': (it) => Buffer.from(it).toString('hex').toUpperCase(),
  'in UTF-16': (it) => Buffer.from(it, 'utf16le'),
  'in UTF-16 the other way round': (it) => Buffer.from(it, 'utf16le').swap16(),
  'in bytes': (it) => new TextEncoder().encode(it),
  'in an inspected object': (it) => inspect({ deep: [{ password: it }] }),
};

const CANARIES: [string, string][] = [
  ['a plain one', canary('plain')],
  ['a recovery key', canaryKey()],
  ...hardCanaries('hard'),
];

/** Such as upkeep makes for its service account; a Mac under test tells it. */
const MADE_UP = 'q7-Xk"m$T9\\v<&>4z';

describe.each(Object.entries(DISGUISES))('%s', (_name, disguise) => {
  test.each(CANARIES)('%s is recognised', (_, secret) => {
    const shown = disguise(secret);
    expect(canaryIn(shown)).not.toBeNull();
    expect(canaryIn(typeof shown === 'string' ? Buffer.from(`before${shown}after`) : shown)).not.toBeNull();
  });
});

test.each(Object.entries(DISGUISES).filter(([name]) => !/within JSON|form$|inspected/.test(name)))(
  'a secret that is no canary is recognised, too: %s',
  (_, disguise) => {
    const recognise = recogniserOf([MADE_UP]);
    expect(recognise(disguise(MADE_UP))).not.toBeNull();
    expect(recognise(disguise('something else altogether'))).toBeNull();
  },
);

test('half of one is enough where it is the half with the mark', () => {
  for (const secret of [canary('plain'), canaryKey()]) expect(canaryIn(secret.slice(0, 18))).toBe('as it is');
});

test('both ends of a long one are marked, so that what a tool cuts off is recognised too', () => {
  const long = canaryOfLength('long', 255);
  expect([long.length, canaryIn(long.slice(0, 128)), canaryIn(long.slice(128))]).toEqual([255, 'as it is', 'as it is']);
});

test('no two are the same, and the label is told, not the secret', () => {
  const some = [canary('anna'), canary('anna'), canary('bert'), canaryKey(), canaryKey()];
  expect(new Set(some).size).toBe(5);
  expect(some.map((one) => labelIn(`x${one}`))).toEqual(['anna', 'anna', 'bert', null, null]);
  expect(canaryKey()).toMatch(/^[A-Z0-9]{4}(-[A-Z0-9]{4}){5}$/);
});

test('nothing else is taken for one', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.json()), (text) => {
      expect(canaryIn(text)).toBeNull();
      expect(canaryIn(Buffer.from(text))).toBeNull();
    }),
  );
});
