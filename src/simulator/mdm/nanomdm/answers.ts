/** What a call answers; the server adds the date and delays. */
export type Answer = { status: number; headers: Readonly<Record<string, string>>; body: string };

const JSON_TYPE = { 'content-type': 'application/json' };

export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: JSON_TYPE,
  body: `${JSON.stringify(value)}\n`,
});

/** NanoMDM indents what it answers, KMFDDM does not. */
export const indented = (status: number, value: unknown): Answer => ({
  status,
  headers: JSON_TYPE,
  body: `${JSON.stringify(value, null, '\t')}\n`,
});

export const empty = (status: number): Answer => ({ status, headers: {}, body: '' });

export const text = (status: number, words: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: `${words}\n`,
});

export const html = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>\n`,
});

/** KMFDDM's only form of an error. */
export const error = (status: number, words: string): Answer => json(status, { error: words });
