import { agentSetup, failureOf } from './agent.setup.ts';
import { tokenRepairOrder } from './orders.ts';

/**
 * Have a new bootstrap token sent to the management server, which had none of use. It is not broken off: cut off by a crash
 * it is taken up again, and finds out how far it came.
 */
export const repairingState = agentSetup.createStateConfig({
  id: 'repairing',
  tags: ['working'],
  on: {
    'agent.woke': { actions: { type: 'recordWake', params: ({ event }) => event } },
  },
  invoke: {
    id: 'repair',
    src: 'repairToken',
    input: ({ context }) => tokenRepairOrder(context),
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
          const { message, stamp } = failureOf(event.error);
          return { outcome: { result: 'failed', why: 'later', detail: message }, stamp };
        },
      },
    },
  },
});
