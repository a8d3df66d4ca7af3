import type { Terminal } from './tool.ts';

/**
 * A terminal made for one program, from the side of whoever types: what the program printed and nobody has looked at
 * yet, and what is typed to it. What is typed before a question is thrown away when the question comes, as getpass does.
 */
export class ExpectSession implements Terminal {
  /** Printed and not yet matched. */
  unseen = '';
  exitCode: number | null = null;
  readonly #show: (text: string) => void;
  #reader: ((line: string) => void) | null = null;
  #typed = '';
  #closed = false;
  #changed: (() => void)[] = [];

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  get over(): boolean {
    return this.exitCode !== null;
  }

  print(text: string): void {
    const onTerminal = text.replaceAll(/\r?\n/g, '\r\n');
    this.unseen += onTerminal;
    this.#show(onTerminal);
    this.#tell();
  }

  read(): Promise<string> {
    this.#typed = '';
    if (this.#closed) return Promise.resolve('');
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  type(text: string): void {
    // Outside a question the terminal shows what is typed, a password too.
    if (this.#reader === null) this.print(text);
    this.#typed += text;
    const end = /[\r\n]/.exec(this.#typed);
    if (end === null || this.#reader === null) return;
    const line = this.#typed.slice(0, end.index);
    this.#typed = this.#typed.slice(end.index + 1);
    const reader = this.#reader;
    this.#reader = null;
    reader(line);
  }

  /** Nothing more will be typed. */
  close(): void {
    this.#closed = true;
    this.#reader?.('');
    this.#reader = null;
  }

  end(exitCode: number): void {
    this.exitCode = exitCode;
    this.#tell();
  }

  /** Comes back when something was printed or the program has ended. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed.push(resolve);
    });
  }

  /** For whoever waits too long. */
  wake(): void {
    this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
