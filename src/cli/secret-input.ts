import { readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { UpkeepError } from '../domain/problem.ts';
import { Secret } from '../domain/secret.ts';
import type { Io, Values } from './command.ts';

const ASKED_AT_MOST = 3;
/** No password is longer; whatever is, was not meant. */
const LONGEST_BYTES = 4_096;

/** A password from where nobody else can see it: `--password-fd`, the terminal without showing it, or standard input. */
export async function readSecret(values: Values, io: Io, prompt: string): Promise<Secret> {
  const descriptor = descriptorIn(values);
  if (descriptor !== null) return secretIn(textFrom(descriptor), `file descriptor ${descriptor}`);
  if (io.askHidden === undefined) return secretIn(await io.stdin(), 'standard input');
  for (let asked = 0; asked < ASKED_AT_MOST; asked += 1) {
    const typed = await io.askHidden(prompt);
    if (typed === null) break;
    if (typed.trim() !== '') return secretIn(typed, 'what was typed');
    io.err('Nothing was typed. It is not shown as you type; end it with Return, leave with Control-C.\n');
  }
  throw new UpkeepError('input.wrong', 'no password was typed.', { remedy: 'Try again; nothing was changed.' });
}

/** The number after `--password-fd`; what stands there instead is never repeated, since it may be the password. */
function descriptorIn(values: Values): number | null {
  const given = values['password-fd'];
  if (given === undefined) return null;
  if (typeof given === 'string' && /^\d{1,4}$/.test(given)) return Number(given);
  throw new UpkeepError('usage.wrong', '--password-fd takes the number of an open file descriptor, never a password.', {
    remedy:
      'Give a number, such as 3 in `upkeep auth set local-account USER --password-fd 3 3< FILE`. If it was a real password, change it: others could see it.',
  });
}

function textFrom(descriptor: number): string {
  if (isatty(descriptor)) {
    throw new UpkeepError('usage.wrong', `file descriptor ${descriptor} is a terminal, which shows what is typed.`, {
      remedy: 'Leave --password-fd out, and the password is asked for without being shown.',
    });
  }
  const bytes = Buffer.alloc(LONGEST_BYTES + 1);
  let length = 0;
  try {
    while (length < bytes.length) {
      const more = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (more === 0) break;
      length += more;
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason';
    throw new UpkeepError('input.unreadable', `file descriptor ${descriptor} cannot be read: ${code}.`, {
      remedy: 'Open it for upkeep, as in `upkeep auth set local-account USER --password-fd 3 3< FILE`.',
      facts: { descriptor, code },
    });
  }
  return bytes.toString('utf8', 0, length);
}

/** The one line there is, without its end. Nothing of it is ever in a message. */
function secretIn(text: string, source: string): Secret {
  const plain = text.replace(/\r?\n$/, '');
  const why =
    plain.trim() === ''
      ? 'holds no password'
      : /[\r\n]/.test(plain)
        ? 'is more than one line'
        : plain.includes('\ufffd')
          ? 'is not UTF-8'
          : Buffer.byteLength(plain) > LONGEST_BYTES
            ? 'is longer than any password'
            : null;
  if (why === null) return new Secret(plain);
  throw new UpkeepError('input.wrong', `${source} ${why}.`, {
    remedy: 'Give the password alone, as one line of UTF-8 text. Nothing was tried and nothing was changed.',
  });
}
