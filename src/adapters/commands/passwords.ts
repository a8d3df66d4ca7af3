import { UpkeepError } from '../../domain/problem.ts';
import type { Secret } from '../../domain/secret.ts';

/** Longer ones are cut by the C library's `getpass`, and a cut password counts as a failed login. */
const TERMINAL_BYTES = 128;

/** A password that can be sent as one line. A blank one is never sent: it counts as a failed login. */
export function usable(password: Secret): Secret {
  const isUsable = password.expose((plain) => plain.trim() !== '' && !/[\r\n\0]/.test(plain));
  if (isUsable) return password;
  throw new UpkeepError('input.wrong', 'The password is blank or more than one line.', {
    remedy: 'Ask for it again; nothing was run.',
  });
}

/** A password whose characters are all text: no tool takes a control character for what it is. */
export function plainText(password: Secret): Secret {
  const isText = usable(password).expose((plain) => !/\p{Cc}/u.test(plain) && plain.isWellFormed());
  if (isText) return password;
  throw new UpkeepError('input.wrong', 'The password holds characters that cannot be typed.', {
    remedy: 'Choose another password; nothing was run.',
  });
}

/** A password that can be typed at a tool's prompt on a terminal. */
export function typeable(password: Secret): Secret {
  const isShort = plainText(password).expose((plain) => Buffer.byteLength(plain) <= TERMINAL_BYTES);
  if (isShort) return password;
  throw new UpkeepError('input.wrong', `The password is longer than the ${TERMINAL_BYTES} bytes a prompt takes.`, {
    remedy: 'Choose a shorter one; nothing was run.',
  });
}
