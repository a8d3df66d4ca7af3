// `upkeep doctor` on a computer that is no Mac, and how its findings are shown.
import { expect, test } from 'vitest';
import { checkupWords } from '../../src/cli/checkup-words.ts';
import { painter } from '../../src/cli/colour.ts';
import { attention, broken, type Finding, notKnown, ok } from '../../src/policy/examine/finding.ts';
import { temporaryDirectory, upkeep } from './terminal.ts';

const FINDINGS: Finding[] = [
  ok('tools.there', 'All tools are there.', 'Nothing is missing.'),
  broken('tokens.none', 'No account has a token.', 'Nobody can authorise.', 'Give one.'),
  attention('owners.only-bootstrap-token', 'Only a token owns it.', 'Only the MDM can.', 'Log in once.'),
  {
    ...attention('enrolment.failed', 'The log tells of trouble.', 'It has a cause.', 'Read it.'),
    quotes: ['Mon Nov 23 08:12:09  Error \u001b[2Jenrolling'],
  },
  notKnown('filevault.unknown', 'It is not known.', 'the tool said nonsense', 'Look again.'),
];
const PLAIN = { paint: painter(false), columns: null, all: false };

test('groups, marks, and below what is not well what it means and what to do', () => {
  expect(checkupWords(FINDINGS, PLAIN)).toBe(`Tools
  ✓ All tools are there.

Secure tokens and owners
  ✗ No account has a token.
    Nobody can authorise.
    To do: Give one.
    (tokens.none)
  ! Only a token owns it.
    Only the MDM can.
    To do: Log in once.
    (owners.only-bootstrap-token)

Enrolment
  ! The log tells of trouble.
    It has a cause.
    | Mon Nov 23 08:12:09  Error \\u001b[2Jenrolling
    To do: Read it.
    (enrolment.failed)

FileVault
  ? It is not known.
    The tool said nonsense.
    To do: Look again.
    (filevault.unknown)

5 findings: 1 broken, 2 to look at, 1 unknown, 1 well.
`);
});

test('with --all what is well is explained too', () => {
  expect(checkupWords(FINDINGS, { ...PLAIN, all: true })).toMatch(
    /^Tools\n {2}✓ All tools are there\.\n {4}Nothing is missing\.\n {4}\(tools\.there\)\n/,
  );
});

test('in colour the marks are coloured, and the text is the same', () => {
  const coloured = checkupWords(FINDINGS, { ...PLAIN, paint: painter(true) });
  expect(coloured).toContain('\u001b[31m✗\u001b[39m No account');
  expect(coloured).toContain('\u001b[32m✓\u001b[39m All');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(checkupWords(FINDINGS, PLAIN));
});

test('no line is wider than the terminal', () => {
  const long = [
    attention('tools.no-dialog', 'word '.repeat(60).trim(), 'word '.repeat(60).trim(), 'word '.repeat(60).trim()),
  ];
  const lines = checkupWords(long, { ...PLAIN, columns: 60 }).split('\n');
  expect(lines.filter((line) => line.length > 60)).toEqual([]);
});

test('a folder without a Mac: the missing tools are broken, the rest is unknown, and nothing is guessed', async () => {
  const { directory, remove } = temporaryDirectory();
  try {
    const { code, out, err } = await upkeep('doctor', '--json', '--root', directory);
    expect({ code, err }).toEqual({ code: 69, err: '' });
    const { schema, counts, findings } = JSON.parse(out);
    expect({ schema, broken: counts.broken, ok: counts.ok }).toEqual({ schema: 'upkeep.checkup/1', broken: 1, ok: 1 });
    const codes = findings.filter((one: Finding) => one.mark !== 'unknown').map((one: Finding) => one.code);
    expect(codes).toEqual(['tools.missing', 'tools.no-dialog', 'enrolment.no-jamf', 'upkeep.never-ran']);
  } finally {
    remove();
  }
});

test('words and unknown options are refused', async () => {
  expect(await upkeep('doctor', 'me')).toMatchObject({ code: 64, out: '' });
  expect(await upkeep('doctor', '--fix')).toMatchObject({ code: 64, out: '' });
});
