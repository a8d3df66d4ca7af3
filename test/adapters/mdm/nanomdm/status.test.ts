// What KMFDDM tells of a Mac, in every form that its storages give it.
import fc from 'fast-check';
import { parse } from 'plist';
import { describe, expect, test } from 'vitest';
import { commandId, updateCommand } from '../../../../src/adapters/mdm/nanomdm/command-text.ts';
import {
  declarationsFor,
  enforcementSchema,
  orderOf,
  ownNames,
} from '../../../../src/adapters/mdm/nanomdm/declarations.ts';
import {
  isDone,
  namesSchema,
  reportOf,
  stateOf,
  valuesSchema,
  verdictsSchema,
} from '../../../../src/adapters/mdm/nanomdm/status.ts';
import type { PushOrder } from '../../../../src/domain/push.ts';

const ID = '9353BC9A-5CF9-4C9E-9AD4-8D1E41D5FE3E';
const BY = '2026-11-23T21:00:00';
const ORDER: PushOrder = {
  to: { version: '26.6.2', build: '25G83' },
  major: false,
  latest: false,
  action: { kind: 'enforce', by: BY },
};
const TARGET = { version: '26.6.2', build: null, by: BY };
const NOTHING = { version: null, build: null, state: null, reason: null };
const VERDICT = { identifier: 'x', valid: 'valid', current: true, codes: [], at: 1_000 };

describe('values', () => {
  const at = (second: number) => `2026-11-23T08:00:${String(second).padStart(2, '0')}Z`;
  const VALUES = [
    { path: '.StatusItems.softwareupdate.install-state', value: 'none', timestamp: at(1) },
    { path: '.StatusItems.softwareupdate.install-state', value: 'downloading', timestamp: at(2) },
    { path: '.StatusItems.softwareupdate.install-state', value: 'failed', timestamp: at(30) },
    {
      path: '.StatusItems.softwareupdate.failure-reason.reason',
      value: 'SUMacControllerError 7723',
      timestamp: at(30),
    },
    { path: '.StatusItems.softwareupdate.failure-reason.count', value: '1', timestamp: at(30) },
    { path: '.StatusItems.device.operating-system.version', value: '26.6', timestamp: at(3) },
    { path: '.StatusItems.device.operating-system.version', value: '26.5', timestamp: at(0) },
    { path: '.StatusItems.device.operating-system.build-version', value: '25G72', timestamp: at(3) },
  ];

  test('the newest of each counts, wherever it stands', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(VALUES, { minLength: VALUES.length }), (values) => {
        const report = reportOf(valuesSchema.parse({ [ID]: values })[ID] ?? []);
        expect(report).toMatchObject({ version: '26.6', build: '25G72', reason: 'SUMacControllerError 7723' });
        expect(report.state?.value).toBe('failed');
      }),
    );
  });

  test('moments are compared as moments, whatever their zone', () => {
    const [first, second] = ['2026-11-23T10:00:00+01:00', '2026-11-23T09:30:00.123456Z'];
    const path = '.StatusItems.softwareupdate.install-state';
    const values = [
      { path, value: 'old', timestamp: first },
      { path, value: 'new', timestamp: second },
    ];
    expect(reportOf(valuesSchema.parse({ [ID]: values })[ID] ?? []).state?.value).toBe('new');
  });

  test.each([[null], [{}], [{ [ID]: null }], [{ [ID]: [] }]])('%j is nothing', (given) => {
    expect(reportOf(valuesSchema.parse(given)[ID] ?? [])).toEqual(NOTHING);
  });

  test.each([
    [null, []],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  ] as const)('names of sets: %j', (given, read) => {
    expect(namesSchema.parse(given)).toEqual(read);
  });
});

describe('the Mac’s word on a declaration', () => {
  const read = (reasons: unknown, more = {}) =>
    verdictsSchema.parse({ [ID]: [{ identifier: 'x', valid: 'invalid', current: true, reasons, ...more }] })[ID]?.[0];

  test.each([
    [[{ code: 'Error.ConfigurationCannotBeApplied', description: 'x' }, { code: 'Info.Other' }], 'both'],
    [{ code: 'Error.ConfigurationCannotBeApplied' }, 'one'],
    [undefined, 'none'],
    ['a text', 'none'],
  ])('reasons %j: %s', (reasons, which) => {
    const all = ['Error.ConfigurationCannotBeApplied', 'Info.Other'];
    expect(read(reasons)?.codes).toEqual({ both: all, one: all.slice(0, 1), none: [] }[which]);
  });

  test('words where a code should be are not repeated', () => {
    expect(read([{ code: 'what somebody wrote, or a key' }])?.codes).toEqual(['a reason without a code']);
  });

  test('a verdict that does not say whether it is about what is declared now is not', () => {
    expect(read([], { current: undefined })?.current).toBe(false);
  });
});

describe('where it stands', () => {
  const state = (value: string, at = 2_000) => ({ ...NOTHING, state: { value, at } });
  test.each([
    ['nothing heard', null, NOTHING, { state: 'under-way' }],
    ['an older one', { ...VERDICT, current: false }, state('failed'), { state: 'under-way' }],
    ['taken', VERDICT, NOTHING, { state: 'scheduled', by: BY }],
    ['not known whether valid', { ...VERDICT, valid: 'unknown' }, NOTHING, { state: 'scheduled' }],
    ['invalid', { ...VERDICT, valid: 'invalid', codes: ['Error.A'] }, NOTHING, { detail: /Error\.A$/ }],
    ['waiting', VERDICT, state('waiting'), { state: 'scheduled' }],
    ['prepared', VERDICT, state('prepared'), { state: 'scheduled' }],
    ['downloading', VERDICT, state('downloading'), { state: 'under-way', phase: 'downloading' }],
    ['installing', VERDICT, state('installing'), { state: 'under-way', phase: 'installing' }],
    ['failed', VERDICT, state('failed'), { state: 'failed', trouble: 'declaration-failed' }],
    ['failed before', VERDICT, state('failed', 999), { state: 'scheduled' }],
    ['a word nobody knows', VERDICT, state('pondering'), { state: 'scheduled' }],
    ['there', VERDICT, { ...state('failed'), version: '26.6.2' }, { state: 'completed' }],
    ['there, unheard', null, { ...NOTHING, version: '27.0' }, { state: 'completed' }],
  ])('%s', (_, verdict, report, stands) => {
    const { detail, ...rest } = stands as { detail?: RegExp };
    const is = stateOf(TARGET, verdict, report);
    expect(is).toMatchObject(rest);
    if (detail !== undefined) expect('detail' in is && is.detail).toMatch(detail);
  });

  test('a reason that is a text is not repeated', () => {
    const is = stateOf(TARGET, VERDICT, { ...state('failed'), reason: 'Anna’s disk is full' });
    expect('detail' in is && is.detail).toBe('the Mac could not carry out the declaration');
  });

  test.each([
    ['26.6.1', null, null, false],
    ['26.6.2', '25G83', '25G83', true],
    ['26.6.2', '25G80', '25G83', false],
    ['26.6.2', null, '25G83', true],
    ['26.6.2', '25G80', null, true],
    ['26.7', '25H1', '25G83', true],
    [null, null, null, false],
  ])('running %s (%s), declared 26.6.2 (%s): done is %s', (version, build, wanted, done) => {
    expect(isDone({ ...TARGET, build: wanted }, { ...NOTHING, version, build })).toBe(done);
  });
});

describe('an order', () => {
  test('is read back from its declaration as it was', () => {
    const update = declarationsFor(ORDER, BY, ownNames(ID))[1];
    expect(orderOf(enforcementSchema.parse({ ...update, ServerToken: 'x' }), '26.6')).toEqual(ORDER);
    expect(orderOf(TARGET, '15.7')).toMatchObject({ major: true, to: { build: null } });
    expect(orderOf(TARGET, null)).toBeNull();
  });

  test('names the build only where no other release will do', () => {
    const payloads = [ORDER, { ...ORDER, latest: true }].map(
      (one) => declarationsFor(one, BY, ownNames(ID))[1]?.Payload,
    );
    expect(payloads.map((one) => one?.TargetBuildVersion)).toEqual(['25G83', undefined]);
  });

  test('activates what it configures, and every name is this Mac’s', () => {
    const all = declarationsFor(ORDER, BY, ownNames(ID));
    const configured = all.filter(({ Type }) => Type.startsWith('com.apple.configuration.'));
    expect(all.at(-1)?.Payload).toEqual({ StandardConfigurations: configured.map(({ Identifier }) => Identifier) });
    expect(all.filter(({ Identifier }) => !Identifier.endsWith(ID))).toEqual([]);
  });

  test.each([
    ['download', 'DownloadOnly'],
    ['install-and-restart', 'InstallASAP'],
  ] as const)('%s as a command is %s, of that version and of no other', (kind, action) => {
    expect(parse(updateCommand({ ...ORDER, action: { kind } }, 'id <1>'))).toEqual({
      Command: {
        RequestType: 'ScheduleOSUpdate',
        Updates: [{ ProductVersion: '26.6.2', InstallAction: action }],
      },
      CommandUUID: 'id <1>',
    });
  });

  test('each command has an id of its own', () => {
    const ids = Array.from({ length: 100 }, () => commandId(Math.random));
    expect(new Set(ids).size).toBe(100);
    expect(ids.filter((id) => !/^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-9[0-9A-F]{3}-[0-9A-F]{12}$/.test(id))).toEqual(
      [],
    );
  });
});
