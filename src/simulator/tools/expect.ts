import { SECOND_MS } from '../../domain/instant.ts';
import type { Mac } from '../mac/mac.ts';
import { ExpectSession } from './expect-session.ts';
import { escapedForPattern, globPattern, Tcl, type TclCommand } from './tcl.ts';
import { commandsOf, listOf, TclError } from './tcl-words.ts';
import type { Tool, ToolIo } from './tool.ts';

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];
const DEFAULT_TIMEOUT_SECONDS = 10;

/** The script says with which code to end. */
class Exit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('exit');
    this.exitCode = exitCode;
  }
}

/** One more look at what comes. */
class ExpectAgain extends Error {}

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

type Case = { pattern: RegExp | 'eof' | 'timeout'; action: string };

class ExpectRun {
  readonly tcl: Tcl;
  readonly #io: ToolIo;
  readonly #stdin: string[];
  #session: ExpectSession | null = null;
  #shows = true;

  constructor(io: ToolIo, typed: string) {
    this.#io = io;
    this.#stdin = typed === '' ? [] : typed.replace(/\n$/, '').split('\n');
    this.tcl = new Tcl(this.#commands());
    this.tcl.set('timeout', String(DEFAULT_TIMEOUT_SECONDS));
  }

  #commands(): [string, TclCommand][] {
    const nothing: TclCommand = () => '';
    return [
      ['spawn', (args) => this.#spawn(args)],
      ['expect', (args) => this.#expect(args)],
      ['send', (args) => this.#send(args)],
      ['wait', () => this.#wait()],
      ['close', () => this.#close()],
      ['puts', (args) => this.#puts(args)],
      ['gets', (args) => this.#gets(args)],
      ['send_user', (args) => this.#say(args)],
      ['send_error', (args) => this.#complain(args)],
      ['sleep', ([seconds = '0']) => this.#io.sleep(Number(seconds) * SECOND_MS).then(() => '')],
      ['after', ([ms = '0']) => this.#io.sleep(Number(ms)).then(() => '')],
      [
        'log_user',
        ([on]) => {
          if (on !== undefined) this.#shows = on !== '0';
          return this.#shows ? '1' : '0';
        },
      ],
      [
        'exit',
        ([code = '0']) => {
          throw new Exit(Number(code));
        },
      ],
      [
        'exp_continue',
        () => {
          throw new ExpectAgain();
        },
      ],
      ...['stty', 'match_max', 'exp_internal', 'log_file', 'fconfigure', 'flush', 'trap'].map(
        (name): [string, TclCommand] => [name, nothing],
      ),
    ];
  }

  #spawn(args: readonly string[]): string {
    const words = args.filter((word, place) => !(place === 0 && word === '-noecho'));
    const [program = ''] = words;
    const session = new ExpectSession((text) => {
      if (this.#shows) this.#io.print(text);
    });
    if (args[0] !== '-noecho' && this.#shows) this.#io.print(`spawn ${words.join(' ')}\r\n`);
    const paths = program.includes('/') ? [program] : FOLDERS.map((folder) => `${folder}/${program}`);
    for (const path of paths) {
      const running = this.#io.spawn([path, ...words.slice(1)], session);
      if (running === null) continue;
      void running.then((exitCode) => session.end(exitCode));
      this.#session = session;
      this.tcl.set('spawn_id', 'exp6');
      return String(this.#io.pid + 1);
    }
    throw new TclError(`couldn't execute "${program}": no such file or directory`);
  }

  async #expect(args: readonly string[]): Promise<string> {
    const { cases, timeout } = await this.#casesOf(args);
    for (;;) {
      const hit = await this.#wanted(cases, timeout);
      try {
        return hit === null ? '' : await this.tcl.run(hit.action);
      } catch (error) {
        if (!(error instanceof ExpectAgain)) throw error;
      }
    }
  }

  /** The case that comes first, in the order they are written; null when the time is up and nobody wanted to know. */
  async #wanted(cases: readonly Case[], timeout: number): Promise<Case | null> {
    const session = this.#running();
    let late = timeout === 0;
    if (timeout > 0)
      void this.#io.sleep(timeout * SECOND_MS).then(() => {
        late = true;
        session.wake();
      });
    for (;;) {
      for (const one of cases) {
        if (typeof one.pattern === 'string') continue;
        const found = one.pattern.exec(session.unseen);
        if (found === null) continue;
        const end = found.index + found[0].length;
        this.tcl.set('expect_out(buffer)', session.unseen.slice(0, end));
        found.forEach((text, place) => void this.tcl.set(`expect_out(${place},string)`, text ?? ''));
        session.unseen = session.unseen.slice(end);
        return one;
      }
      if (session.over) return cases.find(({ pattern }) => pattern === 'eof') ?? null;
      if (late) return cases.find(({ pattern }) => pattern === 'timeout') ?? null;
      await session.change();
    }
  }

  /** All cases in one pair of braces, or as words of the command. */
  async #casesOf(args: readonly string[]): Promise<{ cases: Case[]; timeout: number }> {
    let words = [...args];
    const [only = ''] = words;
    if (words.length === 1 && /\s/.test(only.trim()) && only.includes('\n')) words = await this.#wordsIn(only);
    else if (words.length === 1 && /^\s*(-\w+\s|["{]|\w+\s+\{)/.test(only)) words = await this.#wordsIn(only);
    const cases: Case[] = [];
    let timeout = Number(this.tcl.get('timeout'));
    let kind = '-gl';
    let fold = false;
    for (let place = 0; place < words.length; place += 1) {
      const word = words[place] ?? '';
      if (word === '-timeout') {
        place += 1;
        timeout = Number(words[place]);
      } else if (word === '-nocase') fold = true;
      else if (['-re', '-ex', '-exact', '-gl', '--'].includes(word)) kind = word === '--' ? kind : word;
      else {
        place += 1;
        const action = words[place] ?? '';
        for (const pattern of patternsOf(word, kind, fold)) cases.push({ pattern, action });
        kind = '-gl';
        fold = false;
      }
    }
    return { cases, timeout };
  }

  /** Cases in braces are put in like the words of a command, over several lines. */
  async #wordsIn(text: string): Promise<string[]> {
    const words: string[] = [];
    for (const command of commandsOf(text)) {
      for (const word of command) words.push(word.asItIs ? word.text : await this.tcl.fill(word.text));
    }
    return words;
  }

  #send(args: readonly string[]): string {
    const text = args.filter((word, place) => !(place < args.length - 1 && word.startsWith('-'))).join(' ');
    this.#running().type(text);
    return '';
  }

  async #wait(): Promise<string> {
    const session = this.#running();
    while (!session.over) await session.change();
    return `${this.#io.pid + 1} exp6 0 ${session.exitCode}`;
  }

  #close(): string {
    this.#running().close();
    return '';
  }

  #puts(args: readonly string[]): string {
    const words = args.filter((word) => word !== '-nonewline');
    const text = `${words.at(-1) ?? ''}${words.length === args.length ? '\n' : ''}`;
    if (words.length > 1 && words[0] === 'stderr') this.#io.printErr(text);
    else this.#io.print(text);
    return '';
  }

  #gets([, name]: readonly string[]): string {
    const line = this.#stdin.shift();
    if (name === undefined) return line ?? '';
    this.tcl.set(name, line ?? '');
    return line === undefined ? '-1' : String(line.length);
  }

  #say(args: readonly string[]): string {
    this.#io.print(args.at(-1) ?? '');
    return '';
  }

  #complain(args: readonly string[]): string {
    this.#io.printErr(args.at(-1) ?? '');
    return '';
  }

  #running(): ExpectSession {
    if (this.#session === null) throw new TclError('send: spawn id exp0 not open');
    return this.#session;
  }
}

function patternsOf(word: string, kind: string, fold: boolean): (RegExp | 'eof' | 'timeout')[] {
  if (word === 'eof' || word === 'timeout') return [word];
  if (word === 'default') return ['eof', 'timeout'];
  const flags = fold ? 'i' : '';
  if (kind === '-re') return [regexOf(word, flags)];
  const source = kind === '-gl' ? globPattern(word, false).source : escapedForPattern(word);
  return [new RegExp(source, flags)];
}

/** Tcl writes options in front of a pattern, such as `(?i)`. */
function regexOf(pattern: string, flags: string): RegExp {
  const options = /^\(\?([a-z]+)\)/.exec(pattern);
  const body = options === null ? pattern : pattern.slice(options[0].length);
  try {
    return new RegExp(body, options?.[1]?.includes('i') ? 'i' : flags);
  } catch {
    throw new TclError(`couldn't compile regular expression pattern: ${pattern}`);
  }
}
