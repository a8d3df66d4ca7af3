import packageJson from '../../package.json' with { type: 'json' };
import { UpkeepError } from '../domain/problem.ts';
import { nearestKey } from '../policy/nearest-key.ts';
import { readArguments } from './arguments.ts';
import type { CliCommand, Io } from './command.ts';
import { explain } from './commands/explain.ts';
import { parse } from './commands/parse.ts';
import { simulate } from './commands/simulate.ts';
import { status } from './commands/status.ts';
import { complain } from './complain.ts';

export const COMMANDS: readonly CliCommand[] = [simulate, status, explain, parse];

/** Runs one command line and returns its exit code (docs/exit-codes.md). Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return complain(error, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    io.err(overview());
    return 64;
  }
  if (name === '--version' || name === '-V' || name === 'version') {
    io.out(`upkeep ${packageJson.version}\n`);
    return 0;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    io.out(helpOn(rest));
    return 0;
  }
  const command = commandNamed(name);
  const ours = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (ours.includes('--help') || ours.includes('-h')) {
    io.out(`${command.help}\n`);
    return 0;
  }
  const { values, positionals, commandLine } = readArguments(command, rest);
  return command.run(values, positionals, io, commandLine);
}

function helpOn(words: readonly string[]): string {
  const [about, ...more] = words;
  if (more.length > 0) {
    throw new UpkeepError('usage.wrong', `help is about one command at a time, not about ${words.join(' and ')}.`, {
      remedy: '`upkeep help` lists the commands.',
    });
  }
  return about === undefined || about === 'help' ? overview() : `${commandNamed(about).help}\n`;
}

function commandNamed(name: string): CliCommand {
  const found = COMMANDS.find((command) => command.name === name);
  if (found !== undefined) return found;
  const remedy = '`upkeep help` lists the commands.';
  if (name.startsWith('-')) {
    throw new UpkeepError('usage.wrong', `the first word has to be a command, and ${name} is an option.`, { remedy });
  }
  const names = [...COMMANDS.map((command) => command.name), 'help'];
  const nearest = nearestKey(name, names);
  const hint = nearest === null ? '' : ` Did you mean \`${nearest}\`?`;
  throw new UpkeepError('usage.wrong', `there is no command \`${name}\`.${hint}`, { remedy });
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
