import { isoOf } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { reasonInWords } from '../../domain/reason.ts';
import type { Entry } from '../../machines/entry.ts';
import { replay } from '../../machines/replay.ts';
import { tell } from '../../machines/tell.ts';
import { type CheckpointRow, type JournalRow, Store } from '../../store/store.ts';
import { painter } from '../colour.ts';
import type { CliCommand } from '../command.ts';
import { wholeNumberOption } from '../options.ts';
import { timelineLine } from '../simulation-words.ts';
import { stateToRead } from '../state-directory.ts';
import { SYSTEM_STATE } from '../system.ts';

export const EXPLAIN_SCHEMA = 'upkeep.explanation/1';

export const explain: CliCommand = {
  name: 'explain',
  help: `upkeep explain [--last N] [--state DIR] [--json]

Reads the journal, plays it through the update workflow again and tells each step with all its reasons.

  --last N      only the last N things that happened (20; 0 for all)
  --state DIR   the state directory of a simulation (${SYSTEM_STATE})
  --json        one JSON object (schema ${EXPLAIN_SCHEMA})`,
  options: { last: { type: 'string' }, state: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const last = wholeNumberOption(values, 'last', { min: 0, max: 1_000_000, otherwise: 20 });
    const directory = stateToRead(values);
    const { rows, base } = journalIn(directory);
    const { entries, zone } = told(rows, base, directory);
    const wanted = last === 0 ? entries : entries.slice(-last);
    if (values.json === true) {
      const steps = wanted.map((entry) => ({ ...entry, at: isoOf(entry.at) }));
      io.out(`${JSON.stringify({ schema: EXPLAIN_SCHEMA, zone, steps }, null, 2)}\n`);
      return 0;
    }
    const paint = painter(io.colour);
    const lines = wanted.flatMap((entry) => [
      timelineLine({ ...entry, at: isoOf(entry.at), because: [] }, zone, paint),
      ...entry.because.map((reason) => paint('dim', `                         because ${reasonInWords(reason, zone)}`)),
    ]);
    io.out(wanted.length === 0 ? 'Nothing has happened yet.\n' : `${lines.join('\n')}\n`);
    return 0;
  },
};

function journalIn(directory: string): { rows: JournalRow[]; base: CheckpointRow | null } {
  const store = Store.openReadOnly(directory);
  try {
    return { rows: store.journal(), base: store.journalBase() };
  } catch (cause) {
    if (cause instanceof UpkeepError) throw cause;
    throw new UpkeepError('store.unusable', `the journal in ${directory} is damaged: ${reasonIn(cause)}.`, {
      remedy: 'Take the state from a backup, or let upkeep begin anew with an empty directory.',
      facts: { directory },
      cause,
    });
  } finally {
    store.close();
  }
}

/** Every step of the journal, told; and the zone the Mac was last seen in. */
function told(
  rows: readonly JournalRow[],
  base: CheckpointRow | null,
  directory: string,
): { entries: Entry[]; zone: string } {
  const entries: Entry[] = [];
  let zone = 'UTC';
  let count = 0;
  try {
    for (const step of replay(rows, base)) {
      entries.push(...tell(step));
      zone = step.after.context.facts?.zone ?? zone;
      count += 1;
    }
  } catch (cause) {
    // The journal is data like any other: what was changed by hand or written by another upkeep need not fit this one.
    const row = rows[count];
    const which = row === undefined ? '' : `, entry ${row.seq} (${row.type})`;
    throw new UpkeepError(
      'input.unreadable',
      `the journal in ${directory} cannot be played again${which}: ${reasonIn(cause)}.`,
      {
        remedy:
          'Explain it with the upkeep that wrote it; if that is this one and nobody changed the file, please report it.',
        facts: { directory, seq: row?.seq ?? null },
        cause,
      },
    );
  }
  return { entries, zone };
}

function reasonIn(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/\s+/g, ' ').replace(/\.$/, '').slice(0, 200);
}
