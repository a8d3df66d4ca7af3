import { elementsOf, listOf } from './tcl-lists.ts';
import { stringCommand } from './tcl-strings.ts';
import { TclError } from './tcl-words.ts';

export type TclCommand = (args: readonly string[]) => Promise<string> | string;

/** What the commands of the language need of whoever runs a script: its variables, and scripts within the script. */
export type Interpreter = {
  get(name: string): string;
  has(name: string): boolean;
  set(name: string, value: string): string;
  unset(name: string): void;
  global(names: readonly string[]): string;
  define(name: string, parameters: string, body: string): string;
  run(script: string): Promise<string>;
  truth(expression: string): Promise<boolean>;
  expression(text: string): Promise<string>;
};

const CODES = { return: '2', break: '3', continue: '4' } as const;

/** A loop is left or goes on, a procedure returns: not errors, though they travel as such. */
export class Leaving extends Error {
  readonly how: keyof typeof CODES;
  readonly value: string;

  constructor(how: keyof typeof CODES, value = '') {
    super(how);
    this.how = how;
    this.value = value;
  }
}

/** The commands of the language itself, those it has here. */
export function languageOf(tcl: Interpreter): [string, TclCommand][] {
  const read = (name: string, otherwise: string): string => (tcl.has(name) ? tcl.get(name) : otherwise);
  return [
    ['set', ([name = '', value]) => (value === undefined ? tcl.get(name) : tcl.set(name, value))],
    ['unset', (args) => unset(args, tcl)],
    ['incr', ([name = '', by = '1']) => tcl.set(name, String(whole(read(name, '0')) + whole(by)))],
    ['append', ([name = '', ...more]) => tcl.set(name, read(name, '') + more.join(''))],
    ['lappend', ([name = '', ...more]) => tcl.set(name, listOf([...elementsOf(read(name, '')), ...more]))],
    ['global', (names) => tcl.global(names)],
    ['proc', ([name = '', parameters = '', body = '']) => tcl.define(name, parameters, body)],
    ['expr', (args) => tcl.expression(args.join(' '))],
    ['list', (args) => listOf(args)],
    ['lindex', ([list = '', ...at]) => at.reduce((inner, each) => elementAt(inner, each), list)],
    ['llength', ([list = '']) => String(elementsOf(list).length)],
    ['string', (args) => stringCommand(args)],
    ['info', (args) => info(args, tcl)],
    ['return', ([value = '']) => leave('return', value)],
    ['break', () => leave('break')],
    ['continue', () => leave('continue')],
    ['error', ([text = '']) => fail(text)],
    ['if', (args) => choose(args, tcl)],
    ['while', ([test = '', body = '']) => loop(() => tcl.truth(test), body, tcl)],
    ['for', (args) => count(args, tcl)],
    ['foreach', (args) => each(args, tcl)],
    ['catch', (args) => attempt(args, tcl)],
  ];
}

function leave(how: keyof typeof CODES, value = ''): never {
  throw new Leaving(how, value);
}

function fail(text: string): never {
  throw new TclError(text);
}

function whole(text: string): number {
  return /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : fail(`expected integer but got "${text}"`);
}

function elementAt(list: string, at: string): string {
  const elements = elementsOf(list);
  const [, back] = /^end(?:-(\d+))?$/.exec(at) ?? [];
  return elements[at.startsWith('end') ? elements.length - 1 - Number(back ?? 0) : whole(at)] ?? '';
}

function unset(args: readonly string[], tcl: Interpreter): string {
  const quietly = args[0] === '-nocomplain';
  for (const name of quietly ? args.slice(1) : args) if (!quietly || tcl.has(name)) tcl.unset(name);
  return '';
}

function info([what = '', name = '']: readonly string[], tcl: Interpreter): string {
  if (what === 'exists') return tcl.has(name) ? '1' : '0';
  return fail(`unknown or ambiguous subcommand "${what}"`);
}

async function choose(args: readonly string[], tcl: Interpreter): Promise<string> {
  for (let place = 0; place < args.length; ) {
    const word = args[place] ?? '';
    if (word === 'else') return tcl.run(args[place + 1] ?? '');
    if (word === 'elseif') place += 1;
    const body = args[place + 1] === 'then' ? place + 2 : place + 1;
    if (await tcl.truth(args[place] ?? '')) return tcl.run(args[body] ?? '');
    place = body + 1;
  }
  return '';
}

async function count(
  [start = '', test = '', next = '', body = '']: readonly string[],
  tcl: Interpreter,
): Promise<string> {
  await tcl.run(start);
  return loop(() => tcl.truth(test), body, tcl, next);
}

function each([name = '', list = '', body = '']: readonly string[], tcl: Interpreter): Promise<string> {
  const left = elementsOf(list);
  const step = (): boolean => {
    const next = left.shift();
    if (next !== undefined) tcl.set(name, next);
    return next !== undefined;
  };
  return loop(step, body, tcl);
}

async function loop(
  test: () => Promise<boolean> | boolean,
  body: string,
  tcl: Interpreter,
  next = '',
): Promise<string> {
  while (await test()) {
    try {
      await tcl.run(body);
    } catch (error) {
      if (!(error instanceof Leaving) || error.how === 'return') throw error;
      if (error.how === 'break') break;
    }
    await tcl.run(next);
  }
  return '';
}

/** How a script ended, as a number; it catches a `return` or a `break` as well as an error. */
async function attempt([body = '', name]: readonly string[], tcl: Interpreter): Promise<string> {
  const keep = (value: string): void => {
    if (name !== undefined) tcl.set(name, value);
  };
  try {
    keep(await tcl.run(body));
    return '0';
  } catch (error) {
    if (error instanceof Leaving) {
      keep(error.value);
      return CODES[error.how];
    }
    if (!(error instanceof TclError)) throw error;
    keep(error.message);
    return '1';
  }
}
