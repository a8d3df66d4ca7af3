import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { complain } from '../../src/cli/complain.ts';
import { UpkeepError } from '../../src/domain/problem.ts';
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

test('an error that carries one shows it in none of the ways an error is written down', () => {
  const secret = new Secret(PLAIN);
  const cause = Object.assign(new Error(`inner ${secret}`), {
    secret,
    list: [secret],
    map: new Map([[secret, secret]]),
  });
  const error = new UpkeepError('tool.failed', `outer ${secret}`, { remedy: `${secret}`, cause });
  const bug = new TypeError(`bug ${secret}`, { cause: error });
  const said: string[] = [];
  for (const one of [error, bug]) complain(one, { err: (text) => void said.push(text) });
  const told = said.join('');
  const forms = [
    told,
    ...[error, bug, new AggregateError([error, bug], `${secret}`)].flatMap((one) => [
      String(one),
      one.stack ?? '',
      inspect(one, { depth: 9, showHidden: true, showProxy: true, getters: true }),
      inspect(one, { depth: 9, customInspect: false }),
      JSON.stringify(one),
      inspect(structuredClone(one), { depth: 9, showHidden: true }),
      serialize(one).toString('latin1'),
      // What Node writes when it is told to report a crash; upkeep never tells it to.
      JSON.stringify(process.report.getReport(one)),
    ]),
  ];
  for (const form of forms) expect(form).not.toContain(PLAIN);
  expect(told).toContain('[secret]');
});

test('Node is not told to write reports, which name arguments and environment', () => {
  const { reportOnFatalError, reportOnSignal, reportOnUncaughtException } = process.report;
  expect([reportOnFatalError, reportOnSignal, reportOnUncaughtException]).toEqual([false, false, false]);
});

test('it is handed to the one who uses it', () => {
  expect(new Secret(PLAIN).expose((plain) => plain.length)).toBe(PLAIN.length);
});

function structuredCloneOf(secret: Secret): unknown {
  return structuredClone(Object.assign({}, secret));
}
