import { REQUEST_OPTIONS_HELP, requestCommand } from '../request-command.ts';

export const reset = requestCommand({
  name: 'reset',
  help: `upkeep reset [--root DIR] [--json]

Has the agent forget failed attempts and waiting times, so that it tries again now. What people were promised stays,
and so do deadlines. For administrators.

${REQUEST_OPTIONS_HELP}`,
  positionals: { min: 0, max: 0 },
  read: () => ({ kind: 'reset' }),
});
