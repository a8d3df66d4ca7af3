// The lock of the credentials: one at a time, beside the agent's own lock, free again when it is let go.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockAgent, lockCredentials } from '../../src/store/lock.ts';
import { root } from '../support/lives.ts';

test('held by one, refused to another after a while, and no matter of the agent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'uk-lock-'));
  const agent = lockAgent(folder);
  const first = lockCredentials(folder);
  const script = `import { lockCredentials } from ${JSON.stringify(join(root, 'src/store/lock.ts'))};
    try { lockCredentials(${JSON.stringify(folder)}); console.log('got it'); } catch (error) { console.log(error.code); }`;
  const other = () =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout.trim();
  expect(other()).toBe('agent.locked');
  first.release();
  expect(other()).toBe('got it');
  agent.release();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);
