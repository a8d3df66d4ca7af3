import { agentSetup, failureOf } from './agent.setup.ts';
import { downloadOrder } from './orders.ts';

/** Fetch the update without disturbing anybody; macOS continues what it has if this is cut off. */
export const downloadingState = agentSetup.createStateConfig({
  id: 'downloading',
  tags: ['working'],
  on: {
    'agent.woke': { target: '#assessing', actions: { type: 'recordWake', params: ({ event }) => event } },
    'request.heard': {
      guard: { type: 'isPause', params: ({ event }) => event },
      target: '#assessing',
      actions: { type: 'recordRequest', params: ({ event }) => event },
    },
  },
  invoke: {
    id: 'download',
    src: 'download',
    input: ({ context }) => downloadOrder(context),
    onDone: {
      target: '#assessing',
      actions: {
        type: 'recordDownload',
        params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
      },
    },
    onError: {
      target: '#assessing',
      actions: {
        type: 'recordDownload',
        params: ({ event }) => {
          const failure = failureOf(event.error);
          return { outcome: { result: 'failed', reason: failure.code, detail: failure.message }, stamp: failure.stamp };
        },
      },
    },
  },
});
