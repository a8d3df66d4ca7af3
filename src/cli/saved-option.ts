import { SAVED_METHODS } from '../domain/credentials.ts';
import { REHEARSED_TROUBLES, type SavedWay } from '../simulator/saved-ways.ts';
import type { Values } from './command.ts';
import { textOption, wrongOption } from './options.ts';

const ALLOWED = `METHOD or METHOD=TROUBLE, with commas between several; METHOD is one of: ${SAVED_METHODS.join(', ')}; TROUBLE is one of: ${REHEARSED_TROUBLES.join(', ')}`;

/** What is saved on the simulated Mac: `local-account=drifted,service-account`. Throws `usage.wrong`. */
export function savedOption(values: Values): SavedWay[] {
  const text = textOption(values, 'saved', ALLOWED);
  if (text === null) return [];
  const ways = text.split(',').map((part) => wayIn(part.trim()));
  const known = ways.filter((way) => way !== null);
  const isTwice = new Set(known.map(({ method }) => method)).size < known.length;
  if (known.length < ways.length || isTwice) throw wrongOption('saved', text, ALLOWED);
  return known;
}

function wayIn(text: string): SavedWay | null {
  const [name, named, ...more] = text.split('=');
  const method = SAVED_METHODS.find((one) => one === name);
  const trouble = REHEARSED_TROUBLES.find((one) => one === named) ?? null;
  const isWrong = method === undefined || more.length > 0 || (named !== undefined && trouble === null);
  // The keychain of the Mac is always open to root.
  if (trouble === 'keychain-unavailable' && method !== 'saved-password') return null;
  return isWrong ? null : { method, trouble };
}
