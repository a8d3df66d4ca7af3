import { REQUEST_OPTIONS_HELP, requestCommand } from '../request-command.ts';

export const check = requestCommand({
  name: 'check',
  help: `upkeep check [--root DIR] [--json]

Asks the agent to look for updates now. Anybody may ask.

${REQUEST_OPTIONS_HELP}

Exit code 75 where the agent could not be reached; then nothing was kept.`,
  positionals: { min: 0, max: 0 },
  read: () => ({ kind: 'check' }),
});
