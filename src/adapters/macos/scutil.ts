import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';

/** Who is logged in at the screen; `name` is null where nobody is, and `instead` says what is there. */
export type ConsoleReading =
  | { name: string; uid: number; instead: null }
  | { name: null; uid: null; instead: 'login window' | 'setup assistant' | 'nobody' };

/** Reads the answer of `scutil` to `show State:/Users/ConsoleUser`. */
export function readConsoleUser(printed: Printed): ConsoleReading {
  if (/^\s*No such key\s*$/.test(printed.stdout)) return { name: null, uid: null, instead: 'nobody' };
  const values = dictionaryOf(printed);
  const name = values.get('/Name') ?? '';
  if (name === '' || name === 'root') return { name: null, uid: null, instead: 'nobody' };
  if (name === 'loginwindow') return { name: null, uid: null, instead: 'login window' };
  if (name === '_mbsetupuser') return { name: null, uid: null, instead: 'setup assistant' };
  // The session on the console decides: right after a first fast user switch the outer UID can still be the old one.
  const onConsole = [...values]
    .filter(([path, value]) => path.endsWith('/kCGSSessionOnConsoleKey') && value === 'TRUE')
    .map(([path]) => path.slice(0, path.lastIndexOf('/')));
  if (onConsole.length > 1) throw unreadable(TOOL, printed, 'two sessions are on the console');
  const session = onConsole[0];
  const uid = (session === undefined ? undefined : values.get(`${session}/kCGSSessionUserIDKey`)) ?? values.get('/UID');
  const userName = (session === undefined ? undefined : values.get(`${session}/kCGSSessionUserNameKey`)) ?? name;
  if (userName !== name) throw unreadable(TOOL, printed, 'it names two people at once');
  if (uid === undefined || !/^\d{1,10}$/.test(uid)) throw unreadable(TOOL, printed, 'it names no user id');
  return { name, uid: Number(uid), instead: null };
}

const TOOL = 'scutil';

/** The values of the printed dictionary by their path, such as `/SessionInfo/0/kCGSSessionUserIDKey`. */
function dictionaryOf(printed: Printed): Map<string, string> {
  const values = new Map<string, string>();
  const path: string[] = [];
  let isOpen = false;
  for (const line of splitLines(printed.stdout)) {
    const text = line.text.trim();
    const [, opened] = /^(?:(\S+) : )?<(?:dictionary|array)> \{$/.exec(text) ?? [];
    if (!isOpen && text === '<dictionary> {') isOpen = true;
    else if (isOpen && opened !== undefined) path.push(opened);
    else if (isOpen && text === '}' && path.pop() === undefined) return values;
    else {
      const [, key, value] = /^(\S+) : ?(.*)$/.exec(text) ?? [];
      if (isOpen && key !== undefined && value !== undefined) values.set(`/${[...path, key].join('/')}`, value);
    }
  }
  throw unreadable(TOOL, printed, isOpen ? 'the dictionary does not end' : 'it is no dictionary');
}
