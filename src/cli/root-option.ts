import { isAbsolute, normalize } from 'node:path';
import { leadingTo } from '../adapters/launchd/setup.ts';
import { type Places, placesUnder } from '../adapters/places.ts';
import type { Values } from './command.ts';
import { textOption, wrongOption } from './options.ts';

const ALLOWED = 'the whole path of a folder that holds a simulated Mac';

/** Where things lie: on this Mac, or below `--root`. Throws `usage.wrong` for what is no folder. */
export function placesOf(values: Values): Places {
  const given = textOption(values, 'root', ALLOWED);
  if (given === null) return placesUnder('');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path with these cannot stand in a property list
  if (!isAbsolute(given) || /[\u0000-\u001f]/.test(given)) throw wrongOption('root', given, ALLOWED);
  const root = normalize(given).replace(/\/+$/, '');
  if (root === '') return placesUnder('');
  if (leadingTo(root)?.isDirectory() !== true) {
    throw wrongOption('root', given, ALLOWED, null, ': there is no such folder');
  }
  return placesUnder(root);
}
