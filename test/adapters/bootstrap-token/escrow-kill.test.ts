// Cut off before and after every single step of an escrow: the Mac is never left without a token in silence, doing it again
// brings a good one, and nobody's account is the worse for it.
import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/instant.ts';
import type { Death } from '../credentials/desk.ts';
import { codeOf, endOf } from '../credentials/service-desk.ts';
import { bert, Killed, type TokenDesk, tokenDesk } from './token-desk.ts';

const STORIES = [
  { what: 'where there is none', spec: { bootstrapToken: 'none' } },
  { what: 'where the server lost it', spec: { bootstrapToken: 'lost' } },
  { what: 'where one of another enrolment is in the way', spec: { bootstrapToken: 'foreign' } },
  { what: 'where only a password can prove it', spec: { bootstrapToken: 'lost', macOS: '13.2', build: '22D49' } },
] as const;

async function liveThrough({ spec }: (typeof STORIES)[number], death: Death) {
  const one = tokenDesk(spec);
  const life = one.life(death);
  const end = await one.run(endOf(one.escrow(bert(), life.parts)));
  return { one, end, steps: life.steps() };
}

/** Again and again, as a person would, at most with a day between. */
async function untilDone(one: TokenDesk): Promise<string[]> {
  const codes: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const end = await one.run(endOf(one.escrow()));
    if (!(end instanceof Error)) return codes;
    codes.push(codeOf(end));
    await one.mac.world.runUntil(one.mac.world.now() + DAY_MS + MINUTE_MS);
  }
  return [...codes, 'never done'];
}

describe.each(STORIES)('$what', (story) => {
  test('at every step, and then done again', { timeout: 120_000 }, async () => {
    const { steps, end } = await liveThrough(story, null);
    expect(end).toMatchObject({ token: { state: 'valid' } });
    expect(steps).toBeGreaterThan(15);
    let silent = 0;
    let told = 0;
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ['before', 'after'] as const) {
        const where = `${when} step ${step} of ${steps}`;
        const { one, end: killed } = await liveThrough(story, { step, when });
        expect(killed, where).toBeInstanceOf(Killed);
        const { escrowed } = one.mac.enrolment;
        const isReplacing = one.record().replacing !== null;
        if (!escrowed && story.spec.bootstrapToken !== 'none') {
          if (isReplacing) told += 1;
          else silent += 1;
        }
        // Which orders were given is on the disk: no typing is forgotten.
        const { install, remove, validate } = one.orders();
        const tries = one.life().parts.attempts.all().length;
        expect(tries, where).toBeGreaterThanOrEqual(install + remove + validate);
        const codes = await untilDone(one);
        expect(codes, where).not.toContain('never done');
        expect(one.mac.enrolment.tokenWorks(), where).toBe(true);
        expect([one.failures(), one.record().replacing], where).toEqual([0, null]);
        expect(one.record().attempts.length, where).toBeLessThan(4);
        const secrets = [...one.mac.secrets()];
        expect(
          secrets.filter((secret) => one.seen().includes(secret)),
          where,
        ).toEqual([]);
      }
    }
    expect(silent).toBe(0);
    if (story.spec.bootstrapToken === 'foreign') expect(told).toBeGreaterThan(3);
  });
});
