import { remedyFor } from '../adapters/credentials/trouble-error.ts';
import type { CheckedCredential } from '../adapters/credentials/verify-credential.ts';
import type { KeptItem, SavedCredential } from '../domain/credentials.ts';
import { count, isoOf, localWords } from '../domain/instant.ts';
import { holderIn, holderWords } from '../domain/mdm-credential.ts';
import { sentence, shortList } from '../policy/examine/finding.ts';
import { type CheckedServer, type SavedServer, serverRemedy } from './auth-mdm.ts';
import type { Io, Values } from './command.ts';

export const AUTH_SCHEMA = 'upkeep.auth/1';

/** Prints the answer in one of its two forms. */
export function answer(values: Values, io: Io, json: object, words: string): void {
  io.out(values.json === true ? `${JSON.stringify({ schema: AUTH_SCHEMA, ...json }, null, 2)}\n` : words);
}

/** `holder` says of which kind the account of a management server is: a client of its API, or an account. */
export function savedJson({ method, account, version, savedAt, verifiedAt }: SavedCredential) {
  const holder = method === 'mdm' ? holderIn(account) : null;
  const whose = holder === null ? { account } : { account: holder.name, holder: holder.kind };
  return { method, ...whose, version, savedAt: isoOf(savedAt), verifiedAt: isoOf(verifiedAt) };
}

/** What is saved, by its way and whose it is. */
export function nameOf({ method, account }: Pick<SavedCredential, 'method' | 'account'>): string {
  const holder = method === 'mdm' ? holderIn(account) : null;
  return holder === null ? `${method} “${account}”` : `${method}, ${holderWords(holder)}`;
}

export function checkJson({ saved, verification }: CheckedCredential) {
  const base = savedJson(saved);
  if (verification.fit) return { ...base, right: true, tried: true, trouble: null, why: null, until: null };
  const { trouble, why, until, tried } = verification;
  return { ...base, right: false, tried, trouble, why, until: until === null ? null : isoOf(until) };
}

export function checkWords({ saved, verification }: CheckedCredential, zone: string): string {
  const name = `${saved.method} “${saved.account}”`;
  if (verification.fit) return `${name}: right. It logs in and unlocks the startup volume.\n`;
  const { trouble, why, until } = verification;
  const when = until === null ? '' : `, until ${localWords(until, zone)}`;
  const last = trouble === 'tried-today' ? ` It last proved right at ${localWords(saved.verifiedAt, zone)}.` : '';
  return `${name}: ${trouble}. ${why}${when}.${last}\n  ${remedyFor(trouble, saved.account)}\n`;
}

export function serverJson({ saved, check }: CheckedServer) {
  const base = savedJson(saved);
  if (!check.fit) return { ...base, right: false, tried: true, trouble: check.trouble, why: check.why, until: null };
  const { unproven, beyond } = check;
  return { ...base, right: true, tried: true, trouble: null, why: null, until: null, unproven, beyond };
}

export function serverWords({ saved, check }: CheckedServer): string {
  const name = nameOf(saved);
  if (!check.fit) return `${name}: ${check.trouble}. ${sentence(check.why)}\n  ${serverRemedy(check.trouble)}\n`;
  return `${name}: right. The server lets it in.\n${rightsWords(check)}`;
}

export function savedServerJson({ saved, replaced, check }: SavedServer) {
  const { unproven, beyond } = check;
  return { saved: savedJson(saved), replaced: replaced.map(savedJson), unproven, beyond };
}

export function savedServerWords({ saved, replaced, check }: SavedServer): string {
  const lines = [
    `Saved: ${nameOf(saved)}. The server lets it in.`,
    ...replaced.map((old) => `Deleted: ${nameOf(old)}, the one before.`),
  ];
  const isAccount = holderIn(saved.account)?.kind === 'account';
  return `${lines.join('\n')}\n${rightsWords(check)}${isAccount ? AN_ACCOUNT : ''}`;
}

const AN_ACCOUNT =
  '  An account also opens the pages of the server. An API client whose role has these privileges alone is better.\n';

/** What of its privileges could not be seen, and what it could do without. */
function rightsWords({ unproven, beyond }: { unproven: string[]; beyond: string[] | null }): string {
  const open = `Only an order would show whether it may: ${unproven.join('; ')}.`;
  const more = `It may more than upkeep needs: ${shortList(beyond ?? [])}. Take that from it at the server.`;
  return [...(unproven.length === 0 ? [] : [open]), ...((beyond ?? []).length === 0 ? [] : [more])]
    .map((line) => `  ${line}\n`)
    .join('');
}

export function listWords(saved: readonly SavedCredential[], loose: readonly KeptItem[], zone: string): string {
  const rows = saved.map(({ savedAt, verifiedAt, ...whose }) => [
    nameOf(whose),
    `  saved       ${localWords(savedAt, zone)}`,
    `  last right  ${localWords(verifiedAt, zone)}`,
  ]);
  const lines = rows.length === 0 ? ['Nothing is saved.'] : rows.flat();
  return `${[...lines, ...leftOver(loose)].join('\n')}\n`;
}

export function deletedWords(deleted: readonly SavedCredential[], loose: readonly KeptItem[]): string {
  const lines = deleted.map((one) => `Deleted: ${nameOf(one)}.`);
  return `${[...(lines.length === 0 ? ['Nothing was saved.'] : lines), ...leftOver(loose)].join('\n')}\n`;
}

function leftOver(loose: readonly KeptItem[]): string[] {
  return loose.length === 0
    ? []
    : [
        `${count(loose.length, 'password')} that no longer counts lies in a keychain that is closed now; it is deleted by the next \`upkeep auth list\` that finds it open.`,
      ];
}
