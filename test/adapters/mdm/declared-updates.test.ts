// What macOS keeps of what was declared to it, read out of what plutil prints.
import { build } from 'plist';
import { expect, test } from 'vitest';
import { declaredUpdates } from '../../../src/adapters/commands/fact-commands.ts';
import { runCommand } from '../../../src/adapters/commands/run-command.ts';
import { nextDeclared } from '../../../src/adapters/macos/declared-updates.ts';
import { type Answer, scripted } from '../../support/scripted-commands.ts';

type Keys = Record<string, string | number | string[]>;
const ONE = { TargetOSVersion: '26.6.2', TargetBuildVersion: '25G83', TargetLocalDateTime: '2026-11-30T13:00:00' };

const file = (Declarations: Record<string, Keys | string>, fields: Keys = {}): Answer => ({
  stdout: build({
    SUCorePersistedStateCoreVersion: '2.1.0',
    SUCorePersistedStatePolicyFields: { ...fields, Declarations },
  }),
});
const missing = (code: number): Answer => ({
  stderr: `/…/State.plist: file does not exist or is not readable or is not a regular file (Error Domain=NSCocoaErrorDomain Code=${code} "…")\n`,
  exitCode: 1,
});
const read = (answer: Answer) =>
  runCommand(scripted({ 'plutil.declared-updates': answer }).commands, declaredUpdates, undefined).then(
    ({ declared }) => declared,
  );

test.each<[string, Answer, unknown]>([
  ['one', file({ a: ONE }), [{ version: '26.6.2', build: '25G83', by: '2026-11-30T13:00:00' }]],
  [
    'what else stands there',
    file(
      { a: { ...ONE, DetailsURL: 'https://example.com', RMStoreDeclarationKey: 'a', More: ['x'] } },
      { SUCoreDDMDeclarationGlobalSettings: 'something' },
    ),
    [{ version: '26.6.2', build: '25G83', by: '2026-11-30T13:00:00' }],
  ],
  [
    'no build',
    file({ a: { TargetOSVersion: '26.6.2', TargetLocalDateTime: '2026-11-30T13:00:00' } }),
    [{ version: '26.6.2', build: null, by: '2026-11-30T13:00:00' }],
  ],
  [
    'a build without a value',
    file({ a: { ...ONE, TargetBuildVersion: '' }, b: { ...ONE, TargetBuildVersion: '(null)' } }),
    [
      { version: '26.6.2', build: null, by: '2026-11-30T13:00:00' },
      { version: '26.6.2', build: null, by: '2026-11-30T13:00:00' },
    ],
  ],
  [
    'what names no release, or no moment, enforces nothing, and the one beside it counts',
    file({
      a: { RMStoreDeclarationKey: 'a' },
      b: { TargetLocalDateTime: '2026-11-30T13:00:00' },
      c: { TargetOSVersion: '26.6.2' },
      d: ONE,
    }),
    [{ version: '26.6.2', build: '25G83', by: '2026-11-30T13:00:00' }],
  ],
  ['none', file({}), []],
  ['no fields', { stdout: build({ SUCorePersistedStateCoreVersion: '2.1.0' }) }, []],
  ['no file', missing(260), []],
  ['no file, said on the other stream', { stdout: missing(260).stderr ?? '', exitCode: 1 }, []],
])('declared: %s', async (_, answer, expected) => expect(await read(answer)).toEqual(expected));

test.each<[string, Answer]>([
  ['nothing', {}],
  ['half a list', { stdout: (file({ a: ONE }).stdout ?? '').slice(0, 300) }],
  ['a list of something else', { stdout: build(['a']) }],
  ['declarations of no form', { stdout: build({ SUCorePersistedStatePolicyFields: { Declarations: ['a'] } }) }],
  ['a declaration of no form', file({ a: 'b' })],
  ['a version that is a word', file({ a: { ...ONE, TargetOSVersion: 'latest' } })],
  ['a version that is a number', file({ a: { ...ONE, TargetOSVersion: 26 } })],
  ['a build that is a word', file({ a: { ...ONE, TargetBuildVersion: 'newest' } })],
  ['a build that is a number', file({ a: { ...ONE, TargetBuildVersion: 25 } })],
  ['a time with a zone', file({ a: { ...ONE, TargetLocalDateTime: '2026-11-30T13:00:00Z' } })],
  ['a day there is not', file({ a: { ...ONE, TargetLocalDateTime: '2026-11-31T13:00:00' } })],
  ['a good one beside a bad one', file({ a: ONE, b: { ...ONE, TargetOSVersion: 'latest' } })],
])('not read out of %s', async (_, answer) =>
  expect(read(answer)).rejects.toMatchObject({ code: 'output.unreadable' }),
);

test('a file that may not be read is not one that is missing', async () =>
  expect(read(missing(257))).rejects.toMatchObject({ code: 'tool.failed' }));

test('the first that is newer than what runs comes next, at its time in the zone of the Mac', () => {
  const running = { version: '26.6', build: '25G72' };
  const due = (version: string, by: string) => ({ version, build: null, by });
  const past = due('26.6', '2026-11-01T09:00:00');
  const later = due('26.6.2', '2026-12-24T13:00:00');
  const next = due('26.7', '2026-11-30T13:00:00');
  expect(nextDeclared([past, later, next], running, 'Europe/Berlin')).toEqual({
    ...next,
    at: Date.UTC(2026, 10, 30, 12),
  });
  expect(nextDeclared([next], running, 'America/New_York')?.at).toBe(Date.UTC(2026, 10, 30, 18));
  expect(nextDeclared([past], running, 'Europe/Berlin')).toBeNull();
  const newerBuild = { ...past, build: '25G73' };
  expect(nextDeclared([newerBuild], running, 'Europe/Berlin')).toMatchObject(newerBuild);
});

test.each([
  ['twice', '2026-10-25T02:30:00', Date.UTC(2026, 9, 25, 0, 30)],
  ['never', '2027-03-28T02:30:00', Date.UTC(2027, 2, 28, 0, 30)],
])('a time that the clocks show %s is not expected too late', (_, by, at) => {
  const next = nextDeclared([{ version: '26.7', build: null, by }], { version: '26.6', build: null }, 'Europe/Berlin');
  expect(next?.at).toBe(at);
});
