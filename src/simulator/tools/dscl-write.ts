import type { Account } from '../mac/accounts.ts';
import type { Mac } from '../mac/mac.ts';
import type { DirectoryError } from './directory-errors.ts';
import { keyOf, recordAt } from './directory-records.ts';
import type { DsclRequest } from './dscl-request.ts';
import type { ToolIo } from './tool.ts';

/** `-create`, `-append`, `-merge`, `-delete` and `-change`, for root. */
export function changeRecord(request: DsclRequest, io: ToolIo, mac: Mac): DirectoryError | null {
  const { verb, path, rest } = request;
  const [folder = '', name = ''] = path;
  const refuse = (what: string, error: DirectoryError): DirectoryError => {
    io.printErr(`<main> ${what} status: ${error}\n`);
    return error;
  };
  if (io.caller.uid !== 0) return refuse(verb === 'delete' ? 'delete' : 'attribute', 'eDSPermissionError');
  const [key, ...values] = rest;
  if (folder === 'Groups') return changeGroup(request, mac);
  const account = mac.accounts.named(name);
  if (folder !== 'Users' || (account === null && recordAt(folder, name, mac) !== null)) {
    return refuse('attribute', 'eDSPermissionError');
  }
  if (verb === 'delete' && key === undefined) {
    if (account === null) return refuse('delete', 'eDSRecordNotFound');
    if (mac.faults.strikes('no-full-disk-access')) return refuse('delete', 'eDSPermissionError');
    mac.accounts.remove(account);
    mac.keychains.forget(account);
    mac.note({ kind: 'account-deleted', user: name });
    return null;
  }
  if (account === null && verb !== 'create') return refuse(verb, 'eDSRecordNotFound');
  const record = account ?? bareAccount(name, mac);
  if (key !== undefined) changeAttribute(record, keyOf(key), verb, values);
  return null;
}

/** A record made by hand has neither password nor home folder, and cannot log in. */
function bareAccount(name: string, mac: Mac): Account {
  const account = mac.accounts.add({ name, loginPassword: '', createdBy: 'root', shell: '/usr/bin/false' });
  mac.note({ kind: 'account-created', user: name });
  return account;
}

function changeAttribute(account: Account, key: string, verb: string, values: readonly string[]): void {
  const [value = '', other = ''] = values;
  switch (key) {
    case 'dsAttrTypeNative:IsHidden':
      account.hidden = verb !== 'delete' && /^(1|yes|true)$/i.test(value);
      return;
    case 'RealName':
      account.fullName = verb === 'change' ? other : value;
      return;
    case 'UniqueID':
      account.uid = Number(value);
      return;
    case 'PrimaryGroupID':
      account.gid = Number(value);
      return;
    case 'NFSHomeDirectory':
      account.home = value;
      return;
    case 'UserShell':
      account.shell = value;
      return;
    case 'Picture':
      account.picture = verb === 'delete' ? null : value;
      return;
    case 'AuthenticationAuthority':
      // The record only tells of the token, the disk has it: writing here changes what is told at most.
      if (values.some((one) => one.includes(';DisabledUser;'))) account.disabled = verb !== 'delete';
      return;
    default:
      changeOther(account, key, verb, values);
  }
}

function changeOther({ attributes }: Account, key: string, verb: string, values: readonly string[]): void {
  const known = attributes.get(key) ?? [];
  if (verb === 'create') attributes.set(key, [...values]);
  else if (verb === 'append') attributes.set(key, [...known, ...values]);
  else if (verb === 'merge') attributes.set(key, [...new Set([...known, ...values])]);
  else if (verb === 'change')
    attributes.set(
      key,
      known.map((one) => (one === values[0] ? (values[1] ?? '') : one)),
    );
  else if (values.length === 0) attributes.delete(key);
  else
    attributes.set(
      key,
      known.filter((one) => !values.includes(one)),
    );
}

/** Of groups only who belongs to the administrators can be changed. Any name can be put in, whether it exists or not. */
function changeGroup({ verb, path, rest }: DsclRequest, mac: Mac): DirectoryError | null {
  const [key = '', ...names] = rest;
  if (recordAt('Groups', path[1] ?? '', mac) === null) return 'eDSRecordNotFound';
  if (path[1] !== 'admin' || key !== 'GroupMembership') return null;
  const { strangersInAdmin } = mac.accounts;
  for (const name of names) {
    const account = mac.accounts.named(name);
    if (account !== null) account.admin = verb !== 'delete';
    else if (verb !== 'delete') strangersInAdmin.push(name);
    else if (strangersInAdmin.includes(name)) strangersInAdmin.splice(strangersInAdmin.indexOf(name), 1);
  }
  return null;
}
