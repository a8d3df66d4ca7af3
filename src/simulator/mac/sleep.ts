import { MINUTE_MS } from '../../domain/instant.ts';
import type { ConsoleSession } from './console-session.ts';
import type { Mac } from './mac.ts';

type Reason = 'lid' | 'battery' | 'asked';

/** Sleep, and what leads to it: the lid, the battery, somebody who asked. The Mac sleeps while any reason holds. */
export class Sleep {
  readonly #mac: Mac;
  readonly #session: ConsoleSession;
  readonly #reasons = new Set<Reason>();
  readonly #listeners: ((asleep: boolean) => void)[] = [];
  #asleep = false;
  #lidClosed = false;
  #takeBackEmpty: (() => void) | null = null;

  constructor(mac: Mac, session: ConsoleSession) {
    this.#mac = mac;
    this.#session = session;
  }

  get asleep(): boolean {
    return this.#asleep;
  }

  get lidClosed(): boolean {
    return this.#lidClosed;
  }

  onSleepWake(listener: (asleep: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** The Mac has come up, and is awake whatever it was before. */
  comeUp(): void {
    this.#asleep = false;
    this.#reasons.clear();
    if (this.#lidClosed) this.#reasons.add('lid');
    this.#mac.awake.run();
    this.#mac.battery.change({ awake: true });
    this.#watchBattery();
  }

  /** A Mac that restarts with its lid closed comes up, and goes to sleep at its login window soon after. */
  settleAfterBoot(): void {
    if (this.#lidClosed) this.#mac.awake.after(3 * MINUTE_MS, () => this.#settle());
  }

  goDown(): void {
    this.#mac.awake.restart();
    this.#mac.battery.change({ awake: false });
  }

  /** Closing the lid locks the session and puts the Mac to sleep, on battery and on power alike. */
  closeLid(): void {
    if (this.#lidClosed || this.#mac.spec.kind !== 'laptop') return;
    this.#lidClosed = true;
    this.#mac.note({ kind: 'lid-closed' });
    this.#session.lock();
    this.#sleepFor('lid');
  }

  openLid(): void {
    if (!this.#lidClosed) return;
    this.#lidClosed = false;
    this.#mac.note({ kind: 'lid-opened' });
    this.#reasons.delete('asked');
    this.#noLonger('lid');
  }

  sleep(): void {
    this.#sleepFor('asked');
  }

  wakeUp(): void {
    this.#noLonger('asked');
  }

  plugIn(): void {
    this.#power('ac');
    this.#noLonger('battery');
  }

  unplug(): void {
    if (this.#mac.spec.kind === 'laptop') this.#power('battery');
  }

  #sleepFor(reason: Reason): void {
    if (!this.#mac.on) return;
    this.#reasons.add(reason);
    this.#settle();
  }

  #noLonger(reason: Reason): void {
    this.#reasons.delete(reason);
    this.#settle();
  }

  #settle(): void {
    const mac = this.#mac;
    const asleep = this.#reasons.size > 0;
    if (!mac.on || asleep === this.#asleep) return;
    this.#asleep = asleep;
    mac.note({ kind: asleep ? 'fell-asleep' : 'woke-up' });
    mac.battery.change({ awake: !asleep });
    if (asleep) mac.awake.stop();
    else mac.awake.run();
    this.#watchBattery();
    mac.screen.reconsider();
    for (const listener of this.#listeners) listener(asleep);
  }

  #power(source: 'ac' | 'battery'): void {
    const { battery } = this.#mac;
    if (battery.source() === source) return;
    battery.change({ source });
    this.#mac.note({ kind: 'power', source, percent: Math.floor(battery.percent()) });
    this.#watchBattery();
  }

  #watchBattery(): void {
    this.#takeBackEmpty?.();
    const left = this.#asleep ? null : this.#mac.battery.emptyInMs();
    this.#takeBackEmpty = left === null ? null : this.#mac.world.after(left, () => this.#sleepFor('battery'));
  }
}
