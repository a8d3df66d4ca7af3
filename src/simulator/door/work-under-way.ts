import { type AsyncHook, createHook } from 'node:async_hooks';

/** Reads, writes, look-ups and connections: each ends by itself. Open sockets and timers are not work. */
const REQUEST = /REQ|CONNECTWRAP/;

/**
 * What Node does for this program outside of its event loop right now. Node's own list of active resources leaves some
 * of it out (an `fstat` inside `readFile`, seen on 26.10), so it is counted here from its beginning to its end.
 */
export class WorkUnderWay {
  readonly #ids = new Set<number>();
  readonly #hook: AsyncHook;

  constructor() {
    this.#hook = createHook({
      trackPromises: false,
      init: (id, type) => {
        if (REQUEST.test(type)) this.#ids.add(id);
      },
      destroy: (id) => {
        this.#ids.delete(id);
      },
    });
    this.#hook.enable();
  }

  any(): boolean {
    return this.#ids.size > 0;
  }

  stop(): void {
    this.#hook.disable();
  }
}
