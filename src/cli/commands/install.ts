import { refuseWhatIsInTheWay } from '../../adapters/launchd/in-the-way.ts';
import { installSteps } from '../../adapters/launchd/install.ts';
import { refuseUnsafe } from '../../adapters/launchd/program.ts';
import type { CliCommand } from '../command.ts';
import { setupFor, takeAndTell } from '../installing.ts';

export const install: CliCommand = {
  name: 'install',
  help: `upkeep install [--dry-run] [--root DIR]

Puts upkeep to work on this Mac, as root: folders, the command, and two jobs of launchd. The agent starts at once.
Done again it changes nothing, or repairs what is amiss. What is not upkeep's is never replaced.

  --dry-run    only say what would be done
  --root DIR   a simulated Mac below this folder instead of this one

docs/installing.md says what ends up where.`,
  options: { 'dry-run': { type: 'boolean' }, root: { type: 'string' } },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const setup = await setupFor(values);
    refuseWhatIsInTheWay(setup);
    if (setup.places.root === '') refuseUnsafe(setup.program);
    await takeAndTell(installSteps(setup), values, io);
    return 0;
  },
};
