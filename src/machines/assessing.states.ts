import type { PushPlan } from '../domain/push.ts';
import { wantsItPassed } from '../policy/next-start.ts';
import { scanIsDue } from '../policy/observe.ts';
import { planToAsk } from '../policy/pending-push.ts';
import { agentSetup, failureOf } from './agent.setup.ts';
import type { AgentContext } from './context.ts';

/** Look at the Mac; decide follows at once from what was found. */
export const assessingState = agentSetup.createStateConfig({
  id: 'assessing',
  tags: ['working'],
  on: {
    'agent.woke': {
      target: '#assessing',
      reenter: true,
      actions: { type: 'recordWake', params: ({ event }) => event },
    },
    // What was asked may need another look than the one under way, such as a scan.
    'request.heard': {
      target: '#assessing',
      reenter: true,
      actions: { type: 'recordRequest', params: ({ event }) => event },
    },
  },
  invoke: {
    id: 'assess',
    src: 'gatherFacts',
    input: ({ context, event }) => ({
      ...pushToAsk(context, momentOf(event, context.facts?.at ?? 0)),
      // Between wakes the list is good for hours; only its age decides, not how we came here.
      scan:
        context.settings !== null &&
        scanIsDue(context.ledger, context.settings, momentOf(event, context.facts?.at ?? 0)),
      // Only then can it matter, and it costs some tools. macOS may hold an update that upkeep knows no download of.
      authority: context.ledger.target !== null,
      // Also without a target: macOS may have been told to install what upkeep has not to.
      declared: true,
      ...(context.settings !== null && wantsItPassed(context.settings) ? { fileVault: true } : {}),
      ...(mayRepairWithTyped(context) ? { personIsAdmin: true } : {}),
    }),
    onDone: {
      target: '#deciding',
      actions: { type: 'recordFacts', params: ({ event }) => ({ facts: event.output.value }) },
    },
    onError: {
      target: '#stumbled',
      actions: {
        type: 'recordFailure',
        params: ({ event }) => ({ what: 'look at the Mac', failure: failureOf(event.error) }),
      },
    },
  },
});

/** Only then it matters who the person at the Mac is. */
function mayRepairWithTyped({ settings, ledger }: AgentContext): boolean {
  return settings?.mdm.repairBootstrapToken === 'person' && ledger.server?.why === 'bootstrap-token';
}

function pushToAsk({ ledger }: AgentContext, at: number): { push?: PushPlan } {
  const push = planToAsk(ledger, at);
  return push === null ? {} : { push };
}

/** When the event that led here happened: its own stamp, or the stamp of the outcome it carries. */
function momentOf(event: object, otherwise: number): number {
  if ('at' in event && typeof event.at === 'number') return event.at;
  const output = 'output' in event ? (event.output as { stamp?: { at?: number } } | undefined) : undefined;
  return output?.stamp?.at ?? otherwise;
}

/** A junction without a stay: the decision made from the facts says where to go. */
export const decidingState = agentSetup.createStateConfig({
  id: 'deciding',
  always: [
    { guard: 'tooManySteps', target: '#stumbled', actions: 'recordTooManySteps' },
    { guard: { type: 'decidedToRest', params: { state: 'upToDate' } }, target: '#upToDate' },
    { guard: { type: 'decidedToRest', params: { state: 'deferred' } }, target: '#deferred' },
    { guard: { type: 'decidedToRest', params: { state: 'scheduled' } }, target: '#scheduled' },
    { guard: { type: 'decidedToRest', params: { state: 'waiting' } }, target: '#waiting' },
    { guard: { type: 'decidedToRest', params: { state: 'backingOff' } }, target: '#backingOff' },
    { guard: { type: 'decidedToRest', params: { state: 'halted' } }, target: '#halted' },
    { guard: { type: 'decidedToRest', params: { state: 'paused' } }, target: '#paused' },
    { guard: { type: 'decided', params: { kind: 'download' } }, target: '#downloading' },
    {
      guard: { type: 'decided', params: { kind: 'ask' } },
      target: '#asking',
      actions: {
        type: 'recordPrompt',
        params: ({ context }) => ({
          kind: context.decision?.kind === 'ask' ? context.decision.prompt : 'choice',
          at: context.facts?.at ?? 0,
        }),
      },
    },
    {
      guard: { type: 'decided', params: { kind: 'warn' } },
      target: '#warning',
      actions: { type: 'recordWarning', params: ({ context }) => ({ at: context.facts?.at ?? 0 }) },
    },
    { guard: 'decidedOnServer', target: '#byServer', actions: 'recordInstallBegin' },
    { guard: 'repairsWithTyped', target: '#repairing' },
    { guard: 'authorized', target: '#installing', actions: 'recordInstallBegin' },
    { guard: 'decidedOnSavedWay', target: '#bySavedCredential' },
    {
      guard: { type: 'decided', params: { kind: 'authorize' } },
      target: '#authorizing',
      actions: { type: 'recordPrompt', params: ({ context }) => ({ kind: 'password', at: context.facts?.at ?? 0 }) },
    },
    {
      guard: { type: 'decided', params: { kind: 'tell' } },
      target: '#telling',
      actions: { type: 'recordPrompt', params: ({ context }) => ({ kind: 'notice', at: context.facts?.at ?? 0 }) },
    },
    { guard: { type: 'decided', params: { kind: 'install' } }, target: '#installing', actions: 'recordInstallBegin' },
    { guard: { type: 'decided', params: { kind: 'hand-over' } }, target: '#handingOver' },
    { guard: { type: 'decided', params: { kind: 'rotate' } }, target: '#rotating' },
    { guard: { type: 'decided', params: { kind: 'repair-token' } }, target: '#repairing' },
    // No settings yet: nothing can be decided, and nothing is done.
    { target: '#fresh' },
  ],
});
