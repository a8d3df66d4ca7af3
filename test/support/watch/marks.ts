// Recognises a secret in a text or in bytes, as it is and in the usual disguises.

/** Stands in every canary. Letters and digits alone: no quoting, escaping or encoding of a URL changes them. */
export const MARK = 'Kn4ryQ7zW2vx';
/** The same for recovery keys of FileVault, which have no small letters. */
export const KEY_MARK = 'KNRY-Q7ZW-2VX9';

/** One spelling of a secret, as bytes in Latin-1, and what to call it in a report. */
export type Spelling = { as: string; bytes: string };

/** How a secret may look, wherever it stands and whatever stands around it. */
export function spellingsOf(secret: string): Spelling[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const percent = hex.replace(/../g, '%$&');
  const wide = Buffer.from(secret, 'utf16le');
  const all: Spelling[] = [
    { as: 'as it is', bytes: bytes.toString('latin1') },
    { as: 'in JSON', bytes: latin1(JSON.stringify(secret).slice(1, -1)) },
    { as: 'quoted for a shell', bytes: latin1(secret.replaceAll("'", `'\\''`)) },
    { as: 'in double quotes', bytes: latin1(secret.replace(/["\\$`]/g, '\\$&')) },
    { as: 'in XML', bytes: latin1(secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')) },
    { as: 'in a URL', bytes: encodeURIComponent(secret) },
    { as: 'in a URL', bytes: percent.toUpperCase() },
    { as: 'in a URL', bytes: percent },
    { as: 'in hexadecimal', bytes: hex },
    { as: 'in hexadecimal', bytes: hex.toUpperCase() },
    // Without the zero at the end or the beginning: files are full of zeros, and each would be tried as a beginning.
    { as: 'in UTF-16', bytes: wide.toString('latin1', 0, wide.length - 1) },
    { as: 'in UTF-16', bytes: Buffer.from(wide).swap16().toString('latin1', 1) },
    ...[0, 1, 2].flatMap((before) => {
      const inner = innerBase64(bytes, before);
      return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')].map((text) => ({ as: 'in base64', bytes: text }));
    }),
  ];
  return all.filter(({ bytes: one }, index) => all.findIndex((other) => other.bytes === one) === index);
}

/** What is always there of some bytes in base64, with so many other bytes (modulo three) before them. */
function innerBase64(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const firstOwn = [0, 2, 3][before] ?? 0;
  const lastIsShared = (before + bytes.length) % 3 !== 0;
  return text.slice(firstOwn, lastIsShared ? -1 : undefined);
}

const latin1Of = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** Finds any of some secrets in a text or in bytes, and says in which spelling; null where there is none. */
export type Recogniser = (what: string | Uint8Array) => string | null;

export function recogniserOf(secrets: readonly string[]): Recogniser {
  const spellings = secrets.flatMap(spellingsOf);
  if (spellings.length === 0) return () => null;
  // One pass for all of them: everything that the tests write is looked at.
  const any = new RegExp(spellings.map(({ bytes }) => RegExp.escape(bytes)).join('|'));
  const isPlain = spellings.every(({ bytes }) => isAscii(bytes));
  return (what) => {
    const text = typeof what === 'string' ? (isPlain ? what : latin1(what)) : latin1Of(what);
    const found = any.exec(text)?.[0];
    return spellings.find(({ bytes }) => bytes === found)?.as ?? null;
  };
}

const isAscii = (text: string): boolean => [...text].every((sign) => (sign.codePointAt(0) ?? 0) < 128);

/** Whether a canary is seen, in which spelling. */
export const canaryIn: Recogniser = recogniserOf([MARK, KEY_MARK]);

/** Whose canary it is, where that can be read; never the canary. */
export function labelIn(what: string | Uint8Array): string | null {
  const text = typeof what === 'string' ? what : latin1Of(what);
  return new RegExp(`${MARK}-(\\w+)-`).exec(text)?.[1] ?? null;
}
