import { agentSetup, failureOf } from './agent.setup.ts';
import { passwordPrompt } from './orders.ts';

/**
 * Get the authority an install needs. The ways form a list that is walked in order; in this version it has one entry,
 * the person's own password. Service account, saved credential and MDM attach here as further child states.
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
    byPerson: {
      id: 'byPerson',
      tags: ['working'],
      invoke: {
        id: 'askPassword',
        src: 'askPassword',
        input: ({ context }) => passwordPrompt(context),
        onDone: {
          // Fresh facts before the install: the dialog may have stood there for half an hour.
          target: '#assessing',
          actions: {
            type: 'recordPassword',
            params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
          },
        },
        onError: {
          target: '#assessing',
          actions: {
            type: 'recordPassword',
            params: ({ event }) => {
              const failure = failureOf(event.error);
              return { outcome: { answer: 'failed', why: failure.message }, stamp: failure.stamp };
            },
          },
        },
      },
    },
  },
});
