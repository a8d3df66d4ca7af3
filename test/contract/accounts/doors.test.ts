// Both doors of the simulated Mac: a typed command started as a real process does what it does in process.
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import { toCall } from '../../../src/adapters/commands/command.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { ToolCall } from '../../../src/ports/commands.ts';
import { typed } from '../../adapters/accounts/passwords.ts';
import { bootedMac, NEEDS_PERL, withoutPerl } from '../../simulator/door/harness.ts';
import { run } from '../../simulator/harness.ts';
import { canary } from '../../support/canary.ts';
import { CLARA, office } from './office.ts';

const HARD = canary('bert', (it) => `🔑 "it's" \\ $HOME [exit] { ${it} =`);
const bert = { name: 'bert', password: new Secret(HARD) };
const service = {
  name: '_upkeep',
  password: new Secret(canary('service', (it) => `-ключ of {${it}}`)),
  fullName: 'Upkeep Sérvice',
};
const CALLS: [string, ToolCall][] = [
  ['a right password', toCall(catalogue['dscl.check-login'], bert)],
  [
    'a wrong password',
    toCall(catalogue['dscl.check-login'], { ...bert, password: new Secret(canary('wrong', (it) => `nö ${it}`)) }),
  ],
  [
    'an account',
    toCall(catalogue['sysadminctl.add-account'], { account: service, uid: null, home: null, shell: null, admin: bert }),
  ],
  [
    'a grant',
    toCall(catalogue['sysadminctl.grant-token'], {
      account: { name: 'clara', password: new Secret(CLARA) },
      admin: bert,
    }),
  ],
];

describe.skipIf(withoutPerl)(`typed commands through both doors${NEEDS_PERL}`, () => {
  test.each(CALLS)('%s', async (_, { path, args, stdin }) => {
    const { mac } = office({}, HARD);
    const start = mac.world.now();
    const inside = await run(mac, path, args, stdin);
    const outside = await bootedMac({ seed: 1, spec: mac.spec, start });
    const ended = await outside.run([outside.root + path, ...args], { stdin: typed(stdin) });
    expect(ended).toEqual({
      stdout: inside.stdout,
      stderr: inside.stderr,
      exitCode: inside.ending?.exitCode,
      signal: null,
    });
    expect(ended.stdout).not.toContain('HOME');
    expect(outside.mac.happenings).toEqual(mac.happenings);
    expect(outside.mac.accounts.all()).toEqual(mac.accounts.all());
    expect(JSON.stringify(outside.mac.calls)).not.toContain('HOME [exit]');
  });
});
