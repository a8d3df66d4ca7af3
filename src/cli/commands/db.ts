import { count, isoOf } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { type Inspection, inspect } from '../../store/inspect.ts';
import { type Paint, painter } from '../colour.ts';
import type { CliCommand } from '../command.ts';
import { placesOf } from '../root-option.ts';
import { stateToRead } from '../state-directory.ts';

export const DB_SCHEMA = 'upkeep.db-check/1';

export const db: CliCommand = {
  name: 'db',
  help: `upkeep db check [--state DIR | --root DIR] [--json]

Looks at the state without changing it: whether the database is sound, what it holds, and what would be
gone on from if it were not. docs/state.md says what is kept where.

  --state DIR   the state directory of a simulation
  --root DIR    a simulated Mac below this folder instead of this one
  --json        one JSON object (schema ${DB_SCHEMA})

Exit code 0 where all is sound, 74 where something is not.`,
  options: { state: { type: 'string' }, root: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { min: 1, max: 1 },
  run: async (values, [what], io) => {
    if (what !== 'check') {
      throw new UpkeepError('usage.wrong', `db does not know what to do with ${JSON.stringify(what)}.`, {
        remedy: 'Write: upkeep db check',
      });
    }
    const found = inspect(values.root === undefined ? stateToRead(values) : placesOf(values).state);
    const troubles = troublesIn(found);
    if (values.json === true) io.out(`${JSON.stringify({ schema: DB_SCHEMA, ...found, troubles }, null, 2)}\n`);
    else io.out(words(found, troubles, painter(io.colour)));
    return troubles.length === 0 ? 0 : 74;
  },
};

/** What an administrator should know of, worst first. Files in quarantine are history, not trouble. */
function troublesIn(found: Inspection): string[] {
  const troubles: string[] = [];
  if (found.flaw !== null) troubles.push(`the database is not sound: ${found.flaw}`);
  if (found.promises === 'damaged')
    troubles.push('the second place of the promises is damaged; the next wake writes it anew');
  if (found.promisedBy !== null && found.lastSeq !== null && found.promisedBy > found.lastSeq + 1)
    troubles.push(`the journal ends at ${found.lastSeq}, and people were promised something by ${found.promisedBy}`);
  for (const { file, flaw } of found.backups)
    if (flaw !== null) troubles.push(`the backup ${file} is not sound: ${flaw}`);
  if ((found.unreadableCheckpoints ?? 0) > 0)
    troubles.push(`${count(found.unreadableCheckpoints ?? 0, 'saved place')} could not be read and lies aside`);
  return troubles;
}

function words(found: Inspection, troubles: readonly string[], paint: Paint): string {
  const { journal } = found;
  const span =
    journal?.first == null || journal.last === null ? '' : `, ${isoOf(journal.first)} to ${isoOf(journal.last)}`;
  const sound = found.backups.filter(({ flaw }) => flaw === null).length;
  const lines = [
    troubles.length === 0 ? paint('green', 'The state is sound.') : paint('red', 'The state is not sound.'),
    ...troubles.map((trouble) => row('Trouble', paint('yellow', trouble))),
    row('Place', found.directory),
    row('Database', `${Math.ceil(found.bytes / 1024)} KiB, tables version ${found.tablesVersion ?? 'unknown'}`),
    row('Journal', journal === null ? 'unknown' : `${count(journal.rows, 'row')}${span}`),
    row('Inbox', found.waitingRequests === null ? 'unknown' : `${count(found.waitingRequests, 'request')} waiting`),
    row(
      'Last run',
      found.endedCleanly === null ? 'none yet' : found.endedCleanly ? 'ended well' : 'is under way, or was cut off',
    ),
    row('Promises', PROMISES[found.promises]),
    row('Backups', `${sound} sound${found.lastBackupAt === null ? '' : `, the last of ${isoOf(found.lastBackupAt)}`}`),
    ...(found.quarantined.length > 0 ? [row('Quarantine', found.quarantined.join(', '))] : []),
    ...(found.aside.length > 0 ? [row('Aside', found.aside.join(', '))] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const PROMISES: Record<Inspection['promises'], string> = {
  sound: 'kept a second time, and sound',
  damaged: 'the second place is damaged',
  none: 'nothing has been promised yet',
};

const row = (name: string, text: string): string => `  ${name.padEnd(11)} ${text}`;
