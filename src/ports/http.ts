import type { Secret } from '../domain/secret.ts';

/** Text some parts of which are secret; they are revealed only as it is sent. */
export type HttpText = string | readonly (string | Secret)[];

/** One request. The address is `https` (or `http` on the loopback) and never holds a secret. */
export type HttpRequest = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Readonly<Record<string, HttpText>>;
  body: HttpText | null;
  limits: { timeoutMs: number; answerBytes: number };
};

/** `body` is a Secret because it may hold a token. Names of headers are in lower case; `cookies` are `set-cookie` lines. */
export type HttpAnswer = {
  status: number;
  headers: Readonly<Record<string, string>>;
  cookies: readonly string[];
  body: Secret;
};

/** `maybeDone`: the server may have got the request and acted on it, so that it must not be repeated blindly. */
export type HttpResult =
  | { kind: 'answer'; answer: HttpAnswer }
  | {
      kind: 'failed';
      why: 'unreachable' | 'tls' | 'timeout' | 'too-large' | 'cut-off' | 'aborted';
      detail: string;
      maybeDone: boolean;
    };

/** Sends requests. It never rejects, follows no redirect, and sends nothing anywhere but to the address it was given. */
export interface Http {
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResult>;
}
