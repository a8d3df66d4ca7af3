// Cut off before or after every single step of saving, replacing and deleting: there is never more than one pointer, what is
// pointed at is always there and right, and the next call leaves nothing lying about.
import { describe, expect, test } from 'vitest';
import { credentialId } from '../../../src/domain/credentials.ts';
import { MINUTE_MS } from '../../../src/domain/instant.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canary } from '../../support/canary.ts';
import { ADMIN, type Death, desk, Killed } from './desk.ts';

const OLD = canary('old');
const RULES = { replace: true, severalSaved: false };

type Desk = ReturnType<typeof desk>;
type Life = ReturnType<Desk['process']>;

const save = (life: Life, password: string, account = 'bert') =>
  life.store.save(
    { method: 'local-account', account, uid: null, secret: new Secret(password), verifiedAt: life.parts.clock.now() },
    RULES,
  );

async function withOld(): Promise<Desk> {
  const made = desk();
  await made.run(save(made.process(), OLD, 'anna'));
  await made.mac.world.runUntil(made.mac.world.now() + MINUTE_MS);
  return made;
}

const STORIES = [
  { what: 'saving the first', begin: async () => desk(), act: (life: Life) => save(life, ADMIN), may: [null, ADMIN] },
  { what: 'replacing', begin: withOld, act: (life: Life) => save(life, ADMIN), may: [OLD, ADMIN] },
  {
    what: 'deleting',
    begin: withOld,
    act: (life: Life) => life.store.delete(['local-account']),
    may: [OLD, null],
  },
];

async function liveThrough(story: (typeof STORIES)[number], death: Death) {
  const one = await story.begin();
  const life = one.process(death);
  const outcome = await one.run(
    Promise.resolve(story.act(life)).then(
      () => 'ended',
      (error: unknown) => error,
    ),
  );
  return { one, steps: life.steps(), outcome };
}

describe.each(STORIES)('$what', (story) => {
  test('at every step', async () => {
    const { steps, outcome } = await liveThrough(story, null);
    expect(outcome).toBe('ended');
    expect(steps).toBeGreaterThan(2);
    const seen = new Set<string | null>();
    for (let step = 1; step <= steps; step += 1) {
      for (const when of ['before', 'after'] as const) {
        const where = `${when} step ${step} of ${steps}`;
        const { one, outcome: end } = await liveThrough(story, { step, when });
        expect(end, where).toBeInstanceOf(Killed);
        const next = one.process();
        const { saved } = next.store.list();
        expect(saved.length, where).toBeLessThan(2);
        const reading = await one.run(next.store.read('local-account'));
        const found = reading.found ? reading.secret.expose((plain) => plain) : null;
        expect(story.may, `${where}: ${JSON.stringify(reading)}`).toContain(found);
        expect(reading.found, where).toBe(saved.length === 1);
        seen.add(found);
        await one.run(next.store.sweep());
        expect(Object.keys(one.kept()), where).toEqual(saved.map(credentialId));
        expect(next.store.list().loose, where).toEqual([]);
      }
    }
    expect([...seen].sort()).toEqual([...story.may].sort());
  });

  test('and then done again, it is done', async () => {
    const { steps } = await liveThrough(story, null);
    for (let step = 1; step <= steps; step += 1) {
      const { one } = await liveThrough(story, { step, when: 'after' });
      await one.run(Promise.resolve(story.act(one.process())));
      const reading = await one.run(one.process().store.read('local-account'));
      expect(reading.found ? reading.secret.expose((plain) => plain) : null).toBe(story.may[1]);
      expect(Object.keys(one.kept())).toHaveLength(story.may[1] === null ? 0 : 1);
    }
  });
});

test('a password that is being prepared: killed at any step, it is kept or gone, never lying about, and the old one counts', async () => {
  const act = (life: Life) =>
    life.store.prepare({ method: 'local-account', account: 'anna', uid: null, secret: new Secret(ADMIN) }, RULES);
  const kept = new Set<boolean>();
  for (let step = 1; ; step += 1) {
    const one = await withOld();
    const end = await one.run(act(one.process({ step, when: 'after' })).catch((error: unknown) => error));
    if (!(end instanceof Killed)) break;
    const { store } = one.process();
    await one.run(store.sweep());
    const { saved, prepared, loose } = store.list();
    const reading = await one.run(store.read('local-account'));
    expect(reading.found && reading.secret.expose((plain) => plain)).toBe(OLD);
    expect([Object.keys(one.kept()).sort(), loose]).toEqual([[...saved, ...prepared].map(credentialId).sort(), []]);
    kept.add(prepared.length === 1);
  }
  expect(kept).toEqual(new Set([false, true]));
});
