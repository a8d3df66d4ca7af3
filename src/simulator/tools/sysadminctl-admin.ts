import type { Account } from '../mac/accounts.ts';
import type { Mac } from '../mac/mac.ts';
import type { Say, SysadminRequest } from './sysadminctl-request.ts';
import type { ToolIo } from './tool.ts';

export const WRONG_PASSWORD =
  '### Error:-14090 File:/AppleInternal/Library/BuildRoots/Admin/DSAuthenticator.m Line:203';
export const NOT_UNLOCKED = 'Operation is not permitted without secure token unlock.';

/** The administrator a run is done in the name of, with the password that was right. */
export type Admin = { account: Account; password: string };

/** Nobody given, somebody whose password was wrong (said already), or an administrator or at least an account. */
export async function adminOf(
  { options }: SysadminRequest,
  io: ToolIo,
  mac: Mac,
  say: Say,
): Promise<Admin | 'none given' | 'refused'> {
  const name = options.get('-adminUser');
  if (name === undefined) return 'none given';
  const password = await secretOf(options.get('-adminPassword') ?? '', `Enter password for ${name} :`, io);
  const account = mac.accounts.named(name);
  if (mac.accounts.check(name, password) === 'right' && account !== null) return { account, password };
  say(WRONG_PASSWORD);
  return 'refused';
}

/** A password as given, or asked for where `-` stands in its place. */
export function secretOf(given: string, prompt: string, io: ToolIo): Promise<string> {
  return given === '-' ? io.ask(prompt) : Promise.resolve(given);
}

export function mayAct(admin: Admin | 'none given', io: ToolIo): boolean {
  return admin === 'none given' ? io.caller.uid === 0 : admin.account.admin;
}

export const NOT_ROOT = 'sysadminctl should be run as root, or in interactive mode!';
