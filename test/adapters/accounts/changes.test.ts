import { describe, expect, test } from 'vitest';
import { allCommands, catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { toCall } from '../../../src/adapters/commands/command.ts';
import { recognise } from '../../../src/adapters/commands/recognise.ts';
import { withoutSession } from '../../../src/adapters/commands/user-session.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canary } from '../../support/canary.ts';
import { typed } from './passwords.ts';

const ONE = canary('one');
const OTHER = canary('other');
const password = new Secret(ONE);
const admin = { name: 'ann', password: new Secret(OTHER), fullName: 'Ann (Boss) $mith' };
const lineOf = (call: { path: string; args: readonly string[] }) => withoutSession([call.path, ...call.args]).join(' ');

describe('changes of accounts', () => {
  test('a new account by an administrator: both passwords are asked for, neither is an argument', () => {
    const account = { name: '_upkeep', password, fullName: 'Update Service' };
    const call = toCall(catalogue['sysadminctl.add-account'], {
      ...{ account, uid: 450, home: '/var/empty', shell: '/usr/bin/false', admin },
    });
    expect(call.path).toBe('/usr/bin/expect');
    expect(lineOf(call)).toBe(
      '/usr/sbin/sysadminctl -addUser _upkeep -fullName Update Service -UID 450 -shell /usr/bin/false ' +
        '-home /var/empty -password - -adminUser ann -adminPassword -',
    );
    expect(typed(call.stdin)).toBe(`${OTHER}\n${ONE}\n`);
  });

  test('without an administrator only its own', () => {
    const call = toCall(catalogue['sysadminctl.add-account'], {
      ...{ account: { name: '_upkeep', password }, uid: null, home: null, shell: null, admin: null },
    });
    expect(lineOf(call)).toBe('/usr/sbin/sysadminctl -addUser _upkeep -password -');
    expect(typed(call.stdin)).toBe(`${ONE}\n`);
  });

  test('a new password, a token', () => {
    const account = { name: '_upkeep', password };
    expect(lineOf(toCall(catalogue['sysadminctl.reset-password'], { account, admin }))).toBe(
      '/usr/sbin/sysadminctl -resetPasswordFor _upkeep -newPassword - -adminUser ann -adminPassword -',
    );
    expect(lineOf(toCall(catalogue['sysadminctl.grant-token'], { account, admin }))).toBe(
      '/usr/sbin/sysadminctl -secureTokenOn _upkeep -password - -adminUser ann -adminPassword -',
    );
  });

  test.each(['-deleteUser', '', '  ', 'a\nb'])('an account called %j is not given to a tool', (name) => {
    const {
      'dscl.hide-account': hide,
      'sysadminctl.delete-account': remove,
      'dseditgroup.make-admin': promote,
    } = catalogue;
    for (const build of [hide.build, remove.build, promote.build]) {
      expect(() => build({ name })).toThrow(expect.objectContaining({ code: 'bug' }));
    }
  });

  test('a name with a slash is no record', () => {
    expect(() => toCall(catalogue['dscl.delete-record'], { name: '../Groups/admin' })).toThrow('is no name');
  });
});

test('a call through expect is recognised by the tool it runs', () => {
  const call = toCall(catalogue['dscl.check-login'], { name: 'mira', password });
  expect(recognise([call.path, ...call.args])?.command.name).toBe('dscl.check-login');
  expect(recognise(['expect', '-c', 'spawn something'])).toBeNull();
});

test('what takes a password acts: a dry run checks none', () => {
  expect(allCommands.filter(({ secret, effect }) => secret !== 'none' && effect === 'probe')).toEqual([]);
});
