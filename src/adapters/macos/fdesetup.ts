import type { FileVaultState } from '../../domain/accounts.ts';
import { Secret } from '../../domain/secret.ts';
import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { excerpt, unreadable } from '../commands/unreadable.ts';

export type FileVaultUser = { name: string; uuid: string };

/** What FileVault said to an order, by its exit code where that says more than the text. */
export type FileVaultAnswer = { accepted: boolean; exitCode: number | null; error: FileVaultError | null };

export type FileVaultError =
  | 'wrong-password'
  | 'cannotChangeKey'
  | 'cannotRestart'
  | 'off'
  | 'busy'
  | 'forbidden'
  | 'bad-input'
  | 'other';

/** Reads `fdesetup status`. Its first line is one of five sentences; any other is a translation or none of its own. */
export function readFileVault(printed: Printed): FileVaultState {
  const lines = linesOf(printed);
  const state = STATES[lines[0]?.text ?? ''];
  if (state === undefined || !lines[0]?.ended) throw unreadable(TOOL, printed, 'it names no state that is known');
  if (lines.slice(1).some(({ text }) => text in STATES)) throw unreadable(TOOL, printed, 'it names two states');
  const rest = lines.map(({ text }) => text).join('\n');
  const [, percent] = /Percent completed = (\d{1,3}(?:\.\d+)?)\s*$/m.exec(rest) ?? [];
  return {
    ...state,
    percent: percent === undefined ? null : Number(percent),
    deferred: /^Deferred enablement appears to be active/m.test(rest),
  };
}

/** Reads `fdesetup list`: nobody may be on the list, but it must be one. */
export function readFileVaultUsers(printed: Printed): { users: FileVaultUser[] } {
  const lines = linesOf(printed);
  if (lines.length === 0 && printed.exitCode !== 0)
    throw unreadable(TOOL, printed, 'it lists nobody and did not end well');
  const users = lines.map(({ text, ended }) => {
    const [, name, uuid] = /^(.+),([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})$/i.exec(text) ?? [];
    if (name === undefined || uuid === undefined || !ended) throw unreadable(TOOL, printed, 'a line is no user');
    return { name, uuid };
  });
  return { users };
}

export type FileVaultEntry = { uuid: string; type: string; user: string | null };

/** Reads `fdesetup list -extended`, a table whose third column holds blanks and ends where the fourth begins. */
export function readFileVaultTable(printed: Printed): { entries: FileVaultEntry[] } {
  const [header, ...rows] = linesOf(printed);
  const end = /^ESCROW\s+UUID\s+TYPE(?= USER$)/.exec(header?.text ?? '')?.[0].length;
  if (end === undefined) throw unreadable(TOOL, printed, 'the table has no heading');
  const entries = rows.map(({ text, ended }) => {
    const [, uuid, type] =
      /^(?:\S+)?\s+([0-9A-FX]{8}(?:-[0-9A-FX]{4}){3}-[0-9A-FX]{12})\s+(\S.*)$/i.exec(text.slice(0, end)) ?? [];
    if (uuid === undefined || type === undefined || !ended)
      throw unreadable(TOOL, printed, 'a row of the table is cut');
    return { uuid, type, user: text.slice(end).trim() || null };
  });
  return { entries };
}

/** Reads the verbs that answer `true` or `false`. Of some `false` also stands for any error: only `true` is proof. */
export function readYesNo(printed: Printed): { answer: boolean } {
  const answers = linesOf(printed).filter(({ text }) => text === 'true' || text === 'false');
  if (answers.length !== 1) throw unreadable(TOOL, printed, 'it answers neither true nor false');
  return { answer: answers[0]?.text === 'true' };
}

/** Reads `fdesetup authrestart`. When all is well it is ended by the restart, unless the restart was put off. */
export function readAuthRestart(printed: Printed): FileVaultAnswer {
  return answerOf(printed, () => printed.exitCode === 0);
}

/** Reads `fdesetup changerecovery -personal`. The old key is dead when a new one is printed; nothing else proves it. */
export function readNewKey(printed: Printed): FileVaultAnswer & { key: Secret | null } {
  const keys = new Set(printed.stdout.match(/\b(?:[A-Z0-9]{4}-){5}[A-Z0-9]{4}\b/g) ?? []);
  const [key] = keys;
  if (keys.size === 1 && key !== undefined) {
    return { accepted: true, exitCode: printed.exitCode, error: null, key: new Secret(key) };
  }
  return { ...answerOf({ ...printed, stdout: withoutKeys(printed.stdout) }, () => false), key: null };
}

const TOOL = 'fdesetup';

const STATES: Readonly<Record<string, Pick<FileVaultState, 'active' | 'waitsForRestart'>>> = {
  'FileVault is On.': { active: true, waitsForRestart: false },
  'FileVault is On, but needs to be restarted to finish.': { active: true, waitsForRestart: true },
  'FileVault is Off.': { active: false, waitsForRestart: false },
  'FileVault is Off, but will be enabled after the next restart.': { active: false, waitsForRestart: true },
  'FileVault is Off, but needs to be restarted to finish.': { active: false, waitsForRestart: true },
};

const EXITS: Readonly<Record<number, FileVaultError>> = {
  1: 'off',
  2: 'busy',
  11: 'wrong-password',
  12: 'bad-input',
  15: 'bad-input',
  26: 'cannotChangeKey',
  28: 'busy',
  31: 'forbidden',
  136: 'cannotChangeKey',
};

const TEXTS: readonly (readonly [RegExp, FileVaultError])[] = [
  [/authentication (?:failed|error)/i, 'wrong-password'],
  [/Unable to change key/i, 'cannotChangeKey'],
  [/Unable to restart/i, 'cannotRestart'],
  [/FileVault is (?:Off|not enabled|not active)/i, 'off'],
  [/^Error/im, 'other'],
];

function answerOf(printed: Printed, isWell: () => boolean): FileVaultAnswer {
  const text = `${printed.stderr}\n${printed.stdout}`;
  const named = TEXTS.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  const byExit = EXITS[printed.exitCode ?? -1] ?? null;
  const error = named === 'other' ? (byExit ?? named) : (named ?? byExit);
  if (error !== null) return { accepted: false, exitCode: printed.exitCode, error };
  if (isWell()) return { accepted: true, exitCode: printed.exitCode, error: null };
  throw unreadable(TOOL, printed, 'it tells neither success nor failure');
}

function withoutKeys(text: string): string {
  return excerpt(text.replace(/[A-Z0-9]{4}(?:-[A-Z0-9]{4})+/g, '[secret]'));
}

function linesOf({ stdout }: Printed) {
  return splitLines(stdout)
    .map(({ text, ended }) => ({ text: text.trimEnd(), ended }))
    .filter(({ text }) => text !== '');
}
