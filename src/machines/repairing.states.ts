import { agentSetup, failureOf } from './agent.setup.ts';

/** Escrow a new bootstrap token. It is not broken off: cut off by a crash it is taken up again, and goes on from where it was. */
export const repairingState = agentSetup.createStateConfig({
  id: 'repairing',
  tags: ['working'],
  on: {
    'agent.woke': { actions: { type: 'recordWake', params: ({ event }) => event } },
  },
  invoke: {
    id: 'repair',
    src: 'repairToken',
    input: {},
    onDone: {
      target: '#assessing',
      actions: {
        type: 'recordTokenRepair',
        params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
      },
    },
    onError: {
      target: '#assessing',
      actions: {
        type: 'recordTokenRepair',
        params: ({ event }) => {
          const failure = failureOf(event.error);
          return { outcome: { result: 'failed', why: failure.message }, stamp: failure.stamp };
        },
      },
    },
  },
});
