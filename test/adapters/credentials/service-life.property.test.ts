// Random lives of the service account: made, rotated, looked at, giving tokens, deleted, cut off anywhere, while people rename, delete
// and make accounts and change the rules for passwords. UPKEEP_LIVES=500 lives that many lives; a few are enough each time.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grantSecureToken, wantsToken } from '../../../src/adapters/credentials/grant-secure-token.ts';
import { rotateServiceAccount } from '../../../src/adapters/credentials/rotate-service-account.ts';
import { serviceStatus } from '../../../src/adapters/credentials/service-status.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/instant.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Account } from '../../../src/simulator/mac/accounts.ts';
import { CLARA } from '../../simulator/account-tools.ts';
import { canary } from '../../support/canary.ts';
import { type Death, Killed } from './desk.ts';
import { endOf, NAME, type ServiceDesk, serviceDesk } from './service-desk.ts';

const MINE = canary('mine');

const LIVES = Number(process.env.UPKEEP_LIVES ?? 25);

const OURS = ['create', 'rotate', 'status', 'grant', 'delete'] as const;
const THEIRS = ['rename', 'remove', 'impostor', 'stricter', 'lenient', 'set-password', 'nothing'] as const;
type Act = { ours: (typeof OURS)[number]; death: Death; outside: (typeof THEIRS)[number]; pauseMs: number };

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    ours: fc.constantFrom(...OURS),
    death: fc.option(fc.record({ step: fc.integer({ min: 1, max: 70 }), when: fc.constantFrom('before', 'after') }), {
      freq: 2,
    }) as fc.Arbitrary<Death>,
    outside: fc.oneof(
      { weight: 3, arbitrary: fc.constant('nothing' as const) },
      { weight: 2, arbitrary: fc.constantFrom(...THEIRS) },
    ),
    pauseMs: fc.constantFrom(MINUTE_MS, 20 * MINUTE_MS, DAY_MS + MINUTE_MS),
  }),
  { minLength: 3, maxLength: 9 },
);

/** What people did to the account from outside: then a password that counts need not be right, nor the account be there. */
type Touched = Set<string>;

function ofUpkeep(one: ServiceDesk, strangers: ReadonlySet<string>): Account[] {
  return one.mac.accounts.all().filter(({ fullName, guid }) => fullName === 'Upkeep Service' && !strangers.has(guid));
}

async function live(lives: readonly Act[]): Promise<void> {
  const one = serviceDesk({ passwordPolicy: { lockoutAfter: 30, lockoutMinutes: 15 } });
  const { accounts } = one.mac;
  const touched: Touched = new Set();
  const strangers = new Set(accounts.all().map(({ guid }) => guid));
  const asTheyAre = () =>
    JSON.stringify(
      accounts
        .all()
        .filter(({ guid }) => strangers.has(guid))
        .map(({ lastFailedAt: _, failedLogins: __, attributes: ___, ...rest }) =>
          // What clara is given is what was asked for.
          rest.name === 'clara' ? { name: rest.name, guid: rest.guid, loginPassword: rest.loginPassword } : rest,
        ),
    );
  const tokens = () => accounts.all().filter(({ secureToken, guid }) => secureToken && strangers.has(guid)).length;
  for (const { ours, death, outside, pauseMs } of lives) {
    const [before, tokensBefore] = [asTheyAre(), tokens()];
    const oursBefore = ofUpkeep(one, strangers)[0];
    const end = await one.run(endOf(doIt(one, ours, death)));
    // Whatever goes wrong is a problem with a code, or the death itself: never a bug.
    if (end instanceof Error && !(end instanceof Killed)) {
      expect(end).toBeInstanceOf(UpkeepError);
      expect((end as UpkeepError).code).not.toBe('bug');
    }
    const now = ofUpkeep(one, strangers);
    expect(now.length, 'two accounts of upkeep’s').toBeLessThan(2);
    expect(asTheyAre(), 'somebody else’s account').toBe(before);
    expect(tokens(), 'a token of somebody’s').toBeGreaterThanOrEqual(tokensBefore);
    const [account] = now;
    if (account !== undefined && oursBefore?.secureToken && account.guid === oursBefore.guid) {
      expect(account.secureToken, 'its own token').toBe(true);
    }
    await expectCounting(one, account, touched);
    fromOutside(one, outside, { account, strangers, touched });
    await one.mac.world.runUntil(one.mac.world.now() + pauseMs);
  }
  await theEnd(one, strangers);
}

function doIt(one: ServiceDesk, ours: Act['ours'], death: Death): Promise<unknown> {
  const { parts } = one.life(death);
  switch (ours) {
    case 'create':
      return one.create(parts);
    case 'rotate':
      return rotateServiceAccount(parts, null);
    case 'status':
      return serviceStatus(parts);
    case 'grant':
      return wantsToken(parts, 'clara').then((name) =>
        name === null ? null : grantSecureToken(parts, name, new Secret(CLARA)),
      );
    case 'delete':
      return one.remove(parts);
  }
}

/** One password counts, or none; what counts logs in, or the one that is prepared does, unless somebody changed the account. */
async function expectCounting(one: ServiceDesk, account: Account | undefined, touched: Touched): Promise<void> {
  const { parts } = one.life();
  const { saved, prepared } = parts.store.list();
  expect(saved.length, 'passwords that count').toBeLessThan(2);
  expect(prepared.length, 'passwords that are prepared').toBeLessThan(2);
  if (account === undefined || touched.has(account.guid)) return;
  const kept = one.kept();
  const candidates = [...saved, ...prepared].map(({ method, version }) => kept[`${method}/${version}`]);
  expect(candidates, 'the password of the account').toContain(account.loginPassword);
  if (prepared.length === 0 && saved.length === 1) expect(await one.password()).toBe(account.loginPassword);
}

function fromOutside(
  one: ServiceDesk,
  act: Act['outside'],
  { account, strangers, touched }: { account: Account | undefined; strangers: Set<string>; touched: Touched },
): void {
  const { accounts } = one.mac;
  if (act === 'stricter') accounts.policy = { ...accounts.policy, minLength: 40, classes: 4 };
  if (act === 'lenient') accounts.policy = { ...accounts.policy, minLength: null, classes: null };
  if (act === 'impostor' && accounts.named(NAME) === null) {
    const impostor = accounts.add({ name: NAME, fullName: 'Somebody', loginPassword: MINE, createdBy: 'bert' });
    Object.assign(impostor, { guid: randomUUID().toUpperCase() });
    strangers.add(impostor.guid);
  }
  if (account === undefined) return;
  if (act === 'rename') Object.assign(account, { name: account.name === NAME ? 'helper' : account.name });
  if (act === 'remove') accounts.remove(account);
  if (act === 'set-password') {
    accounts.putLoginPassword(account, 'set by somebody');
    touched.add(account.guid);
  }
}

/** Whatever happened, deleting is possible in the end, by upkeep or by hand as it says, and leaves nothing of upkeep's. */
async function theEnd(one: ServiceDesk, strangers: ReadonlySet<string>): Promise<void> {
  for (let day = 0; day < 3; day += 1) {
    const end = await one.run(endOf(one.remove()));
    if (!(end instanceof Error)) break;
    expect(end).toBeInstanceOf(UpkeepError);
    for (const each of ofUpkeep(one, strangers)) {
      if ((end as UpkeepError).code === 'account.in-the-way') one.mac.accounts.remove(each);
    }
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS + MINUTE_MS);
  }
  expect([ofUpkeep(one, strangers), one.kept(), one.life().parts.record.read()]).toEqual([[], {}, null]);
}

test('whatever happens, there is one account at most, nobody loses a token, and its password is known', async () => {
  await fc.assert(
    fc.asyncProperty(acts, (lives) => live(lives)),
    { numRuns: LIVES, endOnFailure: LIVES < 100 },
  );
}, 600_000);
