import type { Tool } from './tool.ts';

/** `-x [-U uid] name`: the process ids, or exit 1 and nothing. */
export const pgrep: Tool = (argv, io, mac) => {
  const place = argv.findIndex((argument) => argument === '-U' || argument === '-u');
  const uid = place < 0 ? null : Number(argv[place + 1]);
  const name = argv.at(-1) ?? '';
  const pids = mac.processes.pids(name, uid);
  for (const pid of pids) io.print(`${pid}\n`);
  return pids.length > 0 ? 0 : 1;
};
