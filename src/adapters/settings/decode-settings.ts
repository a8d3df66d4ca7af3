import { parseBuffer } from 'bplist-parser';
import { parse as parsePlistXml } from 'plist';
import { UpkeepError } from '../../domain/problem.ts';
import { settingsFromPropertyList } from '../../policy/profile.ts';
import { checkBinaryPlist } from './check-binary-plist.ts';
import { flawInPlistXml } from './check-plist-xml.ts';
import { repeatedJsonKey } from './repeated-json-key.ts';

/**
 * The settings in a file, by what it holds and not by what it is called: a configuration profile or property list (XML
 * or binary), or JSON. `source` is how the file is called in what is said about it.
 */
export function decodeSettings(bytes: Uint8Array, source: string): unknown {
  if (startsWith(bytes, 'bplist')) return fromPropertyList(readBinaryPlist(bytes, source), source);
  if (isSigned(bytes)) {
    throw unreadable(
      source,
      'is a signed profile',
      `Take the settings out of the signature: security cms -D -i ${shellWord(source)} -o unsigned.mobileconfig`,
    );
  }
  const text = decodeText(bytes, source);
  const start = text.trimStart();
  if (start === '') throw unreadable(source, 'is empty', 'Give a configuration profile or a JSON file.');
  if (/^-----BEGIN (?:PKCS7|CMS)-----/.test(start)) {
    throw unreadable(
      source,
      'is a signed profile, written as text',
      `Take the settings out of the signature: openssl cms -verify -noverify -inform PEM -in ${shellWord(source)} -out unsigned.mobileconfig`,
    );
  }
  if (/^<(?:!doctype\s+html|html|head|body)\b/i.test(start)) {
    throw unreadable(
      source,
      'is a web page (HTML), not a profile',
      'The download probably ended on a sign-in or error page; fetch the file again.',
    );
  }
  if (start.startsWith('<')) return fromPropertyList(readXmlPlist(text, source), source);
  if (start.startsWith('{') || start.startsWith('[')) return readJson(text, source);
  throw unreadable(
    source,
    'is neither a configuration profile, nor a property list, nor JSON',
    'Give one of these; docs/settings.md shows them.',
  );
}

function fromPropertyList(plist: unknown, source: string): unknown {
  const reading = settingsFromPropertyList(plist);
  if (reading.ok) return reading.settings;
  throw new UpkeepError('input.wrong', `${source} ${reading.what}.`, { remedy: reading.remedy, facts: { source } });
}

function readXmlPlist(text: string, source: string): unknown {
  const flaw = flawInPlistXml(text);
  const remedy = 'Check the file with: plutil -lint';
  if (flaw) {
    throw unreadable(
      source,
      `is not a sound property list: ${flaw.what} (line ${flaw.line}, column ${flaw.column})`,
      remedy,
    );
  }
  try {
    return parsePlistXml(text.trim());
  } catch (error) {
    throw unreadable(source, `is not a sound property list: ${reasonIn(error)}`, remedy, error);
  }
}

function readBinaryPlist(bytes: Uint8Array, source: string): unknown {
  const refuse = (what: string, cause?: unknown) =>
    unreadable(source, `is a broken binary property list: ${what}`, 'Check the file with: plutil -lint', cause);
  if (!startsWith(bytes, 'bplist00')) throw refuse('it is of a version that upkeep does not know');
  checkBinaryPlist(bytes, refuse);
  try {
    return parseBuffer<unknown>(Buffer.from(bytes))[0];
  } catch (error) {
    throw refuse(reasonIn(error), error);
  }
}

function readJson(text: string, source: string): unknown {
  const remedy = 'JSON has neither comments nor a comma after the last entry; mind the place named.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(source, `is not sound JSON: ${reasonIn(error)}`, remedy, error);
  }
  const repeated = repeatedJsonKey(text);
  if (repeated === null) return value;
  const key = JSON.stringify(repeated.key.slice(0, 40));
  throw unreadable(
    source,
    `has the key ${key} twice in one object (line ${repeated.line})`,
    'Keep the one that is meant.',
  );
}

function decodeText(bytes: Uint8Array, source: string): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(
      source,
      'is not text in UTF-8',
      'Save it as UTF-8, or give the profile as it came from the MDM server.',
      error,
    );
  }
}

/** A CMS envelope in DER: a SEQUENCE with a long length, then the object identifier of a content type. */
function isSigned(bytes: Uint8Array): boolean {
  const lengthBytes = (bytes[1] ?? 0) - 0x80;
  return bytes[0] === 0x30 && lengthBytes >= 0 && lengthBytes <= 4 && bytes[2 + lengthBytes] === 0x06;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;
}

export function unreadable(source: string, what: string, remedy: string, cause?: unknown): UpkeepError {
  return new UpkeepError('input.unreadable', `${source} ${what}.`, { remedy, facts: { source }, cause });
}

/** What a parser said, without the pieces of the file that it may quote over many lines. */
function reasonIn(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').slice(0, 200).replace(/\.$/, '');
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
