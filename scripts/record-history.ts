// Records the histories of a version, once for each release: `node scripts/record-history.ts 1.2.0`. A version that is
// there already is left alone; `--again` records it anew, which is for versions nobody has yet.
import { HISTORIES, record } from '../test/histories/recording.ts';

const words = process.argv.slice(2);
const again = words.includes('--again');
const [version, ...more] = words.filter((word) => word !== '--again');
if (version === undefined || more.length > 0 || !/^\d+\.\d+\.\d+$/.test(version)) {
  process.stderr.write('Give one version, such as 1.2.0, and --again to record it anew.\n');
  process.exit(64);
}
try {
  for (const file of await record(HISTORIES, version, { again })) process.stdout.write(`test/histories/${file}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(70);
}
