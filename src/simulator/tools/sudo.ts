import type { Tool } from './tool.ts';

/** `-u NAME command…`, for root: becomes that user and stays in the session it is in. */
export const sudo: Tool = (argv, io, mac) => {
  let name = 'root';
  let place = 0;
  while (argv[place]?.startsWith('-')) {
    const option = argv[place];
    place += 1;
    if (option === '-u') {
      name = argv[place] ?? '';
      place += 1;
    }
    if (option === '--') break;
  }
  const uid = name === 'root' ? 0 : mac.accounts.named(name)?.uid;
  if (uid === undefined) {
    io.printErr(`sudo: unknown user ${name}\nsudo: error initializing audit plugin sudoers_audit\n`);
    return 1;
  }
  const command = argv.slice(place);
  const running = io.exec(command, { ...io.caller, uid, name });
  if (running !== null) return running;
  io.printErr(`sudo: ${command[0] ?? ''}: command not found\n`);
  return 1;
};
