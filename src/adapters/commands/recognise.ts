import { allCommands } from './catalogue.ts';
import type { AnyCommand } from './command.ts';
import { withoutSession } from './user-session.ts';

/** A call taken apart: which entry it is, and the tool's own arguments. */
export type Recognised = { command: AnyCommand; args: string[] };

/** The catalogue entry a call belongs to, or null. The tool may be named by its path or by its bare name. */
export function recognise(argv: readonly string[], stdin: string | null = null): Recognised | null {
  const written = readInvocation(argv, stdin);
  const command = allCommands.find((entry) => entry.recognise(written.argv, written.stdin));
  if (command === undefined) return null;
  const args = withoutSession(written.argv).slice(1);
  return { command, args: written.goesOn ? [...args, ...ownArguments(command, args)] : args };
}

/**
 * Takes notes of a call as people write them down: `(stdin) …` is what was typed into it, another remark in brackets
 * says nothing to the tool, and `…as above` stands for the rest of the arguments as the catalogue writes them.
 */
function readInvocation(argv: readonly string[], stdin: string | null) {
  const [tool, ...rest] = argv;
  const typed = rest.find((arg) => arg.startsWith('(stdin) '))?.slice('(stdin) '.length) ?? stdin;
  const goesOn = rest.some((arg) => arg.startsWith('…'));
  const args = rest.filter((arg) => !/^\(stdin\) |^…|^\([^()]*\)$/.test(arg));
  return { argv: tool === undefined ? [] : [tool, ...args], stdin: typed, goesOn };
}

/** The options of an entry's own call that are not among the arguments yet. */
function ownArguments(command: AnyCommand, args: readonly string[]): string[] {
  const own = withoutSession([command.example.path ?? command.tool, ...command.example.args]).slice(1);
  return own.filter((arg) => arg.startsWith('-') && !args.includes(arg));
}
