import type { Mac } from '../mac/mac.ts';
import { Exit, ExpectRun } from './expect-run.ts';
import { listOf } from './tcl-lists.ts';
import { TclError } from './tcl-words.ts';
import type { Tool, ToolIo } from './tool.ts';

/** Answers other tools' questions on a terminal of their own, by a script: `-c {script}`, `-f {file}`, or on stdin. */
export const expect: Tool = async (argv, io, mac) => {
  const given = scriptOf(argv, io, mac);
  if (given === null) {
    io.printErr(`couldn't read file "${argv.at(-1) ?? ''}": no such file or directory\n`);
    return 1;
  }
  const run = new ExpectRun(io, given.typed);
  run.tcl.set('argv', listOf(given.args));
  run.tcl.set('argc', String(given.args.length));
  run.tcl.set('argv0', 'expect');
  try {
    for (const script of given.scripts) await run.tcl.runScript(script);
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.exitCode;
    if (!(error instanceof TclError)) throw error;
    io.printErr(`${error.message}\n    while executing\n`);
    return 1;
  }
};

type Given = { scripts: string[]; args: readonly string[]; typed: string };

/** The scripts, their arguments, and what of stdin they can read; null where there is no such file. */
function scriptOf(argv: readonly string[], io: ToolIo, mac: Mac): Given | null {
  const scripts: string[] = [];
  const stdin = io.stdin ?? '';
  let place = 0;
  for (; argv[place]?.startsWith('-') && argv[place] !== '-'; place += 1) {
    const option = argv[place];
    if (option === '--') {
      place += 1;
      break;
    }
    if (option === '-c') {
      place += 1;
      scripts.push(argv[place] ?? '');
    }
    if (option === '-f') break;
  }
  if (argv[place] === '-f') place += 1;
  else if (scripts.length > 0) return { scripts, args: argv.slice(place), typed: stdin };
  const file = argv[place];
  if (file === undefined || file === '-')
    return { scripts: [...scripts, stdin], args: argv.slice(place + 1), typed: '' };
  const text = mac.files.get(file);
  return text === undefined ? null : { scripts: [...scripts, text], args: argv.slice(place + 1), typed: stdin };
}
