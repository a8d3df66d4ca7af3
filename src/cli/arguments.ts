import { parseArgs } from 'node:util';
import { UpkeepError } from '../domain/problem.ts';
import { nearestKey } from '../policy/nearest-key.ts';
import type { CliCommand, Values } from './command.ts';

type Token = NonNullable<ReturnType<typeof parseArgs<{ tokens: true; strict: false }>>['tokens']>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

/**
 * What was typed after the name of a command, held against what the command declares. Throws `usage.wrong`.
 *
 * node:util takes the words apart; judging them is done here, because its own messages speak to programmers and it lets
 * a repeated option pass, which is a mistake whenever the two values differ.
 */
export function readArguments(command: CliCommand, args: readonly string[]): Arguments {
  try {
    return judged(command, args);
  } catch (error) {
    if (command.misused !== undefined && error instanceof UpkeepError) throw command.misused();
    throw error;
  }
}

export type Arguments = { values: Values; positionals: string[]; commandLine: string[] };

function judged(command: CliCommand, args: readonly string[]): Arguments {
  const cut = command.takesCommandLine === true ? args.indexOf('--') : -1;
  const ours = cut === -1 ? args : args.slice(0, cut);
  const { tokens } = parseArgs({ args: [...ours], options: command.options, strict: false, tokens: true });
  const values: Values = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      positionals.push(token.value);
      if (positionals.length > command.positionals.max) throw tooManyWords(command, ours, token.index, cut !== -1);
    } else if (token.kind === 'option') {
      const value = valueFor(command, token);
      if (command.options[token.name]?.multiple === true && value !== true) {
        values[token.name] = [...listOf(values[token.name]), value];
        continue;
      }
      if (Object.hasOwn(values, token.name) && value !== true) {
        throw wrong(
          command,
          `--${token.name} is given twice: ${values[token.name]} and ${value}.`,
          'Keep one of them.',
        );
      }
      values[token.name] = value;
    }
  }
  if (positionals.length < command.positionals.min) throw wrong(command, `${command.name} needs more than that.`);
  return { values, positionals, commandLine: cut === -1 ? [] : args.slice(cut + 1) };
}

const listOf = (value: Values[string]): string[] => (Array.isArray(value) ? value : []);

function valueFor(command: CliCommand, { name, rawName, value, inlineValue }: OptionToken): string | true {
  const known = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
  if (known === undefined || rawName !== `--${name}`) throw unknownOption(command, rawName, name);
  if (known.type === 'boolean') {
    if (value === undefined) return true;
    throw wrong(command, `--${name} takes no value, but was given ${JSON.stringify(value)}.`, `Write only --${name}.`);
  }
  if (value === undefined) throw wrong(command, `--${name} needs a value, and nothing follows it.`);
  // A number may be negative; anything else with a dash in front is far more likely the next option.
  if (!inlineValue && /^-\D/.test(value)) {
    throw wrong(
      command,
      `--${name} needs a value, but what follows is ${value}.`,
      `If that is the value, write --${name}=${value}.`,
    );
  }
  return value;
}

function unknownOption(command: CliCommand, rawName: string, name: string): UpkeepError {
  const names = Object.keys(command.options);
  const meant = rawName.startsWith('--') ? nearestKey(name, names) : null;
  const alike = rawName.startsWith('--') ? [] : names.filter((long) => long.startsWith(name));
  const hint =
    meant !== null
      ? ` Did you mean --${meant}?`
      : alike.length > 0
        ? ` Options are written out: ${alike.map((long) => `--${long}`).join(' or ')}.`
        : '';
  return wrong(command, `${command.name} has no option ${rawName}.${hint}`);
}

function tooManyWords(
  command: CliCommand,
  args: readonly string[],
  index: number,
  hasCommandLine: boolean,
): UpkeepError {
  const word = args[index] ?? '';
  if (command.takesCommandLine === true && !hasCommandLine) {
    const [before, after] = [args.slice(0, index).join(' '), args.slice(index).join(' ')];
    return wrong(
      command,
      `The command whose output this is has to stand after --, and there is no -- before ${word}.`,
      `Write: upkeep ${command.name} ${before} -- ${after}`,
    );
  }
  return wrong(command, `${command.name} does not know what to do with the word ${JSON.stringify(word)}.`);
}

function wrong(command: CliCommand, message: string, remedy?: string): UpkeepError {
  const help = `\`upkeep help ${command.name}\` shows how it is used.`;
  return new UpkeepError('usage.wrong', message, { remedy: remedy === undefined ? help : `${remedy}\n${help}` });
}
