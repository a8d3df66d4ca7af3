import { ReplaySubject, type Subscription } from 'rxjs';
import { lookAtToken } from '../../adapters/bootstrap-token/look-at-token.ts';
import { hardware } from '../../adapters/commands/fact-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import { type PushPhase, type PushStall, pushPhases } from '../../adapters/mdm/push-phases.ts';
import { pause } from '../../adapters/pause.ts';
import { watchLog } from '../../adapters/unified-log/watch-log.ts';
import type { BootstrapTokenState } from '../../domain/bootstrap-token.ts';
import { sameBoot } from '../../domain/facts.ts';
import { HOUR_MS, type Instant, localTimeOf, MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import {
  methodTroubleOf,
  type PushAction,
  type PushFailure,
  type PushMeans,
  type PushMove,
  type PushOutcome,
  type PushPlan,
  type PushTrouble,
} from '../../domain/push.ts';
import type { PushRequest } from '../../machines/effects.ts';
import { choosePush } from '../../policy/choose-push.ts';
import { DEADLINE_SPREAD_MS, nextPollMs, turnMs, WATCH_SPREAD_MS } from '../../policy/push-pace.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { PushServer, PushService } from '../../ports/push-service.ts';
import type { EffectBody, EffectIo } from '../effect-runner.ts';
import { factOf } from './fact-of.ts';
import { readBootSession } from './gather-facts.ts';
import { NO_WAY_IN, withServer } from './with-server.ts';

/** A declaration that is to be carried out at once needs a moment of its own, which may not have passed on its way. */
const ENFORCED_IN_MS = 10 * MINUTE_MS;
/** For so long nobody but the Mac is asked how it gets on. */
const WATCHED_ALONE_MS = 5 * MINUTE_MS;
/** How long after that moment macOS may take to prepare the update. */
const ENFORCED_WITHIN_MS = 90 * MINUTE_MS;
/** A server that keeps copies of itself shows a plan on all of them only after a while. */
const COPIES_AGREE_MS = 75 * SECOND_MS;

export type PushParts = { commands: Commands; clock: Clock; server: PushServer };

/**
 * Has a management server bring the update, and watches what comes of it on this Mac and on the server. It may not be repeated
 * blindly: after a crash the server is asked what it was told to do, and that is watched.
 */
export function push(parts: PushParts): EffectBody<'push'> {
  return {
    run: async (request, io) => {
      if (request.enforced !== undefined) return byItself(parts, request, request.enforced.plan, io);
      if (request.atDeadline) await pause(parts.clock, await turnOf(parts, request, DEADLINE_SPREAD_MS, io), io.signal);
      io.signal.throwIfAborted();
      return withServer<PushOutcome>(
        parts.server,
        io.signal,
        (service) => order(parts, service, request, io),
        (why) => ({ result: 'refused', why, detail: NO_WAY_IN }),
      );
    },
    reconcile: async (request, io) => {
      const boot = await readBootSession(parts.commands, io.signal);
      if (boot.known && !sameBoot(boot.value, request.boot)) return { result: 'restarted' };
      if (request.enforced !== undefined) return byItself(parts, request, request.enforced.plan, io);
      // Without the server nobody knows what it was told before.
      return withServer<PushOutcome>(
        parts.server,
        io.signal,
        (service) => takeUp(parts, service, io),
        () => ({
          result: 'quiet',
          plan: null,
          detail: `upkeep was cut off, and ${NO_WAY_IN}`,
        }),
      );
    },
  };
}

/** When it is the turn of this Mac, of all that have the same deadline. One that does not say which it is asks first. */
async function turnOf(
  { commands }: PushParts,
  { to }: PushRequest,
  spreadMs: number,
  { signal }: EffectIo,
): Promise<number> {
  const found = await factOf(() => runCommand(commands, hardware, undefined, { signal }));
  return found.known ? turnMs(found.value.uuid, to.version, spreadMs) : 0;
}

async function order(
  parts: PushParts,
  service: PushService,
  { to, major, macos, appleSilicon }: PushRequest,
  io: EffectIo,
): Promise<PushOutcome> {
  const { commands, clock } = parts;
  const server = await service.look(io.signal);
  if ('failed' in server) return refused(server.failed);
  const choice = choosePush({ kind: 'install-and-restart', macos, appleSilicon, server });
  if ('trouble' in choice) return refused(choice);
  // The server has just answered: what the Mac does not get from it is not there.
  const { token } = await lookAtToken({ commands, http: null }, { check: true, answered: true, signal: io.signal });
  const without = token.needed === false ? undefined : WITHOUT_TOKEN[token.state];
  if (without !== undefined) return { result: 'refused', why: 'bootstrap-token', detail: without };
  io.signal.throwIfAborted();

  const enforcedAt = clock.now() + ENFORCED_IN_MS;
  const action: PushAction =
    choice.kind === 'enforce' ? { kind: 'enforce', by: localTimeOf(enforcedAt, clock.zone()) } : { kind: choice.kind };
  const watch = new Watch(parts, choice.means);
  try {
    const made = await service.push({ to, major, latest: false, action }, choice.means, io.signal);
    if ('failed' in made)
      return MAY_HAVE_BEEN_DONE.has(made.failed.trouble)
        ? { result: 'quiet', plan: null, detail: made.failed.detail }
        : refused(made.failed);
    const until = clock.now() + (choice.kind === 'enforce' ? ENFORCED_IN_MS + ENFORCED_WITHIN_MS : 4 * HOUR_MS);
    return await watch.follow(async () => service, made.plan, until, io);
  } finally {
    watch.end();
  }
}

/** After a crash: what the server was told before is watched, and nothing is ordered again. */
async function takeUp(parts: PushParts, service: PushService, io: EffectIo): Promise<PushOutcome> {
  const { clock } = parts;
  const server = await service.look(io.signal);
  if ('failed' in server) return { result: 'quiet', plan: null, detail: server.failed.detail };
  await pause(clock, COPIES_AGREE_MS, io.signal);
  const current = await service.current(io.signal);
  if (current !== null && 'failed' in current) return { result: 'quiet', plan: null, detail: current.failed.detail };
  if (current === null) {
    const keepsPlans = server.means.length > 0 && server.means.every((one) => one === 'plan' || one === 'declaration');
    return keepsPlans
      ? { result: 'refused', why: 'command-failed', detail: 'upkeep was cut off before it had ordered anything' }
      : { result: 'quiet', plan: null, detail: 'upkeep was cut off, and this server does not tell what it was told' };
  }
  const watch = new Watch(parts, current.plan.means, { begun: true });
  try {
    return await watch.follow(async () => service, current.plan, clock.now() + ENFORCED_WITHIN_MS, io);
  } finally {
    watch.end();
  }
}

/**
 * macOS installs what was declared, and is watched. All Macs of a fleet may do so in the same minute, so the server is asked
 * beside it only after a while, in turns, and where it has a plan and can be reached.
 */
async function byItself(
  parts: PushParts,
  request: PushRequest,
  plan: PushPlan | null,
  io: EffectIo,
): Promise<PushOutcome> {
  const { clock, server } = parts;
  const watch = new Watch(parts, 'declaration', { taken: true });
  const opened: { service: PushService | null } = { service: null };
  const open = async (): Promise<PushService | null> => {
    const service = opened.service ?? (await server.open(io.signal));
    opened.service = 'refused' in service ? null : service;
    return opened.service;
  };
  try {
    const first = WATCHED_ALONE_MS + (plan === null ? 0 : await turnOf(parts, request, WATCH_SPREAD_MS, io));
    return await watch.follow(open, plan, clock.now() + ENFORCED_WITHIN_MS, io, first);
  } finally {
    watch.end();
    await opened.service?.close();
  }
}

/** The Mac's own log from before the order on, and beside it what the server says of its plan. */
class Watch {
  readonly #clock: Clock;
  readonly #phases = new ReplaySubject<PushPhase>();
  readonly #subscription: Subscription;
  /** The Mac was given the command to install, not only the questions before it. */
  #isTold = false;

  constructor({ commands, clock }: PushParts, means: PushMeans, under: { taken?: true; begun?: true } = {}) {
    this.#clock = clock;
    const by = means === 'declaration' ? ('declaration' as const) : ('commands' as const);
    this.#subscription = watchLog(commands, clock)
      .pipe(pushPhases(clock, { by, action: 'install', ...under }))
      .subscribe(this.#phases);
  }

  end(): void {
    this.#subscription.unsubscribe();
  }

  /** `first`: how long it is until the server is asked for the first time. */
  async follow(
    open: () => Promise<PushService | null>,
    plan: PushPlan | null,
    until: Instant,
    { signal, report }: EffectIo,
    first = nextPollMs(0),
  ): Promise<PushOutcome> {
    const clock = this.#clock;
    const tell = (move: PushMove): void =>
      report({ type: 'push.moved', at: clock.now(), monotonicMs: clock.monotonicMs(), move });
    if (plan !== null) tell({ phase: 'ordered', plan });
    // Where that could not be written down, it is found again on the server.
    signal.throwIfAborted();
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const onMac = this.#onMac(plan, tell, stop);
    const onServer = this.#onServer(open, plan, { until, first }, stop);
    try {
      return await Promise.race([onMac, onServer]);
    } finally {
      over.abort();
      await onServer.catch(() => undefined);
    }
  }

  async #onMac(plan: PushPlan | null, tell: (move: PushMove) => void, signal: AbortSignal): Promise<PushOutcome> {
    const ended = new Promise<PushOutcome>((resolve, reject) => {
      let told: PushMove | null = null;
      const subscription = this.#phases.subscribe({
        next: (seen) => {
          if (isCommand(seen)) this.#isTold = true;
          const move = moveOf(seen);
          if (move !== null && isNews(move, told)) {
            told = move;
            tell(move);
          }
          if (seen.phase === 'restart-imminent') resolve({ result: 'restarting' });
          if (seen.phase === 'failed') resolve(stalled(plan, seen.reason));
        },
        error: reject,
      });
      signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true });
    });
    return ended;
  }

  /** Resolves when the plan has failed, or nothing is expected of it any more. */
  async #onServer(
    open: () => Promise<PushService | null>,
    plan: PushPlan | null,
    { until, first }: { until: Instant; first: number },
    signal: AbortSignal,
  ): Promise<PushOutcome> {
    const clock = this.#clock;
    const since = clock.now();
    for (let wait = first; clock.now() < until; wait = nextPollMs(clock.now() - since)) {
      await pause(clock, Math.min(wait, Math.max(SECOND_MS, until - clock.now())), signal);
      signal.throwIfAborted();
      if (plan === null || plan.id === null) continue;
      const service = await open();
      if (service === null) continue;
      const state = await service.follow(plan, signal);
      signal.throwIfAborted();
      if ('failed' in state) continue;
      // What the Mac was told it may still do, whatever the server makes of its plan.
      if (state.state === 'failed' && this.#isTold)
        return { result: 'quiet', plan: null, detail: `${state.detail}, and the Mac has its order` };
      if (state.state === 'failed') return refused(state);
      if (state.state === 'completed') return { result: 'quiet', plan, detail: 'the server calls it done' };
    }
    return { result: 'quiet', plan, detail: 'nothing more was seen of it' };
  }
}

/** A declaration is taken back where it ends; a command that the Mac has is not. */
const isCommand = (seen: PushPhase): boolean => seen.phase === 'acknowledged' && seen.command === 'ScheduleOSUpdate';

function moveOf(seen: PushPhase): PushMove | null {
  switch (seen.phase) {
    case 'acknowledged':
    case 'put-off':
    case 'prepared':
      return { phase: seen.phase };
    case 'preparing':
      return { phase: 'preparing', percent: seen.percent };
    default:
      return null;
  }
}

/** Each is written down, so of progress only every tenth part. */
function isNews(move: PushMove, told: PushMove | null): boolean {
  if (told === null || move.phase !== told.phase) return true;
  return move.phase === 'preparing' && told.phase === 'preparing' && move.percent >= told.percent + 10;
}

function stalled(plan: PushPlan | null, reason: PushStall): PushOutcome {
  if (reason === 'refused') return { result: 'refused', why: 'command-failed', detail: 'the Mac refused the command' };
  return { result: 'quiet', plan, detail: STALLS[reason] };
}

const STALLS: Readonly<Record<Exclude<PushStall, 'refused'>, string>> = {
  'no-answer': 'the Mac has not heard of it',
  'no-order': 'the Mac answered the server, and the order to install never came',
  'no-progress': 'the Mac took the order, and does not get on with it',
  'log-ended': 'the log of the Mac ended, and with it what there was to see',
};

const WITHOUT_TOKEN: Partial<Record<BootstrapTokenState, string>> = {
  unsupported: 'the server keeps no bootstrap token of this Mac',
  'not-escrowed': 'no bootstrap token of this Mac was escrowed',
  unusable: 'the bootstrap token of this Mac was escrowed and is of no use',
};
/** After these nobody can say whether the order was taken. */
const MAY_HAVE_BEEN_DONE: ReadonlySet<PushTrouble> = new Set([
  'server-unreachable',
  'server-failed',
  'not-understood',
  'lost',
]);

function refused(failure: PushFailure): PushOutcome {
  return { result: 'refused', why: methodTroubleOf(failure), detail: failure.detail };
}
