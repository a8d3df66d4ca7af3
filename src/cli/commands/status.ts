import type { Places } from '../../adapters/places.ts';
import type { Status } from '../../machines/status.ts';
import { statusReadAt } from '../../machines/status-health.ts';
import { painter } from '../colour.ts';
import type { CliCommand, Io, Values } from '../command.ts';
import { macTime } from '../mac-time.ts';
import { wrongOption } from '../options.ts';
import { placesOf } from '../root-option.ts';
import { stateToRead } from '../state-directory.ts';
import { statusIn } from '../status-in.ts';
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

/** The status of an agent on a Mac, as it is to be read now. */
export async function readAt(places: Places, directory: string): Promise<Status> {
  const found = statusIn(directory);
  // Where no agent of a Mac wrote it nobody is expected, and no clock has to be asked.
  return found.health === undefined ? found : statusReadAt(found, (await macTime(places)).now, isAlive);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const wordsFor = (found: Status, io: Io): string =>
  statusWords(found, { paint: painter(io.colour), columns: io.columns ?? null });
