import { ExpectChannel } from './expect-channels.ts';
import type { Terminal } from './tool.ts';

/**
 * A terminal made for one program, from the side of whoever types: what the program printed and nobody has looked at
 * yet, and what is typed to it. What is typed before a question is thrown away when the question comes, as getpass does.
 */
export class ExpectSession implements Terminal {
  readonly channel = new ExpectChannel();
  /** Whether the terminal shows what is typed outside a question, a password too. */
  echoes = true;
  exitCode: number | null = null;
  readonly #show: (text: string) => void;
  #printed = '';
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

  get closed(): boolean {
    return this.#closed;
  }

  /** Printed and not yet matched, as the script sees it now. */
  get unseen(): string {
    return this.channel.seen(this.#printed);
  }

  /** The script has looked at so much of it, by its own count. */
  take(length: number): void {
    const rest = this.unseen.slice(length);
    this.#printed = this.channel.binary ? Buffer.from(rest, 'latin1').toString('utf8') : rest;
  }

  print(text: string): void {
    if (this.#closed) return;
    const onTerminal = text.replaceAll(/\r?\n/g, '\r\n');
    this.#printed += onTerminal;
    this.#show(onTerminal);
    this.#tell();
  }

  /** Never comes back once the terminal is gone: a program at its prompt is ended with it, and has read nothing. */
  read(): Promise<string> {
    this.#typed = '';
    if (this.#closed) return new Promise(() => undefined);
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  type(text: string): void {
    const typed = this.channel.meant(text);
    if (this.#reader === null && this.echoes) this.print(typed);
    this.#typed += typed;
    const end = /[\r\n]/.exec(this.#typed);
    if (end === null || this.#reader === null) return;
    const line = this.#typed.slice(0, end.index);
    this.#typed = this.#typed.slice(end.index + 1);
    const reader = this.#reader;
    this.#reader = null;
    reader(line);
  }

  /** The terminal goes away, and with it the program, by a signal. */
  close(): void {
    this.#closed = true;
    this.#reader = null;
    this.#tell();
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
