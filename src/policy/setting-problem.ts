/** One thing wrong with what an admin said. `key` is a dotted path as it was written, empty for the whole. */
export type SettingProblem = {
  key: string;
  /** The value as text; null when there is none or when it must not be repeated. */
  given: string | null;
  /** Continues "this setting …". */
  what: string;
  /** Continues "must be …"; null when nothing could be right here. */
  allowed: string | null;
  /** The known key that was probably meant. */
  nearest: string | null;
};

/** Something allowed that does little or does harm; `keys` are the settings it comes from. */
export type SettingDoubt = { keys: string[]; words: string };
