import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canary, canaryKey, toolsAreGivenSecrets } from '../support/canary.ts';
import { ADMIN, CLARA, exitOf, office, tool } from './account-tools.ts';
import { macWith } from './harness.ts';

toolsAreGivenSecrets();

const ANOTHER = canary('another');

/** Beside the repository, not in it: without them these tests say so by being skipped. */
const CAPTURES = new URL('../../../shared/captures/', import.meta.url);
const there = existsSync(CAPTURES);
const captured = (name: string): string => readFileSync(new URL(name, CAPTURES), 'utf8');

/** Names, identifiers, times and processes made blunt, so that only the form is left. */
const form = (text: string): string =>
  text
    .replaceAll(/[0-9A-F]{8}-[0-9A-FX]{4}-[0-9A-FX]{4}-[0-9A-FX]{4}-[0-9A-F]{12}/g, 'UUID')
    .replaceAll(/disk\d+s\d+(s\d+)?/g, 'disk')
    .replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})? (\w+)\[[\d:.]+\]:? /gm, 'date $2[pid] ')
    .replaceAll(/\bUID \d+|\buid=\d+/g, 'uid #')
    .trimEnd();

describe.skipIf(!there)(
  `accounts: the tools print what the real ones printed${there ? '' : ' (skipped: no captures here)'}`,
  () => {
    test('diskutil apfs listUsers: owners, none, the bootstrap token, and before there were owners', async () => {
      const list = ['apfs', 'listUsers', '/'];
      const silicon = macWith().mac;
      expect(form((await tool(silicon, 'diskutil', list)).stdout)).toBe(
        form(captured('diskutil/apfs-listusers-with-owner.txt')),
      );
      const none = macWith({ volumeOwner: false }).mac;
      expect(form((await tool(none, 'diskutil', list)).stdout)).toBe(
        form(captured('diskutil/apfs-listusers-none.txt')),
      );
      // The capture is from 10.15, which did not tell who owns the volume, in another order.
      const managed = office({ bootstrapToken: true });
      const lines = (text: string) =>
        new Set(
          form(text)
            .split('\n')
            .filter((line) => !line.includes('Volume Owner'))
            .map((line) => line.replace(/^[ |] {3}/, '')),
        );
      const real = lines(captured('diskutil/apfs-listusers-bootstrap-token.txt'));
      expect(lines((await tool(managed, 'diskutil', list)).stdout)).toEqual(real);
    });

    test('dscl', async () => {
      const mac = office({ faults: [{ name: 'no-full-disk-access' }] });
      const wrong = await tool(mac, 'dscl', ['/Local/Default', '-authonly', 'anna', 'no']);
      expect(wrong.all).toBe(captured('dscl/authonly-wrong-password.txt'));
      const refused = await tool(mac, 'dscl', ['.', '-delete', '/Users/clara']);
      expect([refused.stderr, exitOf(refused)]).toEqual([captured('dscl/delete-permission-error.txt'), 40]);
      const guid = await tool(mac, 'dscl', ['.', '-read', '/Users/anna', 'GeneratedUID']);
      expect(form(guid.stdout)).toBe(form(captured('dscl/read-generateduid.txt')));
    });

    test('fdesetup', async () => {
      const mac = office({ fileVault: { recoveryKey: canaryKey() }, bootstrapToken: true });
      const names = (text: string) =>
        form(text)
          .replaceAll(/graham|frederick\.abeloos/g, 'anna')
          .replaceAll(/dave|ttg/g, 'bert');
      expect(form((await tool(mac, 'fdesetup', ['list'])).stdout)).toBe(names(captured('fdesetup/list.txt')));
      const rows = (text: string) =>
        new Set(
          names(text)
            .split('\n')
            .map((line) => line.trimEnd()),
        );
      const extended = await tool(mac, 'fdesetup', ['list', '-extended']);
      expect(rows(extended.stdout)).toEqual(rows(captured('fdesetup/list-extended-10.15.txt')));
      const prompt = captured('fdesetup/usingrecoverykey-and-authrestart-prompt-10.11.txt').split('\n')[1];
      expect((await tool(mac, 'fdesetup', ['authrestart'], 'no\n')).stderr).toContain(prompt ?? 'no prompt');
      const states = ['on', 'on, needs a restart', 'off', 'off, on after a restart', 'off, needs a restart'] as const;
      const told = await Promise.all(
        states.map(async (state) => (await tool(macWith({ fileVault: { state } }).mac, 'fdesetup', ['status'])).stdout),
      );
      expect(told.join('')).toBe(captured('fdesetup/status-forms.txt'));
    });

    test('security', async () => {
      const ran = await tool(office(), 'security', ['find-generic-password', '-s', 'x', '-w']);
      expect(ran.stderr).toBe(captured('security/find-not-found.txt'));
    });

    test('sysadminctl', async () => {
      const mac = office({ faults: [{ name: 'token-grant-lies' }] });
      const anna = (name: string, user: string) =>
        form(captured(`sysadminctl/${name}.txt`)).replaceAll(user, 'Anna Example');
      const status = async (user: string) =>
        form((await tool(mac, 'sysadminctl', ['-secureTokenStatus', user])).stderr);
      expect(await status('anna')).toBe(anna('securetokenstatus-enabled', 'ec2-user'));
      expect(await status('clara')).toBe(
        anna('securetokenstatus-disabled', 'ec2-user').replace('Anna Example', 'Clara New'),
      );
      const grant = ['-secureTokenOn', 'clara', '-password', CLARA, '-adminUser', 'bert', '-adminPassword', ADMIN];
      const lie = form((await tool(mac, 'sysadminctl', grant)).stderr);
      expect(`${lie}\n${await status('clara')}`.replaceAll('Clara New', 'mvsadmin')).toBe(
        form(captured('sysadminctl/securetokenon-says-done-but-still-disabled-15.txt')),
      );
      const reset = await tool(mac, 'sysadminctl', ['-resetPasswordFor', 'anna', '-newPassword', '-'], `${ANOTHER}\n`);
      expect(form(reset.stderr).split('\n').at(-1)?.replace('New password:', '')).toContain(
        'Operation is not permitted without secure token unlock.',
      );
      const deleted = await tool(mac, 'sysadminctl', ['-deleteUser', 'clara', '-secure']);
      expect(form(deleted.stderr)).toBe(
        form(captured('sysadminctl/deleteuser-success.txt')).replaceAll('testing', 'clara'),
      );
      expect(form((await tool(mac, 'sysadminctl', [])).stderr)).toBe(form(captured('sysadminctl/usage-13.2.1.txt')));
    });
  },
);
