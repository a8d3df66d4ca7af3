import { StringDecoder } from 'node:string_decoder';
import { TclError } from './tcl-words.ts';

/**
 * What a script sees of the characters that go through a channel: themselves, or with the encoding `binary` the bytes of
 * each, a character for every byte.
 */
export class ExpectChannel {
  readonly #partial = new StringDecoder('utf8');
  #encoding = 'utf-8';

  get binary(): boolean {
    return this.#encoding === 'binary';
  }

  /** As the script sees it. */
  seen(text: string): string {
    return this.binary ? Buffer.from(text).toString('latin1') : text;
  }

  /** As it goes out; bytes that are only the beginning of a character wait for the rest of it. */
  meant(text: string): string {
    return this.binary ? this.#partial.write(Buffer.from(text, 'latin1')) : text;
  }

  /** `fconfigure`: asked with one option it tells, with more it sets. */
  configure(options: readonly string[]): string {
    if (options.length === 1) return options[0] === '-encoding' ? this.#encoding : '';
    for (let place = 0; place < options.length; place += 2) this.#set(options[place] ?? '', options[place + 1] ?? '');
    return '';
  }

  #set(option: string, value: string): void {
    if (option === '-encoding') {
      if (!['binary', 'utf-8'].includes(value)) throw new TclError(`unknown encoding "${value}"`);
      this.#encoding = value;
    } else if (option === '-translation') {
      if (value === 'binary') this.#encoding = value;
    } else if (!['-buffering', '-blocking', '-buffersize', '-eofchar'].includes(option)) {
      throw new TclError(`bad option "${option}"`);
    }
  }
}
