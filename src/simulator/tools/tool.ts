import type { Mac } from '../mac/mac.ts';

/** As whom, and in whose session, a tool runs. `sessionUid` is null outside any login session. */
export type Caller = { uid: number; name: string; sessionUid: number | null };

/** What a tool is at that somebody gave a terminal of its own: all it prints goes there, and its questions. */
export type Terminal = {
  print(text: string): void;
  /** The next line typed in; it never comes when the terminal goes away, which ends the tool. */
  read(): Promise<string>;
};

/** A running tool's surroundings. After its end nothing here has any effect, and no wait ever comes back. */
export type ToolIo = {
  readonly path: string;
  readonly pid: number;
  /** Its place in `mac.calls`. */
  readonly call: number;
  readonly caller: Caller;
  /** Everything on stdin; null when stdin was closed at once. */
  readonly stdin: string | null;
  print(text: string): void;
  printErr(text: string): void;
  /**
   * Asks for something secret, as getpass(3) does: on the terminal, and where there is none (a daemon has none) it
   * writes the question to stderr and takes the next line of stdin, blank at its end.
   */
  ask(prompt: string): Promise<string>;
  /** Waits in the Mac's awake time, longer on a slow Mac. */
  sleep(ms: number): Promise<void>;
  /** Hangs. */
  forever(): Promise<never>;
  /** Called once when the tool is ended from outside, with why. */
  onEnded(callback: (why: 'killed' | 'log-out' | 'restart') => void): void;
  /** Whether it is still running. */
  alive(): boolean;
  /** The name it goes by in the process list. */
  rename(name: string): void;
  /** The exit code if the session it belongs to goes away; without one it dies of SIGTERM. */
  exitsOnTerm(code: number): void;
  /** Ends the tool as by a signal; never returns. */
  die(signal: string): Promise<never>;
  /** Runs another tool in this one's place; null when there is no such tool. */
  exec(argv: readonly string[], caller: Caller): Promise<number> | null;
  /** Runs another tool beside this one, on a terminal; null when there is no such tool. */
  spawn(argv: readonly string[], terminal: Terminal): Promise<number> | null;
};

/** A tool of macOS as its users know it: arguments in, text and an exit code out. */
export type Tool = (argv: readonly string[], io: ToolIo, mac: Mac) => Promise<number> | number;
