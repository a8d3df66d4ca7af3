import type { MdmCredential } from '../../../domain/mdm-credential.ts';
import type { Secret } from '../../../domain/secret.ts';
import type { Exchange } from '../wire.ts';

export type JamfCredential = MdmCredential;

/** Where client tokens are had: the older path first, since every server that knows clients has it. */
export const CLIENT_TOKEN_PATHS = ['/api/oauth/token', '/api/v1/oauth/token'] as const;
const ACCOUNT_TOKEN_PATH = '/api/v1/auth/token';

/** The request for a new token. */
export function tokenExchange(credential: JamfCredential, clientPath: string): Exchange {
  if (credential.kind === 'account') {
    const { name, password } = credential;
    const basic = password.encoded((plain) => Buffer.from(`${name}:${plain}`, 'utf8').toString('base64'));
    return { method: 'POST', path: ACCOUNT_TOKEN_PATH, headers: { authorization: ['Basic ', basic] } };
  }
  const form = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
  const body = [
    `grant_type=client_credentials&client_id=${form(credential.id)}&client_secret=`,
    credential.secret.encoded(form),
  ];
  return {
    method: 'POST',
    path: clientPath,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  };
}

/** The token as the header that shows it. */
export const bearer = (token: Secret): readonly (string | Secret)[] => ['Bearer ', token];
