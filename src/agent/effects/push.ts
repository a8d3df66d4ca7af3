import { ReplaySubject, type Subscription } from 'rxjs';
import { lookAtToken } from '../../adapters/bootstrap-token/look-at-token.ts';
import { type PushPhase, type PushStall, pushPhases } from '../../adapters/mdm/push-phases.ts';
import { watchLog } from '../../adapters/unified-log/watch-log.ts';
import { sameBoot } from '../../domain/facts.ts';
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
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
import { nextPollMs } from '../../policy/push-pace.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { PushServer, PushService } from '../../ports/push-service.ts';
import type { EffectBody, EffectIo } from '../effect-runner.ts';
import { readBootSession } from './gather-facts.ts';

/** A declaration that is to be carried out at once needs a moment of its own, which may not have passed on its way. */
const ENFORCED_IN_MS = 10 * MINUTE_MS;
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
    run: (request, io) => withService(parts, io, (service) => order(parts, service, request, io)),
    reconcile: async (request, io) => {
      const boot = await readBootSession(parts.commands, io.signal);
      if (boot.known && !sameBoot(boot.value, request.boot)) return { result: 'restarted' };
      const outcome = await withService(parts, io, (service) => takeUp(parts, service, io));
      // Without the server nobody knows what it was told before.
      return outcome.result === 'refused' && outcome.why === 'server-unreachable'
        ? { result: 'quiet', plan: null, detail: `upkeep was cut off, and ${outcome.detail}` }
        : outcome;
    },
  };
}

async function withService(
  { server }: PushParts,
  { signal }: EffectIo,
  work: (service: PushService) => Promise<PushOutcome>,
): Promise<PushOutcome> {
  const service = await server.open(signal);
  if ('refused' in service) {
    const why = service.refused === 'not-set' ? 'unknown' : service.refused;
    return { result: 'refused', why, detail: 'what lets upkeep in there cannot be had' };
  }
  try {
    return await work(service);
  } finally {
    await service.close();
  }
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
  const { token } = await lookAtToken({ commands, http: null }, { check: true, answered: true, signal: io.signal });
  if (token.needed !== false && WITHOUT_TOKEN.has(token.state))
    return { result: 'refused', why: 'bootstrap-token', detail: `the bootstrap token is ${token.state}` };
  io.signal.throwIfAborted();

  const enforcedAt = clock.now() + ENFORCED_IN_MS;
  const action: PushAction =
    choice.kind === 'enforce' ? { kind: 'enforce', by: localMinute(enforcedAt, clock.zone()) } : { kind: choice.kind };
  const watch = new Watch(parts, choice.means);
  try {
    const made = await service.push({ to, major, latest: false, action }, choice.means, io.signal);
    if ('failed' in made)
      return MAY_HAVE_BEEN_DONE.has(made.failed.trouble)
        ? { result: 'quiet', plan: null, detail: made.failed.detail }
        : refused(made.failed);
    const until = clock.now() + (choice.kind === 'enforce' ? ENFORCED_IN_MS + ENFORCED_WITHIN_MS : 4 * HOUR_MS);
    return await watch.follow(service, made.plan, until, io);
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
  const watch = new Watch(parts, current.plan.means);
  try {
    return await watch.follow(service, current.plan, clock.now() + ENFORCED_WITHIN_MS, io);
  } finally {
    watch.end();
  }
}

/** The Mac's own log from before the order on, and beside it what the server says of its plan. */
class Watch {
  readonly #clock: Clock;
  readonly #phases = new ReplaySubject<PushPhase>();
  readonly #subscription: Subscription;

  constructor({ commands, clock }: PushParts, means: PushMeans) {
    this.#clock = clock;
    const by = means === 'declaration' ? ('declaration' as const) : ('commands' as const);
    this.#subscription = watchLog(commands, clock)
      .pipe(pushPhases(clock, { by, action: 'install' }))
      .subscribe(this.#phases);
  }

  end(): void {
    this.#subscription.unsubscribe();
  }

  async follow(
    service: PushService,
    plan: PushPlan,
    until: Instant,
    { signal, report }: EffectIo,
  ): Promise<PushOutcome> {
    const clock = this.#clock;
    const tell = (move: PushMove): void =>
      report({ type: 'push.moved', at: clock.now(), monotonicMs: clock.monotonicMs(), move });
    tell({ phase: 'ordered', plan });
    // Where that could not be written down, it is found again on the server.
    signal.throwIfAborted();
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const onMac = this.#onMac(plan, tell, stop);
    const onServer = this.#onServer(service, plan, until, stop);
    try {
      return await Promise.race([onMac, onServer]);
    } finally {
      over.abort();
      await onServer.catch(() => undefined);
    }
  }

  async #onMac(plan: PushPlan, tell: (move: PushMove) => void, signal: AbortSignal): Promise<PushOutcome> {
    const ended = new Promise<PushOutcome>((resolve, reject) => {
      let told: PushMove | null = null;
      const subscription = this.#phases.subscribe({
        next: (seen) => {
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
  async #onServer(service: PushService, plan: PushPlan, until: Instant, signal: AbortSignal): Promise<PushOutcome> {
    const clock = this.#clock;
    const since = clock.now();
    while (clock.now() < until) {
      await pause(clock, Math.min(nextPollMs(clock.now() - since), Math.max(SECOND_MS, until - clock.now())), signal);
      signal.throwIfAborted();
      if (plan.id === null) continue;
      const state = await service.follow(plan, signal);
      signal.throwIfAborted();
      if ('failed' in state) continue;
      if (state.state === 'failed') return refused(state);
      if (state.state === 'completed') return { result: 'quiet', plan, detail: 'the server calls it done' };
    }
    return { result: 'quiet', plan, detail: 'nothing more was seen of it' };
  }
}

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

function stalled(plan: PushPlan, reason: PushStall): PushOutcome {
  if (reason === 'refused') return { result: 'refused', why: 'command-failed', detail: 'the Mac refused the command' };
  return { result: 'quiet', plan, detail: STALLS[reason] };
}

const STALLS: Readonly<Record<Exclude<PushStall, 'refused'>, string>> = {
  'no-answer': 'the Mac has not heard of it',
  'no-order': 'the Mac answered the server, and the order to install never came',
  'no-progress': 'the Mac took the order, and does not get on with it',
  'log-ended': 'the log of the Mac ended, and with it what there was to see',
};

const WITHOUT_TOKEN: ReadonlySet<string> = new Set(['unsupported', 'not-escrowed', 'unusable']);
/** After these nobody can say whether the order was taken. */
const MAY_HAVE_BEEN_DONE: ReadonlySet<PushTrouble> = new Set(['server-unreachable', 'server-failed', 'not-understood']);

function refused(failure: PushFailure): PushOutcome {
  return { result: 'refused', why: methodTroubleOf(failure), detail: failure.detail };
}

function localMinute(at: Instant, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' });
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const forget = clock.after(Math.ceil(ms), resolve);
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) resolve();
  await promise;
  forget();
}
