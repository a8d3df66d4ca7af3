import { agentSetup, failedDialog } from './agent.setup.ts';
import { promptSpec } from './orders.ts';

/** The warning that names the restart time. It counts from the moment the dialog reports itself open, not before. */
export const warningState = agentSetup.createStateConfig({
  id: 'warning',
  tags: ['working'],
  on: {
    'agent.woke': { target: '#assessing', actions: { type: 'recordWake', params: ({ event }) => event } },
    'request.heard': {
      guard: { type: 'stirs', params: ({ event }) => event },
      target: '#assessing',
      actions: { type: 'recordRequest', params: ({ event }) => event },
    },
    'declarations.changed': {
      guard: { type: 'endsWarning', params: ({ event }) => event },
      target: '#assessing',
    },
    'dialog.opened': { actions: { type: 'recordDialogOpened', params: ({ event }) => event } },
  },
  invoke: {
    id: 'warn',
    src: 'showDialog',
    input: ({ context }) => promptSpec(context, 'warning'),
    onDone: {
      target: '#assessing',
      actions: {
        type: 'recordWarningEnd',
        params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
      },
    },
    onError: {
      target: '#assessing',
      actions: {
        type: 'recordWarningEnd',
        params: ({ event }) => failedDialog(event.error),
      },
    },
  },
});
