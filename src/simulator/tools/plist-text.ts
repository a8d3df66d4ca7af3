import { parse } from 'plist';

export type PlistValue = string | number | boolean | readonly PlistValue[] | { readonly [key: string]: PlistValue };

/** A property list as Apple's tools print it: tabs, keys in the order given. */
export function plistText(value: PlistValue): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    ...linesOf(value, ''),
    '</plist>',
    '',
  ].join('\n');
}

/** What a property list (XML) says; null where it is none. */
export function readPlist(text: string): unknown {
  // The parser complains to the terminal of what is not XML at all.
  if (!text.trimStart().startsWith('<')) return null;
  try {
    return parse(text);
  } catch {
    return null;
  }
}

function linesOf(value: PlistValue, indent: string): string[] {
  if (typeof value === 'string') return [`${indent}<string>${escaped(value)}</string>`];
  if (typeof value === 'boolean') return [`${indent}<${value}/>`];
  if (typeof value === 'number') {
    const kind = Number.isInteger(value) ? 'integer' : 'real';
    return [`${indent}<${kind}>${value}</${kind}>`];
  }
  if (isList(value)) {
    if (value.length === 0) return [`${indent}<array/>`];
    return [`${indent}<array>`, ...value.flatMap((one) => linesOf(one, `${indent}\t`)), `${indent}</array>`];
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return [`${indent}<dict/>`];
  const lines = entries.flatMap(([key, one]) => [
    `${indent}\t<key>${escaped(key)}</key>`,
    ...linesOf(one, `${indent}\t`),
  ]);
  return [`${indent}<dict>`, ...lines, `${indent}</dict>`];
}

function isList(value: PlistValue): value is readonly PlistValue[] {
  return Array.isArray(value);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
