// docs/status.schema.json against the statuses of this version and of every version before: what reads upkeep's status
// goes on reading it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Status } from '../../src/machines/status.ts';
import { everyStatus, stateNames } from '../support/every-status.ts';
import { root } from '../support/lives.ts';
import { type Schema, schemaFlaws, typeOf } from '../support/schema-flaws.ts';

const schema = JSON.parse(readFileSync(join(root, 'docs/status.schema.json'), 'utf8')) as Schema;
let statuses: Status[];
beforeAll(async () => {
  statuses = await everyStatus();
});

/** Every place in a value with the types found there. The values of a reason are its own affair. */
function shapeOf(value: unknown, shape = new Map<string, Set<string>>(), path = '$'): Map<string, Set<string>> {
  shape.set(path, (shape.get(path) ?? new Set()).add(typeOf(value)));
  if (path === '$.because[]') return shape;
  if (Array.isArray(value)) for (const item of value) shapeOf(item, shape, `${path}[]`);
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) shapeOf(item, shape, `${path}.${name}`);
  return shape;
}

/** Every place that the schema describes. */
function placesIn(part: Schema, path = '$'): string[] {
  const reference = /^#\/\$defs\/(\w+)$/.exec(String(part.$ref))?.[1];
  const whole = reference === undefined ? part : ((schema.$defs as Record<string, Schema>)[reference] ?? {});
  const inner = Object.entries((whole.properties ?? {}) as Record<string, Schema>);
  return [
    path,
    ...inner.flatMap(([name, property]) => placesIn(property, `${path}.${name}`)),
    ...(whole.items === undefined ? [] : placesIn(whole.items as Schema, `${path}[]`)),
  ];
}

describe('the statuses of this version', () => {
  test('are of every state of the chart', () => {
    expect([...new Set(statuses.map(({ state }) => state))].sort()).toEqual(stateNames().sort());
  });

  test('are as the schema says', () => {
    expect(statuses.flatMap((status) => schemaFlaws(schema, JSON.parse(JSON.stringify(status))))).toEqual([]);
  });

  test('have no field that the schema does not describe', () => {
    const found = new Set(statuses.flatMap((status) => [...shapeOf(status).keys()]));
    const described = new Set(placesIn(schema));
    expect([...found].filter((place) => !described.has(place))).toEqual([]);
  });
});

test.each<[string, (status: Record<string, unknown>) => unknown, string]>([
  ['a field that is missing', ({ deadlines, ...rest }) => rest, '$.deadlines: missing'],
  ['a moment that is none', (status) => ({ ...status, writtenAt: 'yesterday' }), '$.writtenAt: not as pattern'],
  ['a count in words', (status) => ({ ...status, deferralCount: 'two' }), '$.deferralCount: not as type'],
  ['a problem without a remedy', (status) => ({ ...status, problems: [{ code: 'x', text: '' }] }), '.remedy: missing'],
  ['a run nobody knows', (status) => ({ ...status, health: { agent: { run: 'ill' } } }), '.run: not as enum'],
])('the schema finds %s', (_name, spoil, flaw) => {
  const spoilt = spoil({ ...(statuses[0] as Status) });
  expect(schemaFlaws(schema, spoilt).join('\n')).toContain(flaw);
});

const HISTORIES = join(root, 'test/histories/status');

describe.each(readdirSync(HISTORIES))('the statuses in test/histories/status/%s', (file) => {
  const frozen = JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')) as Status[];

  test('are as the schema says today', () => {
    expect(frozen.length).toBeGreaterThan(20);
    expect(frozen.flatMap((status) => schemaFlaws(schema, status))).toEqual([]);
  });

  test('have no field that has gone since, and none of another type', () => {
    const today = new Map<string, Set<string>>();
    for (const status of statuses) shapeOf(JSON.parse(JSON.stringify(status)), today);
    const gone = frozen.flatMap((status) =>
      [...shapeOf(status)].flatMap(([place, types]) =>
        [...types].filter((type) => today.get(place)?.has(type) !== true).map((type) => `${place}: ${type}`),
      ),
    );
    expect([...new Set(gone)]).toEqual([]);
  });
});
