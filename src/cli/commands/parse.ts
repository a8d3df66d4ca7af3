import { UpkeepError } from '../../domain/problem.ts';
import type { CliCommand } from '../command.ts';
import { readText } from '../input.ts';
import { textOption, wholeNumberOption } from '../options.ts';
import { macosHint, parseCommandNames, parseOutput } from '../parse-output.ts';

const MACOS_ALLOWED = 'a version such as 26.6.2; what follows the number counts for nothing';

export const parse: CliCommand = {
  name: 'parse',
  help: `upkeep parse FILE|- [--stderr FILE] [--exit N] [--macos VERSION] -- TOOL ARGS…
upkeep parse --list

Prints as JSON what upkeep reads out of FILE (- for standard input), as if TOOL ARGS had just printed it.

  --stderr FILE     what the tool printed on standard error
  --exit N          its exit code, 0 to 255 (0)
  --macos VERSION   the macOS it ran on, where it matters
  --list            the commands whose output can be read

Exit code 64 for a command upkeep does not run, 65 where the output cannot be read.

Example: softwareupdate --list | upkeep parse - -- softwareupdate --list`,
  options: {
    stderr: { type: 'string' },
    exit: { type: 'string' },
    macos: { type: 'string' },
    list: { type: 'boolean' },
  },
  positionals: { min: 0, max: 1 },
  takesCommandLine: true,
  run: async (values, positionals, io, argv) => {
    if (values.list === true) {
      if (positionals.length > 0 || argv.length > 0) {
        throw new UpkeepError('usage.wrong', 'parse --list only lists the commands and reads nothing.', {
          remedy: 'Leave out either --list or the rest; a --list of the tool itself stands after --.',
        });
      }
      for (const { invocation, summary } of parseCommandNames()) io.out(`${invocation}\n    ${summary}\n`);
      return 0;
    }
    const [file] = positionals;
    if (file === undefined || argv.length === 0) {
      const missing =
        file === undefined ? 'which FILE to read (- for standard input)' : 'which command printed it, after --';
      throw new UpkeepError('usage.wrong', `parse has to know ${missing}.`, {
        remedy: 'Write: upkeep parse FILE -- TOOL ARGS…, for example: upkeep parse out.txt -- softwareupdate --list',
      });
    }
    const stderrFile = textOption(values, 'stderr', 'the name of a file');
    const macos = textOption(values, 'macos', MACOS_ALLOWED);
    const exitCode = wholeNumberOption(values, 'exit', { min: 0, max: 255, otherwise: 0 });
    // Only now, with all options right: nobody should have to type into standard input first to hear of a slip.
    const output = parseOutput({
      stdout: file === '-' ? await io.stdin() : readText(file, 'the output'),
      stderr: stderrFile === null ? '' : readText(stderrFile, 'the standard error'),
      exitCode,
      macos: macos === null ? null : macosHint(macos),
      argv,
    });
    io.out(`${JSON.stringify(output, null, 2)}\n`);
    return 0;
  },
};
