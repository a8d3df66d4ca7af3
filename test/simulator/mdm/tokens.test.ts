// Who comes in, for how long, and with which privileges.
import { describe, expect, test } from 'vitest';
import { PRIVILEGES } from '../../../src/simulator/mdm/jamf-pro/privileges.ts';
import { jamf, PASSWORD, PLANS, SECRET } from './jamf-harness.ts';

const VERSION = '/api/v1/jamf-pro-version';

describe('API clients', () => {
  test('a token by either path, good for as long as the client’s record says', async () => {
    const world = jamf();
    for (const path of ['/api/oauth/token', '/api/v1/oauth/token']) {
      const { status, json } = world.oauth(SECRET, '', path);
      expect(status).toBe(200);
      expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 600, scope: 'api-role:1' });
      expect(world.ask('GET', VERSION, { token: json.access_token }).status).toBe(200);
    }
    const { access_token: token } = world.oauth().json;
    await world.pass(599);
    expect(world.ask('GET', VERSION, { token }).status).toBe(200);
    await world.pass(1);
    const late = world.ask('GET', VERSION, { token });
    expect([late.status, late.json]).toEqual([401, { httpStatus: 401, errors: [] }]);
  });

  test('the token is a JWT that names the client and holds no secret', () => {
    const world = jamf();
    const [, claims = ''] = world.oauth().json.access_token.split('.');
    const read = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(read).toMatchObject({ sub: 'upkeep', scope: ['api-role:1'], 'authentication-type': 'CLIENT_CREDENTIALS' });
    expect(JSON.stringify(read)).not.toContain(SECRET);
  });

  test.each<[string, string, string]>([
    ['another grant', 'grant_type=password&client_id=upkeep', 'unsupported_grant_type'],
    ['no grant', 'client_id=upkeep', 'invalid_request'],
    [
      'a scope it has not',
      `grant_type=client_credentials&client_id=upkeep&client_secret=${encodeURIComponent(SECRET)}&scope=api-role:7`,
      'invalid_scope',
    ],
  ])('%s: %s', (_, form, error) => {
    const { status, json } = jamf().ask('POST', '/api/oauth/token', { form });
    expect([status, json.error]).toEqual([400, error]);
  });

  test('a wrong secret, an unknown id, a disabled client: the same answer, in the form of RFC 6749', () => {
    const world = jamf();
    const wrong = world.oauth('another secret');
    const unknown = world.ask('POST', '/api/oauth/token', {
      form: 'grant_type=client_credentials&client_id=nobody&client_secret=x',
    });
    const client = world.server.parts.tokens.clients.get('upkeep');
    if (client !== undefined) client.enabled = false;
    const disabled = world.oauth();
    for (const { status, json } of [wrong, unknown, disabled])
      expect([status, json.error, json.httpStatus]).toEqual([401, 'invalid_client', undefined]);
    expect(wrong.body).not.toContain('another secret');
  });

  test('secret-refused: the right secret, and so often', () => {
    const world = jamf();
    world.server.faults.add({ name: 'secret-refused', times: 1, status: 400 });
    expect([world.oauth().status, world.oauth().status]).toEqual([400, 200]);
  });

  test('a role that changes counts with the next token only', () => {
    const world = jamf();
    const client = world.server.parts.tokens.clients.get('upkeep');
    const [role] = client?.roles ?? [];
    const { access_token: before } = world.oauth().json;
    if (role !== undefined) role.privileges = ['Read Computers'];
    const { access_token: after } = world.oauth().json;
    expect(world.ask('GET', PLANS, { token: before }).status).toBe(200);
    expect(world.ask('GET', PLANS, { token: after }).status).toBe(403);
  });
});

describe('accounts', () => {
  const login = (world: ReturnType<typeof jamf>, basic = `upkeep:${PASSWORD}`) =>
    world.ask('POST', '/api/v1/auth/token', { token: null, basic });

  test('a token for half an hour, with the instant of its end', async () => {
    const world = jamf();
    const { status, json } = login(world);
    expect([status, json.expires]).toEqual([200, '2026-11-23T08:30:00.000Z']);
    await world.pass(29 * 60);
    expect(world.ask('GET', VERSION, { token: json.token }).status).toBe(200);
    await world.pass(60);
    expect(world.ask('GET', VERSION, { token: json.token }).status).toBe(401);
  });

  test('keep-alive gives a new one and ends the old one; not for API clients', () => {
    const world = jamf();
    const { token } = login(world).json;
    const next = world.ask('POST', '/api/v1/auth/keep-alive', { token });
    expect(next.status).toBe(200);
    expect(world.ask('GET', VERSION, { token }).status).toBe(401);
    expect(world.ask('GET', VERSION, { token: next.json.token }).status).toBe(200);
    expect(world.ask('POST', '/api/v1/auth/keep-alive', { token: world.oauth().json.access_token }).status).toBe(401);
  });

  test('invalidating ends a token, and a second time it is refused', () => {
    const world = jamf();
    const { token } = login(world).json;
    const end = () => world.ask('POST', '/api/v1/auth/invalidate-token', { token }).status;
    expect([end(), end()]).toEqual([204, 401]);
    expect(world.server.parts.tokens.live()).toBe(0);
  });

  test('a wrong password is counted; SSO accounts cannot come in so', () => {
    const world = jamf();
    world.server.addAccount({ name: 'sso', password: 'x', sso: true });
    expect(login(world, 'upkeep:wrong').status).toBe(401);
    expect(world.server.parts.tokens.accounts.get('upkeep')?.refused).toBe(1);
    expect(login(world, 'sso:x').status).toBe(401);
    expect(login(world).status).toBe(200);
    expect(world.server.parts.tokens.accounts.get('upkeep')?.refused).toBe(0);
  });

  test('password-expired has a code of its own', () => {
    const world = jamf();
    world.server.faults.add({ name: 'password-expired', times: 1 });
    expect(login(world).json.errors).toMatchObject([{ code: 'USER_EXPIRED_PASSWORD' }]);
    expect(login(world).status).toBe(200);
  });

  test('who am I: kind, and privileges under the names of this server', () => {
    const world = jamf({ macName: 'macOS' });
    const mine = world.ask('GET', '/api/v1/auth', { token: login(world).json.token }).json;
    expect(mine.authenticationType).toBe('JSS');
    expect(mine.account.privilegesBySite['-1']).toContain(
      'Send Computer Remote Command to Download and Install macOS Update',
    );
    expect(world.ask('GET', '/api/v1/auth', { token: world.oauth().json.access_token }).json.authenticationType).toBe(
      'CLIENT_CREDENTIALS',
    );
  });
});

test('a token that was never one is told apart from one that has ended', () => {
  const { json, status } = jamf().ask('GET', VERSION, { token: 'abc' });
  expect(status).toBe(401);
  expect(json.errors).toEqual([{ code: 'INVALID_TOKEN', description: 'Unauthorized', id: '0', field: null }]);
});

test('token-ends: in the middle of the work, whatever its end was to be', () => {
  const world = jamf();
  world.server.faults.add({ name: 'token-ends', afterCalls: 2, times: 1 });
  const { access_token: token } = world.oauth().json;
  const look = (one = token) => world.ask('GET', VERSION, { token: one }).status;
  expect([look(), look(), look()]).toEqual([200, 200, 401]);
  const { access_token: next } = world.oauth().json;
  expect([look(next), look(next), look(next)]).toEqual([200, 200, 200]);
});

describe('privileges', () => {
  /** A call that needs each of them. */
  const CALLS: Record<(typeof PRIVILEGES)[number], (world: ReturnType<typeof jamf>) => [string, string, unknown?]> = {
    'Create Managed Software Updates': () => ['POST', PLANS, {}],
    'Read API Roles': () => ['GET', '/api/v1/api-role-privileges'],
    'Read Computers': () => ['GET', '/api/v1/computers-inventory'],
    'Read Managed Software Updates': () => ['GET', PLANS],
    'Read Mobile Devices': () => ['GET', PLANS],
    'Send Blank Pushes to Computers': ({ id }) => ['POST', `/JSSResource/computercommands/command/BlankPush/id/${id}`],
    'Send Computer Remote Command to Download and Install OS X Update': () => ['POST', PLANS, {}],
    'Send Declarative Management Command': ({ managementId }) => ['POST', `/api/v1/ddm/${managementId}/sync`],
    'Send Mobile Device Remote Command to Download and Install iOS Update': () => ['POST', PLANS, {}],
    'Update Computers': ({ id }) => ['PATCH', `/api/v1/computers-inventory-detail/${id}`, {}],
    'Update Managed Software Updates': () => ['POST', `${PLANS}/feature-toggle/abandon`],
    'View MDM command information in Jamf Pro API': () => ['POST', '/api/v2/mdm/blank-push', {}],
  };

  test.each(PRIVILEGES)('without “%s” its call is refused, and not which one is missing is said', (privilege) => {
    const world = jamf({ version: '11.27.1' });
    const [method, path, body] = CALLS[privilege](world);
    const ask = (token?: string) => world.ask(method, path, { ...(token === undefined ? {} : { token }), body });
    expect(ask().status).not.toBe(403);
    world.server.addClient({ id: 'poor', secret: 'x', privileges: PRIVILEGES.filter((one) => one !== privilege) });
    const { access_token: token } = world.ask('POST', '/api/oauth/token', {
      form: 'grant_type=client_credentials&client_id=poor&client_secret=x',
    }).json;
    const refused = ask(token);
    expect(refused.status).toBe(403);
    expect(refused.body).not.toContain(privilege);
    world.server.faults.add({ name: 'privilege-denied', privilege, times: 1, status: 401 });
    expect([ask().status, ask().status === 401]).toEqual([401, false]);
  });

  test('their names can be asked for, whole or in part', () => {
    const world = jamf();
    expect(world.ask('GET', '/api/v1/api-role-privileges').json.privileges).toHaveLength(PRIVILEGES.length);
    const found = world.ask('GET', '/api/v1/api-role-privileges/search?name=managed%20software').json.privileges;
    expect(found).toEqual([
      'Create Managed Software Updates',
      'Read Managed Software Updates',
      'Update Managed Software Updates',
    ]);
  });
});
