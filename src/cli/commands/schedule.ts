import { timeArgument } from '../request-arguments.ts';
import { REQUEST_OPTIONS_HELP, requestCommand } from '../request-command.ts';

export const schedule = requestCommand({
  name: 'schedule',
  help: `upkeep schedule TIME [--root DIR] [--json]

Chooses the time of the restart: 2026-11-23T18:00, local time of the Mac, or with an offset, 2026-11-23T17:00:00Z.
A deadline that comes first goes first. Anybody may ask.

${REQUEST_OPTIONS_HELP}`,
  positionals: { min: 1, max: 1 },
  read: (time = '', now, zone) => ({ kind: 'schedule', at: timeArgument(time, now, zone) }),
});
