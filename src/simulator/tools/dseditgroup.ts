import type { Mac } from '../mac/mac.ts';
import { recordAt } from './directory-records.ts';
import type { Tool } from './tool.ts';

const NOT_A_MEMBER = 67;
const NO_SUCH_RECORD = 64;
const WITH_VALUE = new Set(['-o', '-m', '-a', '-d', '-t', '-n', '-u', '-P', '-T', '-i', '-g', '-r']);

/** `-o checkmember -m {user} {group}` and `-o edit -a|-d {user} [-t user] {group}`. */
export const dseditgroup: Tool = async (argv, io, mac) => {
  const options = new Map<string, string>();
  let group = '';
  for (let place = 0; place < argv.length; place += 1) {
    const argument = argv[place] ?? '';
    if (WITH_VALUE.has(argument)) {
      place += 1;
      options.set(argument, argv[place] ?? '');
    } else if (!argument.startsWith('-')) group = argument;
  }
  await io.sleep(mac.random.whole(10, 60));
  const record = recordAt('Groups', group, mac);
  if (record === null) {
    io.printErr('Group not found.\n');
    return NO_SUCH_RECORD;
  }
  if (options.get('-o') === 'checkmember') {
    const name = options.get('-m') ?? io.caller.name;
    if (recordAt('Users', name, mac) === null) {
      io.printErr('Unable to find the user record\n');
      return NOT_A_MEMBER;
    }
    const member = isMember(name, group, mac);
    io.print(member ? `yes ${name} is a member of ${group}\n` : `no ${name} is NOT a member of ${group}\n`);
    return member ? 0 : NOT_A_MEMBER;
  }
  if (options.get('-o') !== 'edit') return 0;
  if (io.caller.uid !== 0) {
    io.printErr('Authentication is required.\n');
    return 77;
  }
  const [added, removed] = [options.get('-a'), options.get('-d')];
  for (const [name, admin] of [
    [added, true],
    [removed, false],
  ] as const) {
    if (name === undefined) continue;
    const account = mac.accounts.named(name);
    if (account === null) {
      io.printErr('Record was not found.\n');
      return NO_SUCH_RECORD;
    }
    if (group === 'admin') account.admin = admin;
  }
  return 0;
};

/** Whoever has a group as the first one belongs to it, without standing in its record. */
export function isMember(name: string, group: string, mac: Mac): boolean {
  const record = recordAt('Groups', group, mac);
  const first = recordAt('Users', name, mac)?.attributes.get('PrimaryGroupID')?.[0];
  if (record?.attributes.get('GroupMembership')?.includes(name)) return true;
  return first !== undefined && record?.attributes.get('PrimaryGroupID')?.[0] === first;
}
