import { closeSync, fstatSync, openSync, readSync, unwatchFile, watch, watchFile } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Changes are told by the system at once; where it misses one, a look every second finds it. */
const LOOK_EVERY_MS = 1_000;

/** Follows a file that a tool writes: tells what is added as it comes, and the rest at the end. */
export class FileTail {
  readonly #path: string;
  readonly #file: number;
  readonly #watcher: ReturnType<typeof watch>;
  readonly #decoder = new StringDecoder('utf8');
  readonly #emit: (text: string) => void;
  #read = 0;
  #isOpen = true;

  constructor(path: string, emit: (text: string) => void) {
    this.#emit = emit;
    this.#path = path;
    this.#file = openSync(path, 'r');
    this.#watcher = watch(path, { persistent: false }, () => this.look());
    this.#watcher.on('error', () => undefined);
    watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, this.#onChange);
  }

  readonly #onChange = () => this.look();

  /** Tells what has been added since the last look. */
  look(): void {
    if (!this.#isOpen) return;
    const piece = Buffer.allocUnsafe(65_536);
    while (this.#isOpen && fstatSync(this.#file).size > this.#read) {
      const length = readSync(this.#file, piece, 0, piece.length, this.#read);
      if (length === 0) return;
      this.#read += length;
      const text = this.#decoder.write(piece.subarray(0, length));
      if (text !== '') this.#emit(text);
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watcher.close();
    unwatchFile(this.#path, this.#onChange);
    closeSync(this.#file);
  }
}
