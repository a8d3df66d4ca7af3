// security: the Mac's own keychain and everybody's, commands as arguments and on stdin.
import { describe, expect, test } from 'vitest';
import { linesOf, wordsOf } from '../../src/simulator/tools/security-line.ts';
import { canary, toolsAreGivenSecrets } from '../support/canary.ts';
import { asAnna, exitOf, office, tool } from './account-tools.ts';
import { PASSWORD, run } from './harness.ts';

const BY_MDM = canary('by_mdm');

toolsAreGivenSecrets();

const SYSTEM = '/Library/Keychains/System.keychain';
const LOGIN = '/Users/anna/Library/Keychains/login.keychain';
const NOT_FOUND = 'security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.\n';
const add = (...more: string[]) => ['add-generic-password', '-a', 'svc', '-s', 'upkeep test', ...more];
const find = (...more: string[]) => ['find-generic-password', '-a', 'svc', '-s', 'upkeep test', ...more];
const remove = (...more: string[]) => ['delete-generic-password', '-a', 'svc', '-s', 'upkeep test', ...more];

describe('for root, which has the keychain of the Mac', () => {
  test('puts in, reads, changes and deletes', async () => {
    const mac = office();
    expect(exitOf(await tool(mac, 'security', add('-w', 'first secret', SYSTEM)))).toBe(0);
    expect((await tool(mac, 'security', find('-w', SYSTEM))).all).toBe('first secret\n');
    const twice = await tool(mac, 'security', add('-w', 'second secret', SYSTEM));
    expect([exitOf(twice), twice.stderr]).toEqual([
      45,
      `security: SecKeychainItemCreateFromContent (${SYSTEM}): The specified item already exists in the keychain.\n`,
    ]);
    await tool(mac, 'security', add('-U', '-w', 'second secret', SYSTEM));
    expect((await tool(mac, 'security', find('-w'))).stdout).toBe('second secret\n');
    const deleted = await tool(mac, 'security', remove(SYSTEM));
    expect(deleted.stdout).toMatch(
      /^keychain: "\/Library[\s\S]*\n {4}"acct"<blob>="svc"\n[\s\S]*password has been deleted\.\n$/,
    );
    const gone = await tool(mac, 'security', find('-w', SYSTEM));
    expect([exitOf(gone), gone.stderr, gone.stdout]).toEqual([44, NOT_FOUND, '']);
    expect(exitOf(await tool(mac, 'security', remove(SYSTEM)))).toBe(44);
  });

  test('what is not plain ASCII comes out as digits', async () => {
    const mac = office();
    await tool(mac, 'security', add('-w', 'grün', SYSTEM));
    expect((await tool(mac, 'security', find('-w'))).stdout).toBe('6772c3bc6e\n');
    const shown = await tool(mac, 'security', find('-g'));
    expect(shown.stderr).toBe('password: 0x6772C3BC6E  "grün"\n');
    expect(shown.stdout).not.toContain('grün');
  });

  test('-w at the end asks twice on stderr; unlike answers put nothing in, with exit 0', async () => {
    const mac = office();
    const ran = await tool(mac, 'security', add('-U', '-w'), 'asked secret\nasked secret\n');
    expect(ran.all).toBe('password data for new item: retype password for new item: ');
    expect((await tool(mac, 'security', find('-w'))).stdout).toBe('asked secret\n');
    await tool(mac, 'security', remove());
    const once = await tool(mac, 'security', add('-w'), 'asked secret\n');
    expect([exitOf(once), once.stderr]).toEqual([
      0,
      "password data for new item: retype password for new item: passwords don't match\n",
    ]);
    expect(exitOf(await tool(mac, 'security', find('-w')))).toBe(44);
  });

  test('-w before the keychain takes its path for the secret', async () => {
    const mac = office();
    await tool(mac, 'security', add('-w', SYSTEM));
    expect((await tool(mac, 'security', find('-w'))).stdout).toBe(`${SYSTEM}\n`);
  });

  test('an item only others may read makes it ask, and nobody is there', async () => {
    const mac = office();
    await tool(mac, 'security', add('-T', '', '-w', 'closed secret', SYSTEM));
    const ran = await tool(mac, 'security', find('-w'));
    expect([exitOf(ran), ran.stderr]).toEqual([
      36,
      'security: SecKeychainItemCopyContent: User interaction is not allowed.\n',
    ]);
    expect((await tool(mac, 'security', find())).stdout).toContain('"svce"<blob>="upkeep test"');
  });

  test('a write may be lost, and a keychain may not be there', async () => {
    const mac = office({ faults: [{ name: 'keychain-write-lost', times: 1 }] });
    expect(exitOf(await tool(mac, 'security', add('-w', 'x-secret', SYSTEM)))).toBe(0);
    expect(exitOf(await tool(mac, 'security', find('-w', SYSTEM)))).toBe(44);
    expect(exitOf(await tool(mac, 'security', find('-w', '/no/such.keychain')))).toBe(50);
  });
});

describe('-i', () => {
  test('reads commands from stdin, and ends with the code of the last', async () => {
    const mac = office();
    const lines = `${add('-U', '-w').join(' ').replace('upkeep test', '"upkeep test"')} "a \\"quoted\\" \\\\ secret" ${SYSTEM}\n`;
    const ran = await tool(mac, 'security', ['-i'], lines);
    expect([ran.all, exitOf(ran)]).toEqual(['', 0]);
    expect((await tool(mac, 'security', find('-w'))).stdout).toBe('a "quoted" \\ secret\n');
    const last = await tool(mac, 'security', ['-i'], 'find-generic-password -s nothing\nlist-keychains\n');
    expect([exitOf(last), last.stderr]).toEqual([0, NOT_FOUND]);
    expect(exitOf(await tool(mac, 'security', ['-i'], 'list-keychains\nfind-generic-password -s nothing\n'))).toBe(44);
    expect(exitOf(await tool(mac, 'security', ['-qi'], 'list-keychains\nquit\nnonsense\n'))).toBe(0);
  });

  test('a question finds stdin read already', async () => {
    const mac = office();
    const ran = await tool(mac, 'security', ['-i'], `add-generic-password -a a -s b -w\nthe secret\nthe secret\n`);
    expect(ran.stderr).toContain('unknown command "the"');
    expect((await tool(mac, 'security', ['find-generic-password', '-s', 'b', '-w'])).stdout).toBe('\n');
  });

  test.each([
    ['a  b', ['a', 'b']],
    [`-w 'it is' ""`, ['-w', 'it is', '']],
    [`'a\\'b' "c\\d"`, ["a'b", 'cd']],
    ['a\\ b$HOME`x`', ['a b$HOME`x`']],
  ])('%s is taken apart without a shell', (line, words) => {
    expect(wordsOf(line)).toEqual(words);
  });

  test('a line that is too long goes on as the next', () => {
    expect(linesOf(`${'a'.repeat(4_095)}bc\nd`)).toEqual(['a'.repeat(4_095), 'bc', 'd']);
  });
});

describe("somebody's own keychain", () => {
  test('is open in the session, and to nobody outside it', async () => {
    const mac = office();
    expect((await asAnna(mac, 'security', ['list-keychains'])).stdout).toBe(`    "${LOGIN}-db"\n    "${SYSTEM}"\n`);
    expect(
      exitOf(await asAnna(mac, 'security', ['-i'], `add-generic-password -a svc -s "upkeep test" -w mine ${LOGIN}\n`)),
    ).toBe(0);
    expect((await asAnna(mac, 'security', find('-w', LOGIN))).stdout).toBe('mine\n');
    expect(exitOf(await tool(mac, 'security', find('-w', LOGIN)))).toBe(36);
    const sudo = await run(mac, '/usr/bin/sudo', ['-u', 'anna', '/usr/bin/security', ...find('-w', LOGIN)]);
    expect(exitOf(sudo)).toBe(36);
    expect(exitOf(await tool(mac, 'security', add('-w', 'not mine', LOGIN)))).toBe(36);
  });

  test('opens with the next log-in, and with a password changed by its owner', async () => {
    const mac = office();
    await asAnna(mac, 'security', add('-w', 'mine'));
    await asAnna(mac, 'dscl', ['.', '-passwd', '/Users/anna', PASSWORD, canary('another')]);
    mac.logOut();
    mac.logIn('anna');
    expect((await asAnna(mac, 'security', find('-w'))).stdout).toBe('mine\n');
  });

  test('cannot write into that of the Mac, nor read its secrets', async () => {
    const mac = office();
    await tool(mac, 'security', add('-w', 'for root', SYSTEM));
    expect(exitOf(await asAnna(mac, 'security', add('-w', 'for all', SYSTEM)))).toBe(195);
    expect((await asAnna(mac, 'security', find('-w', SYSTEM))).ending).toBeNull();
  });

  test('stays locked after a log-in with a password it does not know, and puts up a window', async () => {
    const mac = office();
    await asAnna(mac, 'security', add('-w', 'mine'));
    mac.rotatePassword('anna', BY_MDM, { cryptoToo: true });
    mac.logOut();
    mac.logIn('anna');
    expect((await asAnna(mac, 'security', find('-w'))).ending).toBeNull();
    await asAnna(mac, 'security', ['unlock-keychain'], `${PASSWORD}\n`);
    expect((await asAnna(mac, 'security', find('-w'))).stdout).toBe('mine\n');
  });

  test('may be locked by a fault', async () => {
    const mac = office({ faults: [{ name: 'keychain-locked', times: 1 }] });
    const ran = await asAnna(mac, 'security', add('-w', 'mine'));
    expect([exitOf(ran), ran.stderr]).toEqual([
      36,
      'security: SecKeychainItemCreateFromContent (<default>): User interaction is not allowed.\n',
    ]);
    expect(exitOf(await asAnna(mac, 'security', add('-w', 'mine')))).toBe(0);
  });
});
