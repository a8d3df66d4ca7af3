import { agentProcess } from '../agent-process.ts';
import type { CliCommand } from '../command.ts';
import { placesOf } from '../root-option.ts';

export const run: CliCommand = {
  name: 'run',
  help: `upkeep run [--root DIR]

One wake of the agent, as launchd starts it: looks at the Mac, does what is due, says when it wants to be
started next, and ends. Nobody needs to type this; \`upkeep check\` asks the agent to look now.

  --root DIR   a simulated Mac below this folder instead of this one

Exit code 69 where tools of macOS are missing, 75 while another run is under way or when it was told to stop,
77 for anybody but root.`,
  options: { root: { type: 'string' } },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    await agentProcess(placesOf(values), io);
    return 0;
  },
};
