import type { Observable } from 'rxjs';
import type { Secret } from '../domain/secret.ts';

/** What a tool is given on stdin, in order; null closes it at once. A `Secret` is revealed only as it is written. */
export type ToolInput = readonly (string | Secret)[] | null;

export type ToolLimits = {
  /** From start to end. */
  timeoutMs: number;
  /** The longest stretch without any output; null where silence means nothing. */
  silenceMs: number | null;
  /** Both streams together; past it the tool is ended. */
  outputBytes: number;
};

/** One invocation of a tool by absolute path. `act` changes something, `probe` only looks. */
export type ToolCall = {
  /** The catalogue name, such as `softwareupdate.list`; for logs and for refusing. */
  name: string;
  effect: 'probe' | 'act';
  path: string;
  args: readonly string[];
  stdin: ToolInput;
  limits: ToolLimits;
  /** It goes on when the agent ends or is told to stop: an install under way. All others end with the agent. */
  outlivesAgent: boolean;
};

export type Ending = {
  exitCode: number | null;
  signal: string | null;
  /** Which limit ended it, if one did. */
  stoppedBy: 'timeout' | 'silence' | 'output' | null;
  /** `ENOENT` and the like when it never ran. */
  spawnError: string | null;
};

export type ToolEvent =
  | { kind: 'output'; stream: 'stdout' | 'stderr'; text: string }
  | { kind: 'ended'; ending: Ending };

/**
 * Runs tools. The Observable is cold: subscribing starts the tool, unsubscribing ends it. It emits output in pieces as
 * they arrive (not lines), then one `ended`, then completes; it never errors.
 */
export interface Commands {
  start(call: ToolCall): Observable<ToolEvent>;
}
