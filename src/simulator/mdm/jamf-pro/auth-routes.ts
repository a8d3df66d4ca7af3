import { SECOND_MS } from '../../../domain/instant.ts';
import { apiError, cause, empty, json, oauthError } from './answers.ts';
import { jamfTime } from './base.ts';
import type { Call, Route } from './parts.ts';
import { PRIVILEGES, shownPrivilege } from './privileges.ts';
import { versionAnswer } from './server-version.ts';
import type { JamfAccount, Token } from './tokens.ts';

/** An API client changes its id and secret for a token. Its errors are those of RFC 6749. */
function oauthToken({ parts, headers, body }: Call) {
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? ''))
    return oauthError(400, 'invalid_request', 'The body must be a form');
  const form = new URLSearchParams(body);
  const grant = form.get('grant_type');
  if (grant === null) return oauthError(400, 'invalid_request', 'grant_type is missing');
  if (grant !== 'client_credentials') return oauthError(400, 'unsupported_grant_type', `${grant} is not supported`);
  const fault = parts.base.faults.strikes('secret-refused');
  const client = parts.tokens.clientOf(form.get('client_id') ?? '', form.get('client_secret') ?? '');
  if (fault !== null || client === null)
    return oauthError(fault?.status ?? 401, 'invalid_client', 'Client authentication failed');
  const wanted =
    form
      .get('scope')
      ?.split(' ')
      .filter((scope) => scope !== '') ?? [];
  const roles = client.roles.filter(({ id }) => wanted.length === 0 || wanted.includes(`api-role:${id}`));
  if (wanted.length > roles.length) return oauthError(400, 'invalid_scope', 'A scope is not one of this client');
  const token = parts.tokens.forClient(client, roles);
  return json(200, {
    access_token: token.text,
    scope: roles.map(({ id }) => `api-role:${id}`).join(' '),
    token_type: 'Bearer',
    expires_in: Math.round((token.expiresAt - parts.base.now()) / SECOND_MS),
  });
}

function userToken({ parts, headers }: Call) {
  const account = accountIn(parts.tokens.accountOf.bind(parts.tokens), headers.authorization ?? '');
  if (parts.base.faults.strikes('secret-refused') !== null || account === null) return apiError(401);
  if (parts.base.faults.strikes('password-expired') !== null)
    return apiError(401, cause('USER_EXPIRED_PASSWORD', 'The password of this account has expired'));
  return shownToken(parts.tokens.forAccount(account));
}

/** A new token for an old one, which ends with it. */
function keepAlive({ parts, token }: Call) {
  if (token?.owner.kind !== 'account') return apiError(401);
  token.ended = true;
  return shownToken(parts.tokens.forAccount(token.owner.account));
}

function invalidate({ token }: Call) {
  if (token !== null) token.ended = true;
  return empty(204);
}

function whoAmI({ parts, token }: Call) {
  if (token === null) return apiError(401);
  const { owner, privileges } = token;
  const names = [...privileges].map((name) => shownPrivilege(name, parts.base.settings.macName)).sort();
  const isClient = owner.kind === 'client';
  return json(200, {
    account: {
      id: isClient ? '0' : String(owner.account.id),
      username: isClient ? owner.client.id : owner.account.name,
      realName: '',
      email: '',
      preferences: {},
      multiSiteAdmin: false,
      accessLevel: 'FullAccess',
      privilegeSet: 'CUSTOM',
      privilegesBySite: { '-1': names },
      groupIds: [],
      currentSiteId: '-1',
    },
    accountGroups: [],
    sites: [],
    authenticationType: isClient ? 'CLIENT_CREDENTIALS' : 'JSS',
  });
}

function rolePrivileges({ parts, query }: Call) {
  const names = PRIVILEGES.map((name) => shownPrivilege(name, parts.base.settings.macName));
  const part = (query.get('name') ?? '').toLowerCase();
  return json(200, { privileges: names.filter((name) => name.toLowerCase().includes(part)) });
}

const OLD_AUTH = '2020-06-01';

export const authRoutes: readonly Route[] = [
  { name: 'token', method: 'POST', path: '/api/v1/auth/token', open: true, answer: userToken },
  { name: 'token', method: 'POST', path: '/api/auth/tokens', open: true, deprecated: OLD_AUTH, answer: userToken },
  { name: 'oauth', method: 'POST', path: '/api/oauth/token', open: true, since: '10.49', answer: oauthToken },
  // Since when is not known; it is in the schema of 11.23.2.
  { name: 'oauth', method: 'POST', path: '/api/v1/oauth/token', open: true, since: '11.23', answer: oauthToken },
  { name: 'keep-alive', method: 'POST', path: '/api/v1/auth/keep-alive', answer: keepAlive },
  { name: 'invalidate', method: 'POST', path: '/api/v1/auth/invalidate-token', answer: invalidate },
  { name: 'auth', method: 'GET', path: '/api/v1/auth', answer: whoAmI },
  {
    name: 'version',
    method: 'GET',
    path: '/api/v1/jamf-pro-version',
    answer: ({ parts }) => json(200, { version: versionAnswer(parts.base.version()) }),
  },
  { name: 'health', method: 'GET', path: '/api/v1/health-check', open: true, answer: () => empty(204) },
  {
    name: 'role-privileges',
    method: 'GET',
    path: '/api/v1/api-role-privileges',
    since: '10.49',
    needs: ['Read API Roles'],
    answer: (call) => rolePrivileges({ ...call, query: new URLSearchParams() }),
  },
  {
    name: 'role-privileges',
    method: 'GET',
    path: '/api/v1/api-role-privileges/search',
    since: '10.49',
    needs: ['Read API Roles'],
    answer: rolePrivileges,
  },
];

const shownToken = (token: Token) => json(200, { token: token.text, expires: jamfTime(token.expiresAt) });

function accountIn(find: (name: string, password: string) => JamfAccount | null, header: string): JamfAccount | null {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header) ?? [];
  const plain = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  return colon < 0 ? null : find(plain.slice(0, colon), plain.slice(colon + 1));
}
