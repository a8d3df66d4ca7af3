import { count } from '../../domain/instant.ts';
import { releaseWords } from '../../domain/os-version.ts';
import type { Status } from '../../machines/status.ts';
import { type Paint, painter } from '../colour.ts';
import type { CliCommand } from '../command.ts';
import { stateToRead } from '../state-directory.ts';
import { statusIn } from '../status-in.ts';
import { SYSTEM_STATE } from '../system.ts';

export const status: CliCommand = {
  name: 'status',
  help: `upkeep status [--state DIR] [--json]

Reads what the agent wrote at its last rest; no running agent is needed, and anybody may ask.

  --state DIR   the state directory of a simulation (${SYSTEM_STATE})
  --json        the same as one JSON object (schema upkeep.status/1)`,
  options: { state: { type: 'string' }, json: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const found = statusIn(stateToRead(values));
    io.out(values.json === true ? `${JSON.stringify(found, null, 2)}\n` : statusWords(found, painter(io.colour)));
    return 0;
  },
};

function statusWords(status: Status, paint: Paint): string {
  const deadlines = Object.entries(status.deadlines).filter((entry): entry is [string, string] => entry[1] !== null);
  const lines = [
    paint('bold', status.what),
    row('Next', status.next?.text ?? 'nothing is planned'),
    ...(status.later === null ? [] : [row('Then', status.later.text)]),
    ...status.why.map((sentence, index) => row(index === 0 ? 'Why' : '', sentence)),
    ...status.problems.flatMap(({ text, remedy }, index) => [
      row(index === 0 ? 'Problems' : '', paint('yellow', text)),
      row('', remedy),
    ]),
    ...(status.problems.length === 0 ? [row('Problems', 'none')] : []),
    row('Runs', status.os === null ? 'unknown' : releaseWords(status.os)),
    ...(deadlines.length === 0 ? [] : [row('Deferred', count(status.deferralCount, 'time'))]),
  ];
  return `${lines.join('\n')}\n`;
}

const row = (name: string, text: string): string => `${name.padEnd(9)} ${text}`;
