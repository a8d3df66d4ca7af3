import type { Tcl } from './tcl.ts';
import { escapedForPattern, globPattern } from './tcl-strings.ts';
import { commandsOf, TclError } from './tcl-words.ts';

export type Case = { pattern: RegExp | 'eof' | 'timeout'; action: string };

/** What an `expect` waits for and what then happens; `timeout` is null where it says nothing of its own. */
export type Cases = { cases: Case[]; timeout: number | null };

/** Reads the arguments of `expect`: cases as words, or all of them in one pair of braces that begins with a new line. */
export async function casesOf(args: readonly string[], tcl: Tcl): Promise<Cases> {
  const [only = ''] = args;
  const words = args.length === 1 && /^[ \t\r\f\v]*\n\s*\S/.test(only) ? await wordsIn(only, tcl) : args;
  const cases: Case[] = [];
  let timeout: number | null = null;
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
async function wordsIn(text: string, tcl: Tcl): Promise<string[]> {
  const words: string[] = [];
  for (const command of commandsOf(text)) words.push(...(await tcl.filled(command)));
  return words;
}

function patternsOf(word: string, kind: string, fold: boolean): (RegExp | 'eof' | 'timeout')[] {
  if (kind === '-gl') {
    if (word === 'eof' || word === 'timeout') return [word];
    if (word === 'default') return ['eof', 'timeout'];
  }
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
