import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { toCall } from '../../../src/adapters/commands/command.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { passwords, typed } from './passwords.ts';

const keep = catalogue['security.keep-password'];

/** How `security -i` takes a line apart: quotes of two kinds, and a backslash before anything, inside quotes as well. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let i = 0; i < line.length; i += 1) {
    const sign = line[i] ?? '';
    if (word === null && /\s/.test(sign)) continue;
    if (word === null && /["']/.test(sign)) [word, quote] = ['', sign];
    else if (sign === '\\') word = (word ?? '') + (line[++i] ?? '');
    else if (quote !== '' ? sign === quote : /\s/.test(sign)) {
      words.push(word ?? '');
      [word, quote] = [null, ''];
    } else word = (word ?? '') + sign;
  }
  return word === null ? words : [...words, word];
}

describe('keeping a password', () => {
  test('whatever it holds, it arrives as one word, and names and places as they are', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(passwords(1_020), name, name, (plain, service, account) => {
        const call = toCall(keep, { keychain: 'system', service, account, password: new Secret(plain) });
        const lines = typed(call.stdin).split('\n');
        expect(lines).toHaveLength(2);
        expect(wordsOf(lines[0] ?? '')).toEqual([
          ...['add-generic-password', '-U', '-a', account, '-s', service, '-w', plain],
          '/Library/Keychains/System.keychain',
        ]);
        expect(call.args).toEqual(['-i']);
      }),
    );
  });

  test('255 emoji are still one line', () => {
    const plain = '😀'.repeat(255);
    const call = toCall(keep, { keychain: 'system', service: 's', account: 'a', password: new Secret(plain) });
    expect(wordsOf(typed(call.stdin).trimEnd())[7]).toBe(plain);
  });

  test.each(['two\nlines', 'return\rhere', 'nul\0', '', '   ', '\\'.repeat(2_100)])('%j is refused', (plain) => {
    const input = { keychain: 'system', service: 's', account: 'a', password: new Secret(plain) } as const;
    expect(() => toCall(keep, input)).toThrow(expect.objectContaining({ code: 'input.wrong' }));
  });

  test('a user’s keychain: in their session, by its whole path', () => {
    const keychain = { user: { name: 'mira', uid: 501 }, home: '/Users/mira' };
    const { path, args } = toCall(catalogue['security.find-password'], { keychain, service: 's', account: 'a' });
    expect([path, ...args].join(' ')).toBe(
      '/bin/launchctl asuser 501 /usr/bin/sudo -u mira /usr/bin/security find-generic-password -a a -s s -g ' +
        '/Users/mira/Library/Keychains/login.keychain-db',
    );
  });
});

describe('reading it back', () => {
  const read = (stderr: string) =>
    catalogue['security.find-password'].read({ stdout: '', stderr, exitCode: 0, args: [], macos: null }).password;
  const shown = (plain: string) =>
    /^[ -[\]-~]*$/.test(plain)
      ? `password: "${plain}"\n`
      : `password: 0x${Buffer.from(plain).toString('hex').toUpperCase()}  "…"\n`;

  test('as it was kept, printable or not', () => {
    fc.assert(
      fc.property(passwords(1_020), (plain) => {
        expect(read(shown(plain))?.expose((text) => text)).toBe(plain);
      }),
    );
  });

  test('a password that looks like hexadecimal is taken for what it is', () => {
    expect(read('password: "0x41"\n')?.expose((text) => text)).toBe('0x41');
    expect(read('password: 0x41\n')?.expose((text) => text)).toBe('A');
  });
});
