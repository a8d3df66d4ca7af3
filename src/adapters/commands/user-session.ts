import type { ConsoleUser } from '../../domain/facts.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { withoutTerminal } from './on-a-terminal.ts';

const LAUNCHCTL = '/bin/launchctl';
const SUDO = '/usr/bin/sudo';

/**
 * A call that runs in the console user's session. `asuser` changes only the bootstrap context, not the credentials, so
 * `sudo -u` is needed as well; `runAs` is root for installs, which need the session but not the user's rights.
 */
export function inUserSession(
  user: ConsoleUser,
  tool: string,
  args: readonly string[],
  runAs: string = user.name,
): { path: string; args: string[] } {
  if (runAs === '' || runAs.startsWith('-')) {
    throw new UpkeepError('bug', `The user name “${runAs}” cannot stand in a command line.`, {
      remedy: 'Report this as a bug in upkeep; nothing was run.',
    });
  }
  return { path: LAUNCHCTL, args: ['asuser', String(user.uid), SUDO, '-u', runAs, tool, ...args] };
}

/** The tool and its own arguments, without `launchctl asuser …`, `sudo -u …` and `expect`; other calls unchanged. */
export function withoutSession(argv: readonly string[]): string[] {
  const inside = innerCall(argv);
  return inside === null ? [...argv] : withoutSession(inside);
}

/** The call that `launchctl asuser …`, `sudo -u …` or `expect` makes; null for any other. */
export function innerCall(argv: readonly string[]): string[] | null {
  if (isTool(argv[0], LAUNCHCTL) && argv[1] === 'asuser' && argv.length > 3) return argv.slice(3);
  if (isTool(argv[0], SUDO) && argv.length > 1) return argv[1] === '-u' ? argv.slice(3) : argv.slice(1);
  const typed = withoutTerminal(argv);
  return typed[0] === argv[0] ? null : typed;
}

/** The tool's own arguments when the call is one of this tool (by path or by bare name), else null. */
export function argumentsOf(argv: readonly string[], tool: string): string[] | null {
  const [called, ...args] = withoutSession(argv);
  return isTool(called, tool) ? args : null;
}

function isTool(called: string | undefined, tool: string): boolean {
  if (called === undefined) return false;
  return called.includes('/') ? called === tool : tool.endsWith(`/${called}`);
}
