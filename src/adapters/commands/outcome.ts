import { lengthWords } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { Secret } from '../../domain/secret.ts';
import type { Ending, ToolCall, ToolInput } from '../../ports/commands.ts';
import type { Command, Effect, Printed } from './command.ts';
import { excerpt } from './unreadable.ts';

/**
 * Turns how a tool ended and what it printed into the command's output, or says what went wrong.
 *
 * The exit code alone decides nothing: `read` has the first word, and only when it cannot make sense of the text does a
 * code other than 0 mean that the tool failed.
 */
export function outcomeOf<Input, Output>(
  command: Command<Input, Output, Effect>,
  call: ToolCall,
  printed: Printed,
  ending: Ending,
): Output {
  if (ending.spawnError !== null) throw notRun(command, call, ending.spawnError);
  if (printed.stderr.includes(`${command.tool}: command not found`)) throw notRun(command, call, 'ENOENT');
  if (ending.stoppedBy !== null && !(ending.stoppedBy !== 'output' && command.settled?.(printed))) {
    throw stopped(command, printed, ending.stoppedBy);
  }
  try {
    return command.read(printed);
  } catch (error) {
    if (!(error instanceof UpkeepError)) {
      throw new UpkeepError('bug', `upkeep stumbled over the output of ${command.name}.`, {
        remedy: 'Report this as a bug in upkeep.',
        facts: factsOf(command, printed),
        cause: command.printsSecrets ? undefined : error,
      });
    }
    if (error.code !== 'output.unreadable' || (ending.exitCode === 0 && ending.signal === null)) throw error;
    throw failed(command, printed, ending, error);
  }
}

/** The text without the secrets that were given to the tool, should it repeat them. */
export function withoutSecrets(text: string, stdin: ToolInput): string {
  let clean = text;
  for (const part of stdin ?? []) {
    if (part instanceof Secret) clean = part.takenOutOf(clean);
  }
  return clean;
}

type Named = Command<never, unknown, Effect>;

function notRun(command: Named, call: ToolCall, spawnError: string): UpkeepError {
  const facts = { command: command.name, tool: command.tool, path: call.path, spawnError };
  if (spawnError === 'ENOENT') {
    return new UpkeepError('tool.missing', `${command.tool} is not on this computer.`, {
      remedy: remedyForMissing(command.tool),
      facts,
    });
  }
  return new UpkeepError('tool.failed', `${command.tool} could not be started (${spawnError}).`, {
    remedy: 'Check that it may be executed, and that upkeep runs as root.',
    facts,
  });
}

function remedyForMissing(tool: string): string {
  return tool.startsWith('/usr/local/')
    ? `Install what provides ${tool} on this Mac.`
    : 'Run upkeep on a Mac; this tool comes with macOS.';
}

function stopped(command: Named, printed: Printed, stoppedBy: NonNullable<Ending['stoppedBy']>): UpkeepError {
  const { timeoutMs, silenceMs, outputBytes } = command.limits;
  const facts = { ...factsOf(command, printed), timeoutMs, silenceMs, outputBytes };
  if (stoppedBy === 'timeout') {
    return new UpkeepError(
      'tool.timed-out',
      `${command.name} did not end within ${lengthWords(timeoutMs)} and was stopped.`,
      {
        remedy: 'Nothing needs to be done: it is tried again. If it keeps happening, restart the Mac.',
        facts,
      },
    );
  }
  if (stoppedBy === 'silence') {
    return new UpkeepError(
      'tool.silent',
      `${command.name} printed nothing for ${lengthWords(silenceMs ?? 0)} and was stopped.`,
      {
        remedy: 'Nothing needs to be done: it is tried again. If it keeps happening, restart the Mac.',
        facts,
      },
    );
  }
  return new UpkeepError('tool.failed', `${command.name} printed more than ${outputBytes} bytes and was stopped.`, {
    remedy: `Run ${command.tool} by hand and see what it prints.`,
    facts,
  });
}

function failed(command: Named, printed: Printed, ending: Ending, cause: UpkeepError): UpkeepError {
  const how = ending.signal === null ? `ended with exit code ${ending.exitCode}` : `was ended by ${ending.signal}`;
  return new UpkeepError('tool.failed', `${command.name} ${how} and printed nothing that explains it.`, {
    remedy: `Run ${command.tool} by hand and see what it says.`,
    facts: { ...factsOf(command, printed), signal: ending.signal },
    cause,
  });
}

function factsOf(command: Named, printed: Printed): Record<string, string | number | null> {
  const facts = { command: command.name, tool: command.tool, exitCode: printed.exitCode };
  return command.printsSecrets ? facts : { ...facts, stdout: excerpt(printed.stdout), stderr: excerpt(printed.stderr) };
}
