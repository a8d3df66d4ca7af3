import packageJson from '../../package.json' with { type: 'json' };
import { UpkeepError } from '../domain/problem.ts';
import { nearestKey } from '../policy/nearest-key.ts';
import { readArguments } from './arguments.ts';
import type { CliCommand, Io } from './command.ts';
import { complain } from './complain.ts';

/** A command is loaded only when it is wanted: `status` must not wait for the simulator. */
type Entry = { name: string; summary: string; load: () => Promise<CliCommand> };

export const COMMANDS: readonly Entry[] = [
  {
    name: 'simulate',
    summary: 'Play a policy on a simulated Mac, day by day, on any computer.',
    load: async () => (await import('./commands/simulate.ts')).simulate,
  },
  {
    name: 'run',
    summary: 'One wake of the agent; launchd starts it.',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'status',
    summary: 'Say what upkeep is doing, what comes next, and what stands in the way.',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'explain',
    summary: 'Tell from the journal what upkeep did and why, decision by decision.',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'doctor',
    summary: 'Examine this Mac for what stands in the way of updates, and say what to do.',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'log',
    summary: 'Show what upkeep wrote down, as it happens if you like.',
    load: async () => (await import('./commands/log.ts')).log,
  },
  {
    name: 'parse',
    summary: 'Show what upkeep reads out of a tool’s output.',
    load: async () => (await import('./commands/parse.ts')).parse,
  },
  {
    name: 'check',
    summary: 'Ask the agent to look for updates now.',
    load: async () => (await import('./commands/check.ts')).check,
  },
  {
    name: 'install-now',
    summary: 'Ask the agent to install as soon as it can.',
    load: async () => (await import('./commands/install-now.ts')).installNow,
  },
  {
    name: 'defer',
    summary: 'Put the update off for a while.',
    load: async () => (await import('./commands/defer.ts')).defer,
  },
  {
    name: 'schedule',
    summary: 'Choose the time of the restart.',
    load: async () => (await import('./commands/schedule.ts')).schedule,
  },
  {
    name: 'pause',
    summary: 'Have the agent do nothing but look for a while.',
    load: async () => (await import('./commands/pause.ts')).pause,
  },
  {
    name: 'resume',
    summary: 'End a pause.',
    load: async () => (await import('./commands/resume.ts')).resume,
  },
  {
    name: 'reset',
    summary: 'Have the agent forget failed attempts and waiting times.',
    load: async () => (await import('./commands/reset.ts')).reset,
  },
  {
    name: 'auth',
    summary: 'Save, verify, list and delete the password that installs are authorised with.',
    load: async () => (await import('./commands/auth.ts')).auth,
  },
  {
    name: 'service-account',
    summary: 'An account of upkeep’s own that authorises installs: make, examine, rotate, delete.',
    load: async () => (await import('./commands/service-account.ts')).serviceAccount,
  },
  {
    name: 'secure-token',
    summary: 'Give somebody a secure token, by the service account.',
    load: async () => (await import('./commands/secure-token.ts')).secureToken,
  },
  {
    name: 'filevault',
    summary: 'Make a new recovery key of FileVault.',
    load: async () => (await import('./commands/filevault.ts')).filevault,
  },
  {
    name: 'bootstrap-token',
    summary: 'Say whether the MDM server can authorise installs, and escrow the token it takes.',
    load: async () => (await import('./commands/bootstrap-token.ts')).bootstrapToken,
  },
  {
    name: 'install',
    summary: 'Put upkeep to work on this Mac, or repair what is there.',
    load: async () => (await import('./commands/install.ts')).install,
  },
  {
    name: 'uninstall',
    summary: 'Take upkeep off this Mac.',
    load: async () => (await import('./commands/uninstall.ts')).uninstall,
  },
  {
    name: 'db',
    summary: 'Check the state on the disk, without changing it.',
    load: async () => (await import('./commands/db.ts')).db,
  },
  {
    name: 'lab',
    summary: 'Run a simulated Mac of real programs, or a simulated Jamf Pro, for trying things by hand.',
    load: async () => (await import('./commands/lab.ts')).lab,
  },
];

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
    io.out(await helpOn(rest));
    return 0;
  }
  const command = await commandNamed(name).load();
  const ours = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (ours.includes('--help') || ours.includes('-h')) {
    io.out(`${command.help}\n`);
    return 0;
  }
  const { values, positionals, commandLine } = readArguments(command, rest);
  return command.run(values, positionals, io, commandLine);
}

async function helpOn(words: readonly string[]): Promise<string> {
  const [about, ...more] = words;
  if (more.length > 0) {
    throw new UpkeepError('usage.wrong', `help is about one command at a time, not about ${words.join(' and ')}.`, {
      remedy: '`upkeep help` lists the commands.',
    });
  }
  return about === undefined || about === 'help' ? overview() : `${(await commandNamed(about).load()).help}\n`;
}

function commandNamed(name: string): Entry {
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
  const rows = COMMANDS.map((command) => `  ${command.name.padEnd(15)} ${command.summary}`);
  return `upkeep ${packageJson.version}: gets macOS updates installed without ever ambushing the person at the Mac.

Usage: upkeep COMMAND [options]

${rows.join('\n')}

  --help          this page; \`upkeep help COMMAND\` for one command
  --version       the version

Exit codes: docs/exit-codes.md. Only auth to uninstall change this computer; check to reset ask the agent.
`;
}
