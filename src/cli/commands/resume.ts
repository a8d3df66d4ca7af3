import { REQUEST_OPTIONS_HELP, requestCommand } from '../request-command.ts';

export const resume = requestCommand({
  name: 'resume',
  help: `upkeep resume [--root DIR] [--json]

Ends a pause. For administrators.

${REQUEST_OPTIONS_HELP}`,
  positionals: { min: 0, max: 0 },
  read: () => ({ kind: 'resume' }),
});
