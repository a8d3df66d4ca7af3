// What makes a computer a Mac to upkeep: the tools, at their absolute paths.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placesUnder } from '../../src/adapters/places.ts';
import { requiredTools, requireTools } from '../../src/agent/required-tools.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'upkeep-tools-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const put = (tool: string) => {
  mkdirSync(dirname(join(root, tool)), { recursive: true });
  writeFileSync(join(root, tool), '');
};

test('what is missing is named, and nothing else', () => {
  const [first = '', second = '', ...rest] = requiredTools();
  for (const tool of rest) put(tool);
  expect(() => requireTools(placesUnder(root))).toThrow(
    expect.objectContaining({
      code: 'not-a-mac',
      message: `upkeep needs tools of macOS that are not below ${root}: ${first}, ${second}.`,
    }),
  );
});

test('with every tool in its place it is a Mac, whatever it is called; swiftDialog may be missing', () => {
  for (const tool of requiredTools()) put(tool);
  expect(() => requireTools(placesUnder(root))).not.toThrow();
  expect(requiredTools()).toContain('/usr/sbin/softwareupdate');
  expect(requiredTools().filter((tool) => tool.startsWith('/usr/local/'))).toEqual([]);
});
