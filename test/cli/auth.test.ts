// `upkeep auth` on a command line that is wrong, and the question that shows nothing of the answer.
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/command.ts';
import { askHidden } from '../../src/cli/hidden-prompt.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { readSecret } from '../../src/cli/secret-input.ts';
import { canary } from '../support/canary.ts';
import { root } from '../support/lives.ts';
import { upkeep } from './terminal.ts';

const SECRET = canary('typed', (it) => `${it} & more`);

describe('a secret on the command line is refused, explained, and repeated nowhere', () => {
  test.each([
    [['set', 'local-account', 'bert', SECRET]],
    [['set', 'local-account', 'bert', '--password', SECRET]],
    [['set', 'local-account', 'bert', `--password=${SECRET}`]],
    [['set', 'local-account', 'bert', `-p${SECRET}`]],
    [['set', 'local-account', 'bert', '-p', SECRET]],
    [['set', 'local-account', 'bert', `--${SECRET}`]],
    [['set', 'local-account', 'bert', `--json=${SECRET}`]],
    [['set', 'local-account', 'bert', '--password-fd', '3', '--password-fd', SECRET]],
    [['set', 'local-account', 'bert', '--', SECRET]],
    [['set', 'local-account', `-${SECRET}`]],
    [['set', SECRET, 'bert']],
    [['set', 'local-account']],
    [['set', 'local-account', 'bert', '--all']],
    [['verify', 'local-account', SECRET]],
    [['verify', SECRET]],
    [['list', SECRET]],
    [['delete', 'local-account', SECRET]],
    [['delete', 'local-account', '--all']],
    [['delete']],
    [['set', 'mdm', SECRET]],
    [['set', 'mdm']],
    [['set', 'mdm', '--client', 'a', SECRET]],
    [['set', 'mdm', '--client', 'a', '--account', SECRET]],
    [['set', 'mdm', '--client', `-${SECRET}`]],
    [['set', 'mdm', '--client', `updater:${SECRET}`]],
    [['set', 'mdm', '--client', '']],
    [['set', 'mdm', '--secret', SECRET]],
    [['set', 'local-account', 'bert', '--client', SECRET]],
    [['verify', 'mdm', SECRET]],
    [[SECRET]],
    [[]],
  ])('auth, %#', async (words) => {
    const { code, out, err } = await upkeep('auth', ...words);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain('A password is never given as an argument');
    expect(err).toContain('(usage.wrong)');
    expect(err).not.toContain(SECRET.slice(0, 12));
  });

  test('a slip in the name of a method is told without repeating it', async () => {
    expect((await upkeep('auth', 'verify', 'local-acount')).err).toBe(
      'upkeep: there is no such method. Did you mean local-account?\n`upkeep help auth` names the methods.\n(usage.wrong)\n',
    );
  });

  test('nor is what comes with the name of the management server', async () => {
    expect((await upkeep('auth', 'verify', 'mdn')).err).toContain('Did you mean mdm?');
  });

  test.each(['saved-password', 'service-account'])('%s cannot be set by hand', async (method) => {
    const { code, err } = await upkeep('auth', 'set', method, 'bert');
    expect(code).toBe(64);
    expect(err).toContain(`a ${method} is `);
  });

  test('on a computer that is no Mac it says so', async () => {
    const { code, err } = await upkeep('auth', 'list');
    expect([code, err]).toEqual([expect.toBeOneOf([69, 77]), expect.stringMatching(/\((?:not-a-mac|not-root)\)/)]);
  });
});

/** A terminal's keyboard, and whether it shows what is typed. */
class Keyboard extends EventEmitter {
  shows = true;
  isListening = false;
  setRawMode(raw: boolean) {
    this.shows = !raw;
    return this as never;
  }
  setEncoding() {
    return this as never;
  }
  resume() {
    this.isListening = true;
    return this as never;
  }
  pause() {
    this.isListening = false;
    return this as never;
  }
}

describe('the question', () => {
  const ask = (keys: readonly string[]) => {
    const keyboard = new Keyboard();
    let said = '';
    const asked = askHidden('Password: ', {
      input: keyboard as never,
      say: (text) => {
        said += text;
      },
    });
    expect(keyboard.shows).toBe(false);
    for (const key of keys) keyboard.emit('data', key);
    return { asked, keyboard, said: () => said };
  };

  test.each([
    [['s', 'e', 'c', '\r'], 'sec'],
    [['pasted at once\rand more'], 'pasted at once'],
    [['wrong\u0015right\n'], 'right'],
    [['a🐴\u007fb\bc\r'], 'ac'],
    [['left\u001b[D\u001bOC right\r'], 'left right'],
    [['-leading = "$dash"\r'], '-leading = "$dash"'],
    [['ends\u0004'], 'ends'],
    [['\u0004'], null],
    [['\r'], ''],
  ])('%j is %j, none of it is shown, and the terminal is as it was', async (keys, answer) => {
    const { asked, keyboard, said } = ask(keys);
    expect(await asked).toBe(answer);
    expect([said(), keyboard.shows, keyboard.isListening, keyboard.listenerCount('data')]).toEqual([
      'Password: \n',
      true,
      false,
      0,
    ]);
    expect(process.listenerCount('SIGHUP')).toBe(0);
  });

  test('input that ends is no answer', async () => {
    const { asked, keyboard } = ask(['half']);
    keyboard.emit('end');
    expect(await asked).toBeNull();
    expect(keyboard.shows).toBe(true);
  });

  const io = (answers: (string | null)[], told: string[] = []): Io => ({
    out: () => {},
    err: (text) => void told.push(text),
    outIsTerminal: true,
    errIsTerminal: true,
    colour: false,
    stdin: () => Promise.reject(new Error('a terminal is asked')),
    askHidden: async () => answers.shift() ?? null,
  });

  test('who types nothing is told why nothing is seen, and asked again, three times at most', async () => {
    const told: string[] = [];
    const secret = await readSecret({}, io(['', '  ', SECRET], told), 'Password: ');
    expect(secret.expose((plain) => plain)).toBe(SECRET);
    expect(told).toEqual(Array(2).fill(expect.stringContaining('It is not shown as you type')));
    await expect(readSecret({}, io(['', '', '', SECRET]), 'Password: ')).rejects.toMatchObject({ code: 'input.wrong' });
    await expect(readSecret({}, io([null, SECRET]), 'Password: ')).rejects.toMatchObject({ code: 'input.wrong' });
  });

  test.each([
    ['', 'holds no password'],
    [' \n', 'holds no password'],
    ['two\nlines\n', 'is more than one line'],
    ['caf\ufffd', 'is not UTF-8'],
    ['x'.repeat(5_000), 'is longer than any password'],
  ])('standard input with %j %s', async (text, why) => {
    const { askHidden: _, ...piped } = io([]);
    const read = readSecret({}, { ...piped, stdin: async () => text }, 'Password: ');
    await expect(read).rejects.toMatchObject({ code: 'input.wrong', message: `standard input ${why}.` });
  });

  test.each([SECRET, '-1', '3.5', '99999', ''])('--password-fd %j is refused and not repeated', async (given) => {
    const read = readSecret({ 'password-fd': given }, io([]), 'Password: ');
    await expect(read).rejects.toMatchObject({ code: 'usage.wrong' });
    await expect(read).rejects.not.toThrow(SECRET);
  });

  test('a file descriptor that is not open is said to be that', async () => {
    await expect(readSecret({ 'password-fd': '987' }, io([]), 'Password: ')).rejects.toMatchObject({
      code: 'input.unreadable',
      facts: { code: 'EBADF' },
    });
  });
});

const EXPECT = '/usr/bin/expect';
describe.skipIf(!existsSync(EXPECT))('on a real terminal (where there is `expect`)', () => {
  /** Types at the question of a process of its own, then asks the terminal whether it shows what is typed. */
  const typed = (keys: string) => {
    const ask = `import { askHidden } from ${JSON.stringify(join(root, 'src/cli/hidden-prompt.ts'))};
      const say = (text) => process.stderr.write(text);
      const typed = await askHidden('Password: ', { input: process.stdin, say });
      say(String(typed.length) + ' characters');`;
    const script = `set timeout 20
      spawn -noecho sh -c {"$NODE" --input-type=module -e "$ASK"; echo "ended $?"; stty -a}
      expect "Password: "
      after 200
      send -- "${keys}"
      expect eof`;
    const env = { ...process.env, ASK: ask, NODE: process.execPath };
    return spawnSync(EXPECT, ['-c', script], { encoding: 'utf8', env }).stdout;
  };

  test.each([
    ['hunter2\\r', /7 characters\s*ended 0/],
    ['hunter2\\003', /ended 130/],
  ])('%s is not shown, and the terminal shows again what is typed', (keys, end) => {
    const shown = typed(keys);
    expect(shown).toMatch(end);
    expect(shown).not.toContain('hunter');
    expect(shown).toMatch(/(?<!-)\becho\b/);
    expect(shown).toMatch(/(?<!-)\bicanon\b/);
  });
});

test('what was typed stands in no message of any other kind either', async () => {
  let err = '';
  const code = await runCli(['auth', 'set', 'local-account', 'bert', '--root', '/nowhere/at/all'], {
    out: () => {},
    err: (text) => {
      err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    colour: false,
    stdin: async () => SECRET,
  });
  expect([code, err.includes(SECRET)]).toEqual([64, false]);
});
