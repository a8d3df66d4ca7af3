// The watch over the whole suite, watched itself: programs that leak a password in one place each. It has to see every
// one of them, and nothing where nothing leaks.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { describe, expect, test } from 'vitest';
import { writeBundle } from '../../scripts/bundle.ts';
import { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import { NEEDS_PERL, withoutPerl } from '../simulator/door/harness.ts';
import { canary } from '../support/canary.ts';
import { root, specWith } from '../support/lives.ts';
import { MONDAY_NINE, offer } from '../support/situations.ts';
import { lookBack } from '../support/watch/hooks.ts';
import { sightings } from '../support/watch/setup.ts';
import { type Edit, leaking, programFolder } from './leaking.ts';
import type { oneUpdate } from './one-update.ts';

/** Keeps the password at hand for a leak elsewhere. That alone shows it to nobody. */
const AT_HAND: Edit = {
  file: 'src/agent/secrets.ts',
  find: 'this.#count += 1;',
  put: 'this.#count += 1; globalThis.atHand = secret.expose((plain) => plain);',
};

/** What was seen since the last time, each place once. */
const seen = () => [...new Set(sightings().map(({ place, as, of }) => `${of ?? 'somebody'}, ${as}: ${place}`))];

describe('the agent on the way to an update', () => {
  /** Lives one update with such an agent in this process, and says what the watch saw. */
  async function seenOf(edits: readonly Edit[]): Promise<{ places: string[]; typed: boolean; installed: boolean }> {
    sightings();
    const program = programFolder();
    const files = mkdtempSync(join(tmpdir(), 'uc-'));
    try {
      const input = join(root, 'test/canary/one-update.ts');
      const bundle = await rolldown({
        input,
        platform: 'node',
        external: ['better-sqlite3'],
        logLevel: 'silent',
        treeshake: false,
        plugins: [leaking(edits)],
      });
      const file = join(program.folder, 'one-update.js');
      await bundle.write({ file, format: 'esm', codeSplitting: false });
      await bundle.close();
      const loaded = createRequire(import.meta.url)(file) as { oneUpdate: typeof oneUpdate };
      const { typed, installed } = await loaded.oneUpdate(files, canary('anna'), offer, MONDAY_NINE);
      rmSync(files, { recursive: true });
      return { places: seen(), typed, installed };
    } finally {
      rmSync(files, { recursive: true, force: true });
      program.remove();
    }
  }

  test.each([
    ['as it is', []],
    ['that keeps the password at hand', [AT_HAND]],
  ])('%s: nothing is seen, and the password was typed and taken', async (_, edits) => {
    expect(await seenOf(edits)).toEqual({ places: [], typed: true, installed: true });
  });

  const LEAKS: [place: string, seen: RegExp, edits: Edit[]][] = [
    [
      'the arguments of a tool',
      /the arguments of \/bin\/launchctl/,
      [
        {
          file: 'src/adapters/commands/softwareupdate-commands.ts',
          find: "'--stdinpass');",
          put: "'--stdinpass', owner.password.expose((plain) => plain));",
        },
      ],
    ],
    [
      'the journal and the checkpoint, in place of the handle',
      /the database, by “INSERT INTO journal/,
      [
        { file: 'src/agent/secrets.ts', find: 'const handle =', put: 'let handle =' },
        {
          file: 'src/agent/secrets.ts',
          find: 'this.#secrets.set(handle, secret);',
          put: 'handle = secret.expose((plain) => plain); this.#secrets.set(handle, secret);',
        },
      ],
    ],
    [
      'the message of an error',
      /the database, by “INSERT INTO journal/,
      [
        {
          file: 'src/agent/effects/install.ts',
          find: 'const whose = credential === null ? null :',
          put: 'if (owner) throw new Error("no: " + owner.password.expose(String)); const whose = credential === null ? null :',
        },
      ],
    ],
    [
      'the log, in base64',
      /in base64: what was written to .*upkeep\.log/,
      [
        AT_HAND,
        {
          file: 'src/agent/diary.ts',
          find: 'const zone = context.facts',
          put: "log.debug('x', { y: btoa('user:' + globalThis.atHand) }); const zone = context.facts",
        },
      ],
    ],
    [
      'the status',
      /what was written to .*status\.json/,
      [
        AT_HAND,
        {
          file: 'src/agent/status-file.ts',
          find: 'JSON.stringify(status, null, 2)',
          put: 'JSON.stringify({ ...status, x: globalThis.atHand }, null, 2)',
        },
      ],
    ],
    [
      'the name of a file',
      /the name of a file/,
      [
        AT_HAND,
        {
          file: 'src/agent/status-file.ts',
          find: 'const fresh = ',
          put: "closeSync(openSync(file + '-' + globalThis.atHand, 'w')); const fresh = ",
        },
      ],
    ],
  ];
  test.each(LEAKS)('a leak into %s is seen', async (_, place, edits) => {
    const { places } = await seenOf(edits);
    expect(places).toContainEqual(expect.stringMatching(place));
    expect(places.join()).not.toMatch(/Kn4ry/);
  });
});

describe.skipIf(withoutPerl)(`the program as it is installed, as a process of its own${NEEDS_PERL}`, () => {
  /** Saves a password with such a program, and says what the watch saw of it. */
  async function seenOf(edits: readonly Edit[]): Promise<{ places: string[]; exitCode: number | null }> {
    sightings();
    const program = programFolder();
    const folder = mkdtempSync(join(tmpdir(), 'uc-'));
    const bert = { name: 'bert', password: canary('bert'), admin: true, secureToken: true };
    const spec = specWith({ accounts: [bert] });
    const mac = new MacUnderRoot({ root: folder, spec, start: MONDAY_NINE, time: 'eager' });
    try {
      const entry = await writeBundle(program.folder, [leaking(edits)]);
      await mac.boot();
      const argv = [process.execPath, entry, 'auth', 'set', 'local-account', 'bert', '--root', mac.root];
      const { exitCode } = await mac.run(argv, { stdin: `${bert.password}\n` });
      await mac.shutDown();
      lookBack();
      return { places: seen(), exitCode };
    } finally {
      await mac.shutDown();
      rmSync(folder, { recursive: true, force: true });
      program.remove();
    }
  }

  test('as it is, nothing is seen', async () => {
    expect(await seenOf([])).toEqual({ places: [], exitCode: 0 });
  });

  const READ = 'if (why === null) return new Secret(plain);';
  const LEAKS: [place: string, seen: RegExp, edits: Edit[]][] = [
    [
      'what it prints when it crashes',
      /: stderr of /,
      [
        {
          file: 'src/cli/secret-input.ts',
          find: READ,
          put: 'if (why === null) setImmediate(() => { throw new TypeError(plain); });',
        },
      ],
    ],
    [
      'the environment of a tool',
      /the environment of .*\/usr\/bin\/dscl|the environment of .*\/usr\/bin\/expect/,
      [
        {
          file: 'src/adapters/commands/execa-commands.ts',
          find: "env: { LC_ALL: 'C',",
          put: "env: { PW: call.stdin?.map((one) => one instanceof Secret ? one.expose(String) : one).join('') ?? '', LC_ALL: 'C',",
        },
      ],
    ],
    [
      'a temporary file that is gone before anybody looks',
      /what was written to \/.*\/pw/,
      [
        {
          file: 'src/cli/secret-input.ts',
          find: READ,
          put: "const fs = process.getBuiltinModule('fs'); const pw = fs.mkdtempSync('/tmp/uc-') + '/pw'; fs.writeFileSync(pw, plain); fs.truncateSync(pw); fs.unlinkSync(pw); fs.rmdirSync(pw.slice(0, -3)); if (why === null) return new Secret(plain);",
        },
      ],
    ],
  ];
  test.each(LEAKS)('a leak into %s is seen', async (_, place, edits) => {
    expect((await seenOf(edits)).places).toContainEqual(expect.stringMatching(place));
  });
});

test('words that are no longer in the source are noticed', () => {
  expect(() => leaking([{ file: 'src/domain/secret.ts', find: 'no such words', put: '' }])).toThrow('0 times');
});
