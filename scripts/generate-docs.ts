// Writes the pages that are made from the code: `npm run docs`. Tests fail while one of them is stale.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderCommandsDoc } from '../src/adapters/commands/commands-doc.ts';
import { renderSettingsDoc } from '../src/policy/settings-doc.ts';

const docs = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs');
for (const [name, text] of [
  ['settings.md', renderSettingsDoc()],
  ['commands.md', renderCommandsDoc()],
] as const) {
  writeFileSync(join(docs, name), text);
  process.stdout.write(`docs/${name}\n`);
}
