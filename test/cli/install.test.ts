// `upkeep install` and `uninstall` with real processes, below a root whose tools are scripts.
import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { requiredTools } from '../../src/agent/required-tools.ts';
import { temporaryDirectory, upkeep } from './terminal.ts';

let root: string;
let remove: () => void;
beforeEach(() => {
  ({ directory: root, remove } = temporaryDirectory());
});
afterEach(() => remove());

/** A launchctl that keeps its table as files. */
const LAUNCHCTL = `#!/bin/sh
table="$(dirname "$0")/../table"
label="\${2#system/}"
case "$1" in
  print) test -f "$table/$label" || { echo "Could not find service \\"$label\\" in domain for system" >&2; exit 113; } ;;
  bootstrap) cp "$3" "$table/$(basename "$3" .plist)" ;;
  bootout) rm "$table/$label" || exit 3 ;;
  enable) ;;
  *) exit 64 ;;
esac
`;

function makeMac(without: readonly string[] = []): void {
  for (const tool of requiredTools().filter((path) => !without.includes(path))) {
    const path = join(root, tool);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, tool === '/bin/launchctl' ? LAUNCHCTL : '#!/bin/sh\nexit 0\n');
    chmodSync(path, 0o755);
  }
  mkdirSync(join(root, 'table'));
}

function tree(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const lies = lstatSync(join(root, name));
      const mode = (lies.mode & 0o7777).toString(8);
      if (lies.isSymbolicLink()) return `${name} -> ${readlinkSync(join(root, name))}`;
      return lies.isDirectory() ? `${name}/ ${mode}` : `${name} ${mode} ${readFileSync(join(root, name), 'utf8')}`;
    });
}

/** Runs the body without the rights of root, if this test has them. */
async function asSomebodyElse<T>(body: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return body();
  process.seteuid?.(65_534);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
  }
}

describe('installing', () => {
  test('is said step by step, the second time as already so, and leaves a command that runs', async () => {
    makeMac();
    const first = await upkeep('install', '--root', root);
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
    expect(first.out.replaceAll(root, '')).toBe(`done        make the folder /Library/Application Support/Upkeep (755)
done        make the folder /Library/Application Support/Upkeep/state (755)
done        make the folder /Library/Application Support/Upkeep/doorbell (1733)
done        make the folder /Library/Logs/Upkeep (750)
done        make the folder /var/run/upkeep (755)
done        write the program /Library/Application Support/Upkeep/upkeep
done        put the command at /usr/local/bin/upkeep
done        load the job org.upkeep.wake from /Library/LaunchDaemons/org.upkeep.wake.plist
done        load the job org.upkeep.agent from /Library/LaunchDaemons/org.upkeep.agent.plist
`);
    expect(readdirSync(join(root, 'table'))).toEqual(['org.upkeep.agent', 'org.upkeep.wake']);
    const again = await upkeep('install', '--root', root);
    expect(again).toEqual({ code: 0, err: '', out: first.out.replaceAll('done      ', 'already so') });
    const command = spawnSync(join(root, 'usr/local/bin/upkeep'), ['--version'], { encoding: 'utf8' });
    expect(command).toMatchObject({ status: 0, stdout: `upkeep ${packageJson.version}\n`, stderr: '' });
  });

  test('as a dry run changes nothing', async () => {
    makeMac();
    const before = tree();
    const { code, out } = await upkeep('install', '--dry-run', '--root', root);
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line !== '' && !line.startsWith('would     '))).toEqual([]);
    expect(tree()).toEqual(before);
  });

  test('where tools of macOS are missing names them and changes nothing', async () => {
    makeMac(['/usr/sbin/softwareupdate', '/usr/bin/sudo']);
    const before = tree();
    for (const command of ['install', 'uninstall']) {
      const { code, out, err } = await upkeep(command, '--root', root);
      expect({ code, out }).toEqual({ code: 69, out: '' });
      expect(err).toContain('/usr/bin/sudo, /usr/sbin/softwareupdate');
    }
    expect(tree()).toEqual(before);
  });

  test('over something that is not upkeep’s is refused', async () => {
    makeMac();
    mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
    writeFileSync(join(root, 'usr/local/bin/upkeep'), 'another');
    const before = tree();
    const { code, out, err } = await upkeep('install', '--root', root);
    expect({ code, out }).toEqual({ code: 73, out: '' });
    expect(err).toContain('(install.in-the-way)');
    expect(tree()).toEqual(before);
  });

  test.each(['install', 'uninstall'])('%s by anybody but root is refused', async (command) => {
    // Loaded before, since somebody else might not be able to read the project.
    await upkeep('help', command);
    const { code, out, err } = await asSomebodyElse(() => upkeep(command));
    expect({ code, out }).toEqual({ code: 77, out: '' });
    expect(err).toContain('Put `sudo` in front.');
  });
});

describe('uninstalling', () => {
  test('with --purge leaves what was there before', async () => {
    makeMac();
    const before = tree();
    await upkeep('install', '--root', root);
    writeFileSync(join(root, 'Library/Application Support/Upkeep/state/upkeep.db'), 'state');
    const { code, err } = await upkeep('uninstall', '--purge', '--root', root);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(tree()).toEqual(before);
    const { out } = await upkeep('uninstall', '--purge', '--root', root);
    expect(out.split('\n').filter((line) => line !== '' && !line.startsWith('already so'))).toEqual([]);
  });

  test('without it keeps the state', async () => {
    makeMac();
    await upkeep('install', '--root', root);
    const state = join(root, 'Library/Application Support/Upkeep/state/upkeep.db');
    writeFileSync(state, 'state');
    expect((await upkeep('uninstall', '--root', root)).code).toBe(0);
    expect(readFileSync(state, 'utf8')).toBe('state');
    expect(readdirSync(join(root, 'table'))).toEqual([]);
  });
});
