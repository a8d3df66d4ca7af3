import { SECOND_MS } from '../../domain/instant.ts';
import { type Case, casesOf } from './expect-cases.ts';
import { ExpectChannel } from './expect-channels.ts';
import { ExpectSession } from './expect-session.ts';
import { Tcl } from './tcl.ts';
import type { TclCommand } from './tcl-commands.ts';
import { TclError } from './tcl-words.ts';
import type { ToolIo } from './tool.ts';

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];
const DEFAULT_TIMEOUT_SECONDS = 10;
/** The numbers below are taken by its own channels. */
const FIRST_SESSION = 6;

/** The script says with which code to end. */
export class Exit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('exit');
    this.exitCode = exitCode;
  }
}

/** One more look at what comes. */
class ExpectAgain extends Error {}

/** One run of a script, with the programs it started, each on a terminal of its own. */
export class ExpectRun {
  readonly tcl: Tcl;
  readonly #io: ToolIo;
  readonly #stdin: string[];
  readonly #own = { stdin: new ExpectChannel(), stdout: new ExpectChannel(), stderr: new ExpectChannel() };
  readonly #sessions = new Map<string, ExpectSession>();
  #started = 0;
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
      ['wait', (args) => this.#wait(args)],
      ['close', (args) => this.#close(args)],
      ['fconfigure', ([channel = '', ...options]) => this.#channel(channel).configure(options)],
      ['puts', (args) => this.#puts(args)],
      ['gets', (args) => this.#gets(args)],
      ['flush', ([channel = '']) => this.#write(channel, '')],
      ['send_user', (args) => this.#write('stdout', args.at(-1) ?? '')],
      ['send_error', (args) => this.#write('stderr', args.at(-1) ?? '')],
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
      ...['stty', 'match_max', 'exp_internal', 'log_file', 'trap'].map((name): [string, TclCommand] => [name, nothing]),
    ];
  }

  #spawn(args: readonly string[]): string {
    const words = args.filter((word, place) => !(place === 0 && word === '-noecho'));
    const [program = ''] = words;
    const session = new ExpectSession((text) => {
      if (this.#shows) this.#io.print(text);
    });
    session.echoes = !(this.tcl.setting('stty_init') ?? '').split(/\s+/).includes('-echo');
    if (args[0] !== '-noecho' && this.#shows) this.#io.print(`spawn ${words.join(' ')}\r\n`);
    const paths = program.includes('/') ? [program] : FOLDERS.map((folder) => `${folder}/${program}`);
    for (const path of paths) {
      const running = this.#io.spawn([path, ...words.slice(1)], session);
      if (running === null) continue;
      void running.then((exitCode) => session.end(exitCode));
      const id = `exp${FIRST_SESSION + this.#started}`;
      this.#started += 1;
      this.#sessions.set(id, session);
      this.tcl.set('spawn_id', id);
      return String(this.#io.pid + this.#started);
    }
    throw new TclError(`couldn't execute "${program}": no such file or directory`);
  }

  async #expect(args: readonly string[]): Promise<string> {
    const { cases, timeout } = await casesOf(args, this.tcl);
    for (;;) {
      const hit = await this.#wanted(cases, timeout ?? Number(this.tcl.setting('timeout')));
      try {
        return hit === null ? '' : await this.tcl.run(hit.action);
      } catch (error) {
        if (!(error instanceof ExpectAgain)) throw error;
      }
    }
  }

  /** The case that comes first, in the order they are written; null when the time is up and nobody wanted to know. */
  async #wanted(cases: readonly Case[], timeout: number): Promise<Case | null> {
    const session = this.#open();
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
        found.forEach((text, place) => void this.tcl.set(`expect_out(${place},string)`, text ?? ''));
        this.#look(session, found.index + found[0].length);
        return one;
      }
      if (session.over) {
        this.#look(session, session.unseen.length);
        return cases.find(({ pattern }) => pattern === 'eof') ?? null;
      }
      if (late) return cases.find(({ pattern }) => pattern === 'timeout') ?? null;
      await session.change();
    }
  }

  /** What is matched, and what stands before it, is kept for the script and comes to an end. */
  #look(session: ExpectSession, length: number): void {
    this.tcl.set('expect_out(buffer)', session.unseen.slice(0, length));
    this.tcl.set('expect_out(spawn_id)', this.tcl.setting('spawn_id') ?? '');
    session.take(length);
  }

  #send(args: readonly string[]): string {
    let place = 0;
    let id: string | undefined;
    for (; args[place]?.startsWith('-') && place < args.length - 1; place += 1) {
      if (args[place] === '-i') id = args[++place];
      if (args[place] === '--') {
        place += 1;
        break;
      }
    }
    this.#open(id).type(args.slice(place).join(' '));
    return '';
  }

  /** Who ended and how: its number, its terminal, 0, its exit code; with more words where it was ended by a signal. */
  async #wait(args: readonly string[]): Promise<string> {
    const id = idIn(args) ?? this.tcl.setting('spawn_id') ?? '';
    const session = this.#sessions.get(id);
    if (session === undefined) return `0 exp0 -1 10 POSIX ECHILD {no children}`;
    while (!session.over && !session.closed) await session.change();
    const pid = this.#io.pid + Number(id.slice('exp'.length)) - FIRST_SESSION + 1;
    return session.over ? `${pid} ${id} 0 ${session.exitCode}` : `${pid} ${id} 0 0 CHILDKILLED SIGHUP hangup`;
  }

  #close(args: readonly string[]): string {
    this.#open(idIn(args)).close();
    return '';
  }

  #puts(args: readonly string[]): string {
    const words = args[0] === '-nonewline' ? args.slice(1) : args;
    const [channel = 'stdout', text = ''] = words.length > 1 ? words : ['stdout', ...words];
    return this.#write(channel, `${text}${words === args ? '\n' : ''}`);
  }

  #write(channel: string, text: string): string {
    const meant = this.#channel(channel).meant(text);
    if (channel === 'stdout') this.#io.print(meant);
    else if (channel === 'stderr') this.#io.printErr(meant);
    else throw new TclError(`channel "${channel}" wasn't opened for writing`);
    return '';
  }

  #gets([, name]: readonly string[]): string {
    const read = this.#stdin.shift();
    const line = read === undefined ? '' : this.#own.stdin.seen(read);
    if (name === undefined) return line;
    this.tcl.set(name, line);
    return read === undefined ? '-1' : String(line.length);
  }

  #channel(name: string): ExpectChannel {
    if (name === 'stdin' || name === 'stdout' || name === 'stderr') return this.#own[name];
    return this.#open(name).channel;
  }

  #open(id: string = this.tcl.setting('spawn_id') ?? 'exp0'): ExpectSession {
    const session = this.#sessions.get(id);
    if (session === undefined || session.closed) throw new TclError(`can not find channel named "${id}"`);
    return session;
  }
}

function idIn(args: readonly string[]): string | undefined {
  return args[0] === '-i' ? args[1] : undefined;
}
