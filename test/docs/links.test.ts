// A document that points nowhere is worse than none: links between pages, their anchors, and the files they name.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { pages, read, root, withoutFences } from './pages.ts';

/** Folders that are named as places for later parts. */
const LATER = ['src/foresight'];

/** The anchor a heading gets where the pages are shown. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (path: string): string[] =>
  [...withoutFences(read(path)).matchAll(/^#+ (.+)$/gm)].map((found) => anchorOf(found[1] ?? ''));

test.each(pages)('$path: every link leads somewhere', ({ path, text }) => {
  const broken: string[] = [];
  for (const [, target = ''] of withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target)) continue;
    const [file = '', anchor] = target.split('#');
    const page = file === '' ? path : normalize(join(dirname(path), file));
    if (!existsSync(join(root, page))) broken.push(target);
    else if (anchor !== undefined && !anchorsOf(page).includes(anchor)) broken.push(target);
  }
  expect(broken).toEqual([]);
});

test.each(pages)('$path: every file it names is there', ({ text }) => {
  const named = [...text.matchAll(/`((?:src|test|docs|scripts|examples)\/[\w./-]*)`/g)].map((found) => found[1] ?? '');
  expect(named.filter((file) => !LATER.includes(file) && !existsSync(join(root, file)))).toEqual([]);
});

test('every page can be reached from the README', () => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path) || !existsSync(join(root, path))) return;
    seen.add(path);
    for (const [, target = ''] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      const [file = ''] = target.split('#');
      if (file.endsWith('.md') && !/^https?:/.test(file)) visit(normalize(join(dirname(path), file)));
    }
  };
  visit('README.md');
  expect(pages.map(({ path }) => path).filter((path) => !seen.has(path))).toEqual([]);
});
