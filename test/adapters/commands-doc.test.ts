import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allCommands } from '../../src/adapters/commands/catalogue.ts';
import { renderCommandsDoc } from '../../src/adapters/commands/commands-doc.ts';

test('docs/commands.md is what the catalogue says', () => {
  const written = readFileSync(fileURLToPath(new URL('../../docs/commands.md', import.meta.url)), 'utf8');
  expect(written).toBe(renderCommandsDoc());
});

test('every command has its row in the section of its class, and no row is broken by its own text', () => {
  const sections = renderCommandsDoc().split(/^(?=## )/m);
  const titles = { anyone: 'anyone', root: 'root', credential: 'root + password' };
  for (const [privilege, title] of Object.entries(titles)) {
    const section = sections.find((each) => each.startsWith(`## ${title}\n`)) ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const wanted = allCommands.filter((command) => command.privilege === privilege);
    expect(rows.map((row) => row.split(' | ')[0])).toEqual(wanted.map((command) => `| \`${command.name}\``));
    expect(wanted.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(9);
  }
});

test('a row at the beginning counts the commands of each class, and those that act', () => {
  for (const [title, privilege] of [
    ['anyone', 'anyone'],
    ['root', 'root'],
    ['root + password', 'credential'],
  ] as const) {
    const ours = allCommands.filter((command) => command.privilege === privilege);
    const acting = ours.filter(({ effect }) => effect === 'act');
    expect(renderCommandsDoc()).toContain(
      `| [${title}](#${title.replace(' + ', '--')}) | ${ours.length} | ${acting.length} |`,
    );
  }
});
