import { closing, closingBracket, TclError } from './tcl-words.ts';

/** What an expression needs of the language around it: texts with everything put in, and where a variable's name ends. */
export type Surroundings = {
  fill(text: string): Promise<string>;
  variableEnd(text: string, place: number): number;
};

/** A part of an expression; it is worked out when somebody needs it, for what it reads may not be there. */
type Part = () => Promise<string>;

/** From the weakest to the strongest. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['eq', 'ne'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];
const OPERATOR = /\|\||&&|==|!=|<=|>=|(?:eq|ne)\b|[<>+\-*/%?:()!]/y;

/** Works out an expression; numbers are compared as numbers, all else as text. */
export function evaluated(text: string, around: Surroundings): Promise<string> {
  return new Expression(text, around).whole()();
}

export function isTrue(value: string): boolean {
  const word = value.trim().toLowerCase();
  if (/^(1|true|yes|on)$/.test(word)) return true;
  if (/^(0|false|no|off)$/.test(word)) return false;
  if (isNumber(word)) return Number(word) !== 0;
  throw new TclError(`expected boolean value but got "${value}"`);
}

class Expression {
  readonly #text: string;
  readonly #around: Surroundings;
  #place = 0;

  constructor(text: string, around: Surroundings) {
    this.#text = text;
    this.#around = around;
  }

  whole(): Part {
    const part = this.#choice();
    if (this.#rest() !== '') throw this.#wrong();
    return part;
  }

  #choice(): Part {
    const test = this.#level(0);
    if (!this.#takes(['?'])) return test;
    const yes = this.#choice();
    if (!this.#takes([':'])) throw this.#wrong();
    const no = this.#choice();
    return async () => (isTrue(await test()) ? yes() : no());
  }

  #level(depth: number): Part {
    const known = LEVELS[depth];
    if (known === undefined) return this.#one();
    let left = this.#level(depth + 1);
    for (let sign = this.#takes(known); sign !== null; sign = this.#takes(known)) {
      left = joined(sign, left, this.#level(depth + 1));
    }
    return left;
  }

  #one(): Part {
    const sign = this.#takes(['!', '-', '+', '(']);
    if (sign === '(') {
      const inside = this.#choice();
      if (!this.#takes([')'])) throw new TclError('unbalanced open paren');
      return inside;
    }
    if (sign === null) return this.#value();
    const part = this.#one();
    if (sign === '!') return async () => truth(!isTrue(await part()));
    return async () => calculated(sign, '0', await part());
  }

  #value(): Part {
    const rest = this.#rest();
    const end = this.#valueEnd(rest);
    const inner = this.#text.slice(this.#place, end);
    this.#place = end;
    if (inner.startsWith('{')) return async () => inner.slice(1, -1);
    return () => this.#around.fill(inner.startsWith('"') ? inner.slice(1, -1) : inner);
  }

  #valueEnd(rest: string): number {
    if (rest[0] === '[') return closingBracket(this.#text, this.#place) + 1;
    if (rest[0] === '{') return closing(this.#text, this.#place) + 1;
    if (rest[0] === '$') return this.#around.variableEnd(this.#text, this.#place);
    const found = /^("(?:[^"\\]|\\[\s\S])*"|\d+(?:\.\d+)?|(?:true|false|yes|no|on|off)\b)/.exec(rest)?.[0];
    if (found === undefined) throw this.#wrong();
    return this.#place + found.length;
  }

  /** Goes past an operator if it is one of these. */
  #takes(signs: readonly string[]): string | null {
    this.#rest();
    OPERATOR.lastIndex = this.#place;
    const sign = OPERATOR.exec(this.#text)?.[0];
    if (sign === undefined || !signs.includes(sign)) return null;
    this.#place += sign.length;
    return sign;
  }

  #rest(): string {
    while (/\s/.test(this.#text[this.#place] ?? '')) this.#place += 1;
    return this.#text.slice(this.#place);
  }

  #wrong(): TclError {
    return new TclError(`syntax error in expression "${this.#text}"`);
  }
}

function joined(sign: string, left: Part, right: Part): Part {
  if (sign === '||') return async () => truth(isTrue(await left()) || isTrue(await right()));
  if (sign === '&&') return async () => truth(isTrue(await left()) && isTrue(await right()));
  return async () => applied(sign, await left(), await right());
}

function applied(sign: string, left: string, right: string): string {
  const numbers = isNumber(left) && isNumber(right);
  const [a, b] = numbers ? [Number(left), Number(right)] : [left, right];
  switch (sign) {
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case 'eq':
      return truth(left === right);
    case 'ne':
      return truth(left !== right);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
    default:
      return calculated(sign, left, right);
  }
}

function calculated(sign: string, left: string, right: string): string {
  if (!isNumber(left) || !isNumber(right)) throw new TclError(`can't use non-numeric string as operand of "${sign}"`);
  const [a, b] = [Number(left), Number(right)];
  if (b === 0 && (sign === '/' || sign === '%')) throw new TclError('divide by zero');
  if (sign === '+') return String(a + b);
  if (sign === '-') return String(a - b);
  if (sign === '*') return String(a * b);
  // Whole numbers are divided downwards, and what is left over has the sign of the divisor.
  if (sign === '/') return String(/\./.test(left + right) ? a / b : Math.floor(a / b));
  return String(((a % b) + b) % b);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && !Number.isNaN(Number(text));
}

function truth(value: boolean): string {
  return value ? '1' : '0';
}
