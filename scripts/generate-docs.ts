// Writes what is made from the code, pages and the jobs of launchd: `npm run docs`. Tests fail while any of it is stale.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderCommandsDoc } from '../src/adapters/commands/commands-doc.ts';
import { shippedPlists } from '../src/adapters/launchd/shipped-plists.ts';
import { renderSettingsDoc } from '../src/policy/settings-doc.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
for (const { name, text } of [
  { name: 'docs/settings.md', text: renderSettingsDoc() },
  { name: 'docs/commands.md', text: renderCommandsDoc() },
  ...shippedPlists().map(({ name, text }) => ({ name: `launchd/${name}`, text })),
]) {
  writeFileSync(join(root, name), text);
  process.stdout.write(`${name}\n`);
}
