import { remedyFor } from '../adapters/credentials/trouble-error.ts';
import type { CheckedCredential } from '../adapters/credentials/verify-credential.ts';
import type { KeptItem, SavedCredential } from '../domain/credentials.ts';
import { count, isoOf, localWords } from '../domain/instant.ts';
import type { Io, Values } from './command.ts';

export const AUTH_SCHEMA = 'upkeep.auth/1';

/** Prints the answer in one of its two forms. */
export function answer(values: Values, io: Io, json: object, words: string): void {
  io.out(values.json === true ? `${JSON.stringify({ schema: AUTH_SCHEMA, ...json }, null, 2)}\n` : words);
}

export function savedJson({ method, account, version, savedAt, verifiedAt }: SavedCredential) {
  return { method, account, version, savedAt: isoOf(savedAt), verifiedAt: isoOf(verifiedAt) };
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

export function listWords(saved: readonly SavedCredential[], loose: readonly KeptItem[], zone: string): string {
  const rows = saved.map(({ method, account, savedAt, verifiedAt }) => [
    `${method} “${account}”`,
    `  saved       ${localWords(savedAt, zone)}`,
    `  last right  ${localWords(verifiedAt, zone)}`,
  ]);
  const lines = rows.length === 0 ? ['Nothing is saved.'] : rows.flat();
  return `${[...lines, ...leftOver(loose)].join('\n')}\n`;
}

export function deletedWords(deleted: readonly SavedCredential[], loose: readonly KeptItem[]): string {
  const lines = deleted.map(({ method, account }) => `Deleted: ${method} “${account}”.`);
  return `${[...(lines.length === 0 ? ['Nothing was saved.'] : lines), ...leftOver(loose)].join('\n')}\n`;
}

function leftOver(loose: readonly KeptItem[]): string[] {
  return loose.length === 0
    ? []
    : [
        `${count(loose.length, 'password')} that no longer counts lies in a keychain that is closed now; it is deleted by the next \`upkeep auth list\` that finds it open.`,
      ];
}
