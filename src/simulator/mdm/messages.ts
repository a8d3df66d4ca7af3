/** A request as both doors hand it on: names of headers in lower case, nothing hidden. */
export type Incoming = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  body: string;
};

type Whole = {
  status: number;
  headers: Readonly<Record<string, string>>;
  cookies: readonly string[];
  body: string;
  afterMs: number;
};

/**
 * What a door is to do. `cut-off`: half of the body, then the connection breaks. `lost`: it breaks with no word at all,
 * though what was asked for is done. `unreachable`: there is no connection.
 */
export type ServerAnswer =
  | ({ kind: 'answer' } & Whole)
  | ({ kind: 'cut-off' } & Whole)
  | { kind: 'lost'; afterMs: number }
  | { kind: 'unreachable' };
