import fc from 'fast-check';
import { parse } from 'plist';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { toCall } from '../../../src/adapters/commands/command.ts';
import { withoutSecrets } from '../../../src/adapters/commands/outcome.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canary, canaryKey } from '../../support/canary.ts';
import { passwords, typed } from './passwords.ts';

const KEY = canaryKey();
const MIRA = canary('mira');
const restart = catalogue['fdesetup.authrestart'];

describe('the dictionary on stdin', () => {
  test('holds the password as it is, whatever is in it', () => {
    fc.assert(
      fc.property(passwords(1_020), (plain) => {
        const call = toCall(restart, { name: 'a<&>"b', password: new Secret(plain), delayMinutes: 0 });
        expect(parse(typed(call.stdin))).toEqual({ Username: 'a<&>"b', Password: plain });
        expect(call.args).toEqual(['authrestart', '-inputplist', '-delayminutes', '0']);
      }),
    );
  });

  test('a recovery key goes without a name', () => {
    const input = { name: null, password: new Secret(KEY) };
    const call = toCall(catalogue['fdesetup.change-recovery-key'], input);
    expect(parse(typed(call.stdin))).toEqual({ Password: KEY });
  });

  test('a tool that repeats the password, as typed or as escaped, is silenced', () => {
    const { stdin } = toCall(restart, { name: 'mira', password: new Secret(`a<${MIRA}>&c`), delayMinutes: -1 });
    expect(withoutSecrets(`bad: a<${MIRA}>&c or a&lt;${MIRA}&gt;&amp;c`, stdin)).toBe('bad: [secret] or [secret]');
  });

  test.each(['bell\x07', 'line\nbreak', '', '\ud800'])('%j is refused', (plain) => {
    const input = { name: 'mira', password: new Secret(plain), delayMinutes: -1 };
    expect(() => toCall(restart, input)).toThrow(expect.objectContaining({ code: 'input.wrong' }));
  });
});

test('a new recovery key is a secret, and a call that prints one is never given a file', () => {
  const change = catalogue['fdesetup.change-recovery-key'];
  const stdout = `New personal recovery key = '${KEY}'\n`;
  const { key } = change.read({ stdout, stderr: '', exitCode: 0, args: [], macos: null });
  expect(key?.expose((plain) => plain)).toBe(KEY);
  expect(toCall(change, { name: 'mira', password: new Secret(canary('mira')) }).outlivesAgent).toBe(false);
  expect(toCall(restart, { name: 'mira', password: new Secret(canary('mira')), delayMinutes: 0 }).outlivesAgent).toBe(
    true,
  );
});
