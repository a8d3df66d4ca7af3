import fc from 'fast-check';
import { Secret } from '../../../src/domain/secret.ts';
import type { ToolInput } from '../../../src/ports/commands.ts';

/** What a tool is given on stdin, revealed. */
export const typed = (stdin: ToolInput) =>
  (stdin ?? []).map((part) => (part instanceof Secret ? part.expose((plain) => plain) : part)).join('');

/** Passwords as people and generators make them, with every sign that means something to a shell, Tcl or XML. */
export const passwords = (maxBytes: number) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...' "\'\\$=[]{}()<>&;|`~#%!?*^-_./:,@+'.split(''),
          '\\u0041',
          '$x',
          '[exit]',
          '--',
          ']]>',
          '&amp;',
        ),
        fc.constantFrom('ä', 'ß', 'é', '漢', '😀', '👩‍👩‍👧', 'ﷺ', '\u00a0'),
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 }),
      ),
      { minLength: 1, maxLength: 255 },
    )
    .map((parts) => fitting(parts, maxBytes))
    .filter((plain) => plain.trim() !== '' && !/\p{Cc}/u.test(plain));

function fitting(parts: readonly string[], maxBytes: number): string {
  let text = '';
  for (const part of parts) if (Buffer.byteLength(text + part) <= maxBytes) text += part;
  return text;
}
