// By which means a server brings an update: every macOS from 13 to 27 against every state of a Jamf Pro server.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fact, known, unknown } from '../../src/domain/facts.ts';
import { PUSH_MEANS, PUSH_TROUBLES, type PushAction, type PushDevice } from '../../src/domain/push.ts';
import { choosePush, type JamfFeatures, jamfMeans, type PushChoice } from '../../src/policy/choose-push.ts';

const device: PushDevice = { managed: true, supervised: true, declarative: true };
const cloud: JamfFeatures = { version: '11.30.1', plans: 'on', forceInstallLocalDateEnabled: true, dssEnabled: true };
const ownServer: JamfFeatures = { ...cloud, dssEnabled: false };
const noDates: JamfFeatures = { ...cloud, forceInstallLocalDateEnabled: false };
const off: JamfFeatures = { ...cloud, plans: 'off' };
const switching: JamfFeatures = { ...cloud, plans: 'switching' };
const old: JamfFeatures = { ...ownServer, version: '10.47.0', plans: 'missing' };
const older = { ...old, version: '10.37.1' };
const oldest = { ...old, version: '10.35.0' };
const nameless = { ...off, version: null };
const SERVERS = { cloud, ownServer, noDates, off, switching, old, older, oldest, nameless };

const silicon = known(true);
const intel = known(false);

const ask = (
  macos: string,
  kind: PushAction['kind'],
  features: JamfFeatures,
  rest: { appleSilicon?: Fact<boolean>; device?: Partial<PushDevice> } = {},
): PushChoice =>
  choosePush({
    kind,
    macos,
    appleSilicon: rest.appleSilicon ?? silicon,
    server: { ...jamfMeans(features), serverVersion: features.version, device: { ...device, ...rest.device } },
  });

/** `plan`, `declaration as enforce` where that is not what was wanted, or the trouble. */
const words = (choice: PushChoice, kind: PushAction['kind']): string => {
  if ('trouble' in choice) return choice.trouble;
  return choice.kind === kind ? choice.means : `${choice.means} as ${choice.kind}`;
};

const NOT = 'not-supported';
const OFF = 'feature-off';
const BUSY = 'feature-switching';
const LEGACY = 'legacy-command';
const SWITCHED = 'declaration as enforce';

describe.each<[kind: PushAction['kind'], columns: string[], rows: [server: keyof typeof SERVERS, ...string[]][]]>([
  [
    'download',
    ['13.7.8', '14.8.1', '15.7.1', '26.1', '27.0'],
    [
      ['cloud', 'plan', 'plan', 'plan', 'plan', NOT],
      ['ownServer', 'plan', 'plan', 'plan', 'plan', NOT],
      ['noDates', 'plan', 'plan', 'plan', 'plan', NOT],
      ['off', LEGACY, LEGACY, LEGACY, LEGACY, NOT],
      ['switching', BUSY, BUSY, BUSY, BUSY, BUSY],
      ['old', LEGACY, LEGACY, LEGACY, LEGACY, NOT],
      ['older', NOT, NOT, NOT, NOT, NOT],
      ['oldest', NOT, NOT, NOT, NOT, NOT],
      ['nameless', LEGACY, LEGACY, LEGACY, LEGACY, NOT],
    ],
  ],
  [
    'install-and-restart',
    ['13.7.8', '14.8.1', '15.7.1', '26.1', '27.0'],
    [
      ['cloud', 'plan', 'plan', 'plan', 'plan', SWITCHED],
      ['ownServer', 'plan', 'plan', 'plan', 'plan', NOT],
      ['noDates', 'plan', 'plan', 'plan', 'plan', NOT],
      ['off', LEGACY, LEGACY, LEGACY, LEGACY, OFF],
      ['switching', BUSY, BUSY, BUSY, BUSY, BUSY],
      ['old', LEGACY, LEGACY, LEGACY, LEGACY, NOT],
      ['older', NOT, NOT, NOT, NOT, NOT],
      ['oldest', NOT, NOT, NOT, NOT, NOT],
      ['nameless', LEGACY, LEGACY, LEGACY, LEGACY, OFF],
    ],
  ],
  [
    'enforce',
    ['13.7.8', '14.8.1', '15.7.1', '26.1', '27.0'],
    [
      ['cloud', NOT, 'declaration', 'declaration', 'declaration', 'declaration'],
      ['ownServer', NOT, NOT, NOT, NOT, NOT],
      ['noDates', NOT, NOT, NOT, NOT, NOT],
      ['off', NOT, OFF, OFF, OFF, OFF],
      ['switching', BUSY, BUSY, BUSY, BUSY, BUSY],
      ['old', NOT, NOT, NOT, NOT, NOT],
      ['older', NOT, NOT, NOT, NOT, NOT],
      ['oldest', NOT, NOT, NOT, NOT, NOT],
      ['nameless', NOT, OFF, OFF, OFF, OFF],
    ],
  ],
])('%s', (kind, columns, rows) => {
  const cells = rows.flatMap(([server, ...wanted]) => columns.map((macos, n) => [server, macos, wanted[n]] as const));
  test.each(cells)('a server %s and macOS %s: %s', (server, macos, wanted) => {
    expect(words(ask(macos, kind, SERVERS[server]), kind)).toBe(wanted);
  });
});

describe('the Mac', () => {
  const install = 'install-and-restart' as const;
  test.each<[string, PushChoice]>([
    ['Intel, by a server too old for Apple silicon', ask('13.7', install, older, { appleSilicon: intel })],
    ['Intel, by an old one', ask('13.7', install, old, { appleSilicon: intel })],
    ['of an unknown kind, by one new enough for either', ask('13.7', install, old, { appleSilicon: unknown('x') })],
  ])('%s is updated by the older call', (_, choice) => expect(words(choice, install)).toBe(LEGACY));

  test.each<[string, PushChoice, string]>([
    ['Intel, by the oldest server', ask('13.7', install, oldest, { appleSilicon: intel }), NOT],
    ['of an unknown kind, by one too old', ask('13.7', install, older, { appleSilicon: unknown('x') }), NOT],
    ['Intel on macOS 26, with a deadline', ask('26.1', 'enforce', cloud, { appleSilicon: intel }), 'declaration'],
    ['not supervised', ask('26.1', install, cloud, { device: { supervised: false } }), 'not-supervised'],
    ['not managed', ask('26.1', install, cloud, { device: { managed: false, supervised: false } }), 'not-managed'],
    ['without declarations, told to install', ask('26.1', install, cloud, { device: { declarative: false } }), 'plan'],
    ['without declarations, with a deadline', ask('26.1', 'enforce', cloud, { device: { declarative: false } }), NOT],
    ['without declarations, on macOS 27', ask('27.0', install, cloud, { device: { declarative: false } }), NOT],
    [
      'of which the server says nothing',
      ask('26.1', 'enforce', cloud, { device: { managed: null, supervised: null, declarative: null } }),
      'declaration',
    ],
    ['whose macOS is not known', ask('what', install, cloud), NOT],
    ['on macOS 28', ask('28.0', 'enforce', cloud), 'declaration'],
  ])('%s', (_, choice, wanted) => expect(words(choice, 'trouble' in choice ? install : choice.kind)).toBe(wanted));
});

test('a server that takes raw commands is given them, but not on macOS 27', () => {
  const server = { means: ['raw-command'] as const, lacks: null, serverVersion: null, device };
  const choose = (macos: string) => choosePush({ kind: 'download', macos, appleSilicon: silicon, server });
  expect(choose('26.1')).toEqual({ means: 'raw-command', kind: 'download' });
  expect(choose('27.0')).toMatchObject({ trouble: NOT });
});

test('never a means that the server did not offer, and never a command on macOS 27', () => {
  const maybe = fc.constantFrom(true, false, null);
  fc.assert(
    fc.property(
      fc.record({
        kind: fc.constantFrom('download' as const, 'install-and-restart' as const, 'enforce' as const),
        macos: fc.constantFrom('13.0', '14.0', '15.6', '26.0', '27.0', '27.1', ''),
        appleSilicon: fc.constantFrom(silicon, intel, unknown<boolean>('x')),
        server: fc.record({
          means: fc.subarray([...PUSH_MEANS]),
          lacks: fc.constantFrom(null, ...PUSH_TROUBLES),
          serverVersion: fc.constantFrom(null, '10.30', '10.40', '11.30.1'),
          device: fc.record({ managed: maybe, supervised: maybe, declarative: maybe }),
        }),
      }),
      (situation) => {
        const choice = choosePush(situation);
        if ('trouble' in choice) return;
        expect(situation.server.means).toContain(choice.means);
        if (situation.macos.startsWith('27')) expect(choice.means).toBe('declaration');
        expect(choice.means === 'declaration').toBe(choice.kind === 'enforce');
      },
    ),
  );
});
