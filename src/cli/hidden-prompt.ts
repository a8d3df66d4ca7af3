import type { ReadStream } from 'node:tty';

/** What is needed of a terminal to ask without showing what is typed. */
export type Terminal = {
  input: Pick<ReadStream, 'setRawMode' | 'setEncoding' | 'on' | 'off' | 'resume' | 'pause'>;
  say: (text: string) => void;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Asks on the terminal and shows nothing of what is typed; null where the input ends first. However it ends, by Control-C or
 * by a signal from outside, the terminal is given back as it was.
 */
export function askHidden(prompt: string, { input, say }: Terminal): Promise<string | null> {
  return new Promise((resolve) => {
    let line = '';
    const restore = () => {
      input.off('data', hear);
      input.off('end', ended);
      for (const signal of SIGNALS) process.off(signal, give);
      input.setRawMode(false);
      input.pause();
      say('\n');
    };
    const finish = (answer: string | null) => {
      restore();
      resolve(answer);
    };
    const ended = () => finish(null);
    /** With our own ear for it gone, the signal does what it always does. */
    const give = (signal: NodeJS.Signals) => {
      restore();
      process.kill(process.pid, signal);
    };
    const hear = (typed: string) => {
      for (const sign of keysIn(typed)) {
        if (sign === '\r' || sign === '\n') return finish(line);
        if (sign === CONTROL_C) return give('SIGINT');
        if (sign === CONTROL_D) return finish(line === '' ? null : line);
        if (sign === CONTROL_U) line = '';
        else if (sign === BACKSPACE || sign === '\b') line = [...line].slice(0, -1).join('');
        else if (sign >= ' ') line += sign;
      }
    };
    for (const signal of SIGNALS) process.on(signal, give);
    // Before the question, so that nobody who sees it can type anything that is shown.
    input.setRawMode(true);
    say(prompt);
    input.setEncoding('utf8');
    input.on('data', hear);
    input.on('end', ended);
    input.resume();
  });
}

const CONTROL_C = '\u0003';
const CONTROL_D = '\u0004';
const CONTROL_U = '\u0015';
const BACKSPACE = '\u007f';

/** Character by character, without what arrow keys and their like send, which nobody means as a password. */
function keysIn(typed: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape is how such a key begins
  return [...typed.replace(/\u001b(?:\[[0-9;]*[ -/]*[@-~]|O.|.)?/g, '')];
}
