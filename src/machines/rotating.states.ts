import { agentSetup, failureOf } from './agent.setup.ts';

/**
 * Change the password of upkeep’s own account, while nothing else is due. It is not broken off: left to its end it takes
 * seconds, and cut off by a crash it is taken up again, which finds out which password the account has.
 */
export const rotatingState = agentSetup.createStateConfig({
  id: 'rotating',
  tags: ['working'],
  on: {
    'agent.woke': { actions: { type: 'recordWake', params: ({ event }) => event } },
  },
  invoke: {
    id: 'rotate',
    src: 'rotatePassword',
    input: ({ context }) => ({ savedAt: context.decision?.kind === 'rotate' ? context.decision.savedAt : 0 }),
    onDone: {
      target: '#assessing',
      actions: {
        type: 'recordRotation',
        params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
      },
    },
    onError: {
      target: '#assessing',
      actions: {
        type: 'recordRotation',
        params: ({ event }) => {
          const failure = failureOf(event.error);
          return { outcome: { result: 'failed', why: failure.message }, stamp: failure.stamp };
        },
      },
    },
  },
});
