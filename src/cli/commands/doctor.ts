import { probesOnly } from '../../adapters/commands/dry-run.ts';
import { withLimits } from '../../adapters/commands/limits.ts';
import type { Places } from '../../adapters/places.ts';
import { gatherCheckup } from '../../agent/gather-checkup.ts';
import { isoOf } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import type { OwnHealth } from '../../policy/examine/checkup-facts.ts';
import { counted, examine } from '../../policy/examine/examine.ts';
import { checkupWords } from '../checkup-words.ts';
import { painter } from '../colour.ts';
import type { CliCommand } from '../command.ts';
import { groundOf } from '../ground.ts';
import { httpOf } from '../http-of.ts';
import { placesOf } from '../root-option.ts';
import { readAt } from '../status-now.ts';

export const CHECKUP_SCHEMA = 'upkeep.checkup/1';

/** sysexits: something that is needed is not there. */
const BROKEN = 69;

export const doctor: CliCommand = {
  name: 'doctor',
  help: `upkeep doctor [--all] [--json] [--root DIR]

Examines this Mac: the tools, who could authorise an update, passwords and lock-outs, FileVault, enrolment,
upkeep itself. It only looks, types no password and changes nothing. What only root may ask is unknown
without sudo. docs/doctor.md has every finding with what it means and what to do.

  --all        explain what is well, too
  --json       one JSON object (schema ${CHECKUP_SCHEMA})
  --root DIR   a simulated Mac below this folder instead of this one

Exit code 0 where nothing is broken, ${BROKEN} where something is.

Example: sudo upkeep doctor`,
  options: { all: { type: 'boolean' }, json: { type: 'boolean' }, root: { type: 'string' } },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const places = placesOf(values);
    const { commands, clock } = await groundOf(places);
    const isRoot = places.root !== '' || process.geteuid?.() === 0;
    const facts = await gatherCheckup({
      commands: probesOnly(withLimits(commands, clock)),
      clock,
      places,
      isRoot,
      http: httpOf(places),
      ownHealth: () => ownHealth(places),
    });
    const findings = examine(facts);
    const counts = counted(findings);
    if (values.json === true) {
      const checkup = {
        schema: CHECKUP_SCHEMA,
        at: isoOf(facts.at),
        zone: facts.zone,
        asRoot: isRoot,
        counts,
        findings,
      };
      io.out(`${JSON.stringify(checkup, null, 2)}\n`);
    } else {
      io.out(
        checkupWords(findings, { paint: painter(io.colour), columns: io.columns ?? null, all: values.all === true }),
      );
    }
    return counts.broken === 0 ? 0 : BROKEN;
  },
};

async function ownHealth(places: Places): Promise<OwnHealth | null> {
  try {
    const { writtenAt, problems } = await readAt(places, places.state);
    return { writtenAt, problems: problems.filter(({ code }) => code.startsWith('health.')) };
  } catch (error) {
    if (error instanceof UpkeepError && error.code === 'store.missing') return null;
    throw error;
  }
}
