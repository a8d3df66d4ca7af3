import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { canary } from '../support/canary.ts';
import { macWith, type Ran, run } from './harness.ts';

export const ADMIN = canary('bert');
export const CLARA = canary('clara');

/** anna owns the disk, bert is an administrator who does too, clara is new here and nothing. */
export const OFFICE = {
  accounts: [
    { name: 'bert', fullName: 'Bert Admin', password: ADMIN, admin: true, secureToken: true },
    { name: 'clara', fullName: 'Clara New', password: CLARA, neverLoggedIn: true },
  ],
} satisfies MacSpecInput;

export function office(more: MacSpecInput = {}): VirtualMac {
  return macWith({ ...OFFICE, ...more }, 3).mac;
}

const PATHS = {
  sysadminctl: '/usr/sbin/sysadminctl',
  dscl: '/usr/bin/dscl',
  dseditgroup: '/usr/sbin/dseditgroup',
  id: '/usr/bin/id',
  pwpolicy: '/usr/bin/pwpolicy',
  diskutil: '/usr/sbin/diskutil',
  fdesetup: '/usr/bin/fdesetup',
  security: '/usr/bin/security',
  expect: '/usr/bin/expect',
  softwareupdate: '/usr/sbin/softwareupdate',
  profiles: '/usr/bin/profiles',
  mdmclient: '/usr/libexec/mdmclient',
} as const;
export type ToolName = keyof typeof PATHS;

/** As root, outside any session, as a daemon calls it; `stdin` null is closed at once. */
export function tool(
  mac: VirtualMac,
  name: ToolName,
  args: readonly string[],
  stdin: string | null = null,
): Promise<Ran> {
  return run(mac, PATHS[name], args, stdin === null ? null : [stdin], 30 * 60_000);
}

/** In anna's session, as anna. */
export function asAnna(
  mac: VirtualMac,
  name: ToolName,
  args: readonly string[],
  stdin: string | null = null,
): Promise<Ran> {
  const session = ['asuser', '501', '/usr/bin/sudo', '-u', 'anna', PATHS[name], ...args];
  return run(mac, '/bin/launchctl', session, stdin === null ? null : [stdin], 30 * 60_000);
}

export const exitOf = (ran: Ran): number | null | undefined => ran.ending?.exitCode;
/** What sysadminctl says, without the head each line has. */
export const said = (ran: Ran): string[] =>
  ran.stderr
    .replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \w+\[\d+:\d+\] /gm, '')
    .split('\n')
    .filter((line) => line !== '');

export async function hasToken(mac: VirtualMac, name: string): Promise<boolean> {
  return (await tool(mac, 'sysadminctl', ['-secureTokenStatus', name])).stderr.includes('ENABLED');
}
