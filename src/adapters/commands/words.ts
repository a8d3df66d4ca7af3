import { UpkeepError } from '../../domain/problem.ts';

/** A value in the place of a label or name: empty, or taken for an option, it would mean something else entirely. */
export function positional(value: string, tool: string): string {
  if (value.trim() !== '' && !value.startsWith('-') && !/\p{Cc}/u.test(value)) return value;
  throw new UpkeepError('bug', `“${value}” cannot be given to ${tool} as a value.`, {
    remedy: 'Report this as a bug in upkeep; nothing was run.',
  });
}

/** The name of an account as part of a directory path, where a slash would name something else. */
export function recordName(name: string, tool: string): string {
  if (!name.includes('/')) return positional(name, tool);
  throw new UpkeepError('bug', `“${name}” is no name of an account.`, {
    remedy: 'Report this as a bug in upkeep; nothing was run.',
  });
}
