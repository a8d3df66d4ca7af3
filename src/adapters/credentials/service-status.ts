import type { SavedCredential } from '../../domain/credentials.ts';
import { adminMembership } from '../commands/account-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import { fitnessOf } from './account-fitness.ts';
import { METHOD, preparedItem, type ServiceParts, SHELL } from './service-account.ts';
import { ourAccount } from './service-ours.ts';

/**
 * `wrong` are sentences without their full stop, `altered` those of them about what somebody changed. Nothing is tried and
 * nothing changed.
 */
export type ServiceStatus =
  | { state: 'none' }
  | { state: 'unfinished' | 'gone'; account: string }
  | {
      state: 'ready';
      account: string;
      guid: string;
      saved: SavedCredential | null;
      rotating: boolean;
      renamedFrom: string | null;
      altered: string[];
      wrong: string[];
    };

export async function serviceStatus(parts: ServiceParts): Promise<ServiceStatus> {
  const record = parts.record.read();
  if (record === null) return { state: 'none' };
  if (!record.ready) return { state: 'unfinished', account: record.name };
  const found = await ourAccount(parts, record);
  if (found.is !== 'ours') return { state: 'gone', account: record.name };
  const { account, guid } = found;
  const saved = parts.store.saved(METHOD);
  const fitness = await fitnessOf(parts.commands, account.name);
  const isAdmin = (await runCommand(parts.commands, adminMembership, { name: account.name })).member;
  const renamedFrom = account.name === record.name ? null : record.name;
  const altered = [
    ...(account.hidden ? [] : ['it is not hidden any more']),
    ...(account.shell === SHELL ? [] : ['it has a shell']),
    ...(isAdmin === record.admin ? [] : [isAdmin ? 'it became an administrator' : 'it is no administrator any more']),
  ];
  const wrong = [
    ...(renamedFrom === null ? [] : [`it was renamed from “${renamedFrom}”`]),
    ...altered,
    ...(fitness.fit ? [] : [fitness.why]),
    ...(saved === null ? ['its password is not saved'] : []),
  ];
  const rotating = preparedItem(parts) !== null;
  return { state: 'ready', account: account.name, guid, saved, rotating, renamedFrom, altered, wrong };
}
