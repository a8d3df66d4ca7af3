// The two notations of the server: filters that come in, JSON that goes out.
import { describe, expect, test } from 'vitest';
import { jackson } from '../../../src/simulator/mdm/jamf-pro/jackson.ts';
import { demanded, passes, readFilter } from '../../../src/simulator/mdm/jamf-pro/rsql.ts';

const MAC: Record<string, string | null> = { id: '12', udid: 'A-B', 'general.name': 'Anna’s, "own"', gone: null };
const holds = (text: string): boolean | null => {
  const filter = readFilter(text);
  return filter === null ? null : passes(filter, (field) => MAC[field]);
};

describe('filters', () => {
  test.each<[string, boolean]>([
    ['id==12', true],
    ['id=="12"', true],
    ["udid=='A-B'", true],
    ['id!=12', false],
    ['id!=13', true],
    ['gone==x', false],
    ['gone!=x', true],
    ['id=in=(11,12)', true],
    ['id=in=("11", "13")', false],
    ['id=out=(11,13)', true],
    ['id==12;udid==A-B', true],
    ['id==12;udid==C', false],
    ['id==11,udid==A-B', true],
    ['id==11,id==13', false],
    ['id==12;(udid==C,udid==A-B)', true],
    ['id==11;udid==C,id==12', true],
    [' id == 12 ; udid == A-B ', true],
    ['general.name=="Anna’s, \\"own\\""', true],
  ])('%s: %s', (text, expected) => expect(holds(text)).toBe(expected));

  test.each(['', 'id', 'id=12', 'id==', '==12', 'id==12;', '(id==12', 'id==12)', 'id=in=12', 'id=in=()', 'id==1 2'])(
    'cannot be read: %s',
    (text) => expect(holds(text)).toBeNull(),
  );

  test('what every match must have, where a filter says so', () => {
    const demand = (text: string) => demanded(readFilter(text) ?? { all: [] }, 'id');
    expect(demand('id==12')).toEqual(['12']);
    expect(demand('udid==A;id=in=(1,2)')).toEqual(['1', '2']);
    expect(demand('id==12,udid==A')).toBeNull();
    expect(demand('id!=12')).toBeNull();
  });
});

test('JSON as Jamf Pro prints it', () => {
  const error = {
    httpStatus: 401,
    errors: [{ code: 'INVALID_TOKEN', description: 'Unauthorized', id: '0', field: null }],
  };
  expect(jackson(error)).toBe(`{
  "httpStatus" : 401,
  "errors" : [ {
    "code" : "INVALID_TOKEN",
    "description" : "Unauthorized",
    "id" : "0",
    "field" : null
  } ]
}`);
  expect(jackson({ a: [], b: {}, c: [1, '2'], d: undefined })).toBe(
    '{\n  "a" : [ ],\n  "b" : { },\n  "c" : [ 1, "2" ]\n}',
  );
});
