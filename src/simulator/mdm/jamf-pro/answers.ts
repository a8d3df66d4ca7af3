import { jackson } from './jackson.ts';

/** What a route answers; the server adds cookies and delays. */
export type Answer = { status: number; headers: Readonly<Record<string, string>>; body: string };

/** One cause within an ApiError. Real servers send null for `field`, whatever their schema says. */
export type Cause = { code: string; description: string; id: string | null; field: string | null };

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML_TYPE = { 'content-type': 'text/html;charset=utf-8' };

export const json = (status: number, value: unknown): Answer => ({ status, headers: JSON_TYPE, body: jackson(value) });

export const empty = (status: number): Answer => ({ status, headers: {}, body: '' });

export const cause = (code: string, description: string, field: string | null = null): Cause => ({
  code,
  description,
  id: '0',
  field,
});

export const apiError = (httpStatus: number, ...errors: Cause[]): Answer => json(httpStatus, { httpStatus, errors });

export const invalidField = (field: string, description: string): Answer =>
  apiError(400, cause('INVALID_FIELD', description, field));

export const notFound = (what: string): Answer => apiError(404, cause('NOT_FOUND', `${what} was not found`));

/** Of RFC 6749; the token call for API clients has no ApiError. */
export const oauthError = (status: number, error: string, description: string): Answer =>
  json(status, {
    error,
    error_description: description,
    error_uri: 'https://datatracker.ietf.org/doc/html/rfc6749#section-5.2',
  });

/** As Tomcat, or a proxy in front of it, answers: for the Classic API, at start-up, while somebody works on the server. */
export const html = (status: number, title: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { ...HTML_TYPE, ...headers },
  body: `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>HTTP Status ${status} – ${title}</h1></body></html>\n`,
});

export const xml = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml;charset=UTF-8' },
  body: `<?xml version="1.0" encoding="UTF-8"?>${body}`,
});
