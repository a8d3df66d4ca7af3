// Saved credentials as the agent uses them: looked at without a try, handed out only when they would do.
import { describe, expect, test } from 'vitest';
import { AgentCredentials } from '../../../src/adapters/credentials/agent-credentials.ts';
import { NOTHING_SAVED } from '../../../src/domain/authority.ts';
import { DAY_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canary } from '../../support/canary.ts';
import { ADMIN, desk } from './desk.ts';

const ROTATED = canary('rotated');

type Desk = ReturnType<typeof desk>;
const ANNA = { name: 'anna', uid: 501 };

function agentOn(one: Desk) {
  const { store, parts } = one.process();
  let held = 0;
  const lock = () => {
    held += 1;
    const release = () => {
      held -= 1;
    };
    return { release };
  };
  return { credentials: new AgentCredentials({ ...parts, store, lock }), store, parts, held: () => held };
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

test('one that drifted is not handed out, and not tried again that day', async () => {
  const one = await withBert();
  await later(one);
  one.mac.rotatePassword('bert', ROTATED);
  expect([await unlocked(one), await unlocked(one), checks(one)]).toEqual(['drifted', 'wrong-password', 1]);
  expect(await looked(one)).toBe('wrong-password');
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
