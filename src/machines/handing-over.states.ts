import { agentSetup, failureOf } from './agent.setup.ts';
import { handOverOrder } from './orders.ts';

/** Have macOS itself enforce the hard deadline, while nothing else is due. Left alone to its end, it takes seconds. */
export const handingOverState = agentSetup.createStateConfig({
  id: 'handingOver',
  tags: ['working'],
  on: {
    'agent.woke': { actions: { type: 'recordWake', params: ({ event }) => event } },
  },
  invoke: {
    id: 'handOver',
    src: 'handOver',
    input: ({ context }) => handOverOrder(context),
    onDone: {
      target: '#assessing',
      actions: {
        type: 'recordHandOver',
        params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
      },
    },
    onError: {
      target: '#assessing',
      actions: {
        type: 'recordHandOver',
        params: ({ event }) => {
          const { message, stamp } = failureOf(event.error);
          return { outcome: { result: 'refused', detail: message }, stamp };
        },
      },
    },
  },
});
