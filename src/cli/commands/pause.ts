import { MINUTE_MS } from '../../domain/instant.ts';
import { LONGEST_PAUSE_DAYS } from '../../domain/request.ts';
import { lengthArgument } from '../request-arguments.ts';
import { REQUEST_OPTIONS_HELP, requestCommand } from '../request-command.ts';

export const pause = requestCommand({
  name: 'pause',
  help: `upkeep pause [LENGTH] [--root DIR] [--json]

The agent does nothing but look for so long (1d): no question, no download, no restart. At most ${LONGEST_PAUSE_DAYS} days; deadlines
go on. For administrators.

${REQUEST_OPTIONS_HELP}`,
  positionals: { min: 0, max: 1 },
  read: (length = '1d', now) => ({
    kind: 'pause',
    until: now + lengthArgument(length, LONGEST_PAUSE_DAYS) * MINUTE_MS,
  }),
});
