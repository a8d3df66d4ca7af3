import { existsSync } from 'node:fs';
import { allCommands } from '../adapters/commands/catalogue.ts';
import type { Places } from '../adapters/places.ts';
import { UpkeepError } from '../domain/problem.ts';

/** The wrapper that brings a call into somebody's session is part of those calls and has no entry of its own. */
const SESSION_TOOLS = ['/bin/launchctl', '/usr/bin/sudo'];

/** Every tool of macOS the agent may start. What others install, such as swiftDialog, may be missing and is reported. */
export function requiredTools(): string[] {
  const tools = allCommands.map((command) => command.tool).filter((tool) => !tool.startsWith('/usr/local/'));
  return [...new Set([...SESSION_TOOLS, ...tools])].sort();
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
