import type { ParseArgsConfig } from 'node:util';

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
};

export type Values = { [option: string]: string | boolean | undefined };

/** One command of the CLI: it declares what it needs, the frame enforces it, `run` does the work. */
export type CliCommand = {
  name: string;
  /** Usage, options and examples, as `upkeep help NAME` prints them. */
  help: string;
  options: NonNullable<ParseArgsConfig['options']>;
  positionals: { min: number; max: number };
  /** What follows `--` is a command line of its own and comes as `commandLine`. */
  takesCommandLine?: boolean;
  /** Returns the exit code; throws `UpkeepError` for everything that went wrong. */
  run: (values: Values, positionals: string[], io: Io, commandLine: string[]) => Promise<number>;
};
