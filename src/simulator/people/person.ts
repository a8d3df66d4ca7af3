import { DAY_MS, type Instant, instantAt, localDate, MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import type { DialogWindow } from '../mac/screen.ts';
import type { VirtualMac } from '../mac/virtual-mac.ts';
import { type Random, random } from '../random.ts';
import type { Act, Memory, Persona, Reaction, Typing } from './persona.ts';
import { lookAt } from './reading.ts';

const CALL_PROGRAM = 'zoom.us';

/**
 * The body of a persona: comes and goes by its day, and answers what it sees after the time that takes. It lives in
 * true time, so it goes on while the Mac sleeps or is off; and it only ever answers a window that it still sees.
 */
export class Person {
  readonly #mac: VirtualMac;
  readonly #persona: Persona;
  readonly #dice: Random;
  readonly #account: string;
  readonly #counted = new Set<number>();
  #memory: Memory;
  #here = false;

  constructor(options: { mac: VirtualMac; persona: Persona; seed: number | string }) {
    this.#mac = options.mac;
    this.#persona = options.persona;
    this.#account = options.mac.spec.user;
    this.#dice = random(options.seed).fork(`person/${options.persona.name}`);
    this.#memory = this.#blank();
  }

  /** Begins to live, in the middle of the day if need be. */
  begin(): void {
    const mac = this.#mac;
    mac.screen.onSeen((window) => this.#consider(window));
    mac.onFileVaultScreen(() => {
      if (this.#here) this.#later(this.#dice.whole(1, 7) * MINUTE_MS, () => this.#settleDown());
    });
    mac.onBoot(() => {
      this.#memory = this.#blank();
      if (this.#here) this.#later(this.#dice.whole(1, 7) * MINUTE_MS, () => this.#settleDown());
    });
    const now = mac.world.now();
    const past = this.#momentsOf(localDate(now, mac.zone)).filter(({ at }) => at <= now);
    // Whatever of today has passed happens at once, so that somebody in a call at ten is also at the Mac.
    for (const { act } of past.length > 0 ? past : [{ act: this.#persona.begins }]) this.#do(act);
    this.#scheduleDay(localDate(now, mac.zone));
  }

  #momentsOf(date: string): { at: Instant; act: Act }[] {
    const zone = this.#mac.zone;
    const weekday = Temporal.PlainDate.from(date).dayOfWeek;
    // A day's dice hang on its date alone: a month tells the same days whatever the Mac did.
    return this.#persona.plan({ date, weekday }, this.#dice.fork(date)).map(({ minute, act }) => {
      const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
      return { at: instantAt(date, clock, zone), act };
    });
  }

  #scheduleDay(date: string): void {
    const { world, zone } = this.#mac;
    const now = world.now();
    for (const { at, act } of this.#momentsOf(date)) if (at > now) world.at(at, () => this.#do(act));
    const tomorrow = Temporal.PlainDate.from(date).add({ days: 1 }).toString();
    world.at(instantAt(tomorrow, '00:00', zone), () => this.#scheduleDay(tomorrow));
  }

  #do(act: Act): void {
    const mac = this.#mac;
    switch (act) {
      case 'arrive':
        this.#here = true;
        mac.plugIn();
        mac.openLid();
        mac.wakeUp();
        mac.powerOn();
        this.#later(this.#dice.whole(15, 70) * SECOND_MS, () => this.#settleDown());
        return;
      case 'leave, lid closed':
      case 'leave, screen locked':
      case 'leave, logged out':
        this.#leave(act);
        return;
      case 'begin call':
        this.#memory.inCall = true;
        mac.holdDisplay(CALL_PROGRAM);
        return;
      case 'end call':
        this.#memory.inCall = false;
        mac.releaseDisplay(CALL_PROGRAM);
        for (const window of mac.screen.windows()) if (mac.screen.isSeen(window.id)) this.#consider(window);
        return;
      case 'plug in':
        mac.plugIn();
        return;
      case 'unplug':
        mac.unplug();
        return;
    }
  }

  #leave(how: Act): void {
    const mac = this.#mac;
    this.#here = false;
    mac.releaseDisplay(CALL_PROGRAM);
    this.#memory.inCall = false;
    mac.getUp();
    if (how === 'leave, logged out') mac.logOut();
    else mac.lock();
    if (how === 'leave, screen locked') return;
    mac.closeLid();
    // A desktop has no lid; its owner sends it to sleep.
    if (mac.spec.kind === 'desktop') mac.sleep();
  }

  #settleDown(): void {
    const mac = this.#mac;
    if (this.#here && mac.atFileVault) {
      const account = mac.accounts.named(this.#account);
      mac.unlockDisk(this.#account, account?.cryptoPassword ?? '');
      return;
    }
    // Off in the middle of an update: nothing to do but wait for it.
    if (!this.#here || !mac.on) return;
    mac.sitDown();
    if (mac.consoleUser() === null) mac.logIn(this.#account);
    else mac.unlock();
  }

  #consider(window: DialogWindow): void {
    const sight = lookAt(window);
    if (!this.#counted.has(window.id)) {
      this.#counted.add(window.id);
      if (sight.kind === 'warning') this.#memory.warned += 1;
      else if (sight.kind === 'password') this.#memory.passwordAsked += 1;
      else if (sight.kind === 'choice' || sight.kind === 'last choice') this.#memory.asked += 1;
    }
    const reaction = this.#persona.react(sight, this.#memory, this.#dice);
    if (reaction.do === 'press') {
      this.#later(reaction.afterMs, () => {
        if (this.#mac.screen.isSeen(window.id)) this.#press(window, reaction);
      });
    } else if (reaction.do === 'log out') {
      this.#later(reaction.afterMs, () => {
        if (this.#mac.screen.isSeen(window.id)) this.#leave('leave, logged out');
      });
    } else if (reaction.forMs !== null) {
      this.#later(reaction.forMs, () => {
        if (this.#mac.screen.isSeen(window.id)) this.#consider(window);
      });
    }
  }

  #press(window: DialogWindow, reaction: Extract<Reaction, { do: 'press' }>): void {
    const { secureField: field, choices, checkboxes } = lookAt(window);
    const presets = Object.fromEntries(choices.map(({ title, preset }) => [title, preset]));
    const selected = { ...presets, ...reaction.selected };
    const typed =
      field === null || reaction.type === 'nothing' ? {} : { [field]: this.#words(reaction.type, selected) };
    const ticked = Object.fromEntries(checkboxes.map((label) => [label, reaction.ticks === true]));
    window.press({ button: reaction.button, selected, typed, ...(checkboxes.length === 0 ? {} : { ticked }) });
  }

  #words(typing: Typing, selected: Record<string, string>): string {
    const { accounts } = this.#mac;
    const own = accounts.named(this.#account)?.loginPassword ?? '';
    switch (typing) {
      case 'blanks':
        return '   ';
      case 'wrong password':
        return `${own}-of-last-month`;
      case 'password of a colleague':
        return accounts.all().find(({ fullName }) => Object.values(selected).includes(fullName))?.loginPassword ?? own;
      default:
        return own;
    }
  }

  #later(ms: number, callback: () => void): void {
    // Nobody waits longer than a day for anything in front of a Mac.
    this.#mac.world.after(Math.min(ms, DAY_MS), callback);
  }

  #blank(): Memory {
    return { asked: 0, warned: 0, passwordAsked: 0, inCall: this.#memory?.inCall ?? false, account: this.#account };
  }
}
