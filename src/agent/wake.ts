import type { BootSession } from '../domain/facts.ts';
import type { OsRelease } from '../domain/os-version.ts';
import type { Settings } from '../domain/settings.ts';
import { explain, type Status } from '../machines/explain.ts';
import type { Clock } from '../ports/clock.ts';
import type { Wake } from '../ports/wake.ts';
import type { Store } from '../store/store.ts';
import { type EffectBodies, EffectRunner } from './effect-runner.ts';
import { Reactor } from './reactor.ts';

/** Everything one wake needs from outside; real and simulated Mac differ only in what is passed here. */
export type WakeParts = {
  store: Pick<Store, 'checkpoint' | 'commit' | 'openEffects' | 'keepAside'>;
  clock: Clock;
  wake: Wake;
  effects: EffectBodies;
  /** What the Mac says about itself at the start of a wake; null where it does not. */
  readBoot: () => Promise<BootSession | null>;
  readOs: () => Promise<OsRelease | null>;
  settings: Settings;
  /** Called at the end with what `upkeep status` shows. */
  publish: (status: Status) => void;
};

/**
 * One wake from start to exit: revive, tell the chart what is new, take up what a crash cut off, run until nothing is
 * left to do, publish the status, arm the next wake. Rejects when a commit failed; then nothing was started after it.
 */
export async function runWake(parts: WakeParts): Promise<Status> {
  const { store, clock, wake, settings } = parts;
  const runner = new EffectRunner(parts.effects, clock);
  const reactor = new Reactor(store, runner);
  const [boot, os] = [await parts.readBoot(), await parts.readOs()];
  const changed = JSON.stringify(reactor.context.settings) === JSON.stringify(settings) ? null : settings;
  reactor.send({
    type: 'agent.woke',
    at: clock.now(),
    monotonicMs: clock.monotonicMs(),
    zone: clock.zone(),
    boot,
    os,
    settings: changed,
  });
  reactor.recover();
  await reactor.settled();
  const status = explain(reactor.value, reactor.context, clock.now());
  parts.publish(status);
  if (reactor.context.wakeAt !== null) await wake.arm(reactor.context.wakeAt);
  return status;
}
