import { REQUEST_OPTIONS_HELP, requestCommand } from '../request-command.ts';

export const installNow = requestCommand({
  name: 'install-now',
  help: `upkeep install-now [--root DIR] [--json]

Asks the agent to install the update as soon as it can. From the person at the Mac that is consent; asked by an
administrator, people are warned first.

${REQUEST_OPTIONS_HELP}`,
  positionals: { min: 0, max: 0 },
  read: () => ({ kind: 'install' }),
});
