import { type PlistValue, parse as parsePlist } from 'plist';
import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';
import { type Dictionary, isDictionary } from './plist-answer.ts';

/** Whether the screen is locked; null where no session is on the console, which is neither. */
export type ScreenLock = { locked: boolean | null; user: string | null };

export type Idle = { idleNanoseconds: number; idleSeconds: number };

/** Reads `ioreg -n Root -d1 -a`. An unlocked session has no `CGSSessionScreenIsLocked` at all. */
export function readScreenLock(printed: Printed): ScreenLock {
  const root = rootOf(printed);
  const sessions = root.IOConsoleUsers;
  if (!Array.isArray(sessions)) throw unreadable('ioreg', printed, 'it does not list who is at the console');
  const onConsole = sessions.filter(isDictionary).filter((session) => session.kCGSSessionOnConsoleKey === true);
  const [session] = onConsole;
  if (onConsole.length > 1) throw unreadable('ioreg', printed, 'two sessions are on the console');
  if (session === undefined) return { locked: null, user: null };
  const user = session.kCGSSessionUserNameKey;
  return {
    locked: session.CGSSessionScreenIsLocked === true || root.IOConsoleLocked === true,
    user: typeof user === 'string' ? user : null,
  };
}

/** Reads `ioreg -c IOHIDSystem`. Of several idle times the smallest counts: somebody touched something then. */
export function readIdle(printed: Printed): Idle {
  const times = splitLines(printed.stdout)
    .filter((line) => line.ended)
    .map((line) => /"HIDIdleTime"\s*=\s*(\d+)\s*$/.exec(line.text)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number);
  if (times.length === 0) throw unreadable('ioreg', printed, 'it names no idle time');
  const idleNanoseconds = Math.min(...times);
  return { idleNanoseconds, idleSeconds: Math.floor(idleNanoseconds / 1_000_000_000) };
}

/** Reads `ioreg -rd1 -c IOPlatformExpertDevice`. */
export function readHardware(printed: Printed): { uuid: string } {
  const found = [
    ...printed.stdout.matchAll(/"IOPlatformUUID"\s*=\s*"([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})"/gi),
  ];
  const [uuid, ...others] = new Set(found.map(([, text = '']) => text.toUpperCase()));
  if (uuid === undefined) throw unreadable('ioreg', printed, 'it names no hardware UUID');
  if (others.length > 0) throw unreadable('ioreg', printed, 'it names two hardware UUIDs');
  return { uuid };
}

function rootOf(printed: Printed): Dictionary {
  const text = printed.stdout.trim();
  if (!text.startsWith('<') || !text.endsWith('</plist>'))
    throw unreadable('ioreg', printed, 'it is not a whole property list');
  let root: PlistValue;
  try {
    root = parsePlist(text);
  } catch (error) {
    throw unreadable('ioreg', printed, 'it is not a property list', error);
  }
  const first = Array.isArray(root) ? root[0] : root;
  if (!isDictionary(first)) throw unreadable('ioreg', printed, 'it is no dictionary');
  return first;
}
