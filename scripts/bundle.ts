// Makes `dist/`, upkeep as it is installed: one file per command and what they share, started by `upkeep.js`.
// Why: docs/decisions/0017-one-bundle.md.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Writes the bundle into `folder`, in place of an earlier one there. Resolves to the path of its entry. */
export async function writeBundle(folder: string): Promise<string> {
  mkdirSync(join(folder, 'examples'), { recursive: true, mode: 0o755 });
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.js') || name === 'cache'))
    rmSync(join(folder, name), { recursive: true });
  const bundle = await rolldown({
    input: { upkeep: join(root, 'src/cli/bundled.ts') },
    platform: 'node',
    external: ['better-sqlite3'],
    logLevel: 'warn',
  });
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
  const offers = 'examples/offers-26.6.2.txt';
  copyFileSync(join(root, offers), join(folder, offers));
  const entry = join(folder, 'upkeep.js');
  chmodSync(entry, 0o755);
  return entry;
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  process.stdout.write(`${await writeBundle(join(root, 'dist'))}\n`);
}
