import { MINUTE_MS, SECOND_MS } from '../../../domain/instant.ts';
import type { Base } from './base.ts';
import type { Privilege } from './privileges.ts';

export type Role = { id: number; name: string; privileges: readonly Privilege[] };

export type ApiClient = {
  id: string;
  secret: string;
  enabled: boolean;
  lifetimeSeconds: number;
  roles: Role[];
};

export type JamfAccount = {
  id: number;
  name: string;
  password: string;
  enabled: boolean;
  /** Signs in elsewhere, so that Basic is of no use. */
  sso: boolean;
  privileges: readonly Privilege[];
  /** Wrong passwords so far; a right one sets it back. */
  refused: number;
};

/** What its owner may do is what the roles said when it was made. */
export type Token = {
  text: string;
  owner: { kind: 'client'; client: ApiClient } | { kind: 'account'; account: JamfAccount };
  privileges: ReadonlySet<Privilege>;
  expiresAt: number;
  ended: boolean;
  calls: number;
};

/** Expired tokens are forgotten once there are this many; a server of 10,000 Macs makes them by the thousand. */
const TIDY_AT = 20_000;

/** Who may come in, and the tokens that say so. */
export class Tokens {
  readonly clients = new Map<string, ApiClient>();
  readonly accounts = new Map<string, JamfAccount>();
  readonly #base: Base;
  readonly #tokens = new Map<string, Token>();
  #tidyAt = TIDY_AT;

  constructor(base: Base) {
    this.#base = base;
  }

  /** Null where the id is unknown, the secret wrong or the client disabled: nobody learns which. */
  clientOf(id: string, secret: string): ApiClient | null {
    const client = this.clients.get(id);
    return client?.enabled === true && client.secret === secret ? client : null;
  }

  accountOf(name: string, password: string): JamfAccount | null {
    const account = this.accounts.get(name);
    if (account === undefined || !account.enabled || account.sso) return null;
    if (account.password === password) {
      account.refused = 0;
      return account;
    }
    account.refused += 1;
    return null;
  }

  forClient(client: ApiClient, roles: readonly Role[]): Token {
    const now = this.#base.now();
    const expiresAt = now + this.#lifetimeMs(client.lifetimeSeconds * SECOND_MS);
    const claims = {
      sub: client.id,
      aud: client.id,
      nbf: Math.floor(now / SECOND_MS),
      iat: Math.floor(now / SECOND_MS),
      exp: Math.floor(expiresAt / SECOND_MS),
      scope: roles.map(({ id }) => `api-role:${id}`),
      'token-uuid': this.#base.uuid().toLowerCase(),
      'subject-type': 'REGISTERED_CLIENT_ID',
      'authentication-type': 'CLIENT_CREDENTIALS',
    };
    const privileges = new Set(roles.flatMap((role) => role.privileges));
    return this.#keep(claims, { owner: { kind: 'client', client }, privileges, expiresAt });
  }

  forAccount(account: JamfAccount): Token {
    const expiresAt = this.#base.now() + this.#lifetimeMs(this.#base.settings.userTokenMinutes * MINUTE_MS);
    const claims = { sub: String(account.id), exp: Math.floor(expiresAt / SECOND_MS), 'token-uuid': this.#base.uuid() };
    return this.#keep(claims, {
      owner: { kind: 'account', account },
      privileges: new Set(account.privileges),
      expiresAt,
    });
  }

  /** `ended` for one that was good once, `unknown` for one this server never made. */
  look(text: string): Token | 'ended' | 'unknown' {
    const token = this.#tokens.get(text);
    if (token === undefined) return 'unknown';
    const fault = this.#base.faults.standing('token-ends');
    if (fault !== null && !token.ended && token.calls >= fault.afterCalls) {
      this.#base.faults.strikes('token-ends');
      token.ended = true;
    }
    if (token.ended || this.#base.now() >= token.expiresAt) return 'ended';
    token.calls += 1;
    return token;
  }

  /** How many are good now. */
  live(): number {
    const now = this.#base.now();
    return [...this.#tokens.values()].filter(({ ended, expiresAt }) => !ended && now < expiresAt).length;
  }

  secrets(): string[] {
    return [
      ...[...this.clients.values()].map(({ secret }) => secret),
      ...[...this.accounts.values()].map(({ password }) => password),
      ...this.#tokens.keys(),
    ];
  }

  #lifetimeMs(usualMs: number): number {
    const short = this.#base.faults.strikes('token-short');
    return short === null ? usualMs : short.seconds * SECOND_MS;
  }

  #keep(claims: Record<string, unknown>, rest: Pick<Token, 'owner' | 'privileges' | 'expiresAt'>): Token {
    if (this.#tokens.size >= this.#tidyAt) this.#tidy();
    const header = { alg: 'HS256', typ: 'JWT' };
    const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const token: Token = { text: `${text}.${this.#base.tokenPart()}`, ...rest, ended: false, calls: 0 };
    this.#tokens.set(token.text, token);
    return token;
  }

  #tidy(): void {
    const now = this.#base.now();
    for (const [text, { ended, expiresAt }] of this.#tokens) if (ended || now >= expiresAt) this.#tokens.delete(text);
    this.#tidyAt = Math.max(TIDY_AT, this.#tokens.size * 2);
  }
}
