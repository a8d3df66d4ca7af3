// Every secret of a test is a canary (test/support/canary.ts): one written out would leak without anybody noticing.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const tests = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const QUOTED = String.raw`(?:'(?:[^'\\\n]|\\.){3,}'|"(?:[^"\\\n]|\\.){3,}"|\x60[^\x60$]{3,}\x60)`;
const NAMES = '(?:login|crypto|keychain)?password|recoveryKey|personalKey|passphrase|secret';

/** Where a secret is written out: as a `Secret`, under a name of one, as a constant of such a name. */
const WRITTEN_OUT = [
  new RegExp(String.raw`new Secret\(\s*${QUOTED}`, 'g'),
  // Not within a text, such as the prompt of a tool, nor a part of a longer name.
  new RegExp(String.raw`(?<![-'"\x60\w])(?:${NAMES})\s*:\s*(?!'\[secret\]')${QUOTED}`, 'gi'),
  new RegExp(String.raw`\bconst \w*(?:password|secret|passphrase|recovery_?key)\w*\s*=\s*${QUOTED}`, 'gi'),
  new RegExp(String.raw`\bconst (?:ADMIN|ANNA|BERT|CLARA|KEY|PLAIN|HARD|NEXT|OLD)\s*=\s*${QUOTED}`, 'g'),
  new RegExp(String.raw`\brotatePassword\([^)]*,\s*${QUOTED}`, 'g'),
  /[A-Z0-9]{4}(?:-[A-Z0-9]{4}){5}/g,
];

/** Files with words that look like a secret and are none, and why. */
const NONE: Record<string, string> = {
  'architecture/secrets.test.ts': 'has them as examples',
  'simulator/mac-spec.test.ts': 'secrets in the wrong place of a description, which are not to be repeated',
};

function writtenOut(text: string): string[] {
  return WRITTEN_OUT.flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => found));
}

test('no test writes a secret out', () => {
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const found = files
    .filter((file) => !(file in NONE))
    .flatMap((file) => writtenOut(readFileSync(join(tests, file), 'utf8')).map((words) => `test/${file}: ${words}`));
  const help =
    "Write canary('bert') instead, from test/support/canary.ts, its second argument puts odd signs around it, " +
    'canaryKey() for a recovery key. Where it is no secret, name the file in NONE with the reason.';
  expect(found, help).toEqual([]);
});

test.each([
  "new Secret('hunter2')",
  'new Secret(\n  "hunter2",\n)',
  'new Secret(`hunter2 `)',
  "{ name: 'bert', password: 'hunter2' }",
  "{ recoveryKey: 'x' + y, cryptoPassword: 'of last year' }",
  "build({ Password: 'hunter2' })",
  "const BERT = 'staple of the admin';",
  'const HARD_PASSWORD = `x "y"`;',
  "const key = 'ABCD-EFGH-JKLM-NPQR-STUV-WXYZ';",
  "mac.rotatePassword('anna', 'brand new');",
])('a secret is found in: %s', (text) => expect(writtenOut(text)).not.toEqual([]));

test.each([
  "new Secret(canary('bert'))",
  "{ password: canary('bert', (it) => it) }",
  'const PASSWORD = canary("x");',
  "{ password: '' }",
  'askPassword: ask,',
  'new Secret(plain)',
  "{ 'saved-password': 'not-set', ends: 'Password:' }",
])('no secret is found in: %s', (text) => expect(writtenOut(text)).toEqual([]));
