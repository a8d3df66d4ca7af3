import type { Mac } from '../mac/mac.ts';
import type { UpdateRequest } from './softwareupdate-request.ts';
import type { ToolIo } from './tool.ts';

export const FAILED_TO_AUTHENTICATE = 'Failed to authenticate\n';

/**
 * Whether the run carries the right password of a volume owner. Without `--stdinpass` the tool asks: with stdin closed
 * it gets no answer, with stdin open it waits for ever. Each wrong password, the blank one too, counts as a failed login.
 */
export async function ownerConfirmed(request: UpdateRequest, io: ToolIo, mac: Mac): Promise<boolean> {
  if (!request.stdinpass) {
    if (io.stdin === null) return false;
    io.print('Password:');
    await io.forever();
  }
  const name = request.user ?? io.caller.name;
  const password = (io.stdin ?? '').split('\n')[0] ?? '';
  await io.sleep(mac.random.whole(400, 1_600));
  // Two locks: Open Directory is asked first, and counts; then the disk, which may still know another password.
  if (mac.accounts.check(name, password) !== 'right') return false;
  const account = mac.accounts.named(name);
  return account?.volumeOwner === true && mac.tokens.unlocks(account, password);
}

/** On Intel the two options are an error, not ignored. True when the run is over because of that. */
export function refusedOnIntel(request: UpdateRequest, io: ToolIo, mac: Mac): boolean {
  if (mac.spec.appleSilicon || (request.user === null && !request.stdinpass)) return false;
  io.printErr('softwareupdate: --user and --stdinpass are only for Apple silicon\n');
  return true;
}

/** Downloading and installing need root or an administrator. */
export function refusedForRights(io: ToolIo, mac: Mac): boolean {
  if (io.caller.uid === 0 || mac.accounts.numbered(io.caller.uid)?.admin) return false;
  io.printErr('softwareupdate: This operation requires root or an administrator.\n');
  return true;
}
