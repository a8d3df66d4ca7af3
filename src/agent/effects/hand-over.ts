import { hardware } from '../../adapters/commands/fact-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import { HOUR_MS, localTimeOf } from '../../domain/instant.ts';
import type { HandOverOutcome, PushFailure } from '../../domain/push.ts';
import type { HandOverOrder } from '../../machines/effects.ts';
import { choosePush } from '../../policy/choose-push.ts';
import { pushOffsetMs } from '../../policy/push-pace.ts';
import type { PushService } from '../../ports/push-service.ts';
import type { EffectBody } from '../effect-runner.ts';
import type { PushParts } from './push.ts';
import { NO_WAY_IN, withServer } from './with-server.ts';

/** How often a plan is asked about that may still be refused; each waits the minute that a server is left alone. */
const QUESTIONS = 3;

/**
 * Has macOS enforce a deadline, by a declaration of the management server. It restarts nothing. The Macs of a fleet take turns, so
 * that not all of them ask in the hour in which a release came out.
 */
export function handOver(parts: PushParts): EffectBody<'handOver'> {
  return {
    run: async (order, { signal }): Promise<HandOverOutcome> => {
      const { commands, clock, server } = parts;
      const { uuid } = await runCommand(commands, hardware, undefined, { signal });
      const turn = order.from + pushOffsetMs(uuid, order.to.version);
      // A deadline does not wait for its turn.
      if (clock.now() < turn && turn < order.by - LEAST_LEFT_MS) return { result: 'later', at: turn };
      return withServer<HandOverOutcome>(
        server,
        signal,
        (service) => declare(service, order, clock.zone(), signal),
        () => ({ result: 'refused', detail: NO_WAY_IN }),
      );
    },
  };
}

const LEAST_LEFT_MS = 6 * HOUR_MS;

async function declare(
  service: PushService,
  { to, major, macos, appleSilicon, by }: HandOverOrder,
  zone: string,
  signal: AbortSignal,
): Promise<HandOverOutcome> {
  const server = await service.look(signal);
  if ('failed' in server) return refused(server.failed);
  const choice = choosePush({ kind: 'enforce', macos, appleSilicon, server });
  if ('trouble' in choice) return refused(choice);
  const action = { kind: 'enforce' as const, by: localTimeOf(by, zone) };
  signal.throwIfAborted();
  const made = await service.push({ to, major, latest: false, action }, choice.means, signal);
  if ('failed' in made) return refused(made.failed);
  // It is not there because the server took it: it can be refused a minute later.
  for (let asked = 0; asked < QUESTIONS; asked += 1) {
    const state = await service.follow(made.plan, signal);
    signal.throwIfAborted();
    if ('failed' in state) continue;
    if (state.state === 'failed') return refused(state);
    if (state.state === 'scheduled') break;
  }
  return { result: 'handed-over', plan: made.plan };
}

function refused({ detail }: PushFailure): HandOverOutcome {
  return { result: 'refused', detail };
}
