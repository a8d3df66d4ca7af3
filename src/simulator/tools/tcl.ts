import { evaluated, isTrue, type TclToken } from './tcl-expression.ts';
import {
  closing,
  closingBracket,
  commandsOf,
  elementsOf,
  listOf,
  plainOf,
  TclError,
  type TclWord,
} from './tcl-words.ts';

export type TclCommand = (args: readonly string[]) => Promise<string> | string;

/** A loop is left or goes on, a script returns: not errors, though they travel as such. */
class Leaving extends Error {
  readonly how: 'break' | 'continue' | 'return';
  readonly value: string;

  constructor(how: 'break' | 'continue' | 'return', value = '') {
    super(how);
    this.how = how;
    this.value = value;
  }
}

/** As much of Tcl as scripts that answer a tool's questions are written in; anything else is an unknown command. */
export class Tcl {
  readonly commands: Map<string, TclCommand>;
  readonly #variables = new Map<string, string>();

  constructor(commands: Iterable<[string, TclCommand]>) {
    this.commands = new Map([...this.#language(), ...commands]);
  }

  get(name: string): string {
    const value = this.#variables.get(name);
    if (value === undefined) throw new TclError(`can't read "${name}": no such variable`);
    return value;
  }

  has(name: string): boolean {
    return this.#variables.has(name);
  }

  set(name: string, value: string): string {
    this.#variables.set(name, value);
    return value;
  }

  /** Runs a whole script, which may end itself with `return`. */
  async runScript(script: string): Promise<string> {
    try {
      return await this.run(script);
    } catch (error) {
      if (error instanceof Leaving) return error.value;
      throw error;
    }
  }

  async run(script: string): Promise<string> {
    let result = '';
    for (const words of commandsOf(script)) result = await this.#call(words);
    return result;
  }

  /** A text with its variables, commands and backslashes put in. */
  async fill(text: string): Promise<string> {
    let filled = '';
    for (let place = 0; place < text.length; place += 1) {
      const letter = text[place] ?? '';
      if (letter === '\\') {
        place += 1;
        filled += plainOf(text[place] ?? '');
      } else if (letter === '[') {
        const close = closingBracket(text, place);
        filled += await this.run(text.slice(place + 1, close));
        place = close;
      } else if (letter === '$') {
        const { name, last } = variableAt(text, place);
        filled += name === null ? '$' : this.get(await this.#nameOf(name));
        place = last;
      } else filled += letter;
    }
    return filled;
  }

  async truth(expression: string): Promise<boolean> {
    return isTrue(await this.expression(expression));
  }

  async expression(text: string): Promise<string> {
    const tokens: TclToken[] = [];
    for (let place = 0; place < text.length; ) {
      const rest = text.slice(place);
      const sign = /^(\|\||&&|==|!=|<=|>=|eq\b|ne\b|[<>!()+\-*/%])/.exec(rest)?.[0];
      const number = /^\d+(\.\d+)?/.exec(rest)?.[0];
      if (/^\s/.test(rest)) place += 1;
      else if (number !== undefined) {
        tokens.push({ value: number });
        place += number.length;
      } else if (sign !== undefined) {
        tokens.push({ operator: sign });
        place += sign.length;
      } else {
        const end = valueEnd(text, place);
        const inner = text.slice(place, end);
        tokens.push({ value: inner.startsWith('{') ? inner.slice(1, -1) : await this.fill(unquoted(inner)) });
        place = end;
      }
    }
    return evaluated(tokens);
  }

  async #nameOf(name: string): Promise<string> {
    return name.includes('(') ? this.fill(name) : name;
  }

  async #call(words: readonly TclWord[]): Promise<string> {
    const filled: string[] = [];
    for (const { text, asItIs } of words) filled.push(asItIs ? text : await this.fill(text));
    const [name = '', ...args] = filled;
    const command = this.commands.get(name);
    if (command === undefined) throw new TclError(`invalid command name "${name}"`);
    return command(args);
  }

  #language(): [string, TclCommand][] {
    return [
      ['set', ([name = '', value]) => (value === undefined ? this.get(name) : this.set(name, value))],
      ['unset', ([name = '']) => String(this.#variables.delete(name) && '')],
      [
        'incr',
        ([name = '', by = '1']) => this.set(name, String(Number(this.has(name) ? this.get(name) : 0) + Number(by))),
      ],
      ['append', ([name = '', ...more]) => this.set(name, (this.has(name) ? this.get(name) : '') + more.join(''))],
      ['expr', (args) => this.expression(args.join(' '))],
      ['list', (args) => listOf(args)],
      ['lindex', ([list = '', at = '0']) => elementsOf(list)[Number(at)] ?? ''],
      ['llength', ([list = '']) => String(elementsOf(list).length)],
      ['string', (args) => stringCommand(args)],
      ['info', ([what, name = '']) => (what === 'exists' && this.has(name) ? '1' : '0')],
      ['return', ([value = '']) => leave('return', value)],
      ['break', () => leave('break')],
      ['continue', () => leave('continue')],
      [
        'error',
        ([text = '']) => {
          throw new TclError(text);
        },
      ],
      ['if', (args) => this.#if(args)],
      ['while', ([test = '', body = '']) => this.#loop(() => this.truth(test), body)],
      ['foreach', (args) => this.#foreach(args)],
      ['catch', (args) => this.#catch(args)],
    ];
  }

  async #if(args: readonly string[]): Promise<string> {
    for (let place = 0; place < args.length; ) {
      const word = args[place] ?? '';
      if (word === 'else') return this.run(args[place + 1] ?? '');
      if (word === 'elseif') place += 1;
      const body = args[place + 1] === 'then' ? place + 2 : place + 1;
      if (await this.truth(args[place] ?? '')) return this.run(args[body] ?? '');
      place = body + 1;
    }
    return '';
  }

  async #foreach([name = '', list = '', body = '']: readonly string[]): Promise<string> {
    const left = elementsOf(list);
    return this.#loop(() => {
      const next = left.shift();
      if (next !== undefined) this.set(name, next);
      return next !== undefined;
    }, body);
  }

  async #loop(test: () => Promise<boolean> | boolean, body: string): Promise<string> {
    while (await test()) {
      try {
        await this.run(body);
      } catch (error) {
        if (!(error instanceof Leaving) || error.how === 'return') throw error;
        if (error.how === 'break') break;
      }
    }
    return '';
  }

  async #catch([body = '', name]: readonly string[]): Promise<string> {
    try {
      const result = await this.run(body);
      if (name !== undefined) this.set(name, result);
      return '0';
    } catch (error) {
      if (!(error instanceof TclError)) throw error;
      if (name !== undefined) this.set(name, error.message);
      return '1';
    }
  }
}

function leave(how: 'break' | 'continue' | 'return', value = ''): never {
  throw new Leaving(how, value);
}

/** The name after a dollar sign and where it ends; null where the sign stands for itself. */
function variableAt(text: string, place: number): { name: string | null; last: number } {
  if (text[place + 1] === '{') {
    const close = closing(text, place + 1);
    return { name: text.slice(place + 2, close), last: close };
  }
  const name = /^\w+(\([^)]*\))?/.exec(text.slice(place + 1))?.[0];
  return name === undefined ? { name: null, last: place } : { name, last: place + name.length };
}

function valueEnd(text: string, place: number): number {
  const letter = text[place];
  if (letter === '[') return closingBracket(text, place) + 1;
  if (letter === '{') return closing(text, place) + 1;
  if (letter === '$') return variableAt(text, place).last + 1;
  const found = /^("(?:[^"\\]|\\[\s\S])*"|\w+)/.exec(text.slice(place))?.[0];
  if (found === undefined) throw new TclError('syntax error in expression');
  return place + found.length;
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

function stringCommand([verb, first = '', second = '']: readonly string[]): string {
  switch (verb) {
    case 'length':
      return String([...first].length);
    case 'equal':
      return first === second ? '1' : '0';
    case 'trim':
      return first.trim();
    case 'tolower':
      return first.toLowerCase();
    case 'match':
      return globPattern(first, true).test(second) ? '1' : '0';
    case 'first':
      return String(second.indexOf(first));
    default:
      throw new TclError(`unknown or ambiguous subcommand "${verb ?? ''}"`);
  }
}

/** A pattern with `*`, `?` and `[…]`; for the whole text or for a place in it, which `^` and `$` hold to its ends. */
export function globPattern(glob: string, whole: boolean): RegExp {
  let source = '';
  for (let place = 0; place < glob.length; place += 1) {
    const letter = glob[place] ?? '';
    const close = letter === '[' ? glob.indexOf(']', place + 1) : -1;
    if (letter === '*') source += '[\\s\\S]*';
    else if (letter === '?') source += '[\\s\\S]';
    else if (close > place) {
      source += glob.slice(place, close + 1);
      place = close;
    } else if (letter === '\\') {
      place += 1;
      source += escapedForPattern(glob[place] ?? '');
    } else if (!whole && ((letter === '^' && place === 0) || (letter === '$' && place === glob.length - 1))) {
      source += letter;
    } else source += escapedForPattern(letter);
  }
  return new RegExp(whole ? `^${source}$` : source);
}

export function escapedForPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
