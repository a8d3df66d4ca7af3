const REDACTED = '[secret]';

/**
 * A value that must not be seen: it has no string form. `expose` is for the one place that writes it to a tool's stdin
 * (or later a request); everything else carries a handle.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
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
