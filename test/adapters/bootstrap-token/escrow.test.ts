// Escrowing a bootstrap token: nothing is tried in vain, what the tool says is never believed, and no password gets out.
import { describe, expect, test } from 'vitest';
import { savedAdministrator } from '../../../src/adapters/bootstrap-token/saved-administrator.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/instant.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canary } from '../../support/canary.ts';
import { codeOf, endOf } from '../credentials/service-desk.ts';
import { ANNA, BERT, bert, tokenDesk } from './token-desk.ts';

const NONE = { install: 0, remove: 0, validate: 0 };

describe('looking', () => {
  test.each([
    ['valid', {}, 'valid', 0],
    ['none', {}, 'not-escrowed', 0],
    ['unsupported', {}, 'unsupported', 0],
    ['lost', {}, 'unusable', 1],
    ['foreign', {}, 'unusable', 1],
    ['lost', { faults: [{ name: 'mdm-server-down' }] }, 'unknown', 1],
    ['valid', { faults: [{ name: 'mdm-server-down' }] }, 'unknown', 1],
    ['valid', { faults: [{ name: 'preflight-refuses', text: 'Invalid disk layout' }] }, 'escrowed-unproven', 0],
    ['lost', { macOS: '13.2', build: '22D49' }, 'escrowed-unproven', 0],
  ] as const)('%s, with %o: %s', async (bootstrapToken, more, state, asked) => {
    const one = tokenDesk({ bootstrapToken, ...more, faults: 'faults' in more ? [...more.faults] : [] });
    expect((await one.look()).token.state).toBe(state);
    expect(one.http.requests).toHaveLength(asked);
  });

  test.each([
    [200, 'unusable'],
    [302, 'unusable'],
    [401, 'unusable'],
    [403, 'unusable'],
    [405, 'unusable'],
    [400, 'unknown'],
    [404, 'unknown'],
    [410, 'unknown'],
    [429, 'unknown'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('a lost token, and the server answers %i: %s', async (status, state) => {
    const one = tokenDesk({ bootstrapToken: 'lost' });
    one.http.status = status;
    expect((await one.look()).token.state).toBe(state);
  });

  test('the server is asked by its host alone, with nothing of the rest of its address', async () => {
    const server = 'https://somebody:0f8fad5b@mdm.example.org:8443/mdm/ServerURL?token=0f8fad5b';
    const one = tokenDesk({ bootstrapToken: 'lost', enrolment: { server } });
    await one.look();
    expect(one.http.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['HEAD', 'https://mdm.example.org:8443/', null],
    ]);
    expect(JSON.stringify(one.http.requests)).not.toContain('0f8fad5b');
  });
});

describe('escrowing', () => {
  test('where there is none: made, sent, and looked at', async () => {
    const one = tokenDesk({ bootstrapToken: 'none' });
    expect(await one.run(one.escrow())).toMatchObject({ did: 'escrowed', by: 'bert', token: { state: 'valid' } });
    expect(one.mac.enrolment.tokenWorks()).toBe(true);
    expect([one.orders(), one.failures()]).toEqual([{ install: 1, remove: 0, validate: 0 }, 0]);
  });

  test('a good one is left alone, and no password is tried', async () => {
    const one = tokenDesk({ bootstrapToken: 'valid' });
    expect(await one.run(one.escrow(bert('not it')))).toMatchObject({ did: 'nothing', by: null });
    expect([one.orders(), one.failures()]).toEqual([NONE, 0]);
  });

  test('one that the server lost is replaced without being removed', async () => {
    const one = tokenDesk({ bootstrapToken: 'lost' });
    expect(await one.run(one.escrow())).toMatchObject({ did: 'escrowed', token: { state: 'valid' } });
    expect(one.orders().remove).toBe(0);
  });

  test('one of another enrolment is in the way, and goes first', async () => {
    const one = tokenDesk({ bootstrapToken: 'foreign' });
    expect(await one.run(one.escrow())).toMatchObject({ did: 'replaced', token: { state: 'valid' } });
    expect([one.orders(), one.record().replacing]).toEqual([{ install: 2, remove: 1, validate: 0 }, null]);
  });

  test.each([
    ['of an old macOS', { macOS: '13.2', build: '22D49' }],
    ['behind a false alarm', { faults: [{ name: 'preflight-refuses' as const }] }],
  ])('one %s is proven by the password, and a lost one replaced', async (_, more) => {
    const good = tokenDesk({ bootstrapToken: 'valid', ...more });
    expect(await good.run(good.escrow())).toMatchObject({ did: 'nothing', token: { state: 'valid' } });
    expect(good.orders()).toEqual({ install: 0, remove: 0, validate: 1 });
    const lost = tokenDesk({ bootstrapToken: 'lost', ...more });
    expect(await lost.run(lost.escrow())).toMatchObject({ did: 'escrowed', token: { state: 'valid' } });
    expect(lost.orders()).toEqual({ install: 1, remove: 0, validate: 2 });
  });

  test('a tool that says it was done, and nothing was', async () => {
    const one = tokenDesk({ bootstrapToken: 'none', faults: [{ name: 'escrow-lies' }] });
    const end = await one.run(endOf(one.escrow()));
    expect(end).toMatchObject({ code: 'bootstrap-token.not-kept', message: expect.stringContaining('(not-escrowed)') });
  });
});

describe('refused before any password is typed', () => {
  test.each([
    ['a server that knows of no tokens', { bootstrapToken: 'unsupported' as const }, 'bootstrap-token.unsupported'],
    ['no server', {}, 'bootstrap-token.unsupported'],
    [
      'a server that is down',
      { bootstrapToken: 'none' as const, faults: [{ name: 'mdm-server-down' as const }] },
      'credential.later',
    ],
    ['no network', { bootstrapToken: 'lost' as const, network: false }, 'credential.later'],
  ])('%s', async (_, spec, code) => {
    const one = tokenDesk(spec);
    expect(codeOf(await one.run(endOf(one.escrow(bert('not it')))))).toBe(code);
    expect([one.orders(), one.failures()]).toEqual([NONE, 0]);
  });

  test.each([
    ['somebody who is no administrator', 'anna', 'is no administrator'],
    ['somebody who is not there', 'hector', 'no account'],
  ])('%s', async (_, name, words) => {
    const one = tokenDesk({ bootstrapToken: 'none' });
    const end = await one.run(endOf(one.escrow({ name, password: new Secret(ANNA) })));
    expect(end).toMatchObject({ code: 'credential.unfit', message: expect.stringContaining(words) });
    expect([one.orders(), one.failures('anna'), one.record().attempts]).toEqual([NONE, 0, []]);
  });

  test('an administrator without a secure token', async () => {
    const accounts = [{ name: 'bert', password: BERT, admin: true, secureToken: false }];
    const one = tokenDesk({ bootstrapToken: 'none', accounts });
    expect(await one.run(endOf(one.escrow()))).toMatchObject({ message: expect.stringContaining('no secure token') });
    expect(one.orders()).toEqual(NONE);
  });

  test('an administrator who is near being locked', async () => {
    const accounts = [{ name: 'bert', password: BERT, admin: true, secureToken: true, failedLogins: 4 }];
    const one = tokenDesk({ bootstrapToken: 'none', accounts });
    expect(codeOf(await one.run(endOf(one.escrow())))).toBe('credential.later');
    expect([one.orders(), one.failures()]).toEqual([NONE, 4]);
  });

  test('a wrong password costs one failed login and never reaches the tool', async () => {
    const one = tokenDesk({ bootstrapToken: 'none' });
    expect(codeOf(await one.run(endOf(one.escrow(bert('not it at all')))))).toBe('credential.unfit');
    expect([one.orders(), one.failures(), one.record().attempts]).toEqual([NONE, 1, []]);
  });
});

test('three times within a day, then not before a day has passed', async () => {
  const one = tokenDesk({ bootstrapToken: 'none', faults: [{ name: 'escrow-lies' }] });
  const codes: string[] = [];
  for (let time = 1; time <= 4; time += 1) {
    codes.push(codeOf(await one.run(endOf(one.escrow()))));
    await one.mac.world.runUntil(one.mac.world.now() + HOUR_MS);
  }
  expect(codes).toEqual([...Array(3).fill('bootstrap-token.not-kept'), 'credential.later']);
  expect(one.orders().install).toBe(3);
  one.mac.world.jumpWall(-30 * DAY_MS);
  expect(codeOf(await one.run(endOf(one.escrow())))).toBe('credential.later');
  one.mac.world.jumpWall(31 * DAY_MS);
  one.mac.faults.clear();
  expect(await one.run(one.escrow())).toMatchObject({ did: 'escrowed' });
  expect(one.failures()).toBe(0);
});

test('the server goes away between removing and making anew: it is on the disk, and the next call goes on', async () => {
  const one = tokenDesk({ bootstrapToken: 'foreign' });
  const { parts } = one.life();
  const write = parts.file.replacing.bind(parts.file);
  parts.file.replacing = (since) => {
    write(since);
    if (since !== null) one.mac.faults.add({ name: 'mdm-server-down' });
  };
  const end = await one.run(endOf(one.escrow(bert(), parts)));
  expect(end).toMatchObject({ code: 'bootstrap-token.not-kept', message: expect.stringContaining('is gone') });
  expect(one.record().replacing).not.toBeNull();
  expect((await one.look()).token.state).toBe('not-escrowed');
  one.mac.faults.clear();
  expect(await one.run(one.escrow())).toMatchObject({ did: 'escrowed', token: { state: 'valid' } });
  expect(one.record().replacing).toBeNull();
});

test('a password the tool refuses, though it logs in, is told and not typed again', async () => {
  const one = tokenDesk({ bootstrapToken: 'foreign' });
  const { parts } = one.life();
  const begin = parts.file.begin.bind(parts.file);
  parts.file.begin = (at) => {
    begin(at);
    one.mac.rotatePassword('bert', canary('another'), { cryptoToo: true });
  };
  const end = await one.run(endOf(one.escrow(bert(), parts)));
  expect(end).toMatchObject({ code: 'credential.unfit' });
  expect([one.orders(), one.failures(), one.record().replacing]).toEqual([
    { install: 1, remove: 0, validate: 0 },
    1,
    null,
  ]);
});

describe('a saved administrator', () => {
  const save = async (one: ReturnType<typeof tokenDesk>, account = 'bert', password = BERT) => {
    const { store, parts } = one.life();
    const verifiedAt = parts.clock.now();
    const secret = new Secret(password);
    const rules = { replace: true, severalSaved: false };
    await one.run(store.save({ method: 'local-account', account, uid: null, secret, verifiedAt }, rules));
  };
  const saved = (one: ReturnType<typeof tokenDesk>) => {
    const { parts, store } = one.life();
    return savedAdministrator({ commands: parts.commands, store });
  };

  test('escrows on the Mac of a standard user, without anybody’s rights being raised', async () => {
    const one = tokenDesk({ bootstrapToken: 'none' });
    await save(one);
    const by = await one.run(saved(one));
    expect(by).toEqual({ method: 'local-account', account: 'bert' });
    expect(await one.run(one.escrow(by))).toMatchObject({ did: 'escrowed', by: 'bert', token: { state: 'valid' } });
    expect(one.mac.callCounts()).not.toHaveProperty('dseditgroup.make-admin');
    expect(one.mac.accounts.named('anna')?.admin).toBe(false);
    const credential = one
      .life()
      .parts.attempts.all()
      .map((attempt) => [attempt.account, attempt.right]);
    expect(credential).toEqual([['bert', true]]);
  });

  test('one who is no administrator, or nobody: said with what to do', async () => {
    const one = tokenDesk({ bootstrapToken: 'none' });
    expect(await one.run(endOf(saved(one)))).toMatchObject({
      code: 'credential.missing',
      remedy: expect.stringContaining('--admin'),
    });
    await save(one, 'anna', ANNA);
    expect(await one.run(endOf(saved(one)))).toMatchObject({
      code: 'credential.unfit',
      message: expect.stringContaining('no administrator'),
    });
  });

  test('a saved password that is wrong is tried once, and not again', async () => {
    const one = tokenDesk({ bootstrapToken: 'none' });
    await save(one, 'bert', 'an old one 5521');
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS + HOUR_MS);
    const by = { method: 'local-account', account: 'bert' } as const;
    for (let time = 0; time < 3; time += 1) {
      expect(await one.run(endOf(one.escrow(by)))).toMatchObject({
        code: 'credential.unfit',
        facts: { trouble: 'wrong-password' },
      });
    }
    expect([one.orders(), one.failures()]).toEqual([NONE, 1]);
  });
});

test.each(["o'brien's “quote” 1187", 'a$b [exit] "c" \\d 1187', '{}{ }} -user x 1187', '-password üñ🙂 1187'])(
  'a password of %s arrives, and is nowhere to be seen',
  async (odd) => {
    const accounts = [{ name: 'bert', fullName: 'Bert (Admin): [it]', password: odd, admin: true, secureToken: true }];
    const one = tokenDesk({ bootstrapToken: 'foreign', accounts });
    expect(await one.run(one.escrow(bert(odd)))).toMatchObject({ token: { state: 'valid' } });
    const secrets = [...one.mac.secrets(), odd];
    expect(secrets.length).toBeGreaterThan(3);
    expect(secrets.filter((secret) => one.seen().includes(secret))).toEqual([]);
  },
);

test('no error tells a secret either', async () => {
  const one = tokenDesk({ bootstrapToken: 'foreign', faults: [{ name: 'escrow-lies' }] });
  const end = await one.run(endOf(one.escrow()));
  expect(end).toBeInstanceOf(UpkeepError);
  const told = JSON.stringify([end, (end as UpkeepError).message, (end as UpkeepError).facts]);
  expect([...one.mac.secrets()].filter((secret) => told.includes(secret))).toEqual([]);
});
