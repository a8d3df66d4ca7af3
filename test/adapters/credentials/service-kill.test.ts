// Cut off before and after every single step of making, changing and removing the service account: there are never two, its
// secure token is never lost, a password that counts is right, and nobody else's account is touched.
import { describe, expect, test } from 'vitest';
import { rotateServiceAccount } from '../../../src/adapters/credentials/rotate-service-account.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/instant.ts';
import { type Death, Killed } from './desk.ts';
import { codeOf, endOf, NAME, type ServiceDesk, serviceDesk } from './service-desk.ts';

async function made(): Promise<ServiceDesk> {
  const one = serviceDesk();
  await one.run(one.create());
  await one.mac.world.runUntil(one.mac.world.now() + 20 * MINUTE_MS);
  return one;
}

type Life = ReturnType<ServiceDesk['life']>;
const STORIES = [
  {
    what: 'create',
    begin: async () => serviceDesk(),
    act: (one: ServiceDesk, { parts }: Life) => one.create(parts),
    there: true,
  },
  {
    what: 'rotate',
    begin: made,
    act: (_: ServiceDesk, { parts }: Life) => rotateServiceAccount(parts, null),
    there: true,
  },
  { what: 'delete', begin: made, act: (one: ServiceDesk, { parts }: Life) => one.remove(parts), there: false },
];

async function liveThrough(story: (typeof STORIES)[number], death: Death) {
  const one = await story.begin();
  const before = one.others();
  const life = one.life(death);
  const end = await one.run(endOf(story.act(one, life)));
  return { one, before, end, steps: life.steps() };
}

/** Again and again, as a person would, at most with a day between. */
async function untilDone(one: ServiceDesk, act: () => Promise<unknown>): Promise<string[]> {
  const codes: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const end = await one.run(endOf(act()));
    if (!(end instanceof Error)) return codes;
    codes.push(`${codeOf(end)}: ${end.message}`);
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS + MINUTE_MS);
  }
  return [...codes, 'never done'];
}

async function expectWhole(one: ServiceDesk, before: string, where: string): Promise<void> {
  const account = one.account();
  expect(account, where).toMatchObject({ hidden: true, shell: '/usr/bin/false', home: '/var/empty', admin: true });
  expect(account, where).toMatchObject({ secureToken: true, volumeOwner: true });
  const password = await one.password();
  expect([account?.loginPassword, account?.cryptoPassword], where).toEqual([password, password]);
  const { saved, prepared, loose } = one.life().parts.store.list();
  expect([saved.length, prepared, loose], where).toEqual([1, [], []]);
  expect(Object.keys(one.kept()), where).toHaveLength(1);
  expect(one.life().parts.record.read(), where).toMatchObject({ guid: account?.guid, ready: true });
  expect(one.others(), where).toBe(before);
}

describe.each(STORIES)('$what', (story) => {
  test('at every step, and then done again', { timeout: 120_000 }, async () => {
    const { steps, end } = await liveThrough(story, null);
    expect(end).not.toBeInstanceOf(Error);
    expect(steps).toBeGreaterThan(8);
    const waits: string[] = [];
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ['before', 'after'] as const) {
        const where = `${when} step ${step} of ${steps}`;
        const { one, before, end: killed } = await liveThrough(story, { step, when });
        expect(killed, where).toBeInstanceOf(Killed);
        const count = one.mac.accounts.all().length;
        // What counts is right, whatever half of the work was done.
        const password = await one.password();
        const account = one.account();
        if (story.what === 'rotate') {
          const kept = Object.values(one.kept());
          expect(kept, where).toContain(account?.loginPassword);
          expect([account?.secureToken, account?.cryptoPassword], where).toEqual([true, account?.loginPassword]);
        } else if (password !== null && account !== null) expect(password, where).toBe(account.loginPassword);
        const codes = await untilDone(one, () => story.act(one, one.life()) as Promise<unknown>);
        expect(codes, where).not.toContain('never done');
        expect(
          codes.every((code) => code.startsWith('credential.later')),
          `${where}: ${codes}`,
        ).toBe(true);
        waits.push(...codes);
        if (story.there) await expectWhole(one, before, where);
        else {
          expect(one.account(), where).toBeNull();
          expect(one.kept(), where).toEqual({});
          expect(one.life().parts.record.read(), where).toBeNull();
          expect(one.others(), where).toBe(before);
        }
        expect(one.mac.accounts.all().filter(({ fullName }) => fullName === 'Upkeep Service').length).toBeLessThan(2);
        expect(one.mac.accounts.all().length - count).toBeLessThan(2);
        expect(one.mac.accounts.all().filter(({ name }) => name.toLowerCase() === NAME).length).toBeLessThan(2);
      }
    }
    // Only a try that was cut off makes anybody wait.
    expect(waits.length).toBeLessThan(4);
  });
});
