import type { Mac } from '../mac/mac.ts';
import { addItem, deleteItem, findItem } from './security-items.ts';
import { searchList, tellError } from './security-keychains.ts';
import { linesOf, wordsOf } from './security-line.ts';
import type { Tool, ToolIo } from './tool.ts';

const UNKNOWN = 1;

/** Keychains. With `-i` the commands come on stdin, one a line, and the exit code is that of the last one. */
export const security: Tool = async (argv, io, mac) => {
  const first = argv.findIndex((word) => !word.startsWith('-'));
  const options = first === -1 ? argv : argv.slice(0, first);
  await io.sleep(mac.random.whole(20, 120));
  if (!options.some((option) => /^-[a-z]*i/.test(option))) return command(argv.slice(Math.max(first, 0)), io, mac);
  let result = 0;
  // It has read all of stdin by the time a command asks: a question finds nothing there.
  const inside: ToolIo = { ...io, ask: (prompt) => Promise.resolve(io.printErr(prompt)).then(() => '') };
  for (const line of linesOf(io.stdin ?? '')) {
    const words = wordsOf(line);
    if (words[0] === 'quit') break;
    if (words.length > 0) result = await command(words, inside, mac);
  }
  return result;
};

async function command([verb = '', ...words]: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  switch (verb) {
    case 'find-generic-password':
      return findItem(words, io, mac);
    case 'add-generic-password':
      return addItem(words, io, mac);
    case 'delete-generic-password':
      return deleteItem(words, io, mac);
    case 'list-keychains':
      for (const { path } of searchList(io.caller, mac)) io.print(`    "${path}"\n`);
      return 0;
    case 'default-keychain':
    case 'login-keychain':
      io.print(`    "${searchList(io.caller, mac)[0]?.path ?? ''}"\n`);
      return 0;
    case 'unlock-keychain':
      return unlock(words, io, mac);
    case 'lock-keychain':
      return lock(words, io, mac);
    default:
      io.printErr(`security: unknown command "${verb}"\n`);
      return UNKNOWN;
  }
}

async function unlock(words: readonly string[], io: ToolIo, mac: Mac): Promise<number> {
  const place = words.indexOf('-p');
  const path = words.find((word, at) => !word.startsWith('-') && (place === -1 || at !== place + 1));
  const keychain = path === undefined ? searchList(io.caller, mac)[0] : mac.keychains.at(path);
  if (!keychain) return tellError(`SecKeychainUnlock ${path ?? '<NULL>'}`, 'keychain not found', io);
  const given = place === -1 ? await io.ask(`password to unlock ${path ?? 'default'}: `) : (words[place + 1] ?? '');
  if (keychain.uid !== 0 && given !== keychain.password) {
    return tellError(`SecKeychainUnlock ${path ?? '<NULL>'}`, 'wrong password', io);
  }
  keychain.locked = false;
  return 0;
}

function lock(words: readonly string[], io: ToolIo, mac: Mac): number {
  const path = words.find((word) => !word.startsWith('-'));
  const keychain = path === undefined ? searchList(io.caller, mac)[0] : mac.keychains.at(path);
  if (!keychain) return tellError(`SecKeychainLock ${path ?? '<NULL>'}`, 'keychain not found', io);
  if (keychain.uid !== 0) keychain.locked = true;
  return 0;
}
