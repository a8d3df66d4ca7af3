import { agentSetup, failureOf } from './agent.setup.ts';
import { installOrder, pushRequest } from './orders.ts';

/** Install and restart, by `softwareupdate` with somebody's authority, or by a management server with its own. */
export const installingStates = agentSetup.createStateConfig({
  id: 'installing',
  initial: 'bySoftwareupdate',
  on: {
    'agent.woke': [
      {
        guard: { type: 'rebooted', params: ({ event }) => event },
        target: '#validating',
        actions: { type: 'recordWake', params: ({ event }) => event },
      },
      // Same boot: the runner finds out what became of the tool and its answer comes as the outcome.
      { actions: { type: 'recordWake', params: ({ event }) => event } },
    ],
    'push.moved': { actions: { type: 'recordPushMove', params: ({ event }) => event } },
    'start.settled': { actions: { type: 'recordStart', params: ({ event }) => event } },
  },
  states: {
    byServer: {
      id: 'byServer',
      tags: ['working', 'destructive'],
      invoke: {
        id: 'push',
        src: 'push',
        input: ({ context }) => pushRequest(context),
        onDone: [
          {
            guard: {
              type: 'pushResultIs',
              params: ({ event }) => ({ outcome: event.output.value, result: 'restarting' }),
            },
            target: '#restarting',
            actions: { type: 'recordRestartExpected', params: ({ event }) => ({ stamp: event.output.stamp }) },
          },
          {
            guard: {
              type: 'pushResultIs',
              params: ({ event }) => ({ outcome: event.output.value, result: 'restarted' }),
            },
            target: '#validating',
          },
          {
            target: '#assessing',
            actions: {
              type: 'recordPushEnd',
              params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
            },
          },
        ],
        onError: {
          // How far it came nobody knows, so it may still happen.
          target: '#assessing',
          actions: {
            type: 'recordPushEnd',
            params: ({ event }) => {
              const { message, stamp } = failureOf(event.error);
              return { outcome: { result: 'quiet', plan: null, detail: message }, stamp };
            },
          },
        },
      },
    },
    bySoftwareupdate: {
      id: 'bySoftwareupdate',
      tags: ['working', 'destructive'],
      invoke: {
        id: 'install',
        src: 'install',
        input: ({ context }) => installOrder(context),
        onDone: [
          {
            guard: {
              type: 'installResultIs',
              params: ({ event }) => ({ outcome: event.output.value, result: 'failed' }),
            },
            target: '#assessing',
            actions: {
              type: 'recordInstallFailure',
              params: ({ event }) => ({ outcome: event.output.value, stamp: event.output.stamp }),
            },
          },
          {
            guard: {
              type: 'installResultIs',
              params: ({ event }) => ({ outcome: event.output.value, result: 'restarted' }),
            },
            target: '#validating',
          },
          // Accepted, or nobody can say: either way a restart may come, so it is awaited and never ordered twice.
          {
            target: '#restarting',
            actions: { type: 'recordRestartExpected', params: ({ event }) => ({ stamp: event.output.stamp }) },
          },
        ],
        onError: {
          target: '#restarting',
          actions: { type: 'recordRestartExpected', params: ({ event }) => ({ stamp: failureOf(event.error).stamp }) },
        },
      },
    },
  },
});

/** macOS is going to restart by itself; at rest until it has, or until it is overdue. */
export const restartingState = agentSetup.createStateConfig({
  id: 'restarting',
  tags: ['resting'],
  on: {
    'agent.woke': [
      {
        guard: { type: 'rebooted', params: ({ event }) => event },
        target: '#validating',
        actions: { type: 'recordWake', params: ({ event }) => event },
      },
      {
        guard: { type: 'restartIsOverdue', params: ({ event }) => event },
        target: '#assessing',
        actions: [
          { type: 'recordWake', params: ({ event }) => event },
          { type: 'recordRestartOverdue', params: ({ event }) => event },
        ],
      },
      { actions: { type: 'recordWake', params: ({ event }) => event } },
    ],
  },
});

/** After the restart: is what runs now what was wanted? Only this makes an update done. */
export const validatingState = agentSetup.createStateConfig({
  id: 'validating',
  tags: ['working'],
  on: {
    'agent.woke': {
      target: '#validating',
      reenter: true,
      actions: { type: 'recordWake', params: ({ event }) => event },
    },
  },
  invoke: {
    id: 'validate',
    src: 'gatherFacts',
    input: { scan: false },
    onDone: [
      {
        guard: { type: 'osUnknown', params: ({ event }) => ({ facts: event.output.value }) },
        target: '#unvalidated',
        actions: { type: 'recordNotValidated', params: ({ event }) => ({ facts: event.output.value }) },
      },
      {
        guard: { type: 'updateReached', params: ({ event }) => ({ facts: event.output.value }) },
        target: '#assessing',
        actions: { type: 'recordUpdated', params: ({ event }) => ({ facts: event.output.value }) },
      },
      {
        target: '#assessing',
        actions: { type: 'recordNotUpdated', params: ({ event }) => ({ facts: event.output.value }) },
      },
    ],
    onError: {
      target: '#unvalidated',
      actions: {
        type: 'recordFailure',
        params: ({ event }) => ({ what: 'look at the Mac', failure: failureOf(event.error) }),
      },
    },
  },
});

/** The Mac restarted but would not say what it runs: look again later, claim nothing meanwhile. */
export const unvalidatedState = agentSetup.createStateConfig({
  id: 'unvalidated',
  tags: ['resting'],
  on: {
    'agent.woke': { target: '#validating', actions: { type: 'recordWake', params: ({ event }) => event } },
  },
});
