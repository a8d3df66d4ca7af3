import { type Interpreter, Leaving, languageOf, type TclCommand } from './tcl-commands.ts';
import { evaluated, isTrue } from './tcl-expression.ts';
import { elementsOf, listOf } from './tcl-lists.ts';
import { TclVariables } from './tcl-variables.ts';
import { closing, closingBracket, commandsOf, escapeAt, TclError, type TclWord } from './tcl-words.ts';

/** As much of Tcl as scripts that answer a tool's questions are written in; anything else is an unknown command. */
export class Tcl implements Interpreter {
  readonly commands: Map<string, TclCommand>;
  readonly #globals = new TclVariables();
  /** What the procedure sees that runs now; outside of any it is what everybody sees. */
  #seen = this.#globals;

  constructor(commands: Iterable<[string, TclCommand]>) {
    this.commands = new Map([...languageOf(this), ...commands]);
  }

  get(name: string): string {
    return this.#seen.get(name);
  }

  has(name: string): boolean {
    return this.#seen.has(name);
  }

  set(name: string, value: string): string {
    return this.#seen.set(name, value);
  }

  unset(name: string): void {
    this.#seen.unset(name);
  }

  /** A setting of a command: a variable of the procedure that runs, else one of everybody; null where there is none. */
  setting(name: string): string | null {
    if (this.#seen.has(name)) return this.#seen.get(name);
    return this.#globals.has(name) ? this.#globals.get(name) : null;
  }

  global(names: readonly string[]): string {
    if (this.#seen !== this.#globals) for (const name of names) this.#seen.link(name, this.#globals);
    return '';
  }

  /** Makes a procedure; a parameter may have a value for when none is given, and `args` at the end takes the rest. */
  define(name: string, parameters: string, body: string): string {
    const wanted = elementsOf(parameters).map((parameter) => elementsOf(parameter));
    this.commands.set(name, (args) => this.#within(this.#bound(name, wanted, args), body));
    return '';
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
        const { means, last } = escapeAt(text, place);
        filled += means;
        place = last;
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

  /** Words as a command gets them. */
  async filled(words: readonly TclWord[]): Promise<string[]> {
    const filled: string[] = [];
    for (const { text, asItIs, spread } of words) {
      const value = asItIs ? text : await this.fill(text);
      filled.push(...(spread ? elementsOf(value) : [value]));
    }
    return filled;
  }

  async truth(expression: string): Promise<boolean> {
    return isTrue(await this.expression(expression));
  }

  expression(text: string): Promise<string> {
    return evaluated(text, {
      fill: (inner) => this.fill(inner),
      variableEnd: (whole, place) => variableAt(whole, place).last + 1,
    });
  }

  async #nameOf(name: string): Promise<string> {
    return name.includes('(') ? this.fill(name) : name;
  }

  async #call(words: readonly TclWord[]): Promise<string> {
    const [name, ...args] = await this.filled(words);
    if (name === undefined) return '';
    const command = this.commands.get(name);
    if (command === undefined) throw new TclError(`invalid command name "${name}"`);
    return command(args);
  }

  #bound(name: string, wanted: readonly string[][], args: readonly string[]): TclVariables {
    const variables = new TclVariables();
    const rest = wanted.at(-1)?.[0] === 'args';
    wanted.forEach(([parameter = '', otherwise], place) => {
      if (rest && place === wanted.length - 1) variables.set(parameter, listOf(args.slice(place)));
      else {
        const value = args[place] ?? otherwise;
        if (value === undefined) throw wrongNumber(name, wanted);
        variables.set(parameter, value);
      }
    });
    if (!rest && args.length > wanted.length) throw wrongNumber(name, wanted);
    return variables;
  }

  async #within(variables: TclVariables, body: string): Promise<string> {
    const before = this.#seen;
    this.#seen = variables;
    try {
      return await this.run(body);
    } catch (error) {
      if (!(error instanceof Leaving)) throw error;
      if (error.how === 'return') return error.value;
      throw new TclError(`invoked "${error.how}" outside of a loop`);
    } finally {
      this.#seen = before;
    }
  }
}

function wrongNumber(name: string, wanted: readonly string[][]): TclError {
  const words = wanted.map(([parameter = '', otherwise]) => (otherwise === undefined ? parameter : `?${parameter}?`));
  return new TclError(`wrong # args: should be "${[name, ...words].join(' ')}"`);
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
