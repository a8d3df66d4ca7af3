import { lengthArgument } from '../request-arguments.ts';
import { REQUEST_OPTIONS_HELP, requestCommand } from '../request-command.ts';

const MOST_DAYS = 366;

export const defer = requestCommand({
  name: 'defer',
  help: `upkeep defer LENGTH [--root DIR] [--json]

Puts the update off for so long (45m, 4h, 1d, 1d12h), within what settings and deadlines leave. Anybody may ask.

${REQUEST_OPTIONS_HELP}`,
  positionals: { min: 1, max: 1 },
  read: (length = '') => ({ kind: 'defer', minutes: lengthArgument(length, MOST_DAYS) }),
});
