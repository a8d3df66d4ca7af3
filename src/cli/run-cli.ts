import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { exitCodeFor, UpkeepError } from '../domain/problem.ts';
import { nearestKey } from '../policy/nearest-key.ts';
import type { CliCommand, Io, Values } from './command.ts';
import { explain } from './commands/explain.ts';
import { parse } from './commands/parse-command.ts';
import { simulate } from './commands/simulate.ts';
import { status } from './commands/status.ts';

export const COMMANDS: readonly CliCommand[] = [simulate, status, explain, parse];

/** Runs one command line and returns its exit code (docs/exit-codes.md). Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return report(error, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    io.err(overview());
    return 64;
  }
  if (name === '--version' || name === '-V') {
    io.out(`upkeep ${packageJson.version}\n`);
    return 0;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    const about = name === 'help' ? rest[0] : undefined;
    io.out(about === undefined ? overview() : `${commandNamed(about).help}\n`);
    return 0;
  }
  const command = commandNamed(name);
  const ours = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (ours.includes('--help') || ours.includes('-h')) {
    io.out(`${command.help}\n`);
    return 0;
  }
  const commandLine = rest.includes('--') ? rest.slice(rest.indexOf('--') + 1) : [];
  const { values, positionals } = parsed(command, command.takesCommandLine === true ? ours : rest);
  return command.run(values, positionals, io, commandLine);
}

function parsed(command: CliCommand, args: readonly string[]): { values: Values; positionals: string[] } {
  const remedy = `\`upkeep help ${command.name}\` shows how it is used.`;
  let found: { values: object; positionals: string[] };
  try {
    found = parseArgs({
      args: [...args],
      options: command.options,
      strict: true,
      allowPositionals: command.positionals.max > 0,
    });
  } catch (cause) {
    const detail = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause);
    const unknown = /'--([^'=]+)/.exec(detail)?.[1];
    const nearest =
      unknown === undefined || unknown in command.options ? null : nearestKey(unknown, Object.keys(command.options));
    const hint = nearest === null ? '' : ` Did you mean --${nearest}?`;
    throw new UpkeepError('usage.wrong', `${command.name}: ${detail}.${hint}`, { remedy, cause });
  }
  const { min, max } = command.positionals;
  if (found.positionals.length < min || found.positionals.length > max) {
    throw new UpkeepError(
      'usage.wrong',
      `${command.name}: ${min === 0 ? 'takes no further words' : 'something is missing'}`,
      { remedy },
    );
  }
  return { values: found.values as Values, positionals: found.positionals };
}

function commandNamed(name: string): CliCommand {
  const found = COMMANDS.find((command) => command.name === name);
  if (found !== undefined) return found;
  const nearest = nearestKey(
    name,
    COMMANDS.map((command) => command.name),
  );
  const hint = nearest === null ? '' : ` Did you mean \`${nearest}\`?`;
  throw new UpkeepError('usage.wrong', `there is no command \`${name}\`.${hint}`, {
    remedy: '`upkeep --help` lists the commands.',
  });
}

function overview(): string {
  const rows = COMMANDS.map((command) => `  ${command.name.padEnd(10)} ${command.summary}`);
  return `upkeep ${packageJson.version}: gets macOS updates installed without ever ambushing the person at the Mac.

Usage: upkeep COMMAND [options]

${rows.join('\n')}

  --help       this page; \`upkeep help COMMAND\` for one command
  --version    the version

Exit codes: docs/exit-codes.md. Nothing here changes this computer.
`;
}

function report(error: unknown, io: Io): number {
  if (error instanceof UpkeepError) {
    io.err(`upkeep: ${error.message}\n${error.remedy}\n`);
    return exitCodeFor(error.code);
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`upkeep: a bug in upkeep, sorry. Please report it with the command line and these lines:\n${detail}\n`);
  return exitCodeFor('bug');
}
