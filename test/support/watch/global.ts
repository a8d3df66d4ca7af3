// Before all tests: makes the file that programs load to watch themselves. After them: whoever saw something when no
// test listened any more is heard.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { sharedFolder } from '../shared-folder.ts';

export default async function start(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'upkeep-watch-'));
  // Programs of other users look here, too.
  chmodSync(folder, 0o1777);
  const here = dirname(fileURLToPath(import.meta.url));
  const bundle = await rolldown({ input: join(here, 'preload.ts'), platform: 'node', logLevel: 'warn' });
  await bundle.write({ file: join(folder, 'preload.mjs'), format: 'esm' });
  await bundle.close();
  process.env.UPKEEP_WATCH = folder;
  return () => {
    const late = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    const lines = late.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
    rmSync(folder, { recursive: true, force: true });
    rmSync(sharedFolder(), { recursive: true, force: true });
    if (lines !== '') throw new Error(`Where no secret may be, there is one, seen after the tests:\n${lines}`);
  };
}
