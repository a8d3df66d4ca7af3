// What people type into the dialog reaches `softwareupdate` as it is: the whole way of an update, with the real agent.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canary, canaryOfLength } from '../support/canary.ts';
import { MONDAY_NINE, offer } from '../support/situations.ts';
import { oneUpdate } from './one-update.ts';

test.each([
  ['odd signs', canary('anna', (it) => `-a  "b" 'c' $HOME $(${it}) d=e \\n \`f\` <&> %s 🐴 =`)],
  ['255 characters, more than any prompt would take', canaryOfLength('anna', 255)],
])('a password of %s installs the update', async (_, password) => {
  const root = mkdtempSync(join(tmpdir(), 'uc-'));
  try {
    expect(await oneUpdate(root, password, offer, MONDAY_NINE)).toMatchObject({ typed: true, installed: true });
  } finally {
    rmSync(root, { recursive: true });
  }
});
