// What docs/security.md says of packages, imports and command lines is so.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import packageLock from '../../package-lock.json' with { type: 'json' };
import { allCommands } from '../../src/adapters/commands/catalogue.ts';
import { invocationOf } from '../../src/adapters/commands/commands-doc.ts';
import { Secret } from '../../src/domain/secret.ts';
import { read, root } from './pages.ts';

type Package = { version?: string; integrity?: string; hasInstallScript?: boolean };
const packages = Object.entries(packageLock.packages as Record<string, Package>).filter(([path]) => path !== '');

test('no package has an install script, and none would be run', () => {
  expect(packages.length).toBeGreaterThan(50);
  expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
});

test('each package has a checksum, and what upkeep asks for is exact', () => {
  expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
  const wanted = { ...packageJson.dependencies, ...packageJson.devDependencies, ...packageJson.optionalDependencies };
  expect(Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('node-ipc is the version that the page names, and one folder imports it', () => {
  const version = packageJson.dependencies['node-ipc'];
  expect(read('docs/security.md')).toContain(`pinned to ${version} `);
  const importing = sources().filter((file) => /from 'node-ipc'/.test(read(file)));
  expect(importing.length).toBeGreaterThan(0);
  expect(importing.filter((file) => !file.startsWith('src/adapters/ipc/'))).toEqual([]);
});

test('outside the simulator one file opens network connections, for the commands that the page names', () => {
  const network = /from 'node:(?:http|https|http2|tls|dgram|dns)'|\bfetch\(|import \{[^}]*\} from 'node:net'/;
  const suspects = sources().filter((file) => !file.startsWith('src/simulator/') && network.test(read(file)));
  // Types alone, of the library whose sockets are files.
  expect(suspects.filter((file) => file !== 'src/adapters/ipc/node-ipc.d.ts')).toEqual([HTTP]);
  const importing = (name: string) => sources().filter((file) => read(file).includes(`/${name}'`));
  expect(importing('node-http.ts')).toEqual([ASKS]);
  expect(importing('http-of.ts').sort()).toEqual([
    'src/cli/agent-process.ts',
    'src/cli/auth-ground.ts',
    'src/cli/commands/doctor.ts',
  ]);
  const takingIt = sources().filter(
    (file) =>
      !file.startsWith('src/simulator/') && /\btoken\.http\b|\btoken: \{ http\b|\bserver\.http\b/.test(read(file)),
  );
  expect(takingIt.sort()).toEqual([
    'src/agent/saved-credentials.ts',
    'src/cli/auth-ground.ts',
    'src/cli/auth-mdm.ts',
    'src/cli/bootstrap-token-subcommands.ts',
  ]);
  expect(importing('jamf-pro/jamf-pro.ts').sort()).toEqual([CLIENT, 'src/simulator/simulated-jamf-pro.ts']);
  expect(importing('nanomdm/nano-mdm.ts').sort()).toEqual([CLIENT, 'src/simulator/simulated-nanomdm.ts']);
  expect(
    importing('open-server.ts')
      .filter((file) => !/^import type .*open-server/m.test(read(file)))
      .sort(),
  ).toEqual([
    'src/adapters/mdm/check-server.ts',
    'src/adapters/mdm/saved-push-server.ts',
    'src/agent/gather-server.ts',
  ]);
  for (const file of [HTTP, ASKS, CLIENT]) expect(read('docs/security.md')).toContain(`\`${file}\``);
});

test('no command has a secret among its arguments, and each that takes one says how', () => {
  for (const command of allCommands) {
    const { args, stdin } = command.example;
    expect([command.name, args.join(' ')]).toEqual([command.name, expect.not.stringMatching(/password\}/)]);
    const takes = (stdin ?? []).some((part) => part instanceof Secret);
    expect([command.name, takes]).toEqual([command.name, command.secret !== 'none']);
    if (takes) expect(invocationOf(command)).toMatch(/ <<< .*\{password\}/);
  }
});

const HTTP = 'src/adapters/http/node-http.ts';
const ASKS = 'src/cli/http-of.ts';
const CLIENT = 'src/adapters/mdm/open-server.ts';

function sources(): string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `src/${file}`);
}
