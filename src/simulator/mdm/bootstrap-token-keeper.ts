/** What a server says when a Mac asks for its token; `answers` false: nothing, for it is down. */
export type KeptToken = { answers: true; token: string | null } | { answers: false };

/**
 * The part of an MDM server that keeps bootstrap tokens, by the UDID of the Mac: what `SetBootstrapToken` and
 * `GetBootstrapToken` come to there. A server may lose what it was given.
 */
export interface BootstrapTokenKeeper {
  get(udid: string): KeptToken;
  /** Null takes it away. False where the server did not take it. */
  set(udid: string, token: string | null): boolean;
}

/** A server that forgets nothing by itself. */
export class TokensInMemory implements BootstrapTokenKeeper {
  readonly tokens = new Map<string, string>();
  /** It answers nobody. */
  down = false;

  get(udid: string): KeptToken {
    return this.down ? { answers: false } : { answers: true, token: this.tokens.get(udid) ?? null };
  }

  set(udid: string, token: string | null): boolean {
    if (this.down) return false;
    if (token === null) this.tokens.delete(udid);
    else this.tokens.set(udid, token);
    return true;
  }
}
