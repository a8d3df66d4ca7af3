import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'plist';
import { expect, test, vi } from 'vitest';
import { flawInPlistXml } from '../../../src/adapters/settings/check-plist-xml.ts';
import { decodeSettings } from '../../../src/adapters/settings/decode-settings.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';

const plist = (inner: string) => `<plist version="1.0">${inner}</plist>`;
const dict = (inner: string) => plist(`<dict>${inner}</dict>`);
const example = readFileSync(new URL('../../../examples/three-weeks.mobileconfig', import.meta.url), 'utf8');

test('the example profile is sound', () => {
  expect(flawInPlistXml(example)).toBeNull();
});

test.each([
  dict(''),
  plist('<dict/>'),
  plist('<array><true/><false/><integer>-5</integer><real>1.5e3</real><date>2026-11-30T12:00:00Z</date></array>'),
  dict(
    '<key>a</key><string/><key>b</key><string>x &amp; &#228; &#x1F6E0;</string><key>c</key><string><![CDATA[<b>]]></string>',
  ),
  dict('<key>a</key><data>\n\tAAAA\n\tAA==\n</data>'),
  `<!-- made by hand -->\n${dict('<!-- nothing yet --><key>a</key> <!-- one --> <integer>1</integer>')}\n`,
  `<?xml version="1.0"?><!DOCTYPE plist SYSTEM "file://localhost/System/Library/DTDs/PropertyList.dtd">${dict('')}`,
])('sound: %.80s', (xml) => {
  expect(flawInPlistXml(xml)).toBeNull();
});

test.each<[string, RegExp]>([
  [dict('<key>a</key><string>x'), /<\/dict> where <\/string> is due/],
  ['<plist version="1.0"><dict><key>a</key><string>x', /<string> is never closed/],
  ['<plist version="1.0"><dict>', /<dict> is never closed/],
  ['<plist version="1.0"><dict', /not closed or not well formed/],
  [dict('<key>a</key><string>x</integer>'), /<\/integer> where <\/string> is due/],
  [dict('<key>a</key><strng>x</strng>'), /<strng> is not a tag/],
  [dict('<key>a</key>'), /"a" has no value/],
  [dict('<key>a</key><key>b</key><true/>'), /<key> where the value of "a" is due/],
  [dict('<string>a</string>'), /<string> where a <key> is due/],
  [dict('<key>a</key><true/><key>a</key><false/>'), /"a" for the second time/],
  [dict('<key>a</key><true/><key>&#97;</key><false/>'), /written as a number/],
  [dict('stray<key>a</key><true/>'), /stray text inside <dict>/],
  [dict('<key>a</key><true>yes</true>'), /stray text inside <true>/],
  [dict('<key></key><true/>'), /"" is not a key/],
  [dict('<key>__proto__</key><dict/>'), /"__proto__" is not a key/],
  [dict('<key>a<!-- --></key><true/>'), /a comment or instruction inside <key>/],
  [dict('<key>a</key><string>x<b/>y</string>'), /<b> inside <string>/],
  [dict('<key>a</key><integer>12abc</integer>'), /"12abc" is not a whole number/],
  [dict('<key>a</key><integer>0x10</integer>'), /not a whole number/],
  [dict('<key>a</key><integer>1.5</integer>'), /not a whole number/],
  [dict('<key>a</key><integer/>'), /"" is not a whole number/],
  [dict('<key>a</key><real>1,5</real>'), /"1,5" is not a number/],
  [dict('<key>a</key><real>nan</real>'), /not a number/],
  [dict('<key>a</key><date>2026-11-30</date>'), /not a date of a property list/],
  [dict('<key>a</key><data>!!</data>'), /not base64/],
  [dict('<key>a</key><string>Q & A</string>'), /"&" is not an entity of XML; write & as &amp;/],
  [dict('<key>a</key><string>&copy;</string>'), /"&copy;" is not an entity/],
  [dict('<key>a</key><string>&#0;</string>'), /not an entity/],
  [dict('<key>a</key><string>&#x110000;</string>'), /not an entity/],
  [dict('<key>a</key><string>\u0007</string>'), /a control character/],
  [dict('<key a="b">a</key><true/>'), /attributes in <key>/],
  ['<plist version="1.0" version="1.0"><dict/></plist>', /attributes in <plist>/],
  ['<plist version=1.0><dict/></plist>', /not well formed/],
  [plist(''), /<plist> is empty/],
  ['<plist/>', /<plist> is empty/],
  [plist('<dict/><dict/>'), /a second value/],
  [`${dict('')}<dict/>`, /<dict> after the end/],
  [`${dict('')}x`, /text after the end/],
  [`x${dict('')}`, /text before/],
  [`<!DOCTYPE plist><!DOCTYPE plist>${dict('')}`, /declaration in the middle/],
  ['<dict/>', /<dict> where <plist> is due/],
  ['<rss/>', /<rss> where <plist> is due/],
  ['</plist>', /without a beginning/],
  ['<!-- only this -->', /no <plist>/],
  [`<!-- a -- b -->${dict('')}`, /a comment with "--"/],
  [`<?xml version="1.0"" ?>${dict('')}`, /declaration that is not well formed/],
  [`${dict('')}<?xml version="1.0"?>`, /in the middle/],
  [plist('<array>'.repeat(40)), /more than 32 levels/],
  ['<array>'.repeat(100_000), /<array> where <plist> is due/],
])('refused: %.100s', (xml, words) => {
  expect(flawInPlistXml(xml)?.what).toMatch(words);
});

test('definitions in the document type are refused before anything is unfolded', () => {
  const bomb = `<!DOCTYPE plist [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${dict('<key>x</key><string>&b;</string>')}`;
  const leak = `<!DOCTYPE plist [<!ENTITY a SYSTEM "file:///etc/passwd">]>${dict('<key>x</key><string>&a;</string>')}`;
  const foreign = `<!DOCTYPE plist [<!ENTITY % d SYSTEM "http://example.com/d"> %d;]>${dict('')}`;
  for (const xml of [bomb, leak, foreign]) expect(flawInPlistXml(xml)?.what).toMatch(/definitions in it are refused/);
});

test('the place is given as line and column', () => {
  const xml = '<plist version="1.0">\n<dict>\n\t<key>a</key>\n\t<integer>five</integer>\n</dict>\n</plist>';
  expect(flawInPlistXml(xml)).toEqual({ what: '"five" is not a whole number', line: 4, column: 2 });
});

test('what was found sound, the parser takes without a word; the rest is an UpkeepError', () => {
  const complaints = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')];
  const pieces = [
    '<',
    '>',
    '/',
    '&',
    ';',
    '"',
    ']]>',
    '<!--',
    '-->',
    '<![CDATA[',
    '<key>',
    '</dict>',
    '<true/>',
    ' ',
    '\0',
    'é',
    '?>',
    '\r',
  ];
  const change = fc.record({ at: fc.nat(example.length), drop: fc.nat(12), add: fc.constantFrom('', ...pieces) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const xml = changes.reduce((text, { at, drop, add }) => text.slice(0, at) + add + text.slice(at + drop), example);
      if (flawInPlistXml(xml) === null) expect(() => parse(xml.trim())).not.toThrow();
      try {
        decodeSettings(Buffer.from(xml), 'a.mobileconfig');
      } catch (error) {
        expect(error).toBeInstanceOf(UpkeepError);
      }
    }),
    { numRuns: 3_000 },
  );
  for (const complaint of complaints) expect(complaint).not.toHaveBeenCalled();
});

test('a large file is checked in reasonable time', () => {
  const many = dict(
    Array.from({ length: 20_000 }, (_, nth) => `<key>k${nth}</key>\n<integer>${nth}</integer>`).join('\n'),
  );
  expect(flawInPlistXml(many)).toBeNull();
  expect(flawInPlistXml('<!--'.repeat(200_000))).not.toBeNull();
  expect(flawInPlistXml(`<plist version="1.0" ${'a '.repeat(200_000)}`)).not.toBeNull();
});
