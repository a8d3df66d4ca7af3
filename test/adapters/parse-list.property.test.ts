// The list of updates under every kind of damage: whatever happens to the text on its way, the parser gives offers that
// stand in it, or says that it cannot read it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readUpdateList } from '../../src/adapters/softwareupdate/parse-list.ts';
import type { Offer } from '../../src/domain/offer.ts';
import { UpkeepError } from '../../src/domain/problem.ts';

type Item = { offer: Offer; lines: [string, string] };

const version = fc.tuple(fc.integer({ min: 11, max: 30 }), fc.nat(9), fc.nat(9)).map((parts) => parts.join('.'));
const build = fc
  .tuple(fc.integer({ min: 20, max: 30 }), fc.constantFrom('A', 'C', 'G', 'H'), fc.integer({ min: 1, max: 5999 }))
  .map((parts) => parts.join(''));
const sizeKiB = fc.integer({ min: 1, max: 20_000_000 });
const unit = fc.constantFrom('K', 'KiB');

const macosItem = fc
  .record({
    version,
    build,
    sizeKiB,
    unit,
    name: fc.constantFrom('macOS', 'macOS Tahoe', 'macOS Monterey'),
    deferred: fc.constantFrom(null, true, false),
  })
  .map(({ name, unit, deferred, ...said }): Item => {
    const title = `${name} ${said.version}`;
    // Only clients that print K say what is deferred; later ones leave such items out.
    const shown = unit === 'K' && deferred !== null ? `Deferred: ${deferred ? 'YES' : 'NO'}` : '';
    return item(
      {
        label: `${title}-${said.build}`,
        title,
        ...said,
        recommended: true,
        restart: true,
        deferred: shown.endsWith('YES'),
        kind: 'macos',
      },
      `Size: ${said.sizeKiB}${unit}, Recommended: YES, Action: restart, ${shown}`,
    );
  });
const safariItem = fc.record({ version, sizeKiB, unit, recommended: fc.boolean() }).map(
  ({ unit, ...said }): Item =>
    item(
      {
        label: `Safari${said.version}TahoeAuto-${said.version}`,
        title: 'Safari',
        ...said,
        build: null,
        restart: false,
        deferred: false,
        kind: 'safari',
      },
      `Size: ${said.sizeKiB}${unit}, Recommended: ${said.recommended ? 'YES' : 'NO'}, `,
    ),
);
const otherItem = fc.record({ version, sizeKiB, unit, restart: fc.boolean() }).map(
  ({ unit, ...said }): Item =>
    item(
      {
        label: `FirmwareAuto-${said.version}`,
        title: 'Firmware',
        ...said,
        build: null,
        recommended: true,
        deferred: false,
        kind: 'other',
      },
      `Size: ${said.sizeKiB}${unit}, Recommended: YES, ${said.restart ? 'Action: restart, ' : ''}`,
    ),
);

function item(offer: Offer, rest: string): Item {
  return { offer, lines: [`* Label: ${offer.label}`, `\tTitle: ${offer.title}, Version: ${offer.version}, ${rest}`] };
}

const items = fc.uniqueArray(fc.oneof(macosItem, safariItem, otherItem), {
  minLength: 1,
  maxLength: 5,
  selector: (made) => made.offer.label,
});
const banner = ['Software Update Tool', '', 'Finding available software'];
const linesOf = (made: readonly Item[]) => [
  ...banner,
  'Software Update found the following new or updated software:',
  ...made.flatMap(({ lines }) => lines),
];

const garbage = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .tuple(
      fc.constantFrom('* Label: macOS Ta§hoe', '\tTitle: Sa§fari', 'A§b: No such update', 'A scan§.', '* §'),
      fc.constantFrom('\0', '\b', '\x1b[2J', '\x7f', '\x9b'),
    )
    .map(([line, control]) => line.replace('§', control)),
  fc.constantFrom(
    'Keine neue Software verfügbar.',
    '利用可能な新しいソフトウェアはありません。',
    'Die folgenden Updates wurden gefunden:',
    '<html><body>504 Gateway Time-out</body></html>',
    '* Label:',
    '* Étiquette : macOS Tahoe 26.6.2-25G83',
    '\tTitle: Safari',
    '\tTitre: macOS Tahoe 26.6.2, Version: 26.6.2, Taille: 12 Kio, Recommended: YES, ',
    'No new software available.',
    '2022-12-15 10:17:16.349 softwareupdate[5131:52164] XType: com.apple.fonts is not accessible.',
    'Downloading: 10.00%',
    '__proto__: x, Recommended: YES',
  ),
);

const damaged = fc
  .tuple(
    items,
    fc.array(fc.tuple(fc.nat(20), garbage), { maxLength: 4 }),
    fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 3 }),
  )
  .chain(([made, insertions, swaps]) => {
    const lines = linesOf(made);
    for (const [from, to] of swaps) lines.splice(to % lines.length, 0, ...lines.splice(from % lines.length, 1));
    for (const [at, text] of insertions) lines.splice(at % (lines.length + 1), 0, text);
    const ends = fc.array(fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', ''), {
      minLength: lines.length,
      maxLength: lines.length,
    });
    return fc.tuple(ends, fc.nat(1_000), fc.nat(4_000)).map(([breaks, from, length]) => {
      const text = lines.map((line, i) => `${line}${breaks[i]}`).join('');
      return from > 300 ? text : text.slice(from % (text.length + 1)).slice(0, length);
    });
  });

const printed = (stdout: string, stderr = '') => ({ stdout, stderr, exitCode: 0, args: ['--list'], macos: null });

/** The offers in a text, or null when the parser refuses it in the one way it may. */
function offersIn(stdout: string, stderr = ''): Offer[] | null {
  try {
    const list = readUpdateList(printed(stdout, stderr));
    expect(controlsIn(list)).toEqual([]);
    return list.state === 'error' ? null : list.updates;
  } catch (error) {
    if (!(error instanceof UpkeepError) || error.code !== 'output.unreadable') throw error;
    expect(controlsIn([error.message, error.remedy, error.facts])).toEqual([]);
    return null;
  }
}

/** The control characters in all texts of a value, other than line breaks. */
function controlsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.match(/(?!\n)\p{Cc}/gu) ?? [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(controlsIn) : [];
}

describe('the list of updates', () => {
  test('is read whole when it is whole, whatever the line breaks and on either stream', () => {
    fc.assert(
      fc.property(items, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), (made, lineBreak, onStderr) => {
        const text = linesOf(made)
          .map((line) => line + lineBreak)
          .join('');
        const found = onStderr ? offersIn('', text) : offersIn(text);
        expect(found).toEqual(made.map(({ offer }) => offer));
      }),
    );
  });

  test('cut anywhere, gives only offers that were in the whole list, in full', () => {
    fc.assert(
      fc.property(items, (made) => {
        const text = `${linesOf(made).join('\n')}\n`;
        const whole = made.map(({ offer }) => JSON.stringify(sorted(offer)));
        for (let length = 0; length < text.length; length += 1) {
          for (const offer of offersIn(text.slice(0, length)) ?? [])
            expect(whole).toContain(JSON.stringify(sorted(offer)));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is never “none” because of a cut', () => {
    fc.assert(
      fc.property(items, fc.nat(), (made, at) => {
        const text = linesOf(made).join('\n');
        expect(offersIn(text.slice(0, at % text.length))).not.toEqual([]);
      }),
    );
  });

  test('damaged in any way, gives no offer whose label, title, version or size is not in the text', () => {
    fc.assert(
      fc.property(damaged, fc.option(damaged, { nil: '' }), (stdout, stderr) => {
        for (const offer of offersIn(stdout, stderr) ?? []) {
          const text = `${stdout}\n${stderr}`;
          expect(text).toContain(`Label: ${offer.label}`);
          expect(text).toContain(`Title: ${offer.title}, Version: ${offer.version}`);
          if (offer.sizeKiB !== null) expect(text).toContain(`Size: ${offer.sizeKiB}K`);
          if (offer.kind === 'macos') expect(offer.title.startsWith('macOS')).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['* Label: macOS Ta\0\uFFFD\n\tTitle: , Version', 'the item “macOS Ta\\u0000\uFFFD” is not whole'],
    ['\tTitle: \x1b[2JSafari', 'a line belongs to no item: “Title: \\u001b[2JSafari”'],
  ])('%j is quoted with its control characters written out', (text, why) => {
    const facts = expect.objectContaining({ stdout: expect.stringMatching(/\\u00(?:00|1b)/) });
    const message = expect.stringContaining(why);
    expect(() => readUpdateList(printed(text))).toThrow(expect.objectContaining({ message, facts }));
  });

  test('a complaint names its item with its control characters written out', () => {
    const list = readUpdateList(printed('macOS\x07 Tahoe: No such update\n'));
    expect(list).toMatchObject({ item: 'macOS\\u0007 Tahoe', text: 'macOS\\u0007 Tahoe: No such update' });
  });

  test('of text that is no list is never read', () => {
    fc.assert(
      fc.property(fc.array(garbage), (lines) => {
        const text = lines.filter((line) => !/No new software available/.test(line)).join('\n');
        expect(offersIn(text)).toBeNull();
      }),
    );
  });
});

function sorted(offer: Offer): Offer {
  return Object.fromEntries(Object.entries(offer).sort(([a], [b]) => a.localeCompare(b))) as Offer;
}
