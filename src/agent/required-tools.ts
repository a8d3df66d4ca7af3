import { existsSync } from 'node:fs';
import { allCommands } from '../adapters/commands/catalogue.ts';
import { innerCall } from '../adapters/commands/user-session.ts';
import type { Places } from '../adapters/places.ts';
import { UpkeepError } from '../domain/problem.ts';

/**
 * Every tool of macOS the agent may start, with those that start it: what brings a call into somebody's session, and what
 * types at its prompts. What others install, such as swiftDialog, may be missing and is reported.
 */
export function requiredTools(): string[] {
  const tools = allCommands.flatMap(({ tool, example }) => toolsIn([example.path ?? tool, ...example.args], tool));
  return [...new Set(tools)].filter((tool) => !tool.startsWith('/usr/local/')).sort();
}

/** Each program of a call, outermost first. */
function toolsIn(argv: readonly string[], tool: string): string[] {
  const inside = innerCall(argv);
  return [argv[0] ?? tool, ...(inside === null ? [tool] : toolsIn(inside, tool))];
}

/** Whether this is a Mac is decided by the tools that are there, never by a name. Throws `not-a-mac` naming the missing. */
export function requireTools(places: Places): void {
  const missing = requiredTools().filter((tool) => !existsSync(places.tool(tool)));
  if (missing.length === 0) return;
  const where = places.root === '' ? 'on this computer' : `below ${places.root}`;
  throw new UpkeepError('not-a-mac', `upkeep needs tools of macOS that are not ${where}: ${missing.join(', ')}.`, {
    remedy:
      'Run it on a Mac. On any other computer `upkeep simulate` plays a policy, and `upkeep lab` offers a simulated Mac to try things on.',
    facts: { missing: missing.join(' ') },
  });
}
