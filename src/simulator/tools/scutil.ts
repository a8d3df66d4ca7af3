import type { Mac } from '../mac/mac.ts';
import type { Tool } from './tool.ts';

/** Reads commands from stdin, one a line, until `quit` or the end. */
export const scutil: Tool = (argv, io, mac) => {
  if (argv[0] === '--get') {
    const known = argv[1] === 'ComputerName' || argv[1] === 'LocalHostName';
    if (known) io.print(`${mac.spec.user}s-Mac\n`);
    else io.print(`${argv[1] ?? ''}: not set\n`);
    return known ? 0 : 1;
  }
  for (const line of (io.stdin ?? '').split('\n')) {
    const [command, key] = line.trim().split(/\s+/);
    if (command === 'quit' || command === 'exit') break;
    if (command !== 'show') continue;
    io.print(key === 'State:/Users/ConsoleUser' ? consoleUser(mac) : '  No such key\n');
  }
  return 0;
};

function consoleUser(mac: Mac): string {
  const user = mac.consoleUser();
  if (user === null) return '<dictionary> {\n  Name : loginwindow\n  UID : 0\n}\n';
  return [
    '<dictionary> {',
    `  Name : ${user.name}`,
    '  SessionInfo : <array> {',
    '    0 : <dictionary> {',
    '      kCGSSessionOnConsoleKey : TRUE',
    `      kCGSSessionUserIDKey : ${user.uid}`,
    `      kCGSSessionUserNameKey : ${user.name}`,
    '    }',
    '    1 : <dictionary> {',
    '      kCGSSessionUserIDKey : 0',
    '      kCGSSessionUserNameKey : root',
    '    }',
    '  }',
    `  UID : ${user.uid}`,
    '}',
    '',
  ].join('\n');
}
