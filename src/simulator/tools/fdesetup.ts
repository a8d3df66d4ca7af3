import { isoOf, MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import type { FileVaultState } from '../mac/file-vault.ts';
import type { Mac } from '../mac/mac.ts';
import type { CryptoUserKind } from '../mac/secure-tokens.ts';
import { plistText, readPlist } from './plist-text.ts';
import type { Tool, ToolIo } from './tool.ts';

const STATUS: Record<FileVaultState, string> = {
  on: 'FileVault is On.',
  'on, needs a restart': 'FileVault is On, but needs to be restarted to finish.',
  off: 'FileVault is Off.',
  'off, on after a restart': 'FileVault is Off, but will be enabled after the next restart.',
  'off, needs a restart': 'FileVault is Off, but needs to be restarted to finish.',
};
const ANYBODY = new Set(['status', 'isactive', 'supportsauthrestart', 'version', 'help']);
const EXIT = { off: 1, authentication: 11, parameter: 12, unknown: 13, badInput: 15, keyNotChanged: 26, internal: 99 };

/** FileVault's tool. Its exit codes 1 and 2 are answers, not failures. */
export const fdesetup: Tool = async (argv, io, mac) => {
  const [verb = 'help', ...rest] = argv;
  await io.sleep(mac.random.whole(40, 300));
  if (io.caller.uid !== 0 && !ANYBODY.has(verb))
    return fail('This operation requires root access.', EXIT.parameter, io);
  switch (verb) {
    case 'status':
      io.print(`${STATUS[mac.fileVault.state]}\n`);
      return 0;
    case 'isactive':
      return answer(mac.fileVault.on, io, mac.fileVault.on ? 0 : EXIT.off);
    case 'supportsauthrestart':
      // Says what the Mac can do, not whether FileVault is on.
      return answer(true, io);
    case 'haspersonalrecoverykey':
      return answer(mac.fileVault.on && mac.fileVault.personalKey !== null, io);
    case 'hasinstitutionalrecoverykey':
      return answer(mac.fileVault.on && mac.fileVault.institutionalKey, io);
    case 'usingrecoverykey':
      return answer(false, io);
    case 'validaterecovery':
      return validateRecovery(rest, io, mac);
    case 'showdeferralinfo':
      io.print('Not found.\n');
      return 0;
    case 'list':
      return list(rest, io, mac);
    case 'authrestart':
      return authRestart(rest, io, mac);
    case 'changerecovery':
      return changeRecovery(rest, io, mac);
    default:
      io.printErr(`Error: Unknown verb: ${verb}.\n`);
      return EXIT.unknown;
  }
};

const answer = (truth: boolean, io: ToolIo, exitCode = 0): number => {
  io.print(`${truth}\n`);
  return exitCode;
};

function fail(text: string, exitCode: number, io: ToolIo): number {
  io.printErr(`Error: ${text}\n`);
  return exitCode;
}

const KINDS: Record<CryptoUserKind, string> = {
  LocalOpenDirectory: 'OS User',
  PersonalRecovery: 'Personal Recovery Record',
  MDMRecovery: 'Bootstrap Token',
};
const TYPE_ENDS = 85;

function list(rest: readonly string[], io: ToolIo, mac: Mac): number {
  if (!mac.fileVault.on) return fail('FileVault is Off.', EXIT.off, io);
  const users = mac.fileVault.users();
  if (!rest.includes('-extended')) {
    for (const { name, guid } of users) io.print(`${name},${guid}\n`);
    return 0;
  }
  io.print(`${'ESCROW  UUID'.padEnd(TYPE_ENDS - 4)}TYPE USER\n`);
  for (const { uuid, kind } of mac.tokens.cryptoUsers()) {
    const user = users.find(({ guid }) => guid === uuid);
    if (kind === 'LocalOpenDirectory' && user === undefined) continue;
    const row = `        ${uuid}`;
    io.print(`${row}${KINDS[kind].padStart(TYPE_ENDS - row.length)}${user === undefined ? '' : ` ${user.name}`}\n`);
  }
  return 0;
}

/** Whose password, or the recovery key: from a property list on stdin, or asked for. Null: no property list came. */
async function credentials(
  rest: readonly string[],
  io: ToolIo,
): Promise<{ name: string | null; secret: string } | null> {
  if (!rest.includes('-inputplist')) {
    return { name: null, secret: await io.ask("Enter a password for '/', or the recovery key: ") };
  }
  const plist = readPlist(io.stdin ?? '');
  if (typeof plist !== 'object' || plist === null) return null;
  const { Username, Password } = plist as { Username?: unknown; Password?: unknown };
  return typeof Password === 'string'
    ? { name: typeof Username === 'string' ? Username : null, secret: Password }
    : null;
}

/** Restarts past the unlock screen once: now, after some minutes, or (-1) whenever somebody restarts next. */
async function authRestart(rest: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  if (!mac.fileVault.on) return fail('FileVault is Off.', EXIT.off, io);
  const place = rest.indexOf('-delayminutes');
  const minutes = place === -1 ? 0 : Number(rest[place + 1]);
  if (!Number.isInteger(minutes) || minutes < -1) return fail('Invalid parameter.', EXIT.parameter, io);
  const given = await credentials(rest, io);
  if (given === null) return fail('Unable to read the input property list.', EXIT.badInput, io);
  await io.sleep(mac.random.whole(300, 1_500));
  if (!mac.fileVault.opens(given.name, given.secret))
    return fail('User authentication failed.', EXIT.authentication, io);
  if (mac.faults.strikes('authrestart-fails')) return fail('Unable to restart (error = -54).', EXIT.internal, io);
  mac.fileVault.nextStartUnlocked = true;
  if (minutes < 0) return 0;
  mac.awake.after(Math.max(minutes * MINUTE_MS, 2 * SECOND_MS), () => mac.restart('fdesetup', io.call));
  if (minutes === 0) await io.forever();
  return 0;
}

/** A new recovery key; it is printed, and the old one opens nothing any more. */
async function changeRecovery(rest: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  if (!mac.fileVault.on) return fail('FileVault is Off.', EXIT.off, io);
  if (!rest.includes('-personal')) return fail('Invalid parameter.', EXIT.parameter, io);
  const given = await credentials(rest, io);
  if (given === null) return fail('Unable to read the input property list.', EXIT.badInput, io);
  await io.sleep(mac.random.whole(600, 3_000));
  if (!mac.fileVault.opens(given.name, given.secret)) {
    return fail('Unable to unlock or authenticate to FileVault.', EXIT.authentication, io);
  }
  const fault = mac.faults.strikes('recovery-key-fails');
  const key = fault === null || fault.changed === true ? mac.fileVault.changePersonalKey() : '';
  if (fault !== null) {
    io.printErr(fault.text ?? 'Error: Unable to change key.\n');
    return fault.exitCode ?? EXIT.keyNotChanged;
  }
  if (!rest.includes('-outputplist')) io.print(`New personal recovery key = '${key}'\n`);
  else io.print(plistText({ Change: true, EnabledDate: isoOf(mac.world.wall()), RecoveryKey: key }));
  return 0;
}

async function validateRecovery(rest: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  const given = await credentials(rest, io);
  return answer(given !== null && mac.fileVault.personalKey !== null && given.secret === mac.fileVault.personalKey, io);
}
