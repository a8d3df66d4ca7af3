// A new recovery key of FileVault: what is said when none is told, and what is left when the process dies on the way.
import { describe, expect, test } from 'vitest';
import { rotateRecoveryKey } from '../../../src/adapters/credentials/rotate-recovery-key.ts';
import { UpkeepError } from '../../../src/domain/problem.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { canaryKey } from '../../support/canary.ts';
import { Killed } from './desk.ts';
import { bert, endOf, serviceDesk } from './service-desk.ts';

const KEY = canaryKey();
const deskWith = (...faults: object[]) =>
  serviceDesk({ fileVault: { state: 'on', recoveryKey: KEY }, faults: faults as never });
const plain = (secret: unknown): string | null => (secret instanceof Secret ? secret.expose((text) => text) : null);

describe('when no new key is told', () => {
  test.each([
    ['with its exit code', {}, /could not change the key/],
    ['with exit code 136', { exitCode: 136 }, /could not change the key/],
    ['with exit code 0', { exitCode: 0 }, /could not change the key/],
    ['with exit code 31 and a text nobody knows', { exitCode: 31, text: 'Error: Nein.\n' }, /management forbids it/],
    ['with exit code 99', { exitCode: 99, text: 'Error: Unknown.\n' }, /no reason that is known/],
    ['without a word, with exit code 0', { exitCode: 0, text: '' }, /neither success nor failure/],
    ['without a word, with exit code 28', { exitCode: 28, text: '' }, /FileVault is busy/],
  ])('%s, it is said that the old one may be dead, whether it is or not', async (_story, fault, why) => {
    for (const changed of [false, true]) {
      const one = deskWith({ name: 'recovery-key-fails', times: 1, changed, ...fault });
      const end = await one.run(endOf(rotateRecoveryKey(one.life().parts, bert())));
      if (!(end instanceof UpkeepError)) throw new Error('it told a key');
      expect(end.code).toBe('tool.failed');
      expect(end.message).toMatch(why);
      expect(end.message).toMatch(/whether the old one still opens the disk is not known/);
      expect(end.remedy).toContain('sudo fdesetup validaterecovery');
      expect(one.mac.fileVault.personalKey === KEY).toBe(!changed);
      // What the remedy says works: once more, and there is a key that is told.
      const key = await one.run(rotateRecoveryKey(one.life().parts, bert()));
      expect(plain(key)).toBe(one.mac.fileVault.personalKey);
    }
  });

  test('a password that the disk does not take changes nothing, and is tried at the disk alone', async () => {
    const one = deskWith();
    const end = await one.run(endOf(rotateRecoveryKey(one.life().parts, bert('not his'))));
    expect(end).toMatchObject({ code: 'credential.unfit' });
    expect([
      one.mac.fileVault.personalKey,
      one.mac.calls.some(({ name }) => name === 'fdesetup.change-recovery-key'),
    ]).toEqual([KEY, false]);
  });
});

test('killed before or after any step: the key is the old one or a new one, nothing of it lies about, and again it works', async () => {
  const calm = deskWith();
  const life = calm.life();
  await calm.run(rotateRecoveryKey(life.parts, bert()));
  const steps = life.steps();
  expect(steps).toBeGreaterThan(5);
  const left = new Set<boolean>();
  for (let step = 1; step <= steps; step += 1) {
    for (const when of ['before', 'after'] as const) {
      const one = deskWith();
      const where = `killed ${when} step ${step} of ${steps}`;
      const end = await one.run(endOf(rotateRecoveryKey(one.life({ step, when }).parts, bert())));
      // Dead in the very last moment, the key is told to nobody: as good as never.
      expect(end, where).toBeInstanceOf(Killed);
      const between = one.mac.fileVault.personalKey ?? '';
      left.add(between === KEY);
      await one.mac.world.runUntil(one.mac.world.now() + 3_600_000);
      const key = plain(await one.run(rotateRecoveryKey(one.life().parts, bert())));
      expect([key, key === KEY, key === between], where).toEqual([one.mac.fileVault.personalKey, false, false]);
      const seen = [...one.mac.calls.flatMap(({ args, exposed }) => [...args, ...exposed]), ...one.disk.values()].join(
        '\n',
      );
      expect(
        [...one.mac.fileVault.secrets()].filter((secret) => seen.includes(secret)),
        where,
      ).toEqual([]);
    }
  }
  // It was killed while the old key was good, and after it was dead.
  expect([...left].sort()).toEqual([false, true]);
});
