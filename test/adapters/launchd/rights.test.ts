// Who could change what lies at a path: below a root, whoever owns that stands for root.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changeableByOthers, readableByOthers, whyChangeable } from '../../../src/adapters/launchd/rights.ts';
import { placesUnder } from '../../../src/adapters/places.ts';

let root: string;
const at = (path: string) => join(root, path);
const look = () => changeableByOthers(at('/usr/local/bin/dialog'), placesUnder(root));
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'uk-rights-'));
  mkdirSync(at('/usr/local/bin'), { recursive: true, mode: 0o755 });
  mkdirSync(at('/opt/dialog'), { recursive: true, mode: 0o755 });
  writeFileSync(at('/opt/dialog/run'), '', { mode: 0o755 });
  symlinkSync(at('/opt/dialog/run'), at('/usr/local/bin/dialog'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('nobody else, where it and all above belong to the owner and nobody else may write', () => {
  expect(look()).toBeNull();
  // What stands above the root is no part of that Mac.
  chmodSync(root, 0o777);
  expect(look()).toBeNull();
});

test.each([['/usr/local/bin'], ['/usr'], ['/opt/dialog/run'], ['/opt/dialog']])(
  'the first place that others may write to, also behind a link: %s',
  (path) => {
    chmodSync(at(path), 0o775);
    expect(look()).toEqual({ path, why: 'may be changed by others' });
  },
);

test('a sticky folder lets nobody rename what belongs to others', () => {
  chmodSync(at('/usr/local'), 0o1777);
  expect(look()).toBeNull();
});

test('what belongs to somebody else is theirs to change, whoever may write', () => {
  const other = (statSync(root).uid + 1) % 65_000;
  expect(whyChangeable(at('/opt/dialog'), other)).toBe(`belongs to user ${statSync(root).uid}`);
  expect(whyChangeable(at('/opt/dialog'), statSync(root).uid)).toBeNull();
});

test('whether others may read', () => {
  chmodSync(at('/opt/dialog/run'), 0o600);
  expect(readableByOthers(at('/opt/dialog/run'))).toBe(false);
  chmodSync(at('/opt/dialog/run'), 0o640);
  expect(readableByOthers(at('/opt/dialog/run'))).toBe(true);
});
