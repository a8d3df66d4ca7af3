// Saved credentials as the agent uses them: looked at without a try, handed out only when they would do.
import { describe, expect, test } from 'vitest';
import { AgentCredentials } from '../../../src/adapters/credentials/agent-credentials.ts';
import { ServiceRecordFile } from '../../../src/adapters/credentials/service-record.ts';
import { NOTHING_SAVED } from '../../../src/domain/authority.ts';
import { DAY_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { MacSpecInput } from '../../../src/simulator/mac/mac-spec.ts';
import { canary, canaryOfLength } from '../../support/canary.ts';
import { ADMIN, desk, FOLDER, Killed } from './desk.ts';
import { NAME, type ServiceDesk, serviceDesk } from './service-desk.ts';

const ROTATED = canary('rotated');

type Desk = ReturnType<typeof desk>;
const ANNA = { name: 'anna', uid: 501 };

function agentOn(one: Desk, process = one.process()) {
  const { store, parts, files } = process;
  let held = 0;
  const lock = () => {
    held += 1;
    const release = () => {
      held -= 1;
    };
    return { release };
  };
  const service = { record: new ServiceRecordFile(FOLDER, files), pick: () => 0 };
  return { credentials: new AgentCredentials({ ...parts, ...service, store, lock }), store, parts, held: () => held };
}

async function withBert(): Promise<Desk> {
  const one = desk();
  const { store } = one.process();
  const bert = { method: 'local-account', account: 'bert', uid: null, secret: new Secret(ADMIN) } as const;
  await one.run(store.save({ ...bert, verifiedAt: one.mac.world.wall() }, { replace: false, severalSaved: false }));
  return one;
}

const checks = (one: Desk) => one.mac.calls.filter(({ name }) => name === 'dscl.check-login').length;
const later = (one: Desk) => one.mac.world.runUntil(one.mac.world.now() + DAY_MS + 1);

const unlocked = async (one: Desk) => {
  const answer = await one.run(agentOn(one).credentials.unlock('local-account'));
  return 'refused' in answer ? answer.refused : answer.password.expose((plain) => plain);
};
const looked = async (one: Desk) => (await one.run(agentOn(one).credentials.look(ANNA)))['local-account'];

test('nothing saved is nothing set, and management is none of its business', async () => {
  const one = desk();
  expect(await one.run(agentOn(one).credentials.look(ANNA))).toEqual(NOTHING_SAVED);
  expect(await unlocked(one)).toBe('not-set');
  expect(await one.run(agentOn(one).credentials.unlock('mdm'))).toEqual({ refused: 'not-set' });
});

test('proven within a day it is handed out as it is; after that it is tried first', async () => {
  const one = await withBert();
  expect([await looked(one), await unlocked(one), checks(one)]).toEqual([null, ADMIN, 0]);
  await later(one);
  expect([await looked(one), await unlocked(one), checks(one)]).toEqual([null, ADMIN, 1]);
  expect([await unlocked(one), checks(one)]).toEqual([ADMIN, 1]);
});

test('one that drifted is not handed out, never tried again, and goes on being called that', async () => {
  const one = await withBert();
  await later(one);
  one.mac.rotatePassword('bert', ROTATED);
  expect([await unlocked(one), await unlocked(one), checks(one)]).toEqual(['drifted', 'drifted', 1]);
  for (let day = 0; day < 40; day += 1) {
    await later(one);
    agentOn(one).parts.attempts.begin({ account: 'clara', credential: null, at: one.mac.world.wall() })(true);
  }
  expect([await looked(one), await unlocked(one), checks(one)]).toEqual(['drifted', 'drifted', 1]);
});

describe('one that proved right today is not given to a tool', () => {
  test('where one more wrong password would be too many: it may have been changed since', async () => {
    const one = await withBert();
    const bert = one.mac.accounts.named('bert');
    one.mac.accounts.policy = { ...one.mac.accounts.policy, lockoutAfter: 5, lockoutMinutes: 15 };
    if (bert !== null) Object.assign(bert, { failedLogins: 2, lastFailedAt: one.mac.world.wall() });
    expect([await looked(one), await unlocked(one)]).toEqual([null, ADMIN]);
    if (bert !== null) bert.failedLogins = 3;
    expect([await looked(one), await unlocked(one)]).toEqual(['near-lockout', 'near-lockout']);
    if (bert !== null) bert.failedLogins = 5;
    expect([await looked(one), await unlocked(one), checks(one)]).toEqual(['locked', 'locked', 0]);
  });
});

describe('a try by a tool', () => {
  test('that was wrong ends it, although it had proved right', async () => {
    const one = await withBert();
    const { credentials, held } = agentOn(one);
    credentials.tried('local-account', null);
    expect(agentOn(one).parts.attempts.all()).toMatchObject([{ account: 'bert', right: null }]);
    credentials.tried('local-account', false);
    expect(agentOn(one).parts.attempts.all()).toMatchObject([{ account: 'bert', right: false }]);
    expect([await looked(one), await unlocked(one), checks(one), held()]).toEqual([
      'wrong-password',
      'wrong-password',
      0,
      0,
    ]);
  });

  test('that was right, or was cut off by the restart it asked for, does no harm', async () => {
    const one = await withBert();
    agentOn(one).credentials.tried('local-account', null);
    expect(await looked(one)).toBeNull();
    await later(one);
    expect(await unlocked(one)).toBe(ADMIN);
  });
});

test('what is wrong with the account or the keychain is said without a try', async () => {
  const one = await withBert();
  const bert = one.mac.accounts.named('bert');
  if (bert !== null) bert.volumeOwner = false;
  expect(await looked(one)).toBe('not-owner');
  if (bert !== null) bert.volumeOwner = true;
  one.mac.keychains.system.items = [];
  expect(await unlocked(one)).toBe('password-gone');
  one.disk.set('/state/credentials.json', '{');
  expect([await looked(one), await unlocked(one), checks(one)]).toEqual(['unknown', 'unknown', 0]);
});

test("a person's own is there only while they are", async () => {
  const one = desk();
  const { store } = one.process();
  const anna = { method: 'saved-password', account: 'anna', uid: 501, secret: new Secret(canary('anna')) } as const;
  await one.run(store.save({ ...anna, verifiedAt: one.mac.world.wall() }, { replace: false, severalSaved: false }));
  const { credentials } = agentOn(one);
  const look = async (user: typeof ANNA | null) => (await one.run(credentials.look(user)))['saved-password'];
  expect([await look(ANNA), await look(null), await look({ name: 'clara', uid: 503 })]).toEqual([
    null,
    'keychain-unavailable',
    'keychain-unavailable',
  ]);
});

/** Lives until the end or the death, and says how many steps there were. */
async function stepsOf(started: Promise<unknown>, life: ReturnType<ServiceDesk['life']>): Promise<number> {
  await started.catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  return life.steps() + 1;
}

describe('a password that somebody typed', () => {
  const check = (one: Desk, account: string, text: string) =>
    one.run(agentOn(one).credentials.checkTyped(account, new Secret(text)));
  const triesOf = (one: Desk) => agentOn(one).parts.attempts.all();
  const RULES = { severalSaved: false };

  test('right: it costs nothing and sets the count back', async () => {
    const one = desk({ passwordPolicy: { lockoutAfter: 5 } });
    expect(await check(one, 'bert', 'wrong')).toEqual({ result: 'wrong', again: true });
    expect(await check(one, 'bert', ADMIN)).toMatchObject({ result: 'right' });
    expect(one.mac.accounts.named('bert')?.failedLogins).toBe(0);
    expect(triesOf(one)).toMatchObject([
      { account: 'bert', credential: null, right: false },
      { account: 'bert', credential: null, right: true },
    ]);
  });

  test('wrong: each costs one attempt, and the last that would leave too few is not made', async () => {
    const one = desk({ passwordPolicy: { lockoutAfter: 5 } });
    const found: object[] = [];
    for (let count = 1; count <= 5; count += 1) found.push(await check(one, 'bert', `wrong ${count}`));
    const refused = { result: 'refused', why: 'near-lockout' };
    expect(found).toEqual([
      { result: 'wrong', again: true },
      { result: 'wrong', again: true },
      { result: 'wrong', again: false },
      refused,
      refused,
    ]);
    expect(one.mac.accounts.named('bert')?.failedLogins).toBe(3);
    expect(checks(one)).toBe(3);
    // Of another account it says nothing.
    expect(await check(one, 'anna', 'wrong')).toEqual({ result: 'wrong', again: true });
  });

  test('it is written down before it is made, and one that was cut off counts', async () => {
    const one = desk({ passwordPolicy: { lockoutAfter: 3 } });
    const cut = agentOn(one, one.process(null, ['dscl.check-login'])).credentials;
    expect(await one.run(cut.checkTyped('bert', new Secret(ADMIN)))).toEqual({
      result: 'refused',
      why: 'command-failed',
    });
    expect(triesOf(one)).toMatchObject([{ account: 'bert', credential: null, right: null }]);
    expect(await check(one, 'bert', ADMIN)).toEqual({ result: 'refused', why: 'near-lockout' });
  });

  test('of two that drifted apart, each is recognised, and neither is taken', async () => {
    const one = desk();
    one.mac.rotatePassword('bert', ROTATED);
    expect(await check(one, 'bert', ROTATED)).toEqual({ result: 'refused', why: 'drifted' });
    expect(await check(one, 'bert', ADMIN)).toEqual({ result: 'refused', why: 'drifted' });
    expect(await check(one, 'bert', 'neither')).toMatchObject({ result: 'wrong' });
  });

  test('where tokens and owners cannot be read, a slip is still told; the rest is left to macOS', async () => {
    const one = desk();
    const blind = agentOn(one, one.process(null, ['diskutil.crypto-users'])).credentials;
    const tryIt = (text: string) => one.run(blind.checkTyped('bert', new Secret(text)));
    expect([await tryIt('wrong'), await tryIt(ADMIN)]).toEqual([
      { result: 'wrong', again: true },
      { result: 'unchecked' },
    ]);
    expect(checks(one)).toBe(2);
  });

  test('it logs in, and the volume cannot be asked: no slip, and macOS tells the rest', async () => {
    const one = desk();
    const blind = agentOn(one, one.process(null, ['diskutil.check-volume-password'])).credentials;
    expect(await one.run(blind.checkTyped('bert', new Secret(ADMIN)))).toEqual({ result: 'unchecked' });
    expect(await one.run(blind.checkTyped('bert', new Secret(canary('wrong'))))).toMatchObject({ result: 'wrong' });
  });

  test('what no prompt takes is left to the install, if one more wrong password may be risked', async () => {
    const one = desk({ passwordPolicy: { lockoutAfter: 5 } });
    expect(await check(one, 'bert', canaryOfLength('long', 255))).toEqual({ result: 'unchecked' });
    const bert = one.mac.accounts.named('bert');
    if (bert !== null) bert.failedLogins = 3;
    expect(await check(one, 'bert', canaryOfLength('long', 255))).toEqual({ result: 'refused', why: 'near-lockout' });
    expect(checks(one)).toBe(0);
  });

  test('nothing is tried while the tries so far cannot be read', async () => {
    const one = desk();
    one.disk.set('/state/attempts.json', '{');
    expect(await check(one, 'bert', ADMIN)).toEqual({ result: 'refused', why: 'unknown' });
    expect(() => agentOn(one).credentials.attempts()).toThrow(/damaged/);
    expect(checks(one)).toBe(0);
  });

  test('kept in the keychain of the person; not where another is in the way', async () => {
    const keep = async (one: Desk, rules = RULES) =>
      one.run(agentOn(one).credentials.keepTyped(ANNA, new Secret(canary('anna')), one.mac.world.wall(), rules));
    const empty = desk();
    expect(await keep(empty)).toEqual({ kept: true });
    expect(agentOn(empty).store.saved('saved-password')).toMatchObject({ account: 'anna', uid: 501 });
    expect(empty.kept()).toEqual({});
    const taken = await withBert();
    expect(await keep(taken)).toMatchObject({ kept: false, why: expect.stringContaining('local-account (bert)') });
    expect(await keep(taken, { severalSaved: true })).toEqual({ kept: true });
    expect(agentOn(taken).store.list().saved).toHaveLength(2);
  });

  test('handed to a tool, it is written down for its account, and what others tried meanwhile is not lost', async () => {
    const one = desk();
    const { credentials } = agentOn(one);
    credentials.tried({ typedFor: 'anna' }, null);
    await check(one, 'bert', 'wrong');
    credentials.tried({ typedFor: 'anna' }, true);
    expect(triesOf(one)).toMatchObject([
      { account: 'anna', credential: null, right: true },
      { account: 'bert', credential: null, right: false },
    ]);
  });
});

describe('changing the password of upkeep’s own account', () => {
  const agentOf = (one: ServiceDesk, { parts }: ReturnType<ServiceDesk['life']> = one.life()) =>
    new AgentCredentials({ ...parts, lock: () => ({ release: () => undefined }) });
  const made = async (more: MacSpecInput = {}) => {
    const one = serviceDesk(more);
    await one.run(one.create());
    return one;
  };
  const rotated = (one: ServiceDesk, savedAt = agentOf(one).servicePassword()?.savedAt ?? 0) =>
    one.run(agentOf(one).rotate(savedAt));

  test('without one there is nothing to change', async () => {
    const one = serviceDesk();
    expect(agentOf(one).servicePassword()).toBeNull();
    expect(await rotated(one)).toEqual({ result: 'not-needed' });
  });

  test('it gets a new one, once', async () => {
    const one = await made();
    const before = [await one.password(), agentOf(one).servicePassword()?.savedAt] as const;
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS);
    expect(await rotated(one)).toEqual({ result: 'rotated' });
    expect(await one.password()).not.toBe(before[0]);
    expect(one.account()?.loginPassword).toBe(await one.password());
    // The same order again, as after a crash that came before its outcome was written down.
    expect(await rotated(one, before[1])).toEqual({ result: 'not-needed' });
  });

  test('one that is wrong by now is found out by one try, and macOS is not given it once more', async () => {
    const one = await made();
    one.mac.rotatePassword(NAME, canary('by_others'));
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS);
    expect(await rotated(one)).toMatchObject({ result: 'failed', why: expect.stringContaining('old password') });
    expect(one.account()?.failedLogins).toBe(1);
    expect(one.life().parts.store.list().prepared).toEqual([]);
  });

  test('cut off at every step, the next order ends it', async () => {
    for (let step = 1, steps = 1; step <= steps; step += 1) {
      const one = await made();
      await one.mac.world.runUntil(one.mac.world.now() + DAY_MS);
      const life = one.life({ step, when: 'after' });
      const { savedAt } = agentOf(one).servicePassword() ?? { savedAt: 0 };
      steps = Math.max(steps, await one.run(stepsOf(agentOf(one, life).rotate(savedAt), life)));
      await one.mac.world.runUntil(one.mac.world.now() + DAY_MS);
      const left = agentOf(one).servicePassword();
      expect(left, `step ${step}`).not.toBeNull();
      if (left?.isHalfChanged) expect(await rotated(one), `step ${step}`).toEqual({ result: 'rotated' });
      expect(agentOf(one).servicePassword()?.isHalfChanged, `step ${step}`).toBe(false);
      expect(one.account()?.loginPassword, `step ${step}`).toBe(await one.password());
    }
  });
});
