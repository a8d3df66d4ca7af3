import { agentSetup } from './agent.setup.ts';
import { askingStates } from './asking.states.ts';
import { assessingState, decidingState } from './assessing.states.ts';
import { authorizingStates } from './authorizing.states.ts';
import { firstContext } from './context.ts';
import { downloadingState } from './downloading.states.ts';
import { handingOverState } from './handing-over.states.ts';
import { installingStates, restartingState, unvalidatedState, validatingState } from './installing.states.ts';
import { repairingState } from './repairing.states.ts';
import { restingStates } from './resting.states.ts';
import { rotatingState } from './rotating.states.ts';
import { warningState } from './warning.states.ts';

/** The update workflow, whole. Stepped with `transition()` only; see docs/how-an-update-runs.md. */
export const agentMachine = agentSetup.createMachine({
  id: 'agent',
  context: firstContext,
  initial: 'resting',
  options: { maxIterations: 100 },
  on: {
    // Where nothing else is said: it is written down, and counts at the next look.
    'request.heard': { actions: { type: 'recordRequest', params: ({ event }) => event } },
    'state.recovered': [
      {
        guard: { type: 'installWasUnderWay', params: ({ event }) => event },
        target: '#restarting',
        actions: { type: 'recordRecovery', params: ({ event }) => event },
      },
      { target: '#fresh', actions: { type: 'recordRecovery', params: ({ event }) => event } },
    ],
  },
  states: {
    resting: restingStates,
    assessing: assessingState,
    deciding: decidingState,
    downloading: downloadingState,
    handingOver: handingOverState,
    rotating: rotatingState,
    repairing: repairingState,
    asking: askingStates,
    warning: warningState,
    authorizing: authorizingStates,
    installing: installingStates,
    restarting: restartingState,
    validating: validatingState,
    unvalidated: unvalidatedState,
  },
});
