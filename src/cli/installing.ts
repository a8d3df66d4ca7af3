import { realpathSync } from 'node:fs';
import { probesOnly } from '../adapters/commands/dry-run.ts';
import { withLimits } from '../adapters/commands/limits.ts';
import { MAC_OWNERS, type Setup, type Step, type StepOutcome, takeSteps } from '../adapters/launchd/setup.ts';
import { requireTools } from '../agent/required-tools.ts';
import { UpkeepError } from '../domain/problem.ts';
import type { Io, Values } from './command.ts';
import { groundOf } from './ground.ts';
import { ENTRY_FILE } from './own-files.ts';
import { placesOf } from './root-option.ts';

/**
 * What `install` and `uninstall` work with. Throws `not-root` for anybody else unless a root is given, and `not-a-mac`
 * where tools are missing. In a dry run the commands can only look.
 */
export async function setupFor(values: Values): Promise<Setup> {
  const places = placesOf(values);
  if (places.root === '' && process.geteuid?.() !== 0) {
    throw new UpkeepError('not-root', 'only root may install or uninstall upkeep.', {
      remedy: 'Put `sudo` in front.',
    });
  }
  requireTools(places);
  const ground = await groundOf(places);
  const commands = withLimits(ground.commands, ground.clock);
  return {
    places,
    commands: values['dry-run'] === true ? probesOnly(commands) : commands,
    clock: ground.clock,
    program: {
      node: realpathSync(process.execPath),
      entry: realpathSync(ENTRY_FILE),
    },
    owners: places.root === '' ? MAC_OWNERS : null,
  };
}

/** Takes the steps and prints each with its outcome, in columns. */
export async function takeAndTell(steps: readonly Step[], values: Values, io: Io): Promise<void> {
  const tell = (outcome: StepOutcome, what: string) => io.out(`${outcome.padEnd(10)}  ${what}\n`);
  await takeSteps(steps, { dryRun: values['dry-run'] === true, tell });
}
