import { allCommands } from '../adapters/commands/catalogue.ts';
import { invocationOf } from '../adapters/commands/commands-doc.ts';
import { recognise } from '../adapters/commands/recognise.ts';
import { UpkeepError } from '../domain/problem.ts';

export type ToolText = {
  stdout: string;
  stderr: string;
  exitCode: number | null;
  macos: string | null;
  /** The tool and its arguments, as given after `--`. */
  argv: readonly string[];
};

/** What upkeep makes of a tool's output, as JSON; secrets in it stand as `[secret]`. */
export function parseOutput({ argv, ...text }: ToolText): unknown {
  const recognised = recognise(argv);
  if (recognised === null) {
    throw new UpkeepError('command.unknown', `upkeep does not run “${argv.join(' ')}”.`, {
      remedy: '`upkeep parse --list` names the commands whose output upkeep reads; give one of them after --.',
      facts: { argv: argv.join(' ') },
    });
  }
  const output = recognised.command.read({ ...text, args: recognised.args });
  return JSON.parse(JSON.stringify(output));
}

/**
 * The version that a note about the Mac begins with: 26 of “26.x or 15.x”, 11 of “11+ (Apple silicon)”; null for “recent”.
 * It only helps to read the text, so a note without one is no mistake.
 */
export function macosHint(note: string): string | null {
  return /^\s*(\d{1,3}(?:\.\d{1,3}){0,2}(?:\s*\([a-z]\))?)(?!\d)/i.exec(note)?.[1] ?? null;
}

/** The commands whose output can be parsed, for help texts. */
export function parseCommandNames(): { name: string; invocation: string; summary: string }[] {
  return allCommands.map((command) => ({
    name: command.name,
    invocation: invocationOf(command),
    summary: command.summary,
  }));
}
