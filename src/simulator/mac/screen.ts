import type { ButtonName, DialogEnd, Note } from './happenings.ts';

export type DialogAnswer = {
  button: ButtonName;
  /** Select list title to chosen value. */
  selected: Record<string, string>;
  /** Text field title to what was typed. */
  typed: Record<string, string>;
  /** Checkbox label to whether it is ticked; one that is not named stays as it came. */
  ticked?: Record<string, boolean>;
};

/** A window as somebody in front of the Mac has it: what it shows, and its buttons to press. */
export type DialogWindow = {
  readonly id: number;
  readonly user: string;
  readonly shows: Record<string, unknown>;
  /** How long until the countdown in it ends, as it shows; null where it has none. */
  remainingMs(): number | null;
  press(answer: DialogAnswer): void;
};

type Open = DialogWindow & { visible: boolean; seen: boolean; vanish: (why: DialogEnd) => void };

export type ScreenState = { awake: boolean; unlocked: boolean; somebodyThere: boolean };

/**
 * The display and the windows on it. Open, visible and seen are three things: a dialog opens behind a locked screen
 * just as well, and only one that stood there unlocked with somebody in front of it was seen.
 */
export class Screen {
  readonly #state: () => ScreenState;
  readonly #note: Note;
  readonly #seenListeners: ((window: DialogWindow) => void)[] = [];
  #open: Open[] = [];
  #lastId = 0;

  constructor(state: () => ScreenState, note: Note) {
    this.#state = state;
    this.#note = note;
  }

  /** Tells whenever a window begins to be seen, at first and again after an absence. */
  onSeen(listener: (window: DialogWindow) => void): void {
    this.#seenListeners.push(listener);
  }

  windows(): readonly DialogWindow[] {
    return this.#open;
  }

  /** Whether the window is open, on an unlocked display, with somebody there. */
  isSeen(id: number): boolean {
    return this.#open.some((window) => window.id === id && window.seen);
  }

  open(window: {
    call: number;
    user: string;
    shows: Record<string, unknown>;
    remainingMs: () => number | null;
    answered: (answer: DialogAnswer) => void;
    vanish: (why: DialogEnd) => void;
  }): number {
    this.#lastId += 1;
    const id = this.#lastId;
    const state = this.#state();
    const { call, user, shows } = window;
    this.#note({
      kind: 'dialog-opened',
      dialog: id,
      call,
      user,
      shows,
      awake: state.awake,
      screenUnlocked: state.unlocked,
      somebodyThere: state.somebodyThere,
    });
    const press = (answer: DialogAnswer): void => {
      if (!this.#open.some((one) => one.id === id)) return;
      const { button, selected, typed } = answer;
      this.#note({ kind: 'dialog-answered', dialog: id, button, selected, typed: Object.keys(typed) });
      window.answered(answer);
    };
    const { remainingMs, vanish } = window;
    this.#open.push({ id, user, shows, remainingMs, press, vanish, visible: false, seen: false });
    this.reconsider();
    return id;
  }

  close(id: number, why: DialogEnd, exitCode: number | null): void {
    if (!this.#open.some((window) => window.id === id)) return;
    this.#open = this.#open.filter((window) => window.id !== id);
    this.#note({ kind: 'dialog-closed', dialog: id, why, exitCode });
  }

  /** The session ends with everything on it. */
  clear(why: DialogEnd): void {
    for (const window of [...this.#open]) window.vanish(why);
  }

  /** To be called whenever the lid, the lock, the session or the person in front changed. */
  reconsider(): void {
    const state = this.#state();
    const visible = state.awake && state.unlocked;
    for (const window of [...this.#open]) {
      if (visible && !window.visible) this.#note({ kind: 'dialog-visible', dialog: window.id });
      const seen = visible && state.somebodyThere;
      const begins = seen && !window.seen;
      window.visible = visible;
      window.seen = seen;
      if (!begins) continue;
      this.#note({ kind: 'dialog-seen', dialog: window.id });
      for (const listener of this.#seenListeners) listener(window);
    }
  }
}
