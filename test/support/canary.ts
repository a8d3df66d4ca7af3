// Every secret of a test comes from here, so that whoever watches the suite (test/support/watch) knows it anywhere.
import { randomBytes } from 'node:crypto';
import { MAY_HOLD, TOOLS_THEMSELVES } from './watch/hooks.ts';
import { KEY_MARK, MARK } from './watch/marks.ts';

let count = 0;
const ownId = randomBytes(3).toString('hex');

/**
 * A password that no other test has, and that is recognised wherever it turns up. `label` says in a report whose it is;
 * `around` puts other characters around it: `canary('bert', (it) => `-bert's "$(${it})" = 🐴`)`.
 */
export function canary(label: string, around: (password: string) => string = (it) => it): string {
  if (!/^\w+$/.test(label)) throw new Error(`a label is one word of letters and digits, not ${label}`);
  count += 1;
  return around(`${MARK}-${label}-${ownId}${count}`);
}

/** A canary so many bytes long, with the mark at both ends: whatever is cut off is recognised, too. */
export function canaryOfLength(label: string, bytes: number): string {
  const one = canary(label);
  return one + 'x'.repeat(bytes - one.length - MARK.length) + MARK;
}

/** A recovery key of FileVault that no other test has. */
export function canaryKey(): string {
  count += 1;
  const own = `${ownId}${count.toString().padStart(6, '0')}`.toUpperCase();
  return `${KEY_MARK}-${own.slice(0, 4)}-${own.slice(4, 8)}-${own.slice(8, 12)}`;
}

/** Passwords in which a tool, a shell, a property list or a terminal might see more than text. */
export const hardCanaries = (label: string): [name: string, password: string][] => [
  ['spaces', canary(label, (it) => ` two  words ${it} and more `)],
  ['quotes', canary(label, (it) => `it's "quoted" \`so\` ${it}`)],
  ['a dollar sign', canary(label, (it) => `$HOME $(id) \${${it}}`)],
  ['an equals sign', canary(label, (it) => `a=b==${it}=`)],
  ['emoji', canary(label, (it) => `🐴 漢 ä ${it} 👩‍💻`)],
  ['a leading dash', canary(label, (it) => `-${it}`)],
  ['two leading dashes', canary(label, (it) => `--password=${it}`)],
  ['backslashes and brackets', canary(label, (it) => `\\n[exit] {${it}} \\`)],
  ['signs of XML', canary(label, (it) => `<&>]]> ${it} &amp;`)],
  ['percent signs', canary(label, (it) => `%s%20%n ${it}`)],
  ['128 bytes', canaryOfLength(label, 128)],
];

/** A file, or a folder and what is in it, that a test itself puts secrets into, such as what it types from. */
export function mayHoldSecrets(path: string): string {
  MAY_HOLD.add(path);
  return path;
}

/** For files that test simulated tools by themselves: macOS lets people give those a password as an argument. */
export function toolsAreGivenSecrets(): void {
  TOOLS_THEMSELVES.allowed = true;
}
