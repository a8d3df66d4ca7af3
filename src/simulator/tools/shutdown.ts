import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import { ctime } from './local-time.ts';
import type { Tool } from './tool.ts';

/** `-r now|+{minutes}|+{n}s` for root: forks, returns, and later restarts without asking any app. */
export const shutdown: Tool = (argv, io, mac) => {
  if (io.caller.uid !== 0) {
    io.printErr('shutdown: NOT super-user\n');
    return 1;
  }
  const when = argv.find((argument) => argument === 'now' || /^\+\d+s?$/.test(argument));
  if (!argv.includes('-r') || when === undefined) {
    io.printErr('usage: shutdown [-] [-h [-u] [-n] | -r [-n] | -s | -k] time [warning-message ...]\n');
    return 1;
  }
  const amount = Number(when.replace(/\D/g, ''));
  const delayMs = when === 'now' ? 2 * SECOND_MS : amount * (when.endsWith('s') ? SECOND_MS : MINUTE_MS);
  const words = when === 'now' ? 'Shutdown NOW!' : `Shutdown at ${ctime(mac.world.wall() + delayMs, mac.zone)}.`;
  io.print(`${words}\nshutdown: [pid ${io.pid + 1}]\n`);
  mac.awake.after(delayMs, () => mac.restart('shutdown', io.call));
  return 0;
};
