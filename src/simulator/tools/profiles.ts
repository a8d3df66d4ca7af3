import type { Mac } from '../mac/mac.ts';
import type { Tool, ToolIo } from './tool.ts';

const USAGE = 'usage: profiles verb [<options and parameters>]\n';

/** Enrolment and the bootstrap token. What it says after an order, and its exit code, prove little. */
export const profiles: Tool = async (argv, io, mac) => {
  const [verb = '', option, type, ...rest] = argv;
  if (option !== '-type') return usage(io);
  await io.sleep(mac.random.whole(60, 900));
  if (type === 'enrollment' && verb === 'status') return enrolment(io, mac);
  if (type !== 'bootstraptoken' || !['status', 'install', 'remove', 'validate'].includes(verb)) return usage(io);
  if (io.caller.uid !== 0) {
    io.printErr('profiles: this command requires root privileges\n');
    return 1;
  }
  return verb === 'status' ? tokenStatus(io, mac) : order(verb, rest, io, mac);
};

function usage(io: ToolIo): number {
  io.printErr(USAGE);
  return 1;
}

function enrolment(io: ToolIo, { enrolment: { terms } }: Mac): number {
  io.print(`Enrolled via DEP: ${terms?.dep ? 'Yes' : 'No'}\n`);
  const enrolled = terms === null ? 'No' : terms.userApproved ? 'Yes (User Approved)' : 'Yes';
  io.print(`MDM enrollment: ${enrolled}\n`);
  if (terms !== null) io.print(`MDM server: ${terms.server}\n`);
  return 0;
}

function tokenStatus(io: ToolIo, { enrolment: { terms, supportsToken, escrowed } }: Mac): number {
  say(io, `Bootstrap Token supported on server: ${yes(supportsToken)}`);
  // An enrolled Mac whose server knows of no tokens says no more.
  if (supportsToken || terms === null) say(io, `Bootstrap Token escrowed to server: ${yes(supportsToken && escrowed)}`);
  return 0;
}

const yes = (truth: boolean): string => (truth ? 'YES' : 'NO');

function say(io: ToolIo, text: string): void {
  io.print(`profiles: ${text}\n`);
}

/** What takes an administrator with a secure token: by arguments everybody can read, or by its questions. */
async function order(verb: string, rest: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  const name = given(rest, '-user') ?? (await io.ask('Enter the admin user name:'));
  const password = given(rest, '-password') ?? (await io.ask(`Enter the password for user '${name}':`));
  const account = mac.accounts.named(name);
  if (mac.accounts.check(name, password) !== 'right' || account === null || !mac.tokens.unlocks(account, password)) {
    say(io, 'Unable to authenticate user information.');
    return 0;
  }
  if (!account.admin) {
    say(io, `Unable to use '${name}', which is not an administrator.`);
    return 0;
  }
  await io.sleep(mac.random.whole(900, 6_000));
  if (verb === 'validate') return validate(io, mac);
  if (verb === 'remove') {
    mac.enrolment.remove();
    say(io, 'Bootstrap Token removed');
    return 0;
  }
  return install(io, mac);
}

function install(io: ToolIo, mac: Mac): number {
  say(io, 'Create Bootstrap Token APFS record');
  const came = mac.faults.strikes('escrow-lies') ? 'done' : mac.enrolment.escrow();
  switch (came) {
    case 'unsupported':
      say(io, 'Bootstrap Token is not supported on server');
      return 0;
    case 'another in the way':
      say(io, 'Unable to create Bootstrap Token (err = -69595).');
      return 0;
    case 'not taken':
      say(io, 'Unable to escrow Bootstrap Token to server');
      return 0;
    default:
      say(io, 'Bootstrap Token created');
      say(io, 'Bootstrap Token escrowing to server...');
      say(io, 'Bootstrap Token escrowed');
      return 0;
  }
}

function validate(io: ToolIo, mac: Mac): number {
  const works = mac.enrolment.tokenWorks();
  say(io, works ? 'Bootstrap Token validated.' : 'Unable to verify token (err = -69594).');
  return 0;
}

function given(rest: readonly string[], option: string): string | null {
  const place = rest.indexOf(option);
  return place < 0 ? null : (rest[place + 1] ?? '');
}
