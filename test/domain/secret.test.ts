import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { canary } from '../support/canary.ts';

const PLAIN = canary('plain');

test('a secret has no form in which it could be read by accident', () => {
  const secret = new Secret(PLAIN);
  const forms = [
    String(secret),
    `${secret}`,
    `${[secret]}`,
    JSON.stringify({ deep: { secret } }),
    inspect({ secret }, { depth: 9, showHidden: true }),
    Object.keys(secret).join(),
    JSON.stringify(structuredCloneOf(secret)),
  ];
  for (const form of forms) expect(form).not.toContain(PLAIN);
});

test('it is handed to the one who uses it', () => {
  expect(new Secret(PLAIN).expose((plain) => plain.length)).toBe(PLAIN.length);
});

function structuredCloneOf(secret: Secret): unknown {
  return structuredClone(Object.assign({}, secret));
}
