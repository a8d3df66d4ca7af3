// Every line in a shell block of a document is run, in the order of its page, with the exit code that stands beside it
// (`# exit 65`), else 0. A line that is not understood here fails: nothing is shown that was not tried.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { fencesOf, pages, read, root, run, scratchDirectory } from './pages.ts';

const scratch = scratchDirectory();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** State goes to a folder of the page's own; files are named from the project's folder. */
function argumentsFor(words: readonly string[], place: string): string[] {
  const end = words.indexOf('--') < 0 ? words.length : words.indexOf('--');
  return words.map((word, index) => {
    if (index >= end || word.startsWith('-')) return word;
    if (words[index - 1] === '--state') return join(place, word);
    return existsSync(join(root, word)) ? join(root, word) : word;
  });
}

function readLine(line: string): { words: string[]; exitCode: number } | null {
  const [, command = '', exitCode = '0'] = /^(.*?)(?:\s+# exit (\d+))?$/.exec(line) ?? [];
  const ours = /^(?:npm run --silent upkeep --|upkeep) (.+)$/.exec(command)?.[1];
  return ours === undefined ? null : { words: ours.split(/\s+/), exitCode: Number(exitCode) };
}

const shown = pages.flatMap(({ path, text }) => {
  const lines = fencesOf(text).flatMap(({ language, lines }) => (language === 'sh' ? lines : []));
  return lines.length === 0 ? [] : [{ path, lines }];
});

describe('command lines in documents', () => {
  test('there are some', () => expect(shown.map(({ path }) => path)).toContain('README.md'));

  test.each(shown)('$path', async ({ path, lines }) => {
    for (const line of lines) {
      const script = /^npm (?:run )?([\w:]+)$/.exec(line)?.[1];
      if (script !== undefined) {
        expect(Object.keys(packageJson.scripts), line).toContain(script);
        continue;
      }
      const command = readLine(line);
      expect(command, `not understood: ${line}`).not.toBeNull();
      if (command === null) continue;
      const { code, out, err } = await run(argumentsFor(command.words, join(scratch, path.replaceAll('/', '-'))));
      expect(`${line} → ${code}\n${err}`).toMatch(`→ ${command.exitCode}\n`);
      if (code === 0) expect(out, line).not.toBe('');
      if (code === 0 && command.words.includes('--json')) expect(() => JSON.parse(out), line).not.toThrow();
    }
  });
});

test('the excerpt in the README is what the demo prints', async () => {
  const demo = read('scripts/demo.ts');
  const words = /'(simulate --policy [^']+)'/.exec(demo)?.[1]?.replaceAll(/\\+n?\s*/g, ' ') ?? '';
  const { code, out } = await run(argumentsFor(words.trim().split(/\s+/), join(scratch, 'demo')));
  expect(code).toBe(0);
  const excerpt = /<!-- excerpt: demo -->\n```text\n([\s\S]*?)```/.exec(read('README.md'))?.[1] ?? '';
  const lines = excerpt.split('\n').filter((line) => line !== '' && line !== '…');
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.filter((line) => !out.split('\n').includes(line))).toEqual([]);
});
