import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { allCommands, catalogue } from '../../src/adapters/commands/catalogue.ts';
import { type AnyCommand, toCall } from '../../src/adapters/commands/command.ts';
import { recognise } from '../../src/adapters/commands/recognise.ts';
import { Secret } from '../../src/domain/secret.ts';
import { canary } from '../support/canary.ts';

const typed = (command: AnyCommand) =>
  command.example.stdin?.map((part) => (part instanceof Secret ? part.expose((plain) => plain) : part)).join('') ??
  null;
const argvOf = (command: AnyCommand) => [command.example.path ?? command.tool, ...command.example.args];

describe.each(allCommands.map((command) => [command.name, command] as const))('%s', (name, command) => {
  test('stands in the table under its own name', () => {
    expect(Object.entries(catalogue).find(([key]) => key === name)?.[1]).toBe(command);
  });

  test('is recognised by its own call, as itself alone', () => {
    expect(recognise(argvOf(command), typed(command))?.command).toBe(command);
    expect(allCommands.filter((other) => other.recognise(argvOf(command), typed(command)))).toEqual([command]);
  });

  test('puts no secret into arguments', () => {
    for (const part of command.example.stdin ?? []) {
      if (part instanceof Secret) part.expose((plain) => expect(argvOf(command).join('\0')).not.toContain(plain));
    }
    expect(command.secret !== 'none').toBe(command.example.stdin?.some((part) => part instanceof Secret) ?? false);
    expect(inspect(command, { depth: 10 })).not.toContain('{password}');
  });

  test('runs a tool by its absolute path, within limits', () => {
    expect(argvOf(command)[0]).toMatch(/^\/(?:usr\/)?(?:local\/(?:jamf\/)?)?(?:s?bin|libexec)\//);
    expect(command.limits.timeoutMs).toBeGreaterThan(0);
    expect(command.limits.outputBytes).toBeGreaterThan(0);
  });

  test('what only looks is asked again after a crash, and only that', () => {
    expect(command.recovery === 'probe').toBe(command.effect === 'probe');
  });
});

describe('installing', () => {
  const label = 'macOS Tahoe 26.6.2-25G83';
  const password = new Secret(canary('jon'));
  const install = catalogue['softwareupdate.install'];

  test('on Apple silicon with somebody logged in: in their session, as root, the password on stdin', () => {
    const call = toCall(install, { label, consoleUser: { name: 'mira', uid: 501 }, owner: { name: 'jon', password } });
    expect([call.path, ...call.args].join(' ')).toBe(
      '/bin/launchctl asuser 501 /usr/bin/sudo -u root /usr/sbin/softwareupdate --install macOS Tahoe 26.6.2-25G83 ' +
        '--restart --force --no-scan --agree-to-license --user jon --stdinpass',
    );
    expect(call.args).toContain(label);
    expect(call.stdin).toEqual([password, '\n']);
  });

  test('with nobody logged in: directly', () => {
    expect(toCall(install, { label, consoleUser: null, owner: { name: 'jon', password } })).toMatchObject({
      path: '/usr/sbin/softwareupdate',
      stdin: [password, '\n'],
    });
  });

  test('on Intel: no owner, no password, stdin closed', () => {
    const call = toCall(install, { label, consoleUser: null, owner: null });
    expect(call.args).toEqual(['--install', label, '--restart', '--force', '--no-scan', '--agree-to-license']);
    expect(call.stdin).toBeNull();
  });
});

test('a dialog is shown in the session of the person at the Mac, as that person', () => {
  const { path, args } = toCall(catalogue['dialog.show'], {
    user: { name: 'mira', uid: 501 },
    options: { title: 'Hello' },
  });
  expect([path, ...args]).toEqual([
    '/bin/launchctl',
    'asuser',
    '501',
    '/usr/bin/sudo',
    '-u',
    'mira',
    '/usr/local/bin/dialog',
    '--jsonstring',
    '{"title":"Hello"}',
    '--json',
  ]);
});
