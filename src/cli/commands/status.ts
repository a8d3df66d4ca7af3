import type { Places } from '../../adapters/places.ts';
import type { Status } from '../../machines/status.ts';
import { painter } from '../colour.ts';
import type { CliCommand, Io, Values } from '../command.ts';
import { wrongOption } from '../options.ts';
import { placesOf } from '../root-option.ts';
import { stateToRead } from '../state-directory.ts';
import { readAt } from '../status-now.ts';
import { statusWords } from '../status-words.ts';
import { SYSTEM_STATE } from '../system.ts';

export const status: CliCommand = {
  name: 'status',
  help: `upkeep status [--state DIR | --root DIR] [--json] [--watch]

Reads what the agent wrote at its last rest; no running agent is needed, and anybody may ask.

  --state DIR   the state directory of a simulation (${SYSTEM_STATE})
  --root DIR    the status of a simulated Mac below this folder
  --json        the same as one JSON object (schema upkeep.status/1, docs/status.schema.json)
  --watch       go on with each new status, until Control-C; with --json one line each`,
  options: {
    state: { type: 'string' },
    root: { type: 'string' },
    json: { type: 'boolean' },
    watch: { type: 'boolean' },
  },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const { places, directory } = whereToRead(values);
    const read = () => readAt(places, directory);
    const found = await read();
    if (values.watch !== true) {
      io.out(values.json === true ? `${JSON.stringify(found, null, 2)}\n` : wordsFor(found, io));
      return 0;
    }
    const { followStatus } = await import('../follow-status.ts');
    const agentOf = values.state === undefined ? places : null;
    return followStatus({ directory, places: agentOf, read }, found, (next) =>
      io.out(values.json === true ? `${JSON.stringify(next)}\n` : `${wordsFor(next, io)}\n`),
    );
  },
};

function whereToRead(values: Values): { places: Places; directory: string } {
  const places = placesOf(values);
  if (values.root === undefined) return { places, directory: stateToRead(values) };
  if (values.state === undefined) return { places, directory: places.state };
  throw wrongOption('state', values.state, 'either --state or --root', null, ' beside --root');
}

const wordsFor = (found: Status, io: Io): string =>
  statusWords(found, { paint: painter(io.colour), columns: io.columns ?? null });
