import { catalogue } from '../../../src/adapters/commands/catalogue.ts';
import type { Command } from '../../../src/adapters/commands/command.ts';
import { withLimits } from '../../../src/adapters/commands/limits.ts';
import { runCommand } from '../../../src/adapters/commands/run-command.ts';
import { HOUR_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Account } from '../../../src/simulator/mac/accounts.ts';
import { type MacSpecInput, readMacSpec } from '../../../src/simulator/mac/mac-spec.ts';
import { VirtualMac } from '../../../src/simulator/mac/virtual-mac.ts';
import { VirtualClock } from '../../../src/simulator/virtual-clock.ts';
import { canary, canaryKey } from '../../support/canary.ts';
import { MONDAY_NINE } from '../../support/situations.ts';

export const MACS = [
  { macOS: '14.4', build: '23E214', appleSilicon: true },
  { macOS: '15.2', build: '24C101', appleSilicon: false },
  { macOS: '26.6', build: '25G72', appleSilicon: true },
] as const;
export const RECOVERY_KEY = canaryKey();
export const BERT = canary('bert');
export const ANNA = canary('anna');
export const SERVICE = canary('service');
export const CLARA = canary('clara');

export const secret = (plain: string): Secret => new Secret(plain);
export const bert = { name: 'bert', password: secret(BERT) };
export const clara = { name: 'clara', password: secret(CLARA) };
export const service = { name: '_upkeep', password: secret(SERVICE), fullName: 'Upkeep Service' };
export const freshAccount = { account: service, uid: 450, home: '/var/empty', shell: '/usr/bin/false', admin: bert };

/** anna owns the disk and is logged in, bert is an administrator who owns it too, clara is new here and nothing. */
export function office(more: MacSpecInput = {}, bertsPassword = BERT) {
  const read = readMacSpec({
    password: ANNA,
    passwordPolicy: { lockoutAfter: 6, lockoutMinutes: 15 },
    fileVault: { state: 'on', recoveryKey: RECOVERY_KEY },
    accounts: [
      { name: 'bert', fullName: 'Bert Admin', password: bertsPassword, admin: true, secureToken: true },
      { name: 'clara', fullName: 'Clara New', password: CLARA, neverLoggedIn: true },
    ],
    ...more,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const clock = new VirtualClock(MONDAY_NINE);
  const mac = new VirtualMac({ spec: read.spec, clock, seed: 1 });
  const commands = withLimits(mac.commands, mac.clock);

  /** Runs one command to its end in virtual time; what it rejects with is thrown. */
  async function run<Input, Output>(command: Command<Input, Output>, input: Input): Promise<Output> {
    let ended: { value: Output } | { error: unknown } | null = null;
    runCommand(commands, command, input).then(
      (value) => {
        ended = { value };
      },
      (error: unknown) => {
        ended = { error };
      },
    );
    await clock.runUntil(clock.now() + HOUR_MS, () => ended !== null);
    const result = ended as { value: Output } | { error: unknown } | null;
    if (result === null) throw new Error(`${command.name} never ended`);
    if ('error' in result) throw result.error;
    return result.value;
  }

  const account = (name: string): Account => {
    const found = mac.accounts.named(name);
    if (found === null) throw new Error(`there is no ${name}`);
    return found;
  };

  return {
    mac,
    clock,
    run,
    account,
    /** Wrong passwords of an account in a row, as the Mac counts them and as the agent reads it. */
    failures: async (name: string) => {
      const { failedLogins } = await run(catalogue['dscl.logins'], { name });
      if (failedLogins !== account(name).failedLogins) throw new Error('the agent reads another count than there is');
      return failedLogins;
    },
    token: (name: string) => run(catalogue['sysadminctl.token-status'], { name }).then(({ token }) => token),
    login: (name: string, plain: string) =>
      run(catalogue['dscl.check-login'], { name, password: secret(plain) }).then(({ verdict }) => verdict),
    volume: async (name: string, plain: string) => {
      const { GeneratedUID } = await run(catalogue['dscl.guid'], { name });
      const input = { guid: GeneratedUID ?? '', password: secret(plain) };
      return run(catalogue['diskutil.check-volume-password'], input).then(({ verdict }) => verdict);
    },
    /** Whether anything that others could read of the tools holds this text. */
    exposes: (text: string) => mac.calls.some((call) => [...call.args, ...call.exposed].join('\n').includes(text)),
  };
}

/** The code of the problem a command ends with. */
export const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    (value) => `no problem: ${JSON.stringify(value)}`,
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );

export const SYSTEM_PLACE = {
  keychain: 'system',
  service: 'org.upkeep.credential',
  account: 'local-account/v1',
} as const;
export const LOGIN_PLACE = { ...SYSTEM_PLACE, keychain: { user: { name: 'anna', uid: 501 }, home: '/Users/anna' } };
