/** Stable, dotted names of what can go wrong; the same in logs, status, journal and tests (docs/problems.md). */
export type ProblemCode =
  | 'usage.wrong'
  | 'input.missing'
  | 'input.unreadable'
  | 'input.wrong'
  | 'settings.wrong'
  | 'command.unknown'
  | 'command.refused-in-dry-run'
  | 'output.unreadable'
  | 'tool.failed'
  | 'tool.timed-out'
  | 'tool.silent'
  | 'tool.missing'
  | 'store.unusable'
  | 'store.too-new'
  | 'store.missing'
  | 'agent.locked'
  | 'agent.unreachable'
  | 'agent.stopped'
  | 'request.refused'
  | 'launchd.failed'
  | 'wake.not-armed'
  | 'install.in-the-way'
  | 'install.unsafe'
  | 'file.unwritable'
  | 'account.in-the-way'
  | 'credential.unfit'
  | 'credential.later'
  | 'credential.in-the-way'
  | 'credential.not-kept'
  | 'credential.missing'
  | 'bootstrap-token.unsupported'
  | 'bootstrap-token.not-kept'
  | 'not-root'
  | 'not-a-mac'
  | 'bug';

/**
 * The one kind of error upkeep throws on purpose. `message` says what happened, `remedy` what to do now, `facts` are
 * flat, free of secrets and safe to log.
 */
export class UpkeepError extends Error {
  override readonly name = 'UpkeepError';
  readonly code: ProblemCode;
  readonly remedy: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;

  constructor(
    code: ProblemCode,
    message: string,
    options: { remedy: string; facts?: Record<string, string | number | boolean | null>; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.facts = options.facts ?? {};
  }
}

/** Whether it was thrown on purpose, and is no bug of ours: what went wrong is an answer then. */
export function isExpected(error: unknown): error is UpkeepError {
  return error instanceof UpkeepError && error.code !== 'bug';
}

/** For `catch`: a value in place of what went wrong; only a bug of ours is thrown on. */
export function orBug<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (isExpected(error)) return otherwise;
    throw error;
  };
}

/** The exit code that belongs to a problem (sysexits; docs/exit-codes.md). */
export function exitCodeFor(code: ProblemCode): number {
  return EXIT_CODES[code];
}

const EXIT_CODES: Record<ProblemCode, number> = {
  'usage.wrong': 64,
  'command.unknown': 64,
  'output.unreadable': 65,
  'input.unreadable': 65,
  'input.wrong': 65,
  'input.missing': 66,
  'tool.missing': 69,
  'not-a-mac': 69,
  'store.missing': 69,
  'credential.missing': 69,
  'bootstrap-token.unsupported': 69,
  'command.refused-in-dry-run': 70,
  'tool.failed': 70,
  'tool.timed-out': 70,
  'tool.silent': 70,
  'launchd.failed': 70,
  'credential.not-kept': 70,
  'bootstrap-token.not-kept': 70,
  bug: 70,
  'install.in-the-way': 73,
  'install.unsafe': 73,
  'file.unwritable': 73,
  'account.in-the-way': 73,
  'credential.in-the-way': 73,
  'store.unusable': 74,
  'store.too-new': 74,
  'agent.locked': 75,
  'agent.unreachable': 75,
  'agent.stopped': 75,
  'wake.not-armed': 75,
  'credential.later': 75,
  'request.refused': 77,
  'not-root': 77,
  'credential.unfit': 77,
  'settings.wrong': 78,
};
