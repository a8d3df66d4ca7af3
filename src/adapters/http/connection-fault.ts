import type { HttpResult } from '../../ports/http.ts';

type Failed = Extract<HttpResult, { kind: 'failed' }>;

/** A request that surely never left. */
export const notSent = (why: Failed['why'], detail: string): Failed => ({
  kind: 'failed',
  why,
  detail,
  maybeDone: false,
});

/**
 * What an error of `fetch` means. A connection that was never made cannot have carried the request; of any other nobody
 * knows.
 */
export function connectionFault(error: unknown, host: string): Failed {
  const code = codeOf(error);
  const inBrackets = code === null ? '' : ` (${code})`;
  if (code !== null && NO_NAME.has(code)) return notSent('unreachable', `the name ${host} is not known${inBrackets}`);
  if (code === 'ECONNREFUSED') return notSent('unreachable', `${host} refuses connections${inBrackets}`);
  if (code !== null && NO_WAY.has(code)) return notSent('unreachable', `there is no way to ${host}${inBrackets}`);
  if (code !== null && CERTIFICATE.test(code))
    return notSent('tls', `the certificate of ${host} is not trusted${inBrackets}`);
  // A server can complain about TLS after it got the request, as about a client certificate that it misses.
  if (code !== null && TLS.test(code))
    return {
      kind: 'failed',
      why: 'tls',
      detail: `${host} and this Mac found no common TLS${inBrackets}`,
      maybeDone: true,
    };
  if (code !== null && TIMEOUT.has(code))
    return { kind: 'failed', why: 'timeout', detail: `${host} fell silent${inBrackets}`, maybeDone: true };
  return { kind: 'failed', why: 'cut-off', detail: `the connection to ${host} broke${inBrackets}`, maybeDone: true };
}

const NO_NAME = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_FAIL', 'EAI_NONAME']);
const NO_WAY = new Set([
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMEOUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** OpenSSL's names for a certificate that did not pass, and Node's for one of another host. */
const CERTIFICATE =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CRL_|INVALID_|PATH_LENGTH_|HOSTNAME_MISMATCH$|ERR_TLS_CERT_)/;
const TLS = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/;

/** The code of the innermost error that has one. Where several addresses were tried, that of the last. */
function codeOf(error: unknown): string | null {
  let code: string | null = null;
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    const own =
      'code' in each ? each.code : 'errors' in each && Array.isArray(each.errors) ? last(each.errors)?.code : null;
    if (typeof own === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(own)) code = own;
  }
  return code;
}

const last = (errors: readonly { code?: unknown }[]): { code?: unknown } | undefined => errors.at(-1);
