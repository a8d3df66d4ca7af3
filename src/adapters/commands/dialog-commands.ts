import type { ConsoleUser } from '../../domain/facts.ts';
import { DAY_MS, SECOND_MS } from '../../domain/instant.ts';
import { readDialog } from '../macos/dialog.ts';
import { readProcesses } from '../macos/pgrep.ts';
import { defineCommand } from './command.ts';
import { argumentsOf, inUserSession } from './user-session.ts';

const DIALOG = '/usr/local/bin/dialog';
const PGREP = '/usr/bin/pgrep';

/** A value of swiftDialog's JSON, whose keys are its long options. */
export type DialogJson =
  | string
  | number
  | boolean
  | null
  | readonly DialogJson[]
  | { readonly [key: string]: DialogJson };

export type DialogInput = { user: ConsoleUser; options: { readonly [option: string]: DialogJson } };

export const showDialog = defineCommand({
  name: 'dialog.show',
  tool: DIALOG,
  summary: 'Shows a dialog to the person at the Mac and waits for the answer.',
  privilege: 'root',
  effect: 'act',
  recovery: 'idempotent',
  secret: 'none',
  // A dialog ends itself by its own timer, a week on at the most; this is the net under it.
  limits: { timeoutMs: 8 * DAY_MS, silenceMs: null, outputBytes: 1_000_000 },
  example: { user: { name: '{user}', uid: 501 }, options: { title: '{title}' } },
  build: ({ user, options }: DialogInput) => ({
    ...inUserSession(user, DIALOG, ['--jsonstring', JSON.stringify(options), '--json']),
    stdin: null,
  }),
  recognise: (argv) => argumentsOf(argv, DIALOG) !== null,
  read: readDialog,
  printsSecrets: true,
});

export const findDialog = defineCommand({
  name: 'pgrep.dialog',
  tool: PGREP,
  summary: 'Whether a dialog is open in the session of the person at the Mac.',
  privilege: 'anyone',
  effect: 'probe',
  recovery: 'probe',
  secret: 'none',
  limits: { timeoutMs: 30 * SECOND_MS, silenceMs: null, outputBytes: 100_000 },
  example: { uid: 501 },
  build: ({ uid }: { uid: number }) => ({ args: ['-x', '-U', String(uid), 'Dialog'], stdin: null }),
  recognise: (argv) => {
    const args = argumentsOf(argv, PGREP);
    return args !== null && args[0] === '-x' && args[1] === '-U' && args[3] === 'Dialog' && args.length === 4;
  },
  read: readProcesses,
});
