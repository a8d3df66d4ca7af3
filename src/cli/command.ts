import type { ParseArgsConfig } from 'node:util';
import type { UpkeepError } from '../domain/problem.ts';

/** What a command may do to the terminal; tests pass their own. */
export type Io = {
  out: (text: string) => void;
  err: (text: string) => void;
  /** A terminal that shows colour and can be rewritten, for each stream. */
  outIsTerminal: boolean;
  errIsTerminal: boolean;
  colour: boolean;
  /** The width of the terminal that output goes to; missing where it goes to no terminal. */
  columns?: number;
  stdin: () => Promise<string>;
  /** Asks the person at the terminal and shows nothing of the answer; missing where standard input is no terminal. */
  askHidden?: (prompt: string) => Promise<string | null>;
};

/** An option that may be repeated (`multiple`) comes as a list. */
export type Values = { [option: string]: string | boolean | string[] | undefined };

/** One command of the CLI: it declares what it needs, the frame enforces it, `run` does the work. */
export type CliCommand = {
  name: string;
  /** Usage, options and examples, as `upkeep help NAME` prints them. */
  help: string;
  options: NonNullable<ParseArgsConfig['options']>;
  positionals: { min: number; max: number };
  /** What follows `--` is a command line of its own and comes as `commandLine`. */
  takesCommandLine?: boolean;
  /** Said of words that make no sense, where one of them may be a secret: it repeats none of them. */
  misused?: () => UpkeepError;
  /** Returns the exit code; throws `UpkeepError` for everything that went wrong. */
  run: (values: Values, positionals: string[], io: Io, commandLine: string[]) => Promise<number>;
};
