import type { DialogAnswer } from '../mac/screen.ts';
import type { Random } from '../random.ts';
import type { Sight } from './reading.ts';

/** What somebody does with the Mac in the course of a day, apart from answering it. */
export type Act =
  | 'arrive'
  | 'leave, lid closed'
  | 'leave, screen locked'
  | 'leave, logged out'
  | 'begin call'
  | 'end call'
  | 'plug in'
  | 'unplug';

/** `minute` counts from local midnight. */
export type Moment = { minute: number; act: Act };

/** Monday is 1. */
export type Day = { date: string; weekday: number };

/** What this person remembers of the prompts since the Mac last started. */
export type Memory = { asked: number; warned: number; passwordAsked: number; inCall: boolean; account: string };

/**
 * The password itself is put in by the person's hands: a persona only says whose it is and whether it is the right one. A
 * colleague types the password of the account that is chosen in the window.
 */
export type Typing = 'nothing' | 'blanks' | 'right password' | 'wrong password' | 'password of a colleague';

export type Reaction =
  | {
      do: 'press';
      afterMs: number;
      button: DialogAnswer['button'];
      selected: Record<string, string>;
      type: Typing;
      /** Also ticks every box there is. */
      ticks?: boolean;
    }
  | { do: 'log out'; afterMs: number }
  /** Looks at it again after so long; null: not before coming back to the Mac. */
  | { do: 'ignore'; forMs: number | null };

/** Somebody at a Mac, as pure decisions over what is visible, the day, and dice. */
export type Persona = {
  name: string;
  /** How they left the Mac before the story begins. */
  begins: Act;
  plan(day: Day, dice: Random): Moment[];
  react(sight: Sight, memory: Memory, dice: Random): Reaction;
};
