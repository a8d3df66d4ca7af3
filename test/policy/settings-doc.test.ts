import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knownKeys } from '../../src/policy/schema.ts';
import { renderSettingsDoc } from '../../src/policy/settings-doc.ts';

test('docs/settings.md is what the schema says now (npm run docs renews it)', () => {
  expect(readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')).toBe(renderSettingsDoc());
});

test('every key has its place in it', () => {
  const doc = renderSettingsDoc();
  for (const { key } of knownKeys)
    expect(doc).toMatch(new RegExp(`^#{2,4} \`${key.replace(/[.[\]]/g, '\\$&')}\`$`, 'm'));
});
