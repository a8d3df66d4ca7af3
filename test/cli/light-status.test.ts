// `upkeep status` is asked by inventories and scripts all day: it must load only what it needs. Proved on the bundle, by
// following what its chunk imports, and what that imports, whether `status` uses it or not.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleForTest } from '../support/bundle.ts';

const bundle = { folder: '', remove: () => {} };
beforeAll(async () => {
  Object.assign(bundle, await bundleForTest());
});
afterAll(() => bundle.remove());

const text = (file: string): string => readFileSync(join(bundle.folder, file), 'utf8');

/** What a chunk imports before it runs; `import()` is not of these. */
const importsOf = (file: string): string[] =>
  [...text(file).matchAll(/^(?:import|export)\s(?:[^;]*?\sfrom\s)?["']([^"']+)["'];?$/gm)].map(
    (found) => found[1] ?? '',
  );

/** The chunks that are loaded with these, themselves included, and whatever else is imported. */
function loadedWith(files: readonly string[]): { chunks: string[]; others: string[] } {
  const chunks = new Set<string>();
  const others = new Set<string>();
  const visit = (file: string): void => {
    if (chunks.has(file)) return;
    chunks.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith('./')) visit(name.slice(2));
      else others.add(name);
    }
  };
  for (const file of files) visit(file);
  return { chunks: [...chunks], others: [...others] };
}

/** The chunk in which a command lies. */
const chunkOf = (name: string): string => {
  const file = readdirSync(bundle.folder).find(
    (one) => one.endsWith('.js') && text(one).includes(`// src/cli/commands/${name}.ts`),
  );
  if (file === undefined) throw new Error(`the bundle has no chunk of the command ${name}`);
  return file;
};
const programChunk = (): string => /import\("\.\/(program-[\w-]+\.js)"\)/.exec(text('upkeep.js'))?.[1] ?? '';

/** Where a module of the sources or of a package came from; the bundle says so in a comment above each. */
const modulesIn = (file: string): string[] =>
  [...text(file).matchAll(/^\/\/ (\S+\.(?:ts|m?js|cjs|json))$/gm)].map((found) => found[1] ?? '');

describe('what `upkeep status` loads', () => {
  test('is no package at all, and of the sources neither simulator, store nor chart', () => {
    const { chunks, others } = loadedWith(['upkeep.js', programChunk(), chunkOf('status')]);
    expect(others.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')))).toEqual([]);
    const modules = chunks.flatMap(modulesIn);
    expect(modules).toContain('src/cli/commands/status.ts');
    expect(modules.filter((name) => name.includes('node_modules'))).toEqual([]);
    expect(
      modules.filter((name) => /^src\/(simulator|store|policy\/schema)|\.(machine|states|setup)\.ts/.test(name)),
    ).toEqual([]);
  });

  test('is small', () => {
    const { chunks } = loadedWith(['upkeep.js', programChunk(), chunkOf('status')]);
    expect(chunks.reduce((sum, file) => sum + text(file).length, 0)).toBeLessThan(80_000);
  });

  test('would be found out: `explain` loads the chart, the store and SQLite', () => {
    const { chunks, others } = loadedWith([programChunk(), chunkOf('explain')]);
    const modules = chunks.flatMap(modulesIn);
    expect(others).toContain('better-sqlite3');
    expect(modules).toContain('src/store/store.ts');
    expect(modules.some((name) => name.includes('node_modules/xstate'))).toBe(true);
  });
});
