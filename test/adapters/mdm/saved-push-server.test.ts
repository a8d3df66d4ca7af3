// The management server of the settings with what is saved for it: what is wrong with it without asking it, how it is found, and
// that nothing of it is ever taken for the password of an account here.
import { describe, expect, test } from 'vitest';
import { checkServer } from '../../../src/adapters/mdm/check-server.ts';
import { NanoMdm } from '../../../src/adapters/mdm/nanomdm/nano-mdm.ts';
import { addressOf, openServer } from '../../../src/adapters/mdm/open-server.ts';
import { SavedPushServer } from '../../../src/adapters/mdm/saved-push-server.ts';
import { credentialId } from '../../../src/domain/credentials.ts';
import { DAY_MS } from '../../../src/domain/instant.ts';
import { credentialOf, holderIn, holderText, holderWords } from '../../../src/domain/mdm-credential.ts';
import { REQUEST_GAP_MS } from '../../../src/policy/push-pace.ts';
import { defaultSettings } from '../../../src/policy/schema.ts';
import type { PushService } from '../../../src/ports/push-service.ts';
import { scripted } from '../../support/scripted-commands.ts';
import {
  ACCOUNT,
  ACCOUNT_WORD,
  ALL_PRIVILEGES,
  agentOf,
  apiError,
  broken,
  CLIENT,
  CLIENT_WORD,
  heldBy,
  serverDesk,
} from './server-desk.ts';

type Desk = ReturnType<typeof serverDesk>;
const isService = (opened: object): opened is PushService => 'look' in opened;

async function opened(one: Desk, server = one.saved()): Promise<PushService> {
  const service = await one.run(server.open());
  if (!isService(service)) throw new Error(`it was refused: ${service.refused}`);
  return service;
}

describe('what is wrong with it is known without asking it', () => {
  test('nothing is saved, or no server named', async () => {
    const one = serverDesk();
    expect(await one.run(one.saved().trouble())).toBe('not-set');
    await one.save();
    expect(await one.run(one.saved(defaultSettings.mdm).trouble())).toBe('not-set');
    expect(await one.run(one.saved(null).trouble())).toBe('not-set');
    expect(await one.run(one.saved(defaultSettings.mdm).open())).toEqual({ refused: 'not-set' });
    expect(await one.run(one.saved(null).open())).toEqual({ refused: 'not-set' });
    expect(await one.run(one.saved().trouble())).toBeNull();
    expect(one.jamf.got).toEqual([]);
  });

  test('what was saved is gone, or the keychain is closed', async () => {
    const one = serverDesk();
    await one.save();
    one.mac.keychains.system.items.length = 0;
    expect(await one.run(one.saved().trouble())).toBe('password-gone');
    expect(await one.run(one.saved().open())).toEqual({ refused: 'password-gone' });
    const other = serverDesk();
    await other.save();
    const { store } = other.process(null, ['security.see-password', 'security.find-password']);
    const shut = serverOver(other, store);
    expect(await other.run(shut.trouble())).toBe('keychain-unavailable');
    expect(await other.run(shut.open())).toEqual({ refused: 'keychain-unavailable' });
  });

  test('nobody can be asked, as for a simulated Mac, or the file cannot be read', async () => {
    const one = serverDesk();
    await one.save();
    const alone = one.saved(one.settings, { http: null });
    expect(await one.run(alone.trouble())).toBe('unknown');
    expect(await one.run(alone.open())).toEqual({ refused: 'unknown' });
    one.disk.set('/state/credentials.json', 'half a f');
    expect(await one.run(one.saved().trouble())).toBe('unknown');
  });
});

const serverOver = ({ server, settings, records }: Desk, store: Desk['store']) =>
  new SavedPushServer({ ...server, ...records, store, settings: () => settings });

describe('opened', () => {
  test('it is asked at the address that Jamf Pro left on the Mac, about this Mac, one question after the other', async () => {
    const one = serverDesk();
    await one.save();
    const service = await opened(one);
    expect(one.jamf.got).toEqual([]);
    expect(await one.run(service.look())).toMatchObject({ serverVersion: '11.30.1', means: ['declaration', 'plan'] });
    await one.run(service.close());
    expect([...new Set(one.jamf.got.map(({ url }) => new URL(url).origin))]).toEqual(['https://mdm.example.com']);
    expect(one.jamf.got.map(({ body }) => body).join()).toContain('client_id=client-id');
    expect(one.jamf.server.tokens.size).toBe(0);
  });

  test('requests keep their distance', async () => {
    const one = serverDesk();
    await one.save();
    const times: number[] = [];
    const { http } = one.jamf;
    const paced = one.saved(one.settings, {
      http: {
        send: (request) => {
          times.push(one.mac.clock.monotonicMs());
          return http.send(request);
        },
      },
    });
    const service = await opened(one, paced);
    await one.run(service.look());
    const gaps = times.slice(1).map((at, nth) => at - (times[nth] ?? 0));
    expect(gaps.length).toBeGreaterThan(3);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(REQUEST_GAP_MS);
  });

  test('the id of the settings is looked at first', async () => {
    const one = serverDesk({ computerId: '12' });
    await one.save();
    const service = await opened(one);
    await one.run(service.look());
    const asked = one.jamf.got
      .map(({ query }) => query.get('filter') ?? '')
      .filter((filter) => /^u?d?id==/.test(filter));
    expect(asked).toEqual(['id==12']);
  });

  test('an account is one of the server', async () => {
    const one = serverDesk({ url: 'https://jamf.example.com:8443/jss' });
    await one.save(ACCOUNT);
    const service = await opened(one);
    await one.run(service.look());
    const [first] = one.jamf.got;
    expect(first?.url).toMatch(/^https:\/\/jamf\.example\.com:8443\/jss\/api\/v1\/auth\/token/);
    expect(first?.headers.authorization).toBe(
      `Basic ${Buffer.from(`updater:${ACCOUNT_WORD}`, 'utf8').toString('base64')}`,
    );
  });
});

describe('another sort of server', () => {
  const openedAs = (credential: typeof CLIENT | typeof ACCOUNT) => {
    const one = serverDesk({ service: 'nanomdm', url: 'https://broker.example.com' });
    const parts = { commands: one.commands, clock: one.mac.clock, http: one.jamf.http };
    return one.run(openServer(parts, one.settings, credential));
  };

  test('is NanoMDM, which knows accounts alone', async () => {
    const found = await openedAs(ACCOUNT);
    expect('service' in found && found.service).toBeInstanceOf(NanoMdm);
    expect(found).toHaveProperty('address', 'https://broker.example.com');
    expect(await openedAs(CLIENT)).toEqual({ why: expect.stringContaining('NanoMDM has no API clients') });
  });
});

describe('the address', () => {
  const found = (mdm: object, spec = {}) => {
    const one = serverDesk(mdm, spec);
    return one.run(addressOf(one.settings, one.commands));
  };
  const NOT_MANAGED = { bootstrapToken: false } as const;

  test('is the one that is set, else the one on the Mac, unless that is forbidden', async () => {
    expect(await found({ url: 'https://broker.example.com' })).toEqual({ address: 'https://broker.example.com' });
    expect(await found({})).toEqual({ address: 'https://mdm.example.com' });
    expect(await found({ discoverUrl: false })).toEqual({ why: 'its address is not set (mdm.url)' });
    expect(await found({ service: 'nanomdm' })).toEqual({ why: 'its address is not set (mdm.url)' });
    expect(await found({}, NOT_MANAGED)).toEqual({
      why: 'its address is not set (mdm.url), and Jamf Pro does not manage this Mac',
    });
  });

  test.each(['http://jamf.example.com/', 'https://name:word@jamf.example.com/', 'http://127.0.0.1:8080/'])(
    '%s on the Mac is not believed, and nothing is sent there',
    async (left) => {
      const one = serverDesk();
      await one.save();
      const { commands } = one;
      const asIf: typeof commands = {
        start: (call) => {
          if (call.name !== 'defaults.jamf-server') return commands.start(call);
          return scripted({ 'defaults.jamf-server': { stdout: `${left}\n` } }).commands.start(call);
        },
      };
      expect(await one.run(addressOf(one.settings, asIf))).toHaveProperty(
        'why',
        expect.stringMatching(/not one of https/),
      );
      expect(await one.run(one.saved(one.settings, { commands: asIf }).open())).toEqual({ refused: 'unknown' });
      expect(one.jamf.got).toEqual([]);
    },
  );
});

describe('the check of a credential', () => {
  const check = (one: Desk, credential = CLIENT as typeof CLIENT | typeof ACCOUNT) =>
    one.run(checkServer(one.server, one.settings, credential));

  test('a client that may all that can be seen', async () => {
    const one = serverDesk();
    const found = await check(one);
    expect(found).toMatchObject({ fit: true, beyond: null });
    expect(found.fit && found.unproven).toContain('Create Managed Software Updates');
    // Nothing was changed at the server, and the token is given back.
    const changed = one.jamf.got.filter(({ key }) => !key.startsWith('GET') && !/token$/.test(key));
    expect([changed, one.jamf.server.tokens.size]).toEqual([[], 0]);
  });

  test('an account that may more than is needed', async () => {
    const one = serverDesk();
    heldBy(one, [...ALL_PRIVILEGES, 'Update Policies']);
    expect(await check(one, ACCOUNT)).toMatchObject({ fit: true, unproven: [], beyond: ['Update Policies'] });
  });

  test('missing privileges are named as whoever gives them finds them', async () => {
    const one = serverDesk();
    heldBy(one, ALL_PRIVILEGES.slice(1));
    expect(await check(one, ACCOUNT)).toEqual({
      fit: false,
      trouble: 'no-privilege',
      why: 'the account lacks Managed Software Updates (Read)',
    });
    one.jamf.always('GET /api/v2/mdm/commands', apiError(403));
    expect(await check(one)).toEqual({
      fit: false,
      trouble: 'no-privilege',
      why: 'the role of the API client lacks View MDM command information in Jamf Pro API',
    });
  });

  test.each([
    ['refuses it', 'POST /api/oauth/token', apiError(401), 'wrong-password'],
    ['is not there', 'POST /api/oauth/token', broken('unreachable'), 'server-unreachable'],
    ['is ill', 'GET /api/v1/jamf-pro-version', apiError(500), 'server-unreachable'],
  ] as const)('a server that %s', async (_, key, reply, trouble) => {
    const one = serverDesk();
    one.jamf.always(key, reply);
    const found = await check(one);
    expect(found).toMatchObject({ fit: false, trouble });
    expect(JSON.stringify(found)).not.toContain(CLIENT_WORD);
  });
});

describe('passwords of accounts here', () => {
  test('what lets into the server is none of them: it is not tried, unlocked, or counted', async () => {
    const one = serverDesk();
    const saved = await one.save();
    const agent = agentOf(one);
    await one.mac.world.runUntil(one.mac.world.now() + 2 * DAY_MS);
    const before = one.mac.calls.length;
    expect(await one.run(agent.check())).toEqual([]);
    expect(await one.run(agent.unlock('mdm'))).toEqual({ refused: 'not-set' });
    expect(agent.accountOf('mdm')).toBeNull();
    expect(agent.refused()).toEqual([]);
    agent.tried('mdm', null);
    expect(agent.attempts()).toEqual([]);
    expect(one.mac.calls.length).toBe(before);
    expect(credentialId(saved)).toBe(`mdm/${saved.version}`);
  });
});

describe('the server refuses', () => {
  const TOKEN = { client: 'POST /api/oauth/token', account: 'POST /api/v1/auth/token' };
  const MEANS = { means: 'plan', id: 'AAAA-1' } as const;
  const order = {
    to: { version: '26.1', build: '25B78' },
    major: false,
    latest: true,
    action: { kind: 'download' },
  } as const;

  test.each<[string, (service: PushService) => Promise<unknown>]>([
    ['look', (service) => service.look()],
    ['current', (service) => service.current()],
    ['push', (service) => service.push(order, 'plan')],
    ['follow', (service) => service.follow(MEANS)],
    ['nudge', (service) => service.nudge()],
  ])('the password of an account (%s): it is sent once, until it is saved anew', async (_, ask) => {
    const one = serverDesk();
    await one.save(ACCOUNT);
    one.jamf.always(TOKEN.account, apiError(401));
    for (let wake = 0; wake < 3; wake += 1) {
      const service = await one.run(one.saved().open());
      if (isService(service))
        expect(await one.run(ask(service))).toHaveProperty('failed.trouble', 'credential-refused');
      else expect(service).toEqual({ refused: 'wrong-password' });
    }
    expect(one.jamf.count(TOKEN.account)).toBe(1);
    expect(await one.run(one.saved().trouble())).toBe('wrong-password');
    expect(JSON.stringify([...one.disk.values()])).not.toContain(ACCOUNT_WORD);
    await one.mac.world.runUntil(one.mac.world.now() + 1_000);
    await one.save(ACCOUNT);
    expect(await one.run(one.saved().trouble())).toBeNull();
    expect(isService(await one.run(one.saved().open()))).toBe(true);
  });

  test('the secret of a client, which locks nobody out: it is asked again', async () => {
    const one = serverDesk();
    await one.save();
    one.jamf.once(TOKEN.client, apiError(401));
    expect(await one.run((await opened(one)).look())).toHaveProperty('failed.trouble', 'credential-refused');
    expect(await one.run((await opened(one)).look())).toHaveProperty('means');
  });

  test('an account for another reason: it is asked again', async () => {
    const one = serverDesk();
    await one.save(ACCOUNT);
    one.jamf.always(TOKEN.account, broken('unreachable'));
    expect(await one.run((await opened(one)).look())).toHaveProperty('failed.trouble', 'server-unreachable');
    expect(await one.run(one.saved().trouble())).toBeNull();
  });
});

test('whose it is, is kept in one text and read back', () => {
  for (const kind of ['client', 'account'] as const) {
    const holder = { kind, name: 'a:b “c” d' };
    expect(holderIn(holderText(holder))).toEqual(holder);
  }
  expect([holderIn('bert'), holderIn('client:'), holderIn('admin:x')]).toEqual([null, null, null]);
  expect(holderWords({ kind: 'client', name: 'x' })).toBe('API client “x”');
  expect(credentialOf({ kind: 'account', name: 'updater' }, ACCOUNT.password)).toEqual(ACCOUNT);
});
