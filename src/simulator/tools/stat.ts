import type { Tool } from './tool.ts';

/** `-f%Su /dev/console`: who owns the console, which is root at the login window. */
export const stat: Tool = (argv, io, mac) => {
  const user = mac.consoleUser();
  if (argv.at(-1) !== '/dev/console') {
    io.printErr(`stat: ${argv.at(-1) ?? ''}: stat: No such file or directory\n`);
    return 1;
  }
  const numeric = argv.some((argument) => argument.includes('%u'));
  io.print(`${numeric ? (user?.uid ?? 0) : (user?.name ?? 'root')}\n`);
  return 0;
};
