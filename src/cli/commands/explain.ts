import { isoOf } from '../../domain/instant.ts';
import { reasonInWords } from '../../domain/reason.ts';
import { replay } from '../../machines/replay.ts';
import { type Entry, tell } from '../../machines/tell.ts';
import { type JournalRow, Store } from '../../store/store.ts';
import { painter } from '../colour.ts';
import type { CliCommand } from '../command.ts';
import { textOption, wholeNumberOption } from '../options.ts';
import { timelineLine } from '../simulation-words.ts';
import { SYSTEM_STATE } from '../system.ts';

export const EXPLAIN_SCHEMA = 'upkeep.explanation/1';

export const explain: CliCommand = {
  name: 'explain',
  summary: 'Tell from the journal what upkeep did and why, decision by decision.',
  help: `upkeep explain [--last N] [--state DIR] [--json]

Reads the journal, plays it through the update workflow again and tells each step with all its reasons.

  --last N      only the last N things that happened (20; 0 for all)
  --state DIR   the state directory of a simulation (${SYSTEM_STATE})
  --json        one JSON object (schema ${EXPLAIN_SCHEMA})`,
  options: { last: { type: 'string' }, state: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const last = wholeNumberOption(values, 'last', { min: 0, max: 1_000_000, otherwise: 20 });
    const store = Store.openReadOnly(textOption(values, 'state') ?? SYSTEM_STATE);
    let rows: JournalRow[];
    try {
      rows = store.journal();
    } finally {
      store.close();
    }
    const { entries, zone } = told(rows);
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

function told(rows: readonly JournalRow[]): { entries: Entry[]; zone: string } {
  const entries: Entry[] = [];
  let zone = 'UTC';
  for (const step of replay(rows)) {
    entries.push(...tell(step));
    zone = step.after.context.facts?.zone ?? zone;
  }
  return { entries, zone };
}
