import type { BootSession, DeclaredInstall, Fact } from '../domain/facts.ts';
import type { Instant, Stamp } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { OsRelease } from '../domain/os-version.ts';
import type { Settings } from '../domain/settings.ts';
import { explain } from '../machines/explain.ts';
import type { Status } from '../machines/status.ts';
import { isDeclaredAnew } from '../machines/wake-records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Wake } from '../ports/wake.ts';
import type { Store } from '../store/store.ts';
import { type EffectBodies, EffectRunner } from './effect-runner.ts';
import { type Committed, Reactor } from './reactor.ts';

/** Everything one wake needs from outside; real and simulated Mac differ only in what is passed here. */
export type WakeParts = {
  store: Pick<Store, 'checkpoint' | 'commit' | 'openEffects' | 'keepAside' | 'waitingRequests'>;
  clock: Clock;
  /** `working` is told once there is something to do, so that an agent killed in the middle of it is started again. */
  wake: Wake & { working?: () => Promise<void> };
  effects: EffectBodies;
  /** What the Mac says about itself at the start of a wake; null where it does not. */
  readBoot: () => Promise<BootSession | null>;
  readOs: () => Promise<OsRelease | null>;
  /** What macOS was told to enforce; null where it cannot be told. */
  readDeclared: (os: OsRelease | null) => Promise<Fact<DeclaredInstall | null> | null>;
  /** Null where those on the Mac are wrong: what was in force goes on. */
  settings: Settings | null;
  /** Called with what `upkeep status` shows, whenever the state changes and at the end. */
  publish: (status: Status, atRest: boolean) => void;
  onCommit?: (committed: Committed) => void;
  /** At rest: what has to be looked after although no decision waits for it. */
  lookAfter?: () => Promise<void>;
  /** At rest, before the next wake is armed: resolves when nobody is expected to ask for something any more. */
  linger?: () => Promise<void>;
  /** The state was lost, and this is what people were promised. */
  recovered?: { how: 'backup' | 'fresh'; why: string; ledger: Ledger | null } | null;
};

/**
 * One wake from start to exit: revive, tell the chart what is new, take up what a crash cut off, run until nothing is
 * left to do, publish the status, arm the next wake.
 */
export class AgentWake {
  readonly #parts: WakeParts;
  readonly #reactor: Reactor;
  #isAwake = false;
  #told = '';
  #hasNews = false;

  constructor(parts: WakeParts) {
    this.#parts = parts;
    const runner = new EffectRunner(parts.effects, parts.clock);
    this.#reactor = new Reactor(parts.store, runner, (committed) => {
      this.#hasNews = true;
      parts.onCommit?.(committed);
      this.#publishChange();
    });
  }

  get wakeAt(): Instant | null {
    return this.#reactor.context.wakeAt;
  }

  /** Those in force; null where there have never been any. */
  get settings(): Settings | null {
    return this.#reactor.context.settings;
  }

  status(): Status {
    return explain(this.#reactor.value, this.#reactor.context, this.#parts.clock.now());
  }

  /** Rejects when a commit failed; then nothing was started after it. */
  async run(): Promise<Status> {
    const { clock, wake, recovered = null } = this.#parts;
    const reactor = this.#reactor;
    const [boot, os] = [await this.#parts.readBoot(), await this.#parts.readOs()];
    const declared = await this.#parts.readDeclared(os);
    if (recovered !== null) reactor.send({ type: 'state.recovered', ...this.#stamp(), ...recovered });
    reactor.send({
      type: 'agent.woke',
      ...this.#stamp(),
      zone: clock.zone(),
      boot,
      os,
      settings: this.#changed(),
      ...(declared?.known ? { declared: declared.value } : {}),
    });
    this.#isAwake = true;
    reactor.recover();
    for (;;) {
      await this.#untilAtRest();
      this.#hasNews = false;
      const status = this.status();
      this.#parts.publish(status, true);
      if (this.wakeAt !== null) await wake.arm(this.wakeAt);
      // Whoever asked for something meanwhile does not wait for the next wake, nor stays the old one armed.
      if (!this.#hasNews && this.#parts.store.waitingRequests().length === 0) return status;
    }
  }

  /** Takes what lies in the inbox, if anything; safe to call at any time. */
  hear(): void {
    if (!this.#isAwake) return;
    for (const entry of this.#parts.store.waitingRequests()) this.#reactor.hear(entry, this.#stamp());
  }

  /** Takes in what macOS was told meanwhile, while a dialog is up or something else is under way; safe to call at any time. */
  async lookAtDeclarations(): Promise<void> {
    if (!this.#isAwake || this.#reactor.atRest) return;
    const { facts } = this.#reactor.context;
    const declared = await this.#parts.readDeclared(facts?.os.known ? facts.os.value : null);
    if (
      !declared?.known ||
      this.#reactor.atRest ||
      !isDeclaredAnew(this.#reactor.context, { declared: declared.value })
    )
      return;
    this.#reactor.send({ type: 'declarations.changed', ...this.#stamp(), declared: declared.value });
  }

  /** Ends the wake in the middle of its work, as at a shutdown; it goes on at the next one. */
  stop(why: unknown): void {
    this.#reactor.stop(why);
  }

  async #untilAtRest(): Promise<void> {
    do {
      this.hear();
      const working = this.#reactor.atRest ? undefined : this.#parts.wake.working?.();
      // Whoever fails first is heard; the other must not be an unhandled rejection.
      working?.catch(() => undefined);
      await this.#untilNothingIsLeft();
      await working;
      await this.#parts.lookAfter?.();
      await this.#parts.linger?.();
    } while (!this.#reactor.atRest);
  }

  async #untilNothingIsLeft(): Promise<void> {
    do {
      await this.#reactor.settled();
      this.hear();
    } while (!this.#reactor.atRest);
  }

  #changed(): Settings | null {
    const { settings } = this.#parts;
    return settings === null || JSON.stringify(this.#reactor.context.settings) === JSON.stringify(settings)
      ? null
      : settings;
  }

  #publishChange(): void {
    if (this.#reactor.atRest) return;
    const status = this.status();
    if (status.state === this.#told) return;
    this.#told = status.state;
    this.#parts.publish(status, false);
  }

  #stamp(): Stamp {
    return { at: this.#parts.clock.now(), monotonicMs: this.#parts.clock.monotonicMs() };
  }
}
