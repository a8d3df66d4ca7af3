// The local directory and its tools: dscl, dseditgroup, id, pwpolicy.
import { parse } from 'plist';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/domain/instant.ts';
import { canary, toolsAreGivenSecrets } from '../support/canary.ts';
import { ADMIN, asAnna, exitOf, office, tool } from './account-tools.ts';
import { macWith, PASSWORD } from './harness.ts';

const BY_MDM = canary('by_mdm');

toolsAreGivenSecrets();

const ANOTHER = canary('another');

const WRONG =
  '<dscl_cmd> DS Error: -14090 (eDSAuthFailed)\nAuthentication for node /Local/Default failed. (-14090, eDSAuthFailed)\n';

describe('dscl reads', () => {
  test('lists names, and a key beside those who have it', async () => {
    const mac = office({ accounts: [{ name: 'bert', hidden: true }] });
    const names = (await tool(mac, 'dscl', ['.', '-list', '/Users'])).stdout.split('\n');
    expect(names).toEqual(expect.arrayContaining(['anna', 'bert', 'root', '_mbsetupuser']));
    expect((await tool(mac, 'dscl', ['.', 'list', '/Users', 'UniqueID'])).stdout).toMatch(/^anna {20}501$/m);
    expect((await tool(mac, 'dscl', ['.', '-list', '/Users', 'IsHidden'])).stdout).toMatch(/^bert +1\n$/);
  });

  test('values with a blank stand on lines of their own, and keys without a name of their own get a prefix', async () => {
    const mac = office({ accounts: [{ name: 'bert', hidden: true }] });
    const read = async (...keys: string[]) =>
      (await tool(mac, 'dscl', ['/Local/Default', '-read', '/Users/bert', ...keys])).stdout;
    expect(await read('RealName', 'UniqueID')).toBe('RealName: bert\nUniqueID: 502\n');
    expect(await read('IsHidden')).toBe('dsAttrTypeNative:IsHidden: 1\n');
    const anna = await tool(mac, 'dscl', ['.', '-read', '/Users/anna', 'RealName']);
    expect(anna.stdout).toBe('RealName:\n Anna Example\n');
    expect((await tool(mac, 'dscl', ['.', '-read', '/Users/anna', 'AuthenticationAuthority'])).stdout).toMatch(
      /^AuthenticationAuthority: ;ShadowHash;HASHLIST:<\S+> ;Kerberosv5;;anna@\S+ ;SecureToken;\n$/,
    );
  });

  test('a key that is missing is told on stderr and is no failure; a missing record is one', async () => {
    const mac = office();
    const key = await tool(mac, 'dscl', ['.', '-read', '/Users/anna', 'Nonsense']);
    expect([key.stdout, key.stderr, exitOf(key)]).toEqual(['', 'No such key: Nonsense\n', 0]);
    const record = await tool(mac, 'dscl', ['.', '-read', '/Users/zoe', 'UniqueID']);
    expect([record.stderr, exitOf(record)]).toEqual(['<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n', 56]);
  });

  test('property lists, all records, and a search', async () => {
    const mac = office();
    const one = await tool(mac, 'dscl', ['-plist', '.', '-read', '/Users/anna', 'GeneratedUID', 'RealName']);
    expect(parse(one.stdout)).toEqual({
      'dsAttrTypeStandard:GeneratedUID': [mac.accounts.named('anna')?.guid],
      'dsAttrTypeStandard:RealName': ['Anna Example'],
    });
    const all = (await tool(mac, 'dscl', ['.', '-readall', '/Users', 'RecordName', 'UniqueID'])).stdout;
    expect(all).toContain('-\nRecordName: anna\nUniqueID: 501\n-\n');
    const found = await tool(mac, 'dscl', ['.', '-search', '/Users', 'UniqueID', '502']);
    expect(found.stdout).toBe('bert\t\tUniqueID = (\n    502\n)\n');
    expect(exitOf(await tool(mac, 'dscl', ['.', '-search', '/Users', 'UniqueID', '999']))).toBe(0);
  });

  test('failed log-ins stand in the record, in a property list of their own', async () => {
    const mac = office();
    await tool(mac, 'dscl', ['.', '-authonly', 'anna'], 'no\n');
    const read = await tool(mac, 'dscl', ['.', '-read', '/Users/anna', 'accountPolicyData']);
    const plist = read.stdout.slice(read.stdout.indexOf('<?xml')).replaceAll(/^ /gm, '');
    expect(read.stdout).toMatch(/^dsAttrTypeNative:accountPolicyData:\n <\?xml/);
    expect(parse(plist)).toMatchObject({ failedLoginCount: 1 });
  });

  test('it may hang', async () => {
    const mac = office({ faults: [{ name: 'dscl-hangs', times: 1 }] });
    expect((await tool(mac, 'dscl', ['.', '-list', '/Users'])).ending).toBeNull();
    expect(exitOf(await tool(mac, 'dscl', ['.', '-list', '/Users']))).toBe(0);
  });
});

describe('dscl -authonly', () => {
  const auth = (name: string) => ['/Local/Default', '-authonly', name];

  test('is silent where the password is right, given or asked for', async () => {
    const mac = office();
    const given = await tool(mac, 'dscl', [...auth('anna'), PASSWORD]);
    expect([given.all, exitOf(given)]).toEqual(['', 0]);
    const asked = await tool(mac, 'dscl', auth('anna'), `${PASSWORD}\n`);
    expect([asked.stdout, asked.stderr, exitOf(asked)]).toEqual(['', 'Password: ', 0]);
  });

  test.each([
    ['a wrong one', 'no\n'],
    ['nothing typed', null],
  ])('%s prints two lines and counts', async (_what, stdin) => {
    const mac = office();
    const ran = await tool(mac, 'dscl', auth('anna'), stdin);
    expect([ran.all, exitOf(ran)]).toEqual([`Password: ${WRONG}`, 10]);
    expect(mac.accounts.named('anna')?.failedLogins).toBe(1);
  });

  test('an unknown and a disabled account fail in their own way', async () => {
    const mac = office({ accounts: [{ name: 'bert', disabled: true }] });
    expect(exitOf(await tool(mac, 'dscl', auth('zoe'), 'x\n'))).toBe(56);
    expect(exitOf(await tool(mac, 'dscl', auth('bert'), `${PASSWORD}\n`))).toBe(87);
  });

  test('asks about the log-in, never about the disk', async () => {
    const mac = office();
    mac.rotatePassword('anna', BY_MDM);
    expect(exitOf(await tool(mac, 'dscl', auth('anna'), `${PASSWORD}\n`))).toBe(10);
    expect(exitOf(await tool(mac, 'dscl', auth('anna'), `${BY_MDM}\n`))).toBe(0);
  });

  test('locks the account after so many, for so long, even for the right password', async () => {
    const mac = office({ passwordPolicy: { lockoutAfter: 3, lockoutMinutes: 15 } });
    const tries: unknown[] = [];
    for (const password of ['a', 'b', 'c', PASSWORD]) {
      tries.push(exitOf(await tool(mac, 'dscl', auth('anna'), `${password}\n`)));
    }
    expect(tries).toEqual([10, 10, 10, 87]);
    expect(mac.accounts.named('anna')?.failedLogins).toBe(3);
    await mac.world.runUntil(mac.world.now() + 15 * MINUTE_MS);
    expect(exitOf(await tool(mac, 'dscl', auth('anna'), `${PASSWORD}\n`))).toBe(0);
    expect(mac.accounts.named('anna')?.failedLogins).toBe(0);
  });

  test('after a lock-out has passed, one more wrong one locks again', async () => {
    const mac = office({ passwordPolicy: { lockoutAfter: 2, lockoutMinutes: 5 } });
    for (const password of ['a', 'b']) await tool(mac, 'dscl', auth('anna'), `${password}\n`);
    await mac.world.runUntil(mac.world.now() + 5 * MINUTE_MS);
    await tool(mac, 'dscl', auth('anna'), 'c\n');
    expect(exitOf(await tool(mac, 'dscl', auth('anna'), `${PASSWORD}\n`))).toBe(87);
  });
});

describe('dscl writes', () => {
  test('passwd by root leaves the disk behind; with the old password it comes along', async () => {
    const mac = office();
    expect(exitOf(await tool(mac, 'dscl', ['.', '-passwd', '/Users/anna'], `${ANOTHER}\n`))).toBe(0);
    const anna = mac.accounts.named('anna');
    expect(anna).toMatchObject({ loginPassword: ANOTHER, cryptoPassword: PASSWORD });
    await tool(mac, 'dscl', ['.', '-passwd', '/Users/bert', ADMIN, ANOTHER]);
    const bert = { loginPassword: ANOTHER, cryptoPassword: ANOTHER };
    expect(mac.accounts.named('bert')).toMatchObject(bert);
  });

  test('passwd is refused against the rules, and to others who do not know the old one', async () => {
    const mac = office({ passwordPolicy: { minLength: 10, classes: 2, history: 2 } });
    const passwd = async (password: string) =>
      exitOf(await tool(mac, 'dscl', ['.', '-passwd', '/Users/anna'], `${password}\n`));
    expect([await passwd('Short1'), await passwd('onlylowercase'), await passwd(PASSWORD)]).toEqual([85, 85, 85]);
    expect([await passwd('A new horse'), await passwd('A newer horse'), await passwd(PASSWORD)]).toEqual([0, 0, 0]);
    const other = await asAnna(mac, 'dscl', ['.', '-passwd', '/Users/bert'], 'mine now, it is\n');
    expect(other.stdout).toBe('passwd: DS error: eDSAuthFailed\n');
  });

  test('root hides, renames, makes and deletes accounts; others do not', async () => {
    const mac = office();
    await tool(mac, 'dscl', ['.', '-create', '/Users/bert', 'IsHidden', '1']);
    await tool(mac, 'dscl', ['.', '-create', '/Users/bert', 'RealName', 'Robert']);
    await tool(mac, 'dscl', ['.', '-append', '/Users/bert', 'Comment', 'one', 'two']);
    expect(mac.accounts.named('bert')).toMatchObject({ hidden: true, fullName: 'Robert' });
    expect((await tool(mac, 'dscl', ['.', '-read', '/Users/bert', 'Comment'])).stdout).toBe('Comment: one two\n');
    await tool(mac, 'dscl', ['.', '-create', '/Users/zoe']);
    expect(mac.accounts.named('zoe')).toMatchObject({ uid: 504, secureToken: false, loginPassword: '' });
    await tool(mac, 'dscl', ['.', '-delete', '/Users/zoe']);
    expect(mac.accounts.named('zoe')).toBeNull();
    expect(exitOf(await asAnna(mac, 'dscl', ['.', '-create', '/Users/anna', 'IsHidden', '1']))).toBe(40);
  });

  test('a token cannot be written into a record', async () => {
    const mac = office();
    await tool(mac, 'dscl', ['.', '-append', '/Users/clara', 'AuthenticationAuthority', ';SecureToken;']);
    expect(mac.accounts.named('clara')?.secureToken).toBe(false);
  });

  test('without full disk access nobody is deleted', async () => {
    const mac = office({ faults: [{ name: 'no-full-disk-access' }] });
    const ran = await tool(mac, 'dscl', ['.', '-delete', '/Users/clara']);
    expect(exitOf(ran)).toBe(40);
    expect(ran.stderr).toBe(
      '<main> delete status: eDSPermissionError\n<dscl_cmd> DS Error: -14120 (eDSPermissionError)\n',
    );
    expect(mac.accounts.named('clara')).not.toBeNull();
  });
});

test('who is an administrator: dseditgroup, id and the group tell the same', async () => {
  const mac = office();
  const check = async (name: string) => {
    const ran = await tool(mac, 'dseditgroup', ['-o', 'checkmember', '-m', name, 'admin']);
    return [ran.stdout, exitOf(ran)];
  };
  expect(await check('bert')).toEqual(['yes bert is a member of admin\n', 0]);
  expect(await check('anna')).toEqual(['no anna is NOT a member of admin\n', 67]);
  await tool(mac, 'dseditgroup', ['-o', 'edit', '-a', 'anna', '-t', 'user', 'admin']);
  await tool(mac, 'dseditgroup', ['-o', 'edit', '-d', 'bert', '-t', 'user', 'admin']);
  expect([(await check('anna'))[1], (await check('bert'))[1]]).toEqual([0, 67]);
  expect((await tool(mac, 'dscl', ['.', '-read', '/Groups/admin', 'GroupMembership'])).stdout).toBe(
    'GroupMembership: root anna\n',
  );
  expect((await tool(mac, 'id', ['-Gn', 'anna'])).stdout).toBe('admin staff\n');
  await tool(mac, 'dscl', ['.', '-append', '/Groups/admin', 'GroupMembership', 'clara']);
  expect(mac.accounts.named('clara')?.admin).toBe(true);
  expect(exitOf(await asAnna(mac, 'dseditgroup', ['-o', 'edit', '-a', 'anna', '-t', 'user', 'admin']))).not.toBe(0);
});

test('id tells numbers and names', async () => {
  const mac = office();
  expect((await tool(mac, 'id', ['-u', 'anna'])).stdout).toBe('501\n');
  expect((await tool(mac, 'id', ['-un'])).stdout).toBe('root\n');
  expect((await asAnna(mac, 'id', ['-u'])).stdout).toBe('501\n');
  const unknown = await tool(mac, 'id', ['-u', 'zoe']);
  expect([unknown.stderr, exitOf(unknown)]).toEqual(['id: zoe: no such user\n', 1]);
});

describe('pwpolicy', () => {
  const policy = { lockoutAfter: 5, lockoutMinutes: 15, minLength: 12 };

  test('prints a line of words before the property list', async () => {
    const mac = macWith({ passwordPolicy: policy }).mac;
    const { stdout } = await tool(mac, 'pwpolicy', ['-getaccountpolicies']);
    const [words, ...plist] = stdout.split('\n');
    expect(words).toBe('Getting global account policies');
    expect(parse(plist.join('\n'))).toMatchObject({
      policyCategoryAuthentication: [
        { policyParameters: { policyAttributeMaximumFailedAuthentications: 5, autoEnableInSeconds: 900 } },
      ],
      policyCategoryPasswordContent: [{ policyParameters: { minimumLength: 12 } }],
    });
    const own = await tool(mac, 'pwpolicy', ['-u', 'anna', 'getaccountpolicies']);
    expect(own.stdout).toBe('Getting account policies for user <anna>\n');
  });

  test('every Mac has a rule for all; of the older kind there are none', async () => {
    const { mac } = macWith();
    const { stdout } = await tool(mac, 'pwpolicy', ['-getaccountpolicies']);
    expect(parse(stdout.slice(stdout.indexOf('\n') + 1))).toMatchObject({
      policyCategoryPasswordContent: [{ policyContent: "policyAttributePassword matches '.{4,}+'" }],
    });
    const older = await tool(mac, 'pwpolicy', ['-n', '/Local/Default', '-getglobalpolicy']);
    expect([older.stdout, older.stderr, exitOf(older)]).toEqual(['\n', '', 0]);
  });

  test('what it prints can be set again, for one account; the stricter rule counts', async () => {
    const mac = macWith({ passwordPolicy: policy }).mac;
    const { stdout } = await tool(mac, 'pwpolicy', ['-getaccountpolicies']);
    const plist = stdout.slice(stdout.indexOf('\n') + 1).replace('>5<', '>2<');
    mac.files.set('/tmp/policy.plist', plist);
    await tool(mac, 'pwpolicy', ['-u', 'anna', '-setaccountpolicies', '/tmp/policy.plist']);
    for (const password of ['a', 'b']) await tool(mac, 'dscl', ['.', '-authonly', 'anna'], `${password}\n`);
    expect(exitOf(await tool(mac, 'pwpolicy', ['-u', 'anna', '-authentication-allowed']))).toBe(1);
    await tool(mac, 'pwpolicy', ['-u', 'anna', '-enableuser']);
    expect(exitOf(await tool(mac, 'pwpolicy', ['-u', 'anna', '-authentication-allowed']))).toBe(0);
    await tool(mac, 'pwpolicy', ['-clearaccountpolicies']);
    expect(mac.accounts.policy).toMatchObject({ lockoutAfter: null, minLength: null });
  });

  test('others cannot change the rules', async () => {
    const mac = macWith({ passwordPolicy: policy }).mac;
    expect(exitOf(await asAnna(mac, 'pwpolicy', ['-clearaccountpolicies']))).toBe(1);
    expect(mac.accounts.policy.lockoutAfter).toBe(5);
  });
});
