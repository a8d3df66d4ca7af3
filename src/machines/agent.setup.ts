import { assign, fromPromise, setup } from 'xstate';
import type { DecisionKind, RestState } from '../domain/decision.ts';
import type { Facts } from '../domain/facts.ts';
import type { Instant, Stamp } from '../domain/instant.ts';
import type { PromptKind } from '../domain/ledger.ts';
import type { HandOverOutcome, PushOutcome } from '../domain/push.ts';
import type { RotationOutcome } from '../domain/rotation.ts';
import type { TokenRepairOutcome } from '../domain/token-repair.ts';
import type { AgentContext } from './context.ts';
import * as dialogs from './dialog-records.ts';
import type {
  DialogOutcome,
  DownloadOutcome,
  EffectError,
  EffectName,
  EffectTypes,
  InstallOutcome,
  Outcome,
  PasswordOutcome,
  UnlockOutcome,
} from './effects.ts';
import type {
  AgentEvent,
  AgentWoke,
  DeclarationsChanged,
  DialogOpened,
  PushMoved,
  RequestHeard,
  StartSettled,
  StateRecovered,
} from './events.ts';
import * as installs from './install-records.ts';
import * as passwords from './password-records.ts';
import * as pushes from './push-records.ts';
import * as requests from './request-records.ts';
import * as wakes from './wake-records.ts';

/** A typed hole for an effect. The chart is only ever stepped by `transition()`, which never runs it. */
function hole<K extends EffectName>(name: K) {
  return fromPromise<Outcome<K>, EffectTypes[K]['input']>(() =>
    Promise.reject(new Error(`the effect ${name} is run by the agent, not by the chart`)),
  );
}

/** What failed, whatever threw it: `xstate.error.actor.*` carries our own flat record. */
export function failureOf(error: unknown): EffectError {
  const found = error as Partial<EffectError> | null;
  return {
    stamp: found?.stamp ?? { at: 0, monotonicMs: 0 },
    code: found?.code ?? 'bug',
    message: found?.message ?? 'unknown failure',
  };
}

/** A dialog whose effect threw, as the outcome and moment its records take. */
export function failedDialog(error: unknown) {
  const failure = failureOf(error);
  return { outcome: { answer: 'failed' as const, why: failure.message }, stamp: failure.stamp };
}

/** One place for every name the chart uses: types, effects, guards, actions (assigns only). */
export const agentSetup = setup({
  types: {
    context: {} as AgentContext,
    events: {} as AgentEvent,
    tags: {} as 'resting' | 'working' | 'destructive',
  },
  actors: {
    gatherFacts: hole('gatherFacts'),
    download: hole('download'),
    showDialog: hole('showDialog'),
    askPassword: hole('askPassword'),
    unlockCredential: hole('unlockCredential'),
    install: hole('install'),
    push: hole('push'),
    handOver: hole('handOver'),
    rotatePassword: hole('rotatePassword'),
    repairToken: hole('repairToken'),
  },
  guards: {
    isDue: ({ context }, params: AgentWoke) => wakes.isDue(context, params),
    rebooted: ({ context }, params: AgentWoke) => wakes.rebooted(context, params.boot),
    restartIsOverdue: ({ context }, params: Stamp) => params.at >= (context.ledger.install?.restartExpectedBy ?? 0),
    tooManySteps: ({ context }) => context.steps > wakes.STEP_LIMIT,
    decided: ({ context }, params: { kind: DecisionKind }) => context.decision?.kind === params.kind,
    decidedToRest: ({ context }, params: { state: RestState }) =>
      context.decision?.kind === 'rest' && context.decision.state === params.state,
    /** A saved way was chosen, so that nobody has to type anything. */
    decidedOnSavedWay: ({ context }) => context.decision?.kind === 'authorize' && context.decision.via !== undefined,
    /** The management server is to bring it, by its own authority. */
    decidedOnServer: ({ context }) => context.decision?.kind === 'authorize' && context.decision.via === 'mdm',
    /** What the person typed is to mend the bootstrap token before it installs. */
    repairsWithTyped: ({ context }) =>
      context.decision?.kind === 'authorize' && context.decision.repairsToken === true && context.credential !== null,
    authorized: ({ context }) => context.decision?.kind === 'authorize' && context.credential !== null,
    mustBeTold: ({ context }, params: { outcome: PasswordOutcome; stamp: Stamp }) =>
      passwords.mustBeTold(context, params.outcome, params.stamp),
    updateReached: ({ context }, params: { facts: Facts }) => installs.updateReached(context, params.facts),
    osUnknown: (_, params: { facts: Facts }) => !params.facts.os.known,
    wantsTime: (_, params: { outcome: DialogOutcome }) => params.outcome.answer === 'choose-time',
    wantsBack: (_, params: { outcome: DialogOutcome }) => params.outcome.answer === 'back',
    endsWarning: ({ context }, params: DeclarationsChanged) => wakes.endsWarning(context, params),
    /** The request changes what is on the screen: the dialog makes room. */
    stirs: ({ context }, params: RequestHeard) => requests.outcomeOf(context, params)?.stirs ?? false,
    isAccepted: ({ context }, params: RequestHeard) => requests.outcomeOf(context, params)?.accepted ?? false,
    isPause: ({ context }, params: RequestHeard) =>
      params.request.kind === 'pause' && (requests.outcomeOf(context, params)?.accepted ?? false),
    installWasUnderWay: (_, params: StateRecovered) => (params.ledger?.install ?? null) !== null,
    pushResultIs: (_, params: { outcome: PushOutcome; result: PushOutcome['result'] }) =>
      params.outcome.result === params.result,
    installResultIs: (_, params: { outcome: InstallOutcome; result: InstallOutcome['result'] }) =>
      params.outcome.result === params.result,
  },
  actions: {
    recordWake: assign(({ context }, params: AgentWoke) => wakes.woke(context, params)),
    recordRequest: assign(({ context }, params: RequestHeard) => requests.heard(context, params)),
    recordRecovery: assign(({ context }, params: StateRecovered) => requests.recovered(context, params)),
    recordFacts: assign(({ context }, params: { facts: Facts }) => wakes.assessed(context, params.facts)),
    recordRest: assign(({ context }) => wakes.settled(context)),
    recordTooManySteps: assign(({ context }) => wakes.tooManySteps(context)),
    recordFailure: assign((_, params: { what: string; failure: EffectError }) =>
      wakes.backedOff(params.what, params.failure.message, params.failure.stamp),
    ),
    recordPrompt: assign(({ context }, params: { kind: PromptKind; at: Instant }) =>
      dialogs.prompted(context, params.kind, params.at),
    ),
    recordWarning: assign(({ context }, params: { at: Instant }) => dialogs.warned(context, params.at)),
    recordDialogOpened: assign(({ context }, params: DialogOpened) => dialogs.dialogOpened(context, params)),
    recordAnswer: assign(({ context }, params: { outcome: DialogOutcome; stamp: Stamp }) =>
      dialogs.answered(context, params.outcome, params.stamp),
    ),
    recordWarningEnd: assign(({ context }, params: { outcome: DialogOutcome; stamp: Stamp }) =>
      dialogs.warningEnded(context, params.outcome, params.stamp),
    ),
    recordPassword: assign(({ context }, params: { outcome: PasswordOutcome; stamp: Stamp }) =>
      passwords.passwordAnswered(context, params.outcome, params.stamp),
    ),
    recordNotice: assign(({ context }, params: { outcome: DialogOutcome; stamp: Stamp }) =>
      passwords.noticeEnded(context, params.outcome, params.stamp),
    ),
    recordUnlock: assign(({ context }, params: { outcome: UnlockOutcome }) => wakes.unlocked(context, params.outcome)),
    recordRotation: assign(({ context }, params: { outcome: RotationOutcome; stamp: Stamp }) =>
      wakes.rotated(context, params.outcome, params.stamp),
    ),
    recordTokenRepair: assign(({ context }, params: { outcome: TokenRepairOutcome; stamp: Stamp }) =>
      pushes.tokenRepaired(context, params.outcome, params.stamp),
    ),
    recordDownload: assign(({ context }, params: { outcome: DownloadOutcome; stamp: Stamp }) =>
      installs.downloaded(context, params.outcome, params.stamp),
    ),
    recordInstallBegin: assign(({ context }) => installs.installBegan(context)),
    recordStart: assign(({ context }, params: StartSettled) => installs.startSettled(context, params)),
    recordPushMove: assign(({ context }, params: PushMoved) => pushes.pushMoved(context, params)),
    recordPushEnd: assign(({ context }, params: { outcome: PushOutcome; stamp: Stamp }) =>
      pushes.pushEnded(context, params.outcome, params.stamp),
    ),
    recordHandOver: assign(({ context }, params: { outcome: HandOverOutcome; stamp: Stamp }) =>
      pushes.handedOver(context, params.outcome, params.stamp),
    ),
    recordRestartExpected: assign(({ context }, params: { stamp: Stamp }) =>
      installs.restartExpected(context, params.stamp),
    ),
    recordInstallFailure: assign(({ context }, params: { outcome: InstallOutcome; stamp: Stamp }) =>
      installs.installFailed(context, params.outcome, params.stamp),
    ),
    recordRestartOverdue: assign(({ context }, params: Stamp) => installs.restartOverdue(context, params.at)),
    recordUpdated: assign(({ context }, params: { facts: Facts }) => installs.updated(context, params.facts)),
    recordNotUpdated: assign(({ context }, params: { facts: Facts }) => installs.notUpdated(context, params.facts)),
    recordNotValidated: assign((_, params: { facts: Facts }) => installs.notValidated(params.facts)),
  },
});
