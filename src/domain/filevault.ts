/** What the Mac says about FileVault's screen, which a start stops at; plain JSON. */
export type FileVaultFacts = {
  on: boolean;
  /** Whether a start can be unlocked in advance. */
  passable: boolean;
  /** Whether the Mac keeps the key that this takes; `pmset destroyfvkeyonstandby` has it thrown away. */
  keepsKey: boolean;
};

/** Why the next start was not unlocked in advance, or why nobody can say whether it was. */
export type NotUnlocked =
  | 'forgotten'
  | 'not-noted'
  | 'wrong-password'
  | 'cannot-restart'
  | 'refused'
  | 'no-answer'
  | 'cut-off';

/** Why the Mac stops at FileVault's screen although the settings want it to pass. */
export type StopsWhy = 'unknown' | 'not-passable' | 'key-destroyed' | 'nothing-usable' | NotUnlocked;

/** Of these nobody can say whether the start is unlocked. */
export const UNCERTAIN: ReadonlySet<StopsWhy> = new Set(['no-answer', 'cut-off']);

/** What came of unlocking the next start in advance. */
export type NextStart = { unlocked: true } | { unlocked: false; why: NotUnlocked };
