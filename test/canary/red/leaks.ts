// Tests that leak, for red.test.ts: each of them is to fail, and the run too.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canary } from '../../support/canary.ts';

const SECRET = canary('leaked');

test('into a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'uc-'));
  appendFileSync(join(folder, 'notes'), SECRET);
  rmSync(folder, { recursive: true });
});

test('into the arguments of a program', () => {
  expect(spawnSync('/bin/echo', [SECRET]).status).toBe(0);
});

test('by a program, into a file', async () => {
  const leak = `require('fs').writeFileSync('/dev/null', process.env.HALF + ${JSON.stringify(SECRET.slice(6))})`;
  const env = { ...process.env, HALF: SECRET.slice(0, 6) };
  await new Promise((resolve) => spawn(process.execPath, ['-e', leak], { env }).on('close', resolve));
});

test('by a program that outlives the file of its test', () => {
  // As such a program would note it.
  const note = { place: 'the file of a late program', as: 'as it is', of: 'late' };
  appendFileSync(join(process.env.UPKEEP_WATCH ?? '', '0.jsonl'), `${JSON.stringify(note)}\n`);
});

test('nowhere', () => {
  expect(SECRET).toContain('leaked');
});
