// Whatever fails, and whenever: one order makes one plan at most, and no secret is told. The server counts what it made,
// also where its answer was lost.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PushOrder } from '../../../../src/domain/push.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { ACCOUNT, apiError, broken, CLIENT, fakeJamf, page, type Reply } from './fake-jamf.ts';

/** What becomes of one request: `before` it is acted on, `after` it, so that only the answer is lost, or nothing. */
type Fate = { when: 'before' | 'after'; reply: Reply } | null;

const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fate>(
      { when: 'before', reply: broken('unreachable') },
      { when: 'before', reply: broken('timeout') },
      { when: 'before', reply: apiError(401, 'INVALID_TOKEN') },
      { when: 'before', reply: apiError(403, 'INVALID_PRIVILEGE') },
      { when: 'before', reply: apiError(429) },
      { when: 'before', reply: page(503) },
      { when: 'before', reply: apiError(503) },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Fate>(
      { when: 'after', reply: broken('timeout') },
      { when: 'after', reply: broken('cut-off') },
      { when: 'after', reply: broken('too-large') },
      { when: 'after', reply: apiError(500) },
      { when: 'after', reply: page(502) },
      { when: 'after', reply: { status: 408 } },
      { when: 'after', reply: page(201) },
      { when: 'after', reply: { status: 201, body: {} } },
      { when: 'after', reply: { status: 201, body: '{"plans":[{"planId":"N' } },
    ),
  },
);

const order: PushOrder = {
  to: { version: '26.1', build: '25B78' },
  major: false,
  latest: false,
  action: { kind: 'install-and-restart' },
};

const life = fc.record({
  credential: fc.constantFrom(CLIENT, ACCOUNT),
  /** Of the requests for new plans, and of all others. */
  ofPlans: fc.array(fates, { maxLength: 4 }),
  ofOthers: fc.array(fates, { maxLength: 60 }),
  tokenSeconds: fc.constantFrom(1, 20, 599),
  /** How long a plan is not to be seen on the node that is asked. */
  hiddenMs: fc.constantFrom(0, 5_000, 60_000),
  chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
  /** Whether a plan that was made without being told has failed by the next order. */
  ends: fc.boolean(),
  pushes: fc.integer({ min: 1, max: 4 }),
  /** At which request the order is taken back. */
  abortAt: fc.option(fc.integer({ min: 1, max: 25 }), { nil: null }),
});

test('one order makes one plan at most, however often it is given', async () => {
  let made = 0;
  let doubts = 0;
  await fc.assert(
    fc.asyncProperty(
      life,
      async ({ credential, ofPlans, ofOthers, tokenSeconds, hiddenMs, chance, ends, pushes, abortAt }) => {
        const jamf = fakeJamf();
        jamf.server.tokenSeconds = tokenSeconds;
        const left = { plans: [...ofPlans], others: [...ofOthers] };
        const stop = new AbortController();
        const madeAt: number[] = [];
        let requests = 0;
        const { client } = fakeJamf({
          clock: jamf.clock,
          random: () => chance,
          credential,
          http: {
            send: async (request, signal) => {
              requests += 1;
              if (requests === abortAt) stop.abort();
              const isPlans = request.url.includes('/plans?');
              const isNew = request.method === 'POST' && request.url.endsWith('/plans');
              const fate = (isNew ? left.plans : left.others).shift() ?? null;
              if (isNew && fate?.when === 'after') doubts += 1;
              if (fate?.when === 'before') return resultOf(fate.reply);
              const plans = jamf.server.plans;
              const now = jamf.clock.monotonicMs();
              if (isPlans) jamf.server.plans = plans.filter((_, index) => now - (madeAt[index] ?? 0) >= hiddenMs);
              const result = await jamf.http.send(request, signal);
              if (isPlans) jamf.server.plans = plans;
              while (madeAt.length < jamf.server.made) madeAt.push(now);
              return fate === null ? result : resultOf(fate.reply);
            },
          },
        });
        for (let n = 0; n < pushes; n += 1) {
          const result = await client.push(order, 'plan', n === 0 ? stop.signal : undefined);
          expect(inspect(result, { depth: 9 })).not.toContain('MARK');
          if ('failed' in result) {
            if (ends) for (const plan of jamf.server.plans) plan.status = { state: 'PlanFailed', errorReasons: null };
            continue;
          }
          expect(result).toEqual({ plan: { means: 'plan', id: 'NEW-1' } });
          expect(jamf.server.made).toBe(1);
          // Of a plan that was told and has failed, another one may be made.
          if (ends) break;
        }
        await client.close();
        expect(jamf.server.made).toBeLessThanOrEqual(1);
        made += jamf.server.made;
        for (const { url } of jamf.got) expect(url).not.toContain('MARK');
      },
    ),
    { numRuns: 600 },
  );
  // It is not kept by making nothing, nor by nothing ever being in doubt.
  expect(made).toBeGreaterThan(100);
  expect(doubts).toBeGreaterThan(50);
});

function resultOf(reply: Reply) {
  if ('kind' in reply) return reply;
  const { status, headers = {}, cookies = [], body = '' } = reply;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answer' as const, answer: { status, headers, cookies, body: new Secret(text) } };
}
