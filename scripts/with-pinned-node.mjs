// Runs a script of this project under the Node that the lockfile pins, installing the lockfile's packages first where
// they are missing or older than it. Written for any Node >= 20, since that is all a fresh machine has.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [script, ...args] = process.argv.slice(2);
const lockfile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const pinnedNode = join(root, 'node_modules', '.bin', 'node');

if (!existsSync(installed) || !existsSync(pinnedNode) || statSync(lockfile).mtimeMs > statSync(installed).mtimeMs) {
  process.stderr.write('Setting up: installing the packages the lockfile names (once) …\n');
  const npm = spawnSync('npm', ['ci', '--no-progress', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (npm.status !== 0) {
    process.stderr.write(
      'The packages could not be installed. Check the connection to your npm registry, then try again.\n',
    );
    process.exit(npm.status ?? 1);
  }
}
if (!existsSync(pinnedNode)) {
  process.stderr.write(
    `No Node 26 package for ${process.platform} ${process.arch}; upkeep runs on Linux x64 and macOS.\n`,
  );
  process.exit(69);
}
const run = spawnSync(pinnedNode, [join(root, script), ...args], { stdio: 'inherit' });
process.exit(run.status ?? 70);
