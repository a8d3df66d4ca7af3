import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { decodeSettings } from '../../../src/adapters/settings/decode-settings.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';

/** A binary property list from its objects, byte by byte; each refers to others by their place in the list. */
function binary(objects: readonly (readonly number[])[], top = 0): Buffer {
  const header = Buffer.from('bplist00');
  let at = header.length;
  const offsets = objects.map((object) => {
    const own = at;
    at += object.length;
    return [own >> 8, own & 0xff];
  });
  const trailer = Buffer.alloc(32);
  trailer.writeUInt8(2, 6);
  trailer.writeUInt8(1, 7);
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(top), 16);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  return Buffer.concat([header, Buffer.from(objects.flat()), Buffer.from(offsets.flat()), trailer]);
}

const ascii = (text: string) => [0x50 | text.length, ...Buffer.from(text)];
const utf16 = (text: string) => [
  0x60 | text.length,
  ...[...text].flatMap((sign) => [sign.charCodeAt(0) >> 8, sign.charCodeAt(0) & 0xff]),
];
const fourteen = (place: number) => new Array<number>(14).fill(place);
const list = (...places: number[]) => [0xa0 | places.length, ...places];
const dictionary = (keys: number[], values: number[]) => [0xd0 | keys.length, ...keys, ...values];
const longAscii = (length: number) => [
  0x5f,
  0x12,
  0,
  0,
  length >> 8,
  length & 0xff,
  ...new Array<number>(length).fill(0x41),
];
const wholeNumber = (value: number) => [0x10, value];

function read(bytes: Uint8Array): unknown {
  return decodeSettings(bytes, 'a.plist');
}

test('a sound list is read', () => {
  const bytes = binary([dictionary([1, 3], [2, 4]), ascii('scan'), wholeNumber(6), utf16('power'), [0x09]]);
  expect(read(bytes)).toEqual({ scan: 6, power: true });
});

test.each<[string, Buffer, RegExp]>([
  ['a list that contains itself', binary([list(0)]), /contains itself/],
  ['a dictionary that contains itself', binary([dictionary([1], [0]), ascii('a')]), /contains itself/],
  [
    'a list that unfolds without end',
    binary(Array.from({ length: 30 }, (_, nth) => (nth === 29 ? [0x09] : list(...fourteen(nth + 1))))),
    /unfolds to far more/,
  ],
  [
    'one long text a thousand times',
    binary([list(...fourteen(1)), list(...fourteen(2)), list(...fourteen(3)), longAscii(20_000)]),
    /unfolds to far more/,
  ],
  ['a key without end', binary([dictionary([1], [2]), longAscii(300), [0x09]]), /key in it is far too long/],
  [
    'a key twice',
    binary([dictionary([1, 3], [2, 2]), ascii('scan'), wholeNumber(6), ascii('scan')]),
    /"scan" is in one dictionary twice/,
  ],
  [
    'a key twice in two encodings',
    binary([dictionary([1, 3], [2, 2]), ascii('scan'), wholeNumber(6), utf16('scan')]),
    /twice/,
  ],
  ['a key that is no text', binary([dictionary([1], [1]), wholeNumber(1)]), /not text/],
  ['a dangerous key', binary([dictionary([1], [2]), ascii('__proto__'), [0xd0]]), /is not a key/],
  ['a reference to nothing', binary([list(7)]), /refers to something/],
  ['a text past the end', binary([[0x5e, 0x41]]), /past its end/],
  ['an endless length', binary([[0x5f, 0x13, 255, 255, 255, 255, 255, 255, 255, 255]]), /past its end/],
  ['a length that is none', binary([[0x5f, 0x51, 0x41]]), /length that is not a number/],
  ['an unknown kind', binary([[0x70]]), /cannot have/],
  ['an archive reference', binary([[0x80, 0x00]]), /cannot have/],
  ['a null', binary([[0x00]]), /cannot have/],
  ['a number too long', binary([[0x1f, 0x00]]), /unknown size/],
  ['a top that is not there', binary([[0x09]], 3), /table of contents/],
  ['nothing but a trailer', Buffer.concat([Buffer.from('bplist00'), Buffer.alloc(32)]), /table of contents/],
  ['only a beginning', Buffer.from('bplist00'), /cut short/],
])('%s is refused', (_, bytes, words) => {
  expect(() => read(bytes)).toThrow(UpkeepError);
  expect(() => read(bytes)).toThrow(words);
});

test('bytes changed at random are read or refused, and nothing is printed', () => {
  const complaint = vi.spyOn(console, 'error');
  const whole = readFileSync(new URL('../../fixtures/settings/profile.binary.mobileconfig', import.meta.url));
  const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.nat(whole.length),
      (changes, cut, end) => {
        const bytes = Buffer.from(whole);
        for (const { at, value } of changes) bytes[at] = value;
        try {
          read(cut ? bytes.subarray(0, Math.max(8, end)) : bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(UpkeepError);
        }
      },
    ),
    { numRuns: 5_000 },
  );
  expect(complaint).not.toHaveBeenCalled();
});
