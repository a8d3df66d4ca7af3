import type { ToolCall, ToolInput, ToolLimits } from '../../ports/commands.ts';

export type Effect = ToolCall['effect'];

/** Who may run it: anyone, root alone, or root with somebody's password (the classes a security review asks for). */
export type Privilege = 'anyone' | 'root' | 'credential';

/** What to do when the agent died while it ran: look again, do it again, or never do it again without looking first. */
export type Recovery = 'probe' | 'idempotent' | 'once';

/** How a secret goes in: on the tool's stdin, or typed at its prompt on a terminal of its own. Never as an argument. */
export type SecretInput = 'none' | 'stdin' | 'terminal';

/** One call as the catalogue writes it; `path` differs from the tool where it runs in the console user's session. */
export type BuiltCall = { path?: string; args: readonly string[]; stdin: ToolInput };

/** What a tool printed. `args` are the tool's own, without the session wrapper; `macos` is the version, if known. */
export type Printed = {
  stdout: string;
  stderr: string;
  exitCode: number | null;
  args: readonly string[];
  macos: string | null;
};

/**
 * One entry of the catalogue: everything there is to know about one command, in one place.
 *
 * INVARIANTS: `read` returns what the text says or throws `output.unreadable`; it never fills a gap. `build` puts no
 * secret into `args`. `recognise` accepts whatever `build` makes.
 */
export type Command<Input, Output, E extends Effect = Effect> = {
  readonly name: string;
  readonly tool: string;
  readonly summary: string;
  readonly privilege: Privilege;
  readonly effect: E;
  readonly recovery: Recovery;
  readonly secret: SecretInput;
  readonly limits: ToolLimits;
  readonly build: (input: Input) => BuiltCall;
  readonly recognise: (argv: readonly string[], stdin: string | null) => boolean;
  readonly read: (printed: Printed) => Output;
  /** The call with placeholders for its values, for documents and help. */
  readonly example: BuiltCall;
  /** The percentage in one line of its output, where it reports progress. */
  readonly reading: ((line: string) => number | null) | null;
  /** Whether the unfinished last line is a question nobody will answer, so that waiting on is pointless. */
  readonly asksForInput: ((lastLine: string) => boolean) | null;
  /** Whether the text holds the outcome although the tool had to be stopped. */
  readonly settled: ((printed: Printed) => boolean) | null;
  /** Its output may hold what somebody typed: no word of it goes into errors, lines or logs. */
  readonly printsSecrets: boolean;
};

/** Any entry, when only its common features matter. Its `build` cannot be called: the input's type is forgotten. */
export type AnyCommand = Command<never, unknown, Effect>;

export type CommandDefinition<Input, Output, E extends Effect> = Omit<
  Command<Input, Output, E>,
  'example' | 'reading' | 'asksForInput' | 'settled' | 'printsSecrets'
> & {
  example: NoInfer<Input>;
  reading?: (line: string) => number | null;
  asksForInput?: (lastLine: string) => boolean;
  settled?: (printed: Printed) => boolean;
  printsSecrets?: boolean;
};

/** Makes a catalogue entry from its definition; the types of input, output and effect follow from it. */
export function defineCommand<Input, Output, const E extends Effect>(
  definition: CommandDefinition<Input, Output, E>,
): Command<Input, Output, E> {
  const { example, reading = null, asksForInput = null, settled = null, printsSecrets = false, ...rest } = definition;
  return { ...rest, example: definition.build(example), reading, asksForInput, settled, printsSecrets };
}

/** The call that the port takes, made from an entry and its input. */
export function toCall<Input, Output, E extends Effect>(
  command: Command<Input, Output, E>,
  input: Input,
): ToolCall & { effect: E } {
  const built = command.build(input);
  return {
    name: command.name,
    effect: command.effect,
    path: built.path ?? command.tool,
    args: built.args,
    stdin: built.stdin,
    limits: command.limits,
    // What outlives the agent writes to files, where nothing secret may ever be.
    outlivesAgent: command.recovery === 'once' && !command.printsSecrets,
  };
}
