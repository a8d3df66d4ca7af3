import { existsSync } from 'node:fs';
import { systemClock } from '../adapters/clock/system-clock.ts';
import { type ExecaCommands, execaCommands } from '../adapters/commands/execa-commands.ts';
import type { Places } from '../adapters/places.ts';
import type { Clock } from '../ports/clock.ts';

/** The clock and the tools of a Mac: this one, or the simulated one that runs below the root. */
export type Ground = { clock: Clock; commands: ExecaCommands };

/** Real time and real tools; below a root that a simulated Mac lives in, its time and its tools. */
export async function groundOf(places: Places): Promise<Ground> {
  const commands = execaCommands({ root: places.root, outputIn: `${places.state}/tools` });
  if (places.root === '') return { clock: systemClock, commands };
  const { doorPlaces } = await import('../simulator/door/layout.ts');
  if (!existsSync(doorPlaces(places.root).clock)) return { clock: systemClock, commands };
  const { rootClock } = await import('../simulator/door/root-clock.ts');
  const { countedCommands } = await import('../simulator/door/counted-commands.ts');
  const clock = rootClock(places.root);
  return { clock, commands: { ...countedCommands(commands, clock.tools), letGo: commands.letGo } };
}
