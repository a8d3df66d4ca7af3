import { Secret } from '../../domain/secret.ts';
import type { HttpText } from '../../ports/http.ts';

/** The cookies by which a cluster sends a client to the same node again; all others are let go. */
const KEPT = new Set(['jpro-ingress', 'APBALANCEID', 'JSESSIONID']);

/**
 * The cookies of one workflow. Nodes of a cluster agree only after about a minute, so that after a write the node that took
 * it is asked. Before that none is sent: who pins without need spoils the balance of the load.
 */
export class Cookies {
  readonly #values = new Map<string, Secret>();

  /** Takes over what the answer to a write, or to a question after one, sets. */
  keep(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name = '', value = '', rest = ''] = /^\s*([\w-]+)=([^;]*)(.*)$/s.exec(line) ?? [];
      if (!KEPT.has(name)) continue;
      const isGone = value === '' || /;\s*max-age\s*=\s*(?:0|-\d+)\s*(?:;|$)/i.test(rest);
      if (isGone) this.#values.delete(name);
      else if (/^[\x21-\x7e]{1,512}$/.test(value)) this.#values.set(name, new Secret(value));
    }
  }

  get isPinned(): boolean {
    return this.#values.size > 0;
  }

  /** The value of a `cookie` header; null where there is nothing to send. */
  header(): HttpText | null {
    if (!this.isPinned) return null;
    return [...this.#values].flatMap(([name, value], index) => [`${index === 0 ? '' : '; '}${name}=`, value]);
  }

  clear(): void {
    this.#values.clear();
  }
}
