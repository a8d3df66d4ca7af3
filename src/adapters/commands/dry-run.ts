import { UpkeepError } from '../../domain/problem.ts';
import type { Commands, ToolCall } from '../../ports/commands.ts';
import type { Command } from './command.ts';
import { type RunOptions, runCommand } from './run-command.ts';

export type DryRunner = {
  run<Input, Output>(command: Command<Input, Output, 'probe'>, input: Input, options?: RunOptions): Promise<Output>;
};

/** A runner that can only look: a command that acts does not type-check, and is refused should it get here anyway. */
export function dryRunner(commands: Commands): DryRunner {
  const probes = probesOnly(commands);
  return { run: (command, input, options) => runCommand(probes, command, input, options) };
}

/** Commands that refuse to start anything that acts. */
export function probesOnly(commands: Commands): Commands {
  return {
    start: (call) => {
      if (call.effect !== 'probe') throw refused(call);
      return commands.start(call);
    },
  };
}

function refused(call: ToolCall): UpkeepError {
  return new UpkeepError('command.refused-in-dry-run', `A dry run does not run ${call.name}: it changes something.`, {
    remedy: 'Run without the dry run if the change is wanted.',
    facts: { command: call.name },
  });
}
