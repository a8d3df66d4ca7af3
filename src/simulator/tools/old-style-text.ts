export type OldStyle = string | number | boolean | readonly OldStyle[] | { readonly [key: string]: OldStyle };

/** A dictionary as Apple's programs print their own: keys in order, tabs, quotes around all but plain words. */
export function oldStyleText(value: OldStyle, indent = ''): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return word(value);
  const inner = `${indent}\t`;
  if (isList(value)) {
    const items = value.map((one) => `${inner}${oldStyleText(one, inner)}`);
    return `(\n${items.join(',\n')}${items.length === 0 ? '' : '\n'}${indent})`;
  }
  const keys = Object.keys(value).sort();
  const lines = keys.map((key) => {
    const one = value[key] ?? '';
    // A list or a dictionary stands behind as many tabs as its key.
    const gap = typeof one === 'object' ? inner : '';
    return `${inner}${word(key)} =${gap} ${oldStyleText(one, inner)};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

function word(text: string): string {
  if (/^[A-Za-z0-9]+$/.test(text)) return text;
  const escaped = text
    .replaceAll(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll(/[^\x20-\x7e]/g, (sign) => `\\U${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}

function isList(value: OldStyle): value is readonly OldStyle[] {
  return Array.isArray(value);
}
