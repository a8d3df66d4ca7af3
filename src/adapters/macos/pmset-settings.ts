import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';

/** Reads `pmset -g`: whether FileVault's key is thrown away when the Mac sleeps. What was never set is not listed. */
export function readPowerSettings(printed: Printed): { destroysFileVaultKey: boolean } {
  const lines = splitLines(printed.stdout);
  const from = lines.findIndex(({ text }) => text.trimEnd() === 'System-wide power settings:');
  const to = lines.findIndex(({ text, ended }) => ended && text.trimEnd() === 'Currently in use:');
  if (from === -1 || to < from) throw unreadable('pmset -g', printed, 'it is not the list of settings');
  const values = lines
    .slice(from + 1, to)
    .flatMap(({ text }) => /^\s*DestroyFVKeyOnStandby\s+(\S+)\s*$/i.exec(text)?.[1] ?? []);
  if (values.length > 1 || values.some((value) => value !== '0' && value !== '1')) {
    throw unreadable('pmset -g', printed, 'what it says of FileVault’s key is neither yes nor no');
  }
  return { destroysFileVaultKey: values[0] === '1' };
}
