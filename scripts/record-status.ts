// Writes down what the statuses of this version look like, once per release: `npm run record:status`. Later versions are
// held against all that lie there.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { everyStatus } from '../test/support/every-status.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const file = join(root, `test/histories/status/${packageJson.version}.json`);
if (existsSync(file) && !process.argv.includes('--again')) {
  process.stderr.write(`${file} is there already; once released it never changes. Before that: --again.\n`);
  process.exit(1);
}
const lines = (await everyStatus()).map((status) => JSON.stringify(status));
writeFileSync(file, `[\n${lines.join(',\n')}\n]\n`);
process.stdout.write(`${file}: ${lines.length} statuses\n`);
