const REDACTED = '[secret]';

/**
 * A value that must not be seen: it has no string form. `expose` is for the one place that writes it to a tool's stdin
 * (or later a request); everything else carries a handle.
 */
export class Secret {
  readonly #value: string;
  /** What this one was made from, when it is a secret in another spelling. */
  #origin: Secret | null = null;

  constructor(value: string) {
    this.#value = value;
  }

  /** The same secret in the spelling a tool wants, such as quoted. */
  encoded(encode: (plain: string) => string): Secret {
    const made = new Secret(encode(this.#value));
    made.#origin = this;
    return made;
  }

  /** The text without the secret, in this spelling and in the one it was made from. */
  takenOutOf(text: string): string {
    const clean = this.#origin?.takenOutOf(text) ?? text;
    // A very short secret would turn up by chance all over a text; a tool that repeats one is not to be expected.
    return this.#value.length < 4 ? clean : clean.replaceAll(this.#value, REDACTED);
  }

  /** Hands the plain value to `use` and returns what it returns. Callers must not keep it. */
  expose<T>(use: (plain: string) => T): T {
    return use(this.#value);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
