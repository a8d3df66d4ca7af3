import { UpkeepError } from '../domain/problem.ts';
import { askHidden } from './hidden-prompt.ts';
import { runCli } from './run-cli.ts';

const MOST_BYTES = 8 * 1_048_576;

/** Runs upkeep as a program: the words it was called with, the real streams, its exit code. */
export async function program(): Promise<void> {
  listenToBrokenStreams();
  const noColour = process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '';
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (words) => process.stdout.write(words),
    err: (words) => process.stderr.write(words),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    colour: process.stdout.isTTY === true && !noColour,
    ...(process.stdout.isTTY === true ? { columns: process.stdout.columns } : {}),
    stdin: readStdin,
    ...(process.stdin.isTTY === true ? { askHidden: askAtTerminal } : {}),
  });
  // An install that outlives the agent must not keep it here.
  if (process.argv[2] === 'run') process.exit();
}

/** The question goes to standard error, so that it is seen where the output goes elsewhere. */
function askAtTerminal(prompt: string): Promise<string | null> {
  return askHidden(prompt, { input: process.stdin, say: (text) => process.stderr.write(text) });
}

function listenToBrokenStreams(): void {
  // Ends quietly when whoever reads our output has read enough (`upkeep … | head`); anything else is worth a word.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`upkeep: the output cannot be written: the system says ${error.code ?? error.message}.\n`);
    process.exit(74);
  });
  // Nobody listens to complaints any more; the exit code still tells.
  process.stderr.on('error', () => {});
}

async function readStdin(): Promise<string> {
  if (process.stdin.isTTY === true) process.stderr.write('upkeep: reading what you type; Control-D ends it.\n');
  const pieces: Buffer[] = [];
  let total = 0;
  try {
    for await (const piece of process.stdin as AsyncIterable<Buffer>) {
      total += piece.length;
      if (total > MOST_BYTES) throw new Error('it is larger than 8 MiB');
      pieces.push(piece);
    }
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new UpkeepError('input.unreadable', `standard input cannot be read: ${detail}.`, {
      remedy: 'Give only what the tool printed, or name a file instead of -.',
      cause,
    });
  }
  return Buffer.concat(pieces).toString('utf8');
}
