import { printService, serviceVerb } from './launchctl-services.ts';
import type { Tool } from './tool.ts';

/** `asuser` runs a command in a login session; `print` tells whether a domain or service exists; the rest is services. */
export const launchctl: Tool = (argv, io, mac) => {
  const [verb, target = '', ...command] = argv;
  if (verb === 'asuser') {
    const uid = Number(target);
    if (mac.consoleUser()?.uid !== uid) {
      io.printErr(`Could not find domain for user: ${target}\n`);
      return 113;
    }
    const running = io.exec(command, { ...io.caller, sessionUid: uid });
    if (running !== null) return running;
    io.printErr(`launchctl: Couldn't exec program ${command[0] ?? ''}: No such file or directory\n`);
    return 78;
  }
  if (verb === 'print') {
    if (target.startsWith('system/')) return printService(target.slice('system/'.length), io, mac);
    const there = target === 'system' || target === `gui/${mac.consoleUser()?.uid}`;
    if (there) io.print(`${target} = {\n\ttype = ${target === 'system' ? 'system' : 'login'}\n}\n`);
    else io.printErr(`Bad request.\nCould not find domain for user gui: ${target.replace('gui/', '')}\n`);
    return there ? 0 : 113;
  }
  const exitCode = serviceVerb(argv, io, mac);
  if (exitCode !== null) return exitCode;
  io.printErr(`Unrecognized subcommand: ${verb ?? ''}\nUsage: launchctl <subcommand> ... | help [subcommand]\n`);
  return 64;
};
