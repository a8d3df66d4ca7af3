// sysadminctl says everything on stderr and exits 0 whatever came of it, so each of these looks afterwards.
import { describe, expect, test } from 'vitest';
import { canary, toolsAreGivenSecrets } from '../support/canary.ts';
import { ADMIN, asAnna, CLARA, exitOf, hasToken, office, said, tool } from './account-tools.ts';
import { macWith, PASSWORD } from './harness.ts';

const BY_MDM = canary('by_mdm');

toolsAreGivenSecrets();

const ANOTHER = canary('another');

const byBert = ['-adminUser', 'bert', '-adminPassword', '-'];
const grantClara = ['-secureTokenOn', 'clara', '-password', '-', ...byBert];

test('the status names the full name, on stderr', async () => {
  const mac = office();
  const anna = await tool(mac, 'sysadminctl', ['-secureTokenStatus', 'anna']);
  expect(anna.stdout).toBe('');
  expect(anna.stderr).toMatch(
    /^2026-11-23 09:00:\d\d\.\d{3} sysadminctl\[\d+:\d+\] Secure token is ENABLED for user Anna Example\n$/,
  );
  expect(said(await tool(mac, 'sysadminctl', ['-secureTokenStatus', 'clara']))).toEqual([
    'Secure token is DISABLED for user Clara New',
  ]);
  expect(said(await tool(mac, 'sysadminctl', ['-secureTokenStatus', 'zoe']))).toEqual(['Unknown user zoe']);
});

describe('a token', () => {
  test('comes from an administrator who has one, whose password is asked for first', async () => {
    const mac = office();
    const ran = await tool(mac, 'sysadminctl', grantClara, `${ADMIN}\n${CLARA}\n`);
    expect(ran.stderr).toMatch(/^Enter password for bert :Enter password for clara :2026-.*Done!\n$/);
    expect(exitOf(ran)).toBe(0);
    expect(await hasToken(mac, 'clara')).toBe(true);
    expect(mac.accounts.named('clara')).toMatchObject({ volumeOwner: true, cryptoPassword: CLARA });
  });

  test.each([
    ['the answers the wrong way round', `${CLARA}\n${ADMIN}\n`, '### Error:-14090'],
    ['a wrong password of the account', `${ADMIN}\nno\n`, 'Code=5000'],
    ['nothing typed at all', null, '### Error:-14090'],
  ])('does not come with %s, and that counts as a failed log-in', async (_what, stdin, text) => {
    const mac = office();
    const ran = await tool(mac, 'sysadminctl', grantClara, stdin);
    expect(ran.stderr).toContain(text);
    expect(exitOf(ran)).toBe(0);
    expect(await hasToken(mac, 'clara')).toBe(false);
    expect(mac.happenings.filter(({ kind }) => kind === 'authentication-failed')).toHaveLength(1);
  });

  test('does not come from root alone, from an owner who is no administrator, or from an administrator without one', async () => {
    const mac = office({
      accounts: [
        { name: 'clara', password: CLARA },
        { name: 'dora', password: ADMIN, admin: true },
      ],
    });
    const grant = (...by: string[]) => tool(mac, 'sysadminctl', ['-secureTokenOn', 'clara', '-password', CLARA, ...by]);
    expect(said(await grant())).toEqual(['Operation is not permitted without secure token unlock.']);
    expect((await grant('-adminUser', 'anna', '-adminPassword', PASSWORD)).stderr).toContain('Code=5101');
    expect((await grant('-adminUser', 'dora', '-adminPassword', ADMIN)).stderr).toContain('Code=5101');
    expect(await hasToken(mac, 'clara')).toBe(false);
  });

  test('does not come from an administrator whose disk knows another password', async () => {
    const mac = office();
    mac.rotatePassword('bert', BY_MDM);
    const ran = await tool(mac, 'sysadminctl', grantClara, `${BY_MDM}\n${CLARA}\n`);
    expect(said(ran).at(-1)).toContain('Operation is not permitted without secure token unlock.');
    expect(await hasToken(mac, 'clara')).toBe(false);
  });

  test('is said to have come when it has not', async () => {
    const mac = office({ faults: [{ name: 'token-grant-lies', times: 1 }] });
    const ran = await tool(mac, 'sysadminctl', grantClara, `${ADMIN}\n${CLARA}\n`);
    expect(ran.stderr).toContain('Done!');
    expect(await hasToken(mac, 'clara')).toBe(false);
    await tool(mac, 'sysadminctl', grantClara, `${ADMIN}\n${CLARA}\n`);
    expect(await hasToken(mac, 'clara')).toBe(true);
  });

  const lonely = { admin: true, volumeOwner: false };
  const self = ['-secureTokenOn', 'anna', '-password', PASSWORD, '-adminUser', 'anna', '-adminPassword', PASSWORD];
  test('an administrator gives itself the first, but not where an MDM holds a key from 15 on', async () => {
    const free = macWith(lonely).mac;
    await tool(free, 'sysadminctl', self);
    expect(await hasToken(free, 'anna')).toBe(true);
    const managed = macWith({ ...lonely, bootstrapToken: true }).mac;
    expect((await tool(managed, 'sysadminctl', self)).stderr).toContain('Code=5101');
    const older = macWith({ ...lonely, bootstrapToken: true, macOS: '14.5', build: '23F79' }).mac;
    await tool(older, 'sysadminctl', self);
    expect(await hasToken(older, 'anna')).toBe(true);
  });

  test('comes with the first log-in where an MDM holds a key, and with none after it', async () => {
    const mac = office({ bootstrapToken: true, volumeOwner: false });
    mac.logOut();
    mac.logIn('clara');
    expect(await hasToken(mac, 'clara')).toBe(true);
    mac.logOut();
    mac.logIn('anna');
    expect(await hasToken(mac, 'anna')).toBe(false);
    const unmanaged = office();
    unmanaged.logOut();
    unmanaged.logIn('clara');
    expect(await hasToken(unmanaged, 'clara')).toBe(false);
  });

  test('is taken away, but not the last one; the record keeps a mark', async () => {
    const mac = office();
    const off = ['-secureTokenOff', 'anna', '-password', PASSWORD, '-adminUser', 'bert', '-adminPassword', ADMIN];
    expect(said(await tool(mac, 'sysadminctl', off))).toEqual(['Done!']);
    expect(await hasToken(mac, 'anna')).toBe(false);
    const read = await tool(mac, 'dscl', ['.', '-read', '/Users/anna', 'AuthenticationAuthority']);
    expect(read.stdout).toContain(';DisabledTags;SecureToken');
    expect(read.stdout).not.toContain(';SecureToken;');
    const last = ['-secureTokenOff', 'bert', '-password', ADMIN, '-adminUser', 'bert', '-adminPassword', ADMIN];
    expect((await tool(mac, 'sysadminctl', last)).stderr).toContain('Code=5101');
    expect(await hasToken(mac, 'bert')).toBe(true);
  });
});

describe('a new account', () => {
  const add = ['-addUser', 'svc', '-fullName', 'Service', '-password', '-', '-UID', '555', '-shell', '/usr/bin/false'];

  test('gets a token from the administrator who is named, and its own number whatever was asked for', async () => {
    const mac = office();
    const ran = await tool(mac, 'sysadminctl', [...add, ...byBert], `${ADMIN}\n${ANOTHER}\n`);
    expect(said(ran).join('\n')).toMatch(
      /Creating user record…\nUser password:.*Assigning UID: 504 GID: 20\nCreating home/,
    );
    expect(mac.accounts.named('svc')).toMatchObject({
      uid: 504,
      fullName: 'Service',
      secureToken: true,
      volumeOwner: true,
      createdBy: 'bert',
      shell: '/usr/bin/false',
      admin: false,
    });
  });

  test('has none where root made it, and is told so in its own way', async () => {
    const mac = office();
    const ran = await tool(mac, 'sysadminctl', [...add, '-home', '/var/empty'], 'secret of the service\n');
    expect(said(ran)[1]).toMatch(/^No clear text password or interactive option was specified/);
    expect(said(ran).at(-1)).toBe('Home directory is assigned (not created!) at /var/empty');
    expect(await hasToken(mac, 'svc')).toBe(false);
  });

  test('keeps the number asked for before macOS 13', async () => {
    const mac = macWith({ macOS: '12.6', build: '21G115' }).mac;
    await tool(mac, 'sysadminctl', add, 'secret of the service\n');
    expect(mac.accounts.named('svc')?.uid).toBe(555);
  });

  test('is not made for people who are not root, against the rules for passwords, or twice', async () => {
    const mac = office({ passwordPolicy: { minLength: 20 } });
    expect(said(await asAnna(mac, 'sysadminctl', add, 'x\n')).at(-1)).toContain('should be run as root');
    expect((await tool(mac, 'sysadminctl', add, 'too short\n')).stderr).toContain('### Error:-14165');
    expect(mac.accounts.named('svc')).toBeNull();
    expect((await tool(mac, 'sysadminctl', ['-addUser', 'bert', '-password', '-'], 'x\n')).stderr).toContain('exists');
    const role = ['-addUser', 'svc', '-roleAccount', '-UID', '555', '-password', 'secret of the service'];
    expect(said(await tool(mac, 'sysadminctl', role)).at(-1)).toContain('Role accounts require');
  });

  test('may have to wait for a terminal, or be refused with exit 0', async () => {
    const waits = office({ faults: [{ name: 'prompt-needs-terminal' }] });
    const ran = await tool(waits, 'sysadminctl', add, 'secret of the service\n');
    expect(ran.stderr).toMatch(/User password:$/);
    expect(ran.ending).toBeNull();
    const refuses = office({ faults: [{ name: 'sysadminctl-refuses' }] });
    expect(exitOf(await tool(refuses, 'sysadminctl', add, 'secret of the service\n'))).toBe(0);
    expect(refuses.accounts.named('svc')).toBeNull();
  });

  test('goes again; without full disk access only its home does', async () => {
    const mac = office();
    await tool(mac, 'sysadminctl', ['-deleteUser', 'clara', '-keepHome']);
    expect(mac.accounts.named('clara')).toBeNull();
    const closed = office({ faults: [{ name: 'no-full-disk-access' }] });
    const ran = await tool(closed, 'sysadminctl', ['-deleteUser', 'clara']);
    expect(said(ran).at(-1)).toContain('### Error:-14120');
    expect(closed.accounts.named('clara')).not.toBeNull();
  });
});

describe('a password', () => {
  test('with a token is reset by somebody who can open the disk, and then both change; the keychain does not', async () => {
    const mac = office();
    const reset = ['-resetPasswordFor', 'anna', '-newPassword', '-'];
    const alone = await tool(mac, 'sysadminctl', reset, `${ANOTHER}\n`);
    expect(said(alone).at(-1)).toContain('Operation is not permitted without secure token unlock.');
    await tool(mac, 'sysadminctl', [...reset, ...byBert], `${ADMIN}\n${ANOTHER}\n`);
    const anna = mac.accounts.named('anna');
    expect(anna).toMatchObject({ loginPassword: ANOTHER, cryptoPassword: ANOTHER, secureToken: true });
    expect(anna && mac.keychains.ofUser(anna).password).toBe(PASSWORD);
  });

  test('without a token is reset by root', async () => {
    const mac = office();
    await tool(mac, 'sysadminctl', ['-resetPasswordFor', 'clara', '-newPassword', '-'], `${ANOTHER}\n`);
    expect(mac.accounts.named('clara')?.loginPassword).toBe(ANOTHER);
  });

  test("is changed by its owner, and that brings the Mac's first token", async () => {
    const mac = macWith({ volumeOwner: false }).mac;
    await asAnna(mac, 'sysadminctl', ['-newPassword', '-', '-oldPassword', '-'], `${PASSWORD}\n${ANOTHER}\n`);
    expect(mac.accounts.named('anna')).toMatchObject({ loginPassword: ANOTHER, secureToken: true });
  });
});

test('a window is waited for, and nonsense is answered with the usage', async () => {
  const mac = office();
  expect(
    (await tool(mac, 'sysadminctl', ['interactive', '-secureTokenOn', 'clara', '-password', 'x'])).ending,
  ).toBeNull();
  const ran = await tool(mac, 'sysadminctl', ['-nonsense']);
  expect([ran.stdout, exitOf(ran)]).toEqual(['', 0]);
  expect(ran.stderr).toContain('Usage: sysadminctl\n\t-deleteUser <user name>');
});
