import { UpkeepError } from '../domain/problem.ts';

/** What the codes of SQLite and of the system mean for whoever reads the message. */
const MEANING: Record<string, string> = {
  SQLITE_FULL: 'the disk is full',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  SQLITE_READONLY: 'it is read-only',
  EROFS: 'it is read-only',
  SQLITE_CORRUPT: 'it is damaged',
  SQLITE_NOTADB: 'it is damaged',
  SQLITE_IOERR: 'the disk reports an error',
  EIO: 'the disk reports an error',
  SQLITE_BUSY: 'somebody else keeps it locked',
  EACCES: 'you are not allowed to',
  EPERM: 'you are not allowed to',
};

const REMEDY: Record<string, string> = {
  'the disk is full': 'Make room on the disk; nothing was started, and upkeep goes on at its next wake.',
  'it is read-only': 'The state must lie on a local disk that can be written to; nothing was started.',
  'it is damaged': 'Nothing was started. The agent puts it aside at its next wake and goes on from its backup.',
};

/** The error of a store that cannot be used, in words that say why. An `UpkeepError` is passed on as it is. */
export function unusable(error: unknown, place: string): UpkeepError {
  if (error instanceof UpkeepError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const why = meaningOf(error);
  return new UpkeepError(
    'store.unusable',
    `the state in ${place} cannot be read or written: ${why === null ? detail : `${why} (${detail})`}`,
    {
      remedy:
        (why === null ? undefined : REMEDY[why]) ??
        'Check that the disk is not full or read-only and that the directory belongs to you; nothing was started.',
      facts: { place },
      cause: error,
    },
  );
}

/** Whether the file itself is at fault: then it is put aside, and only then. */
export function isDamage(error: unknown): boolean {
  return meaningOf(error) === 'it is damaged';
}

function meaningOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  for (const [prefix, words] of Object.entries(MEANING)) if (code.startsWith(prefix)) return words;
  return null;
}
