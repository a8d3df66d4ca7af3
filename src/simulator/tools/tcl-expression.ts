import { TclError } from './tcl-words.ts';

/** A piece of an expression in which everything has been put in: a value, or an operator. */
export type TclToken = { value: string } | { operator: string };

/** From the weakest to the strongest. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', 'eq', 'ne'],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Works out an expression; numbers are compared as numbers, all else as text. */
export function evaluated(tokens: readonly TclToken[]): string {
  let place = 0;
  const operator = (): string | null => {
    const token = tokens[place];
    return token !== undefined && 'operator' in token ? token.operator : null;
  };
  const one = (): string => {
    const sign = operator();
    const token = tokens[place];
    place += 1;
    if (sign === '!') return truth(!isTrue(one()));
    if (sign === '-') return String(-Number(one()));
    if (sign === '(') {
      const value = level(0);
      if (operator() !== ')') throw new TclError('unbalanced open paren');
      place += 1;
      return value;
    }
    if (token === undefined || 'operator' in token) throw new TclError('syntax error in expression');
    return token.value;
  };
  const level = (depth: number): string => {
    const known = LEVELS[depth];
    if (known === undefined) return one();
    let left = level(depth + 1);
    for (let sign = operator(); sign !== null && known.includes(sign); sign = operator()) {
      place += 1;
      left = applied(sign, left, level(depth + 1));
    }
    return left;
  };
  const value = level(0);
  if (place < tokens.length) throw new TclError('syntax error in expression');
  return value;
}

export function isTrue(value: string): boolean {
  return !/^(0|no|false|off|)$/i.test(value.trim());
}

function truth(value: boolean): string {
  return value ? '1' : '0';
}

function applied(sign: string, left: string, right: string): string {
  const [a, b] = [Number(left), Number(right)];
  const numbers = left.trim() !== '' && right.trim() !== '' && !Number.isNaN(a) && !Number.isNaN(b);
  switch (sign) {
    case '||':
      return truth(isTrue(left) || isTrue(right));
    case '&&':
      return truth(isTrue(left) && isTrue(right));
    case '==':
      return truth(numbers ? a === b : left === right);
    case '!=':
      return truth(numbers ? a !== b : left !== right);
    case 'eq':
      return truth(left === right);
    case 'ne':
      return truth(left !== right);
    case '<':
      return truth(numbers ? a < b : left < right);
    case '>':
      return truth(numbers ? a > b : left > right);
    case '<=':
      return truth(numbers ? a <= b : left <= right);
    case '>=':
      return truth(numbers ? a >= b : left >= right);
    case '+':
      return String(a + b);
    case '-':
      return String(a - b);
    case '*':
      return String(a * b);
    case '/':
      return String(Math.floor(a / b));
    default:
      return String(((a % b) + b) % b);
  }
}
