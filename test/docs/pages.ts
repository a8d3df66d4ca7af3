// The documents as data, for the tests beside this file: pages, headings, fenced blocks, rows of tables.
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Io } from '../../src/cli/command.ts';
import { runCli } from '../../src/cli/run-cli.ts';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export type Page = { path: string; text: string };
export type Fence = { language: string; lines: string[] };

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

export const pages: readonly Page[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => `docs/${file}`),
].map((path) => ({ path, text: read(path) }));

export function fencesOf(text: string): Fence[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    lines: body.split('\n').filter((line) => line.trim() !== ''),
  }));
}

export const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

/** The cells of every table row, header and rule lines included, without the backticks around code. */
export function rowsOf(text: string): string[][] {
  return withoutFences(text)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** The first cells of all rows, taken apart where one names several things in code. */
export const namedFirst = (text: string): Set<string> =>
  new Set(rowsOf(text).flatMap(([first = '']) => [...first.matchAll(/`([^`]+)`/g)].map((found) => found[1] ?? '')));

/** The part of a page under a heading, up to the next heading of any level below the title. */
export const sectionOf = (text: string, heading: string): string =>
  text.split(/^(?=##+ )/m).find((part) => part.startsWith(`${heading}\n`)) ?? '';

/** Every `.ts` file of a folder of the project, as one text each. */
export function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(join(folder, file)));
}

export const scratchDirectory = (): string => mkdtempSync(join(tmpdir(), 'upkeep-docs-'));

/** Runs one command line with everything it prints caught. */
export async function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const caught = { out: '', err: '' };
  const io: Io = {
    out: (text) => {
      caught.out += text;
    },
    err: (text) => {
      caught.err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    colour: false,
    stdin: () => Promise.resolve(''),
  };
  return { code: await runCli(args, io), ...caught };
}
