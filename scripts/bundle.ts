// Makes `dist/`, upkeep as it is installed: one file per command and what they share, started by `upkeep.js`.
// Why: docs/decisions/0017-one-bundle.md.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Writes the bundle into `folder`, in place of an earlier one there. Resolves to the path of its entry. `plugins` are for
 * tests that need a program with something wrong in it.
 */
export async function writeBundle(folder: string, plugins: readonly Plugin[] = []): Promise<string> {
  mkdirSync(join(folder, 'examples'), { recursive: true, mode: 0o755 });
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.js') || name === 'cache'))
    rmSync(join(folder, name), { recursive: true });
  const bundle = await rolldown({
    input: { upkeep: join(root, 'src/cli/bundled.ts') },
    platform: 'node',
    external: ['better-sqlite3'],
    logLevel: 'warn',
    plugins: [...plugins],
  });
  const light = loadedWith(['src/cli/program.ts', 'src/cli/commands/status.ts']);
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // What each start and `status` need, in one file: a dozen small ones take longer to find than to read.
    codeSplitting: { groups: [{ name: 'light', test: (file) => light.has(relative(root, file)) }] },
  });
  await bundle.close();
  const offers = 'examples/offers-26.6.2.txt';
  copyFileSync(join(root, offers), join(folder, offers));
  const entry = join(folder, 'upkeep.js');
  chmodSync(entry, 0o755);
  return entry;
}

/** These sources and all that they import before they run. */
function loadedWith(files: readonly string[], found = new Set<string>()): Set<string> {
  for (const file of files) {
    if (found.has(file) || !file.endsWith('.ts')) continue;
    found.add(file);
    const code = readFileSync(join(root, file), 'utf8');
    const imports = [...code.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+'(\.[^']+)'/gm)];
    const paths = imports.map((one) => normalize(join(dirname(file), one[1] ?? '')));
    loadedWith(paths, found);
  }
  return found;
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  process.stdout.write(`${await writeBundle(join(root, 'dist'))}\n`);
}
