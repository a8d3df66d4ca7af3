import { uninstallSteps } from '../../adapters/launchd/uninstall.ts';
import type { CliCommand } from '../command.ts';
import { setupFor, takeAndTell } from '../installing.ts';

export const uninstall: CliCommand = {
  name: 'uninstall',
  help: `upkeep uninstall [--purge] [--dry-run] [--root DIR]

Takes upkeep off this Mac, as root: jobs, command, sockets. State and logs stay, so that a later install goes on with
what people were promised.

  --purge      remove state and logs as well, and with them every promise; saved credentials go first
  --dry-run    only say what would be done
  --root DIR   a simulated Mac below this folder instead of this one`,
  options: { purge: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, root: { type: 'string' } },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const setup = await setupFor(values);
    await takeAndTell(uninstallSteps(setup, { purge: values.purge === true }), values, io);
    return 0;
  },
};
