// Everything a person can get wrong on the command line. Each case says what happened and what to do, ends with the
// exit code that belongs to it, prints nothing on standard output, shows no stack trace and writes nothing anywhere.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentsOf, temporaryDirectory, upkeep } from './terminal.ts';

const { directory, remove } = temporaryDirectory();
const at = (name: string) => join(directory, name);

const FILES: Record<string, string> = {
  'empty.txt': '',
  'broken.plist': '<plist><dict><key>a</key>',
  'misspelt.json': '{"deadlines":{"hard":{"dayz":3}},"warnin":{"floorMinutes":30}}',
  'early.json': '{"deadlines":{"hard":{"date":"2026-11-05"},"zeroDate":"2026-11-10"}}',
  'error.html': '<!DOCTYPE html><html><body>503 Service Unavailable</body></html>',
  'cannot.txt':
    "Software Update Tool\n\nFinding available software\nCan't connect to the Apple Software Update server, because you are not connected to the Internet.\n",
  'steering.txt': '* \u001b[2J\u202eLabel\n',
  'mac-keys.json': '{"macOs":"26.6","batteryPercent":300}',
  'mac-text.json': 'hello',
  'mac-array.json': '[1]',
  'mac-null.json': 'null',
  'offers.txt': 'No new software available.\n',
};

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(at(name), text);
  writeFileSync(
    at('binary.bin'),
    Uint8Array.from({ length: 512 }, (_, index) => (index * 37) % 256),
  );
  mkdirSync(at('folder'));
  mkdirSync(at('used'));
  writeFileSync(at('used/upkeep.db'), 'somebody else’s');
  mkdirSync(at('papers'));
  writeFileSync(at('papers/status.json'), '{"mine": true}');
});
afterAll(remove);

type Case = [name: string, argv: string[], code: number, ...words: (RegExp | string)[]];

function refused(cases: Case[]): void {
  test.each(cases)('%s', async (_name, argv, code, ...words) => {
    const before = contentsOf(directory);
    const answer = await upkeep(...argv);
    expect(answer).toMatchObject({ code, out: '' });
    for (const word of words) {
      if (typeof word === 'string') expect(answer.err).toContain(word);
      else expect(answer.err).toMatch(word);
    }
    expect(answer.err).not.toMatch(/^\s+at /m);
    expect(answer.err).toMatch(/[^\n]\n$/);
    expect(contentsOf(directory)).toEqual(before);
  });
}

const simulate = (...options: string[]) => ['simulate', '--days', '1', '--state', at('new/state'), ...options];

describe('commands and words', () => {
  refused([
    ['no command', [], 64, 'Usage: upkeep COMMAND [options]'],
    ['a misspelt command', ['simulat'], 64, 'there is no command `simulat`. Did you mean `simulate`?', '`upkeep help`'],
    ['a command nobody knows', ['frobnicate'], 64, /there is no command `frobnicate`\.\n/],
    ['an option before the command', ['--json', 'status'], 64, 'the first word has to be a command, and --json is an'],
    ['help about a misspelt command', ['help', 'pars'], 64, 'Did you mean `parse`?'],
    ['help about two commands', ['help', 'parse', 'status'], 64, 'help is about one command at a time'],
    ['a word too many', simulate('extra'), 64, 'does not know what to do with the word "extra"'],
    ['options after --', simulate('--', '--seed', '3'), 64, 'does not know what to do with the word "--seed"'],
  ]);
});

describe('options', () => {
  refused([
    ['a misspelt option', simulate('--polic', 'x'), 64, 'simulate has no option --polic. Did you mean --policy?'],
    ['an option nobody knows', simulate('--frobnicate'), 64, 'simulate has no option --frobnicate.\n'],
    ['an option of another command', ['status', '--seed', '1'], 64, 'status has no option --seed.'],
    ['one letter for an option', simulate('-p', 'x'), 64, 'Options are written out: --policy or --persona.'],
    ['an option with no value after it', simulate('--policy'), 64, '--policy needs a value, and nothing follows it.'],
    [
      'an option instead of a value',
      simulate('--seed', '--json'),
      64,
      '--seed needs a value, but what follows is --json',
      '--seed=--json',
    ],
    ['a value for a switch', simulate('--json=yes'), 64, '--json takes no value, but was given "yes".'],
    ['an option given twice', simulate('--seed', '1', '--seed', '2'), 64, '--seed is given twice: 1 and 2.'],
  ]);

  const days = (...given: string[]) => ['simulate', '--state', at('new/state'), ...given];
  const allowed = 'Give a whole number from 1 to 366.';
  refused([
    ['no days', days('--days', '0'), 64, '--days cannot be "0".', allowed],
    ['negative days', days('--days', '-1'), 64, '--days cannot be "-1".', allowed],
    ['negative days with =', days('--days=-1'), 64, '--days cannot be "-1".', allowed],
    ['half a day', days('--days', '1.5'), 64, '--days cannot be "1.5".', allowed],
    ['more days than fit', days('--days', '367'), 64, '--days cannot be "367".', allowed],
    ['more days than a number holds', days('--days', '99999999999999999999'), 64, '--days cannot be', allowed],
    ['days in exponents', days('--days', '1e2'), 64, '--days cannot be "1e2".', allowed],
    ['days in words', days('--days', 'ten'), 64, '--days cannot be "ten".', allowed],
    ['empty days', days('--days='), 64, '--days cannot be empty.', allowed],
    ['a seed below 0', simulate('--seed', '-5'), 64, '--seed cannot be "-5".'],
    ['a misspelt persona', simulate('--persona', 'procrastinatr'), 64, 'Did you mean procrastinator?', 'Give one of: '],
    ['a persona in capitals', simulate('--persona', 'Absent'), 64, 'Did you mean absent?'],
    ['nobody we know', simulate('--persona', 'bob'), 64, /--persona cannot be "bob"\.\nGive one of: agreeable, /],
    ['a zone on Mars', simulate('--zone', 'Mars/Phobos'), 64, /--zone cannot be "Mars\/Phobos"\.\nGive an IANA/],
    ['a misspelt zone', simulate('--zone', 'Europe/Berln'), 64, 'Did you mean Europe/Berlin?'],
    ['an offset for a zone', simulate('--zone', '+01:00'), 64, '--zone cannot be "+01:00".'],
    ['a day that does not exist', simulate('--start', '2026-02-30'), 64, 'there is no such day or time of day'],
    ['an hour that does not exist', simulate('--start', '2026-02-20T25:00'), 64, 'there is no such day or time of day'],
    ['a day in words', simulate('--start', 'tomorrow'), 64, /cannot be "tomorrow"\.\nGive an ISO date and time/],
    ['a start in the last century', simulate('--start', '1999-01-01'), 64, 'between 2020 and 2099'],
    ['a zone in brackets', simulate('--start', '2026-11-02T08:00[Asia/Tokyo]'), 64, '--start cannot be'],
  ]);
});

describe('the policy', () => {
  const policy = (name: string) => simulate('--policy', at(name));
  refused([
    ['missing', policy('nowhere.json'), 66, /There is no file .*nowhere\.json\.\nCheck the path\./],
    ['a directory', policy('folder'), 65, 'folder is a folder.'],
    ['empty', policy('empty.txt'), 65, 'empty.txt is empty.'],
    ['a broken property list', policy('broken.plist'), 65, '<dict> is never closed (line 1, column 8)'],
    ['a web page', policy('error.html'), 65, 'is a web page (HTML), not a profile'],
    [
      'misspelt keys, all at once',
      policy('misspelt.json'),
      78,
      '2 settings are wrong',
      'Did you mean deadlines.hard.days?',
      'Did you mean warning.floorMinutes?',
    ],
    [
      'a deadline before the zero date',
      policy('early.json'),
      78,
      '"2026-11-05" is before the zero date, deadlines.zeroDate (2026-11-10).',
    ],
  ]);

  test('the remedy for a list of problems stands apart from the last of them', async () => {
    const { err } = await upkeep(...policy('early.json'));
    expect(err).toMatch(/zero date\.\n\nCorrect these settings; /);
  });
});

describe('the offers', () => {
  const offers = (name: string) => simulate('--offers', at(name));
  refused([
    ['missing', offers('nowhere.txt'), 66, 'the list of offers cannot be read from ', 'there is no such file'],
    ['below a file', offers('empty.txt/list'), 66, 'a part of the path is a file'],
    ['a directory', offers('folder'), 65, 'it is a directory'],
    ['empty', offers('empty.txt'), 65, /empty\.txt is not what `softwareupdate --list` prints: it is empty\./],
    ['a web page', offers('error.html'), 65, 'error.html is not what', 'it is a web page'],
    ['binary', offers('binary.bin'), 65, 'binary.bin is not what `softwareupdate --list` prints: '],
    [
      'a complaint',
      offers('cannot.txt'),
      65,
      "a complaint of softwareupdate: “Can't connect to the Apple",
      '(unreachable)',
    ],
    ['something else', offers('mac-text.json'), 65, 'it is neither a list nor a known message'],
  ]);

  test.each([['steering.txt'], ['no\u001b[2J\u202esuch.txt']])(
    'what a message quotes cannot steer the terminal: %j',
    async (name) => {
      const { code, err } = await upkeep(...offers(name));
      expect(code).toBe(name === 'steering.txt' ? 65 : 66);
      expect(err.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
    },
  );

  test('a strange name is written out', async () => {
    expect((await upkeep(...offers('no\u001b[2J\u202esuch'))).err).toContain('no\\u001b[2J\\u202esuch');
  });
});

describe('the Mac', () => {
  const mac = (name: string) => simulate('--mac', at(name));
  refused([
    ['missing', mac('nowhere.json'), 66, 'the description of the Mac cannot be read from ', 'there is no such file'],
    ['a directory', mac('folder'), 65, 'it is a directory'],
    ['empty', mac('empty.txt'), 65, 'is not JSON'],
    [
      'wrong keys and values, all at once',
      mac('mac-keys.json'),
      65,
      'Did you mean "macOS"?',
      'given 300; allowed is a number from 1 to 100',
    ],
    ['not JSON', mac('mac-text.json'), 65, 'mac-text.json is not JSON'],
    ['an array', mac('mac-array.json'), 65, 'is JSON, but not an object'],
    ['null', mac('mac-null.json'), 65, 'is JSON, but not an object'],
  ]);
});

describe('the state directory', () => {
  const into = (name: string) => ['simulate', '--days', '1', '--state', at(name)];
  refused([
    ['a file', into('empty.txt'), 64, 'empty.txt is a file', 'Name a directory, new or empty.'],
    ['below a file', into('empty.txt/state'), 64, 'is a file, or lies below one'],
    ['one that holds a state', into('used'), 64, 'already holds the state of an agent', 'Name a new directory'],
    ['one that holds other files', into('papers'), 64, 'already holds other files (status.json)'],
    ['no name', ['simulate', '--state='], 64, '--state cannot be empty.'],
  ]);

  // Root may do everything, so these two tell something only to the rest of us.
  const isRoot = process.getuid?.() === 0;
  test.skipIf(isRoot)('one that may not be written to (not for root, who may write anywhere)', async () => {
    const own = temporaryDirectory();
    const locked = join(own.directory, 'locked');
    mkdirSync(locked, { mode: 0o555 });
    const inside = await upkeep('simulate', '--days', '1', '--state', join(locked, 'state'));
    expect(inside).toMatchObject({ code: 74, out: '' });
    expect(inside.err).toMatch(/the directory .*locked\/state cannot be made: you are not allowed to\.\nName a dir/);
    expect(await upkeep('simulate', '--days', '1', '--state', locked)).toMatchObject({ code: 74, out: '' });
    expect(contentsOf(locked)).toEqual({});
    own.remove();
  });

  test.skipIf(isRoot)('files that may not be read (not for root, who may read everything)', async () => {
    const own = temporaryDirectory();
    const secret = join(own.directory, 'secret.txt');
    writeFileSync(secret, 'x', { mode: 0o000 });
    for (const option of ['--offers', '--mac', '--policy']) {
      const { code, err } = await upkeep('simulate', option, secret);
      expect(code).toBe(65);
      expect(err).toMatch(/not allowed to|EACCES/);
    }
    own.remove();
  });
});

describe('parse', () => {
  const list = ['--', 'softwareupdate', '--list'];
  refused([
    ['nothing at all', ['parse'], 64, 'parse has to know which FILE to read (- for standard input).'],
    ['no command', ['parse', at('offers.txt')], 64, 'parse has to know which command printed it, after --.'],
    ['nothing after --', ['parse', at('offers.txt'), '--'], 64, 'which command printed it, after --.'],
    [
      'a command without --',
      ['parse', 'x.txt', 'sysctl', '-n', 'kern.boottime'],
      64,
      'Write: upkeep parse x.txt -- sysctl -n kern.boottime',
    ],
    ['an unknown tool', ['parse', at('offers.txt'), '--', 'frob'], 64, 'upkeep does not run “frob”'],
    ['an unknown option of a tool', ['parse', at('offers.txt'), '--', 'softwareupdate', '--lst'], 64, 'does not run'],
    ['two files', ['parse', 'a', 'b', ...list], 64, 'does not know what to do with the word "b"'],
    ['--list with more', ['parse', '--list', 'x'], 64, 'only lists the commands'],
    ['a missing file', ['parse', at('nowhere.txt'), ...list], 66, 'there is no such file'],
    ['a directory', ['parse', at('folder'), ...list], 65, 'it is a directory'],
    ['an empty file', ['parse', at('empty.txt'), ...list], 65, /^upkeep: \S.*\n\S.*\n\([a-z.-]+\)\n$/],
    ['binary', ['parse', at('binary.bin'), ...list], 65, /^upkeep: \S.*\n\S.*\n\([a-z.-]+\)\n$/],
    ['a web page', ['parse', at('error.html'), ...list], 65, /^upkeep: \S.*\n\S.*\n\([a-z.-]+\)\n$/],
    ['an exit code too large', ['parse', '-', '--exit', '300', ...list], 64, '--exit cannot be "300".'],
    ['an empty macOS', ['parse', '-', '--macos', '', ...list], 64, '--macos cannot be empty.'],
    [
      'a missing standard error',
      ['parse', at('offers.txt'), '--stderr', at('nowhere'), ...list],
      66,
      'the standard error',
    ],
  ]);
});
