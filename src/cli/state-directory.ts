import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UpkeepError } from '../domain/problem.ts';
import type { Values } from './command.ts';
import { codeOf } from './input.ts';
import { textOption } from './options.ts';
import { SYSTEM_STATE } from './system.ts';

/** The directory whose state is asked for. Throws `usage.wrong` for a file, `store.unusable` where looking is refused. */
export function stateToRead(values: Values): string {
  const directory = textOption(values, 'state', 'the directory that was given to `upkeep simulate --state DIR`');
  if (directory !== null && kindOf(directory) === 'something else') {
    throw new UpkeepError('usage.wrong', `--state ${directory} is a file, and the state is kept in a directory.`, {
      remedy: 'Name the directory that was given to `upkeep simulate --state DIR`.',
      facts: { directory },
    });
  }
  return directory ?? SYSTEM_STATE;
}

/**
 * Refuses a directory that a simulation must not write into: a simulation begins at its own beginning, and continuing
 * somebody's state would mix two stories; other files there might be overwritten. Writes nothing.
 */
export function refuseUnfitState(directory: string): void {
  const kind = kindOf(directory);
  if (kind === 'nothing') return;
  if (kind === 'something else') {
    throw new UpkeepError('usage.wrong', `--state ${directory} is a file, or lies below one.`, {
      remedy: 'Name a directory, new or empty.',
      facts: { directory },
    });
  }
  const files = namesIn(directory).filter((name) => name !== '.DS_Store');
  if (files.length === 0) return;
  const isState = files.some((name) => name.startsWith('upkeep.db'));
  const some = files.slice(0, 3).join(', ') + (files.length > 3 ? ', …' : '');
  throw new UpkeepError(
    'usage.wrong',
    isState
      ? `--state ${directory} already holds the state of an agent.`
      : `--state ${directory} already holds other files (${some}).`,
    {
      remedy: isState
        ? 'Name a new directory, or delete this one first if it came from a simulation.'
        : 'Name a directory, new or empty.',
      facts: { directory },
    },
  );
}

/** Makes the directory with those above it, one by one: on /proc Node's own recursive way never comes back. */
export function makeStateDirectory(directory: string): void {
  const missing: string[] = [];
  for (let path = resolve(directory); kindOf(path) === 'nothing'; path = dirname(path)) missing.unshift(path);
  for (const path of missing) {
    try {
      mkdirSync(path, { mode: 0o755 });
    } catch (cause) {
      throw unusable(`the directory ${path} cannot be made`, cause);
    }
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (cause) {
    throw unusable(`the directory ${directory} cannot be looked into`, cause);
  }
}

function kindOf(path: string): 'nothing' | 'directory' | 'something else' {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'something else';
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return 'nothing';
    if (codeOf(cause) === 'ENOTDIR') return 'something else';
    throw unusable(`the directory ${path} cannot be looked into`, cause);
  }
}

function unusable(what: string, cause: unknown): UpkeepError {
  const code = codeOf(cause);
  const refused = code === 'EACCES' || code === 'EPERM';
  return new UpkeepError(
    'store.unusable',
    `${what}: ${refused ? 'you are not allowed to' : `the system says ${code}`}.`,
    {
      remedy: refused
        ? 'Name a directory that belongs to you, or ask as a user who may.'
        : 'Name a directory on a local disk that is neither full nor read-only.',
      facts: { code },
      cause,
    },
  );
}
