import { majorOf } from '../../domain/os-version.ts';
import type { Mac } from '../mac/mac.ts';
import { violationOf } from '../mac/password-policy.ts';
import { type Admin, adminOf, mayAct, NOT_ROOT, secretOf } from './sysadminctl-admin.ts';
import { AGAINST_POLICY, warnOfNoUnlock } from './sysadminctl-passwords.ts';
import type { Say, SysadminRequest } from './sysadminctl-request.ts';
import type { ToolIo } from './tool.ts';

const LEAST_ROLE_UID = 200;
const MOST_ROLE_UID = 400;
/** From here on `-UID` is taken and forgotten. */
const UID_IGNORED_FROM = 13;

/** A new account: with a token of its own if an administrator who has one is named, else without. */
export async function addUser(request: SysadminRequest, io: ToolIo, mac: Mac, say: Say): Promise<void> {
  const { subject, options, flags } = request;
  const admin = await adminOf(request, io, mac, say);
  if (admin === 'refused') return;
  if (admin === 'none given') warnOfNoUnlock(say);
  if (!mayAct(admin, io)) return say(NOT_ROOT);
  if (mac.accounts.named(subject) !== null) return say(`User with name ${subject} already exists`);
  const uid = uidFor(request, mac);
  if (uid === null) return say('Role accounts require name starting with _ and UID in 200-400 range.');
  say('Creating user record…');
  // The record is there before the password is asked for.
  const password = await secretOf(options.get('-password') ?? '', 'User password:', io);
  if (violationOf(password, mac.accounts.policy, []) !== null) return say(AGAINST_POLICY);
  await io.sleep(mac.random.whole(300, 1_200));
  const gid = Number(options.get('-GID') ?? 20);
  say(`Assigning UID: ${uid} GID: ${gid}`);
  const home = options.get('-home') ?? (flags.has('-roleAccount') ? '/var/empty' : `/Users/${subject}`);
  const account = mac.accounts.add({
    name: subject,
    fullName: options.get('-fullName') ?? subject,
    loginPassword: password,
    createdBy: admin === 'none given' ? 'root' : admin.account.name,
    uid,
    gid,
    admin: flags.has('-admin'),
    hidden: flags.has('-roleAccount'),
    home,
    shell: options.get('-shell') ?? (flags.has('-roleAccount') ? '/usr/bin/false' : '/bin/zsh'),
    picture: options.get('-picture') ?? null,
  });
  mac.note({ kind: 'account-created', user: subject });
  if (canUnlock(admin, mac) && password !== '' && !mac.faults.strikes('token-grant-lies')) {
    mac.tokens.grant(account, password);
  }
  await io.sleep(mac.random.whole(200, 900));
  const made = !options.has('-home') && !flags.has('-roleAccount');
  say(made ? `Creating home directory at ${home}` : `Home directory is assigned (not created!) at ${home}`);
}

function canUnlock(admin: Admin | 'none given', mac: Mac): boolean {
  return admin !== 'none given' && mac.tokens.unlocks(admin.account, admin.password);
}

function uidFor({ subject, options, flags }: SysadminRequest, mac: Mac): number | null {
  const wanted = options.has('-UID') ? Number(options.get('-UID')) : null;
  if (flags.has('-roleAccount')) {
    const fine = subject.startsWith('_') && wanted !== null && wanted >= LEAST_ROLE_UID && wanted <= MOST_ROLE_UID;
    return fine ? wanted : null;
  }
  const heard = (majorOf(mac.os.version) ?? 0) < UID_IGNORED_FROM;
  return wanted !== null && heard && Number.isInteger(wanted) ? wanted : mac.accounts.freeUid();
}

/** Without full disk access the home folder goes and the record stays. */
export async function deleteUser(request: SysadminRequest, io: ToolIo, mac: Mac, say: Say): Promise<void> {
  const { subject, flags } = request;
  const admin = await adminOf(request, io, mac, say);
  if (admin === 'refused') return;
  if (!mayAct(admin, io)) return say(NOT_ROOT);
  const account = mac.accounts.named(subject);
  if (account === null) return say(`Unknown user ${subject}`);
  say(`Killing all processes for UID ${account.uid}`);
  if (!flags.has('-keepHome')) {
    say(`${flags.has('-secure') ? 'Securely removing' : 'Removing'} ${subject}'s home at ${account.home}`);
    say(`Deleting Public share point for ${subject}`);
  }
  await io.sleep(mac.random.whole(30, 400));
  say(`Deleting record for ${subject}`);
  if (mac.faults.strikes('no-full-disk-access')) {
    return say('### Error:-14120 File:/AppleInternal/Library/BuildRoots/Admin/DSRecord.m Line:563');
  }
  mac.accounts.remove(account);
  mac.keychains.forget(account);
  mac.note({ kind: 'account-deleted', user: subject });
  say(`AOSKit INFO: Disabling BTMM for user, no zone found for uid=${account.uid}, usersToZones: (null)`);
}
