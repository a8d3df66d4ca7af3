// The script that types passwords at prompts. Where `expect` is installed it is run for real, against a tool that asks
// on its terminal only; elsewhere that part is skipped and says so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { toCall } from '../../../src/adapters/commands/command.ts';
import {
  EXPECT,
  onATerminal,
  type Prompt,
  TERMINAL_EXIT,
  withoutTerminal,
} from '../../../src/adapters/commands/on-a-terminal.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canary } from '../../support/canary.ts';
import { passwords, typed } from './passwords.ts';

const OF_ANN = canary('ann');
const OF_AENN = canary('aenn', (it) => `${it} änn`);
const FIRST = canary('first');
const SECOND = canary('second');
const words = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/\p{Cc}/u.test(text));

describe('the script', () => {
  test('gives back the call it was made from, whatever the arguments', () => {
    fc.assert(
      fc.property(fc.array(words), (args) => {
        const { path, args: made } = onATerminal('/usr/bin/tool', args, []);
        expect(withoutTerminal([path, ...made])).toEqual(['/usr/bin/tool', ...args]);
      }),
    );
  });

  test('holds no password; stdin holds each on a line of its own', () => {
    fc.assert(
      fc.property(passwords(128), passwords(128), (one, two) => {
        const admin = { name: 'ann', password: new Secret(`1${one}`.slice(0, 60)) };
        const account = { name: 'svc', password: new Secret(`2${two}`.slice(0, 60)) };
        fc.pre(
          [admin, account].every(({ password }) =>
            password.expose((p) => p.length > 8 && Buffer.byteLength(p) <= 128 && p.isWellFormed()),
          ),
        );
        const call = toCall(catalogue['sysadminctl.grant-token'], { account, admin });
        const lines = [admin, account].map(({ password }) => password.expose((plain) => plain));
        expect(typed(call.stdin)).toBe(lines.map((line) => `${line}\n`).join(''));
        for (const line of lines) expect(call.args.join('\n')).not.toContain(line);
      }),
    );
  });

  test.each(['x'.repeat(129), '😀'.repeat(33), 'tab\there', 'line\nbreak', '\u007f', ' ', '\ud800'])(
    '%j is refused: a prompt would not take it whole',
    (plain) => {
      const input = { name: 'mira', password: new Secret(plain) };
      expect(() => toCall(catalogue['dscl.check-login'], input)).toThrow(
        expect.objectContaining({ code: 'input.wrong' }),
      );
    },
  );
});

if (!existsSync(EXPECT) || !existsSync('/usr/bin/python3')) {
  process.stderr.write(`\nSKIPPED typing at real prompts: ${EXPECT} or /usr/bin/python3 is not here\n`);
  test.skip(`typing at real prompts: ${EXPECT} or /usr/bin/python3 is not here`, () => {});
} else
  describe('typing at real prompts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
    const tool = join(folder, 'ask.py');
    writeFileSync(
      tool,
      [
        'import getpass, sys',
        'for prompt in sys.argv[2:]:',
        '  print("got " + getpass.getpass(prompt).encode("utf8", "surrogateescape").hex(), flush=True)',
        'sys.exit(int(sys.argv[1]))',
      ].join('\n'),
    );

    function run(asks: readonly string[], prompts: readonly Prompt[], exit = 0, locale = 'C') {
      const { path, args, stdin } = onATerminal('/usr/bin/python3', [tool, `${exit}`, ...asks], prompts);
      const options = {
        input: typed(stdin),
        env: { LC_ALL: locale, PATH: '/usr/bin:/bin' },
        encoding: 'utf8',
      } as const;
      const { status, stdout, stderr } = spawnSync(path, args, options);
      const got = [...stdout.matchAll(/^got ([0-9a-f]*)\r?$/gm)].map(([, hex = '']) =>
        Buffer.from(hex, 'hex').toString(),
      );
      return { status, stdout, stderr, got };
    }
    const OF_BERT = canary('bert', (it) => `p\\w "of" [${it}] $1`);
    const say = (ends: string, plain: string): Prompt => ({ ends, secret: new Secret(plain) });

    test.each([
      ['the one it is for', "Enter the password for user 'bert':", 0, ['bert', OF_BERT]],
      ['another name', "Enter the password for user 'berta':", TERMINAL_EXIT.unknownPrompt, ['bert']],
    ])(
      'profiles asks for a name and then for the password of it: %s',
      (_, question, status, got) => {
        const admin = { name: 'bert', password: new Secret(OF_BERT), fullName: 'Bert (Admin)' };
        const { args, stdin } = toCall(catalogue['profiles.install-bootstrap-token'], { admin });
        const [option = '', script = ''] = args;
        const asks = ['Enter the admin user name:', question].map((ask) => `"${ask}"`).join(' ');
        const real = script.replace(/^set call .*$/m, () => `set call [list /usr/bin/python3 ${tool} 0 ${asks}]`);
        const ran = spawnSync(EXPECT, [option, real], { input: typed(stdin), encoding: 'utf8' });
        const lines = [...ran.stdout.matchAll(/^got ([0-9a-f]*)\r?$/gm)].map(([, hex = '']) =>
          Buffer.from(hex, 'hex').toString(),
        );
        expect([ran.status, lines]).toEqual([status, got]);
      },
      60_000,
    );

    test('every password arrives as it is, and is not echoed', () => {
      fc.assert(
        fc.property(passwords(128), fc.constantFrom('C', 'C.UTF-8'), (plain, locale) => {
          const { status, got, stdout } = run(['Password:'], [say('Password:', plain)], 0, locale);
          expect({ status, got }).toEqual({ status: 0, got: [plain] });
          if (plain.length > 8) expect(stdout).not.toContain(plain);
        }),
        { numRuns: 12 },
      );
    }, 60_000);

    test('each at the prompt that names it, in whatever order they come', () => {
      const prompts = [
        say('Enter password for ann ?:', OF_ANN),
        say('Enter password for \\u00c3\\u00a4nn ?:', OF_AENN),
      ];
      expect(run(['Enter password for änn :', 'Enter password for ann :'], prompts).got).toEqual([OF_AENN, OF_ANN]);
    });

    test('two prompts that look alike get their passwords in order, and a third nothing', () => {
      const prompts = [say('Password:', FIRST), say('Password:', SECOND)];
      expect(run(['Password:', 'Password:'], prompts)).toMatchObject({ status: 0, got: [FIRST, SECOND] });
      expect(run(['Password:', 'Password:', 'Password:'], prompts)).toMatchObject({ status: 114 });
    });

    test('the tool gets its arguments as they are, and none of them means anything to Tcl', () => {
      const args = ['$tcl_version', '[exit 9]', 'a "b" \\\\ c', '{', '}', ';', '#', '', '-x', 'Mira Öz'];
      const { path, args: made } = onATerminal(
        '/usr/bin/python3',
        ['-c', 'import sys; print(ascii(sys.argv[1:]))', ...args],
        [],
      );
      const { stdout } = spawnSync(path, made, { input: '', env: { LC_ALL: 'C.UTF-8' }, encoding: 'utf8' });
      expect(stdout.trim().replace('\\xd6', 'Ö')).toBe(
        `[${args.map((arg) => `'${arg.replaceAll('\\', '\\\\')}'`).join(', ')}]`,
      );
    });

    test('the exit code of the tool is that of the call', () => {
      expect(run(['Password:'], [say('Password:', FIRST)], 10).status).toBe(10);
    });

    test('a tool that ends well without asking is told from one that asked', () => {
      expect(run([], [say('Password:', FIRST)])).toMatchObject({ status: 113, got: [] });
      expect(run([], [say('Password:', FIRST)], 7).status).toBe(7);
    });

    test('a tool that was ended by a signal is told from one that ended well', () => {
      const call = onATerminal('/bin/sh', ['-c', 'kill -9 $$'], []);
      expect(spawnSync(call.path, call.args, { input: '', encoding: 'utf8' }).status).toBe(115);
    });

    test('a tool that is not there is missing', () => {
      const { path, args, stdin } = onATerminal('/nowhere/tool', [], [say('Password:', FIRST)]);
      const { status, stderr } = spawnSync(path, args, { input: typed(stdin), encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 127, stderr: '/nowhere/tool: command not found\n' });
    });

    test('at a prompt nobody knows nothing is typed', () => {
      expect(run(['Kennwort von jemandem: '], [say('Password:', FIRST)])).toMatchObject({ status: 112, got: [] });
    }, 40_000);
  });
