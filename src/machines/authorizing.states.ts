import { agentSetup, failedDialog } from './agent.setup.ts';
import { passwordPrompt, promptSpec, savedWay } from './orders.ts';

/**
 * Get the authority an install needs, by the way that was decided: a password that somebody types, or a saved one; or tell
 * the person why there is none. Whatever comes of it leads back to fresh facts and a new decision; a way that was refused is
 * not taken again in the same wake.
 */
export const authorizingStates = agentSetup.createStateConfig({
  id: 'authorizing',
  initial: 'byPerson',
  on: {
    'agent.woke': { target: '#assessing', actions: { type: 'recordWake', params: ({ event }) => event } },
    'request.heard': {
      guard: { type: 'stirs', params: ({ event }) => event },
      target: '#assessing',
      actions: { type: 'recordRequest', params: ({ event }) => event },
    },
    'dialog.opened': { actions: { type: 'recordDialogOpened', params: ({ event }) => event } },
  },
  states: {
    bySavedCredential: {
      id: 'bySavedCredential',
      tags: ['working'],
      invoke: {
        id: 'unlock',
        src: 'unlockCredential',
        input: ({ context }) => savedWay(context),
        onDone: {
          target: '#assessing',
          actions: { type: 'recordUnlock', params: ({ event }) => ({ outcome: event.output.value }) },
        },
        onError: {
          target: '#assessing',
          actions: { type: 'recordUnlock', params: { outcome: { result: 'refused', why: 'unknown' } } },
        },
      },
    },
    byPerson: {
      id: 'byPerson',
      tags: ['working'],
      invoke: {
        id: 'askPassword',
        src: 'askPassword',
        input: ({ context }) => passwordPrompt(context),
        onDone: [
          {
            guard: {
              type: 'mustBeTold',
              params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
            },
            target: '#telling',
            actions: [
              {
                type: 'recordPassword',
                params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
              },
              { type: 'recordPrompt', params: ({ event }) => ({ kind: 'notice', at: event.output.stamp.at }) },
            ],
          },
          {
            // Fresh facts before the install: the dialog may have stood there for half an hour.
            target: '#assessing',
            actions: {
              type: 'recordPassword',
              params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
            },
          },
        ],
        onError: {
          target: '#assessing',
          actions: {
            type: 'recordPassword',
            params: ({ event }) => failedDialog(event.error),
          },
        },
      },
    },
    telling: {
      id: 'telling',
      tags: ['working'],
      invoke: {
        id: 'tell',
        src: 'showDialog',
        input: ({ context }) => promptSpec(context, 'notice'),
        onDone: {
          target: '#assessing',
          actions: {
            type: 'recordNotice',
            params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
          },
        },
        onError: {
          target: '#assessing',
          actions: {
            type: 'recordNotice',
            params: ({ event }) => failedDialog(event.error),
          },
        },
      },
    },
  },
});
