// The service account at its edges: renamed and then deleted, taken away with upkeep, half made, and its work cut off at every step.
// There are never two, nobody loses a token, and nobody else's account is touched.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { grantSecureToken, wantsToken } from '../../../src/adapters/credentials/grant-secure-token.ts';
import { rotateRecoveryKey } from '../../../src/adapters/credentials/rotate-recovery-key.ts';
import { removeOurAccount } from '../../../src/adapters/credentials/service-cleanup.ts';
import { uninstallSteps } from '../../../src/adapters/launchd/uninstall.ts';
import { placesUnder } from '../../../src/adapters/places.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/instant.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { CLARA } from '../../simulator/account-tools.ts';
import { canary, canaryKey } from '../../support/canary.ts';
import { type Death, Killed } from './desk.ts';
import { codeOf, endOf, NAME, type ServiceDesk, serviceDesk } from './service-desk.ts';

const MINE = canary('mine');

const RECOVERY_KEY = canaryKey();
const later = (one: ServiceDesk, ms = 20 * MINUTE_MS) => one.mac.world.runUntil(one.mac.world.now() + ms);

async function made(): Promise<ServiceDesk> {
  const one = serviceDesk({ fileVault: { state: 'on', recoveryKey: RECOVERY_KEY } });
  await one.run(one.create());
  await later(one);
  return one;
}

const rename = (one: ServiceDesk, name: string) => {
  const account = one.account();
  if (account === null) throw new Error('there is none');
  Object.assign(account, { name });
};

describe('renamed', () => {
  test('it is the one that is deleted, and whoever has the name now is left alone', async () => {
    const one = await made();
    const before = one.others();
    rename(one, 'helper');
    const somebody = { name: NAME, fullName: 'Somebody Else', loginPassword: MINE, createdBy: 'bert' };
    Object.assign(one.mac.accounts.add(somebody), { guid: '11111111-2222-4333-8444-555555555555' });
    const theirs = JSON.stringify(one.account());
    await one.run(one.remove());
    expect([one.account('helper'), one.kept(), one.life().parts.record.read()]).toEqual([null, {}, null]);
    expect([JSON.stringify(one.account()), one.others()]).toEqual([theirs, before]);
  });

  test('with nobody having its name: nothing is given, rotated or made anew before it is deleted', async () => {
    const one = await made();
    rename(one, 'helper');
    const before = JSON.stringify(one.mac.accounts.all());
    const { parts } = one.life();
    for (const act of [
      () => wantsToken(parts, 'clara'),
      () => rotateRecoveryKey(parts, null),
      () => grantSecureToken(parts, 'clara', new Secret(CLARA)),
    ])
      expect(codeOf(await one.run(endOf(act())))).toBe('credential.unfit');
    expect(await one.run(one.create())).toMatchObject({ made: false });
    expect(JSON.stringify(one.mac.accounts.all())).toBe(before);
    await one.run(one.remove());
    await one.run(one.create());
    expect(one.account()).toMatchObject({ secureToken: true, loginPassword: await one.password() });
  });
});

describe('renamed while it was half made, its GUID not on record yet', () => {
  const halfMade = async () => {
    let one = serviceDesk();
    const before = one.others();
    // The first step after which there is an account: the tool that made it has just ended.
    for (let step = 1; one.account() === null; step += 1) {
      one = serviceDesk();
      await one.run(endOf(one.create(one.life({ step, when: 'after' }).parts)));
    }
    expect(one.life().parts.record.read()).toMatchObject({ guid: null, ready: false });
    rename(one, 'helper');
    return { one, before };
  };

  test('it is found and deleted', async () => {
    const { one, before } = await halfMade();
    await one.run(one.remove());
    expect([one.account('helper'), one.kept(), one.others()]).toEqual([null, {}, before]);
  });

  test('it is not finished under that name, and the next one is a new one', async () => {
    const { one, before } = await halfMade();
    expect(codeOf(await one.run(endOf(one.create())))).toBe('credential.unfit');
    expect([one.account('helper'), one.account(), one.others()]).toEqual([null, null, before]);
    await one.run(one.create());
    expect(one.account()?.loginPassword).toBe(await one.password());
  });
});

describe('a look-alike', () => {
  const FULL = { fullName: 'Upkeep Service', home: '/var/empty', shell: '/usr/bin/false' };

  test('whose password is another one: the message says what can be looked at and done, and no waiting', async () => {
    const one = serviceDesk();
    for (let step = 1; one.account() === null; step += 1) {
      await one.run(endOf(one.create(one.life({ step, when: 'after' }).parts)));
      if (one.life().parts.record.read() !== null) {
        one.mac.accounts.add({ name: NAME, ...FULL, loginPassword: MINE, createdBy: 'bert' });
      }
    }
    const before = JSON.stringify(one.account()?.guid);
    for (const act of [() => one.create(), () => one.remove()]) {
      const end = await one.run(endOf(act()));
      expect(codeOf(end)).toBe('account.in-the-way');
      const remedy = end instanceof UpkeepError ? end.remedy : '';
      expect(remedy).toMatch(/another password, or it is somebody else’s/);
      expect(remedy).toContain(`dscl . -read /Users/${NAME}`);
      expect(remedy).not.toMatch(/tomorrow|a day/);
    }
    expect(JSON.stringify(one.account()?.guid)).toBe(before);
    // One try told: it is never made again.
    expect(one.account()?.failedLogins).toBe(1);
  });
});

describe('uninstall --purge', () => {
  let root: string | null = null;
  afterEach(() => {
    if (root !== null) rmSync(root, { recursive: true, force: true });
  });
  const deskUnderRoot = () => {
    root = mkdtempSync(join(tmpdir(), 'uk-purge-'));
    const places = placesUnder(root);
    mkdirSync(places.state, { recursive: true });
    const one = serviceDesk({}, places.state);
    const setup = {
      places,
      commands: one.commands,
      clock: one.mac.clock,
      program: { node: '', entry: '' },
      owners: null,
    };
    const purge = async () => {
      const [step] = uninstallSteps(setup, { purge: true });
      if (step?.what !== 'delete saved credentials from the keychain') return;
      await step.act();
      expect(await step.isSo()).toBe(true);
    };
    return { one, purge };
  };

  test('takes the account with it', async () => {
    const { one, purge } = deskUnderRoot();
    const before = one.others();
    await one.run(one.create());
    await one.run(purge());
    expect([one.account(), one.mac.keychains.system.items, one.others()]).toEqual([null, [], before]);
  });

  test('also one that is half made, at whatever step', { timeout: 60_000 }, async () => {
    for (let step = 1; ; step += 1) {
      const { one, purge } = deskUnderRoot();
      const before = one.others();
      const end = await one.run(endOf(one.create(one.life({ step, when: 'after' }).parts)));
      const first = await one.run(endOf(purge()));
      if (first instanceof Error) {
        // Only where the one try of a day was cut off; and then the account, its password and the record are still there.
        expect([step, codeOf(first)]).toEqual([step, 'credential.later']);
        expect(one.mac.keychains.system.items).toHaveLength(1);
        await later(one, DAY_MS + MINUTE_MS);
        await one.run(purge());
      }
      expect([step, one.account(), one.mac.keychains.system.items]).toEqual([step, null, []]);
      expect([step, one.others()]).toEqual([step, before]);
      if (root !== null) rmSync(root, { recursive: true, force: true });
      if (!(end instanceof Killed)) break;
      expect(step).toBeLessThan(200);
    }
  });
});

type Story = {
  what: string;
  act: (one: ServiceDesk, life: ReturnType<ServiceDesk['life']>) => Promise<unknown>;
  done: (one: ServiceDesk) => boolean;
};
const STORIES: Story[] = [
  {
    what: 'granting a token',
    act: async (_, { parts }) => {
      if ((await wantsToken(parts, 'clara')) !== null) await grantSecureToken(parts, 'clara', new Secret(CLARA));
    },
    done: (one) => one.account('clara')?.secureToken === true,
  },
  {
    what: 'a new recovery key',
    act: (_, { parts }) => rotateRecoveryKey(parts, null),
    done: (one) => one.mac.fileVault.personalKey !== RECOVERY_KEY,
  },
];

describe.each(STORIES)('$what, cut off at every step', ({ what, act, done }) => {
  const liveThrough = async (death: Death) => {
    const one = await made();
    const life = one.life(death);
    return { one, before: everybody(one), end: await one.run(endOf(act(one, life))), steps: life.steps() };
  };
  /** All that matters of each account but what granting gives to clara. */
  const everybody = (one: ServiceDesk) =>
    one.mac.accounts.all().map(({ name, guid, loginPassword, secureToken, volumeOwner, cryptoPassword, admin }) => ({
      ...{ name, guid, loginPassword, admin },
      ...(name === 'clara' ? {} : { secureToken, volumeOwner, cryptoPassword }),
    }));

  test('and done again it is done', { timeout: 60_000 }, async () => {
    const { steps, end } = await liveThrough(null);
    expect(end).not.toBeInstanceOf(Error);
    const half = new Set<boolean>();
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ['before', 'after'] as const) {
        const where = `${what}, ${when} step ${step} of ${steps}`;
        const { one, before, end: killed } = await liveThrough({ step, when });
        expect(killed, where).toBeInstanceOf(Killed);
        half.add(done(one));
        expect(everybody(one), where).toEqual(before);
        expect([one.account()?.loginPassword, Object.keys(one.kept()).length], where).toEqual([
          await one.password(),
          1,
        ]);
        await one.run(act(one, one.life()));
        expect(done(one), where).toBe(true);
        expect(everybody(one), where).toEqual(before);
        expect(one.life().parts.store.list(), where).toMatchObject({ prepared: [], loose: [] });
      }
    }
    expect(half).toEqual(new Set([false, true]));
  });
});

test('nobody’s account goes where the record alone is left of ours', async () => {
  const one = await made();
  const ours = one.account();
  if (ours !== null) one.mac.accounts.remove(ours);
  const before = JSON.stringify(one.mac.accounts.all());
  expect(await one.run(removeOurAccount(one.life().parts))).toBe(false);
  expect(JSON.stringify(one.mac.accounts.all())).toBe(before);
});
