import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allCommands } from '../../src/adapters/commands/catalogue.ts';
import { renderCommandsDoc } from '../../src/adapters/commands/commands-doc.ts';

test('docs/commands.md is what the catalogue says', () => {
  const written = readFileSync(fileURLToPath(new URL('../../docs/commands.md', import.meta.url)), 'utf8');
  expect(written).toBe(renderCommandsDoc());
});

test('every command has its row, and no row is broken by its own text', () => {
  const rows = renderCommandsDoc()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.map((row) => row.split(' | ')[0])).toEqual(allCommands.map((command) => `| \`${command.name}\``));
  for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(10);
});
