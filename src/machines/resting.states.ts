import { agentSetup } from './agent.setup.ts';

/** Nothing to do until `wakeAt`, for the reasons in `because`. Each kind of waiting is a state of its own. */
export const restingStates = agentSetup.createStateConfig({
  id: 'resting',
  initial: 'fresh',
  on: {
    'agent.woke': [
      {
        guard: { type: 'isDue', params: ({ event }) => event },
        target: '#assessing',
        actions: { type: 'recordWake', params: ({ event }) => event },
      },
      { actions: { type: 'recordWake', params: ({ event }) => event } },
    ],
    'request.heard': [
      {
        guard: { type: 'isAccepted', params: ({ event }) => event },
        target: '#assessing',
        actions: { type: 'recordRequest', params: ({ event }) => event },
      },
      { actions: { type: 'recordRequest', params: ({ event }) => event } },
    ],
  },
  states: {
    /** Installed a moment ago and never looked. */
    fresh: { id: 'fresh', tags: ['resting'] },
    upToDate: { id: 'upToDate', tags: ['resting'], entry: 'recordRest' },
    deferred: { id: 'deferred', tags: ['resting'], entry: 'recordRest' },
    scheduled: { id: 'scheduled', tags: ['resting'], entry: 'recordRest' },
    waiting: { id: 'waiting', tags: ['resting'], entry: 'recordRest' },
    backingOff: { id: 'backingOff', tags: ['resting'], entry: 'recordRest' },
    /** A bound was reached; upkeep only looks now and then whether something changed. */
    halted: { id: 'halted', tags: ['resting'], entry: 'recordRest' },
    /** An administrator said so; upkeep only looks when the pause is over. */
    paused: { id: 'paused', tags: ['resting'], entry: 'recordRest' },
    /** An effect threw: the wake was set where it happened, not by a decision. */
    stumbled: { id: 'stumbled', tags: ['resting'] },
  },
});
