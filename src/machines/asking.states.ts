import { agentSetup, failedDialog } from './agent.setup.ts';
import { promptSpec } from './orders.ts';

/** A dialog is on the screen: later, now, or at a time of the person's choice. */
export const askingStates = agentSetup.createStateConfig({
  id: 'asking',
  initial: 'choosing',
  on: {
    // The dialog died with the process and the choice was not made: look again, then ask again.
    'agent.woke': { target: '#assessing', actions: { type: 'recordWake', params: ({ event }) => event } },
    'request.heard': {
      guard: { type: 'stirs', params: ({ event }) => event },
      target: '#assessing',
      actions: { type: 'recordRequest', params: ({ event }) => event },
    },
    'declarations.changed': { target: '#assessing' },
    'dialog.opened': { actions: { type: 'recordDialogOpened', params: ({ event }) => event } },
  },
  states: {
    choosing: {
      id: 'choosing',
      tags: ['working'],
      invoke: {
        id: 'ask',
        src: 'showDialog',
        input: ({ context }) =>
          promptSpec(context, context.decision?.kind === 'ask' ? context.decision.prompt : 'choice'),
        onDone: [
          {
            guard: { type: 'wantsTime', params: ({ event }) => ({ outcome: event.output.value }) },
            target: 'scheduling',
            actions: { type: 'recordPrompt', params: ({ event }) => ({ kind: 'schedule', at: event.output.stamp.at }) },
          },
          {
            target: '#assessing',
            actions: {
              type: 'recordAnswer',
              params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
            },
          },
        ],
        onError: {
          target: '#assessing',
          actions: { type: 'recordAnswer', params: ({ event }) => failedDialog(event.error) },
        },
      },
    },
    scheduling: {
      id: 'scheduling',
      tags: ['working'],
      invoke: {
        id: 'askTime',
        src: 'showDialog',
        input: ({ context }) => promptSpec(context, 'schedule'),
        onDone: [
          {
            guard: { type: 'wantsBack', params: ({ event }) => ({ outcome: event.output.value }) },
            target: 'choosing',
            actions: {
              type: 'recordPrompt',
              params: ({ context, event }) => ({
                kind: context.decision?.kind === 'ask' ? context.decision.prompt : 'choice',
                at: event.output.stamp.at,
              }),
            },
          },
          {
            target: '#assessing',
            actions: {
              type: 'recordAnswer',
              params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
            },
          },
        ],
        onError: {
          target: '#assessing',
          actions: { type: 'recordAnswer', params: ({ event }) => failedDialog(event.error) },
        },
      },
    },
  },
});
