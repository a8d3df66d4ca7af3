// docs/mdm.md names every privilege as an administrator finds it, every setting, and what the choice of means really chooses.
import { expect, test } from 'vitest';
import { NEEDED } from '../../src/adapters/mdm/jamf-pro/privileges.ts';
import { known } from '../../src/domain/facts.ts';
import type { PushAction } from '../../src/domain/push.ts';
import { choosePush, type JamfFeatures, jamfMeans } from '../../src/policy/choose-push.ts';
import { knownKeys } from '../../src/policy/schema.ts';
import { DEADLINE_ROWS } from '../policy/deadline-table.ts';
import { read, rowsOf, sectionOf } from './pages.ts';

const page = read('docs/mdm.md');

test('each privilege stands in the table under both of its names, and no other does', () => {
  const wanted = [...new Set(Object.values(NEEDED).flat())].map(({ names, onAccountPage }) => [
    names[0],
    onAccountPage,
  ]);
  const rows = rowsOf(sectionOf(page, '## Set up Jamf Pro')).filter(([first = '']) =>
    /^(?:Read|Create|Send|View) /.test(first),
  );
  expect(rows.map(([role, account]) => [role, account]).sort()).toEqual(wanted.sort());
});

test('each setting of the group is there', () => {
  const keys = knownKeys.map(({ key }) => key).filter((key) => key.startsWith('mdm.'));
  expect(keys.length).toBeGreaterThan(6);
  const rows = rowsOf(sectionOf(page, '## The settings')).map(([key = '']) => key.replaceAll('`', ''));
  expect(rows.filter((key) => key.startsWith('mdm.')).sort()).toEqual(keys.sort());
});

const CLOUD: JamfFeatures = { version: '11.30.1', plans: 'on', forceInstallLocalDateEnabled: true, dssEnabled: true };
const SERVERS: Record<string, JamfFeatures> = {
  'plans with declarations': CLOUD,
  'plans without declarations': { ...CLOUD, dssEnabled: false },
  'plans turned off': { ...CLOUD, plans: 'off' },
  'too old for plans': { ...CLOUD, version: '10.47.0', plans: 'missing' },
};
const KINDS: Record<string, PushAction['kind']> = {
  download: 'download',
  'install now': 'install-and-restart',
  'by a deadline': 'enforce',
};
const WORDS: Record<string, string> = { plan: 'plan', 'legacy-command': 'older call', declaration: 'declaration' };
const device = { managed: true, supervised: true, declarative: true };

const rows = rowsOf(sectionOf(page, '## The decision table')).filter(([kind = '']) => Object.hasOwn(KINDS, kind));

test('the decision table has every kind and server once', () => {
  const pairs = Object.keys(KINDS).flatMap((kind) => Object.keys(SERVERS).map((server) => `${kind}, ${server}`));
  expect(rows.map(([kind, server]) => `${kind}, ${server}`)).toEqual(pairs);
});

test.each(rows)('%s, %s', (kind, server, ...cells) => {
  const features = SERVERS[server ?? ''] ?? CLOUD;
  const chosen = ['13.7', '14.8', '15.7', '26.1', '27.0'].map((macos) => {
    const choice = choosePush({
      kind: KINDS[kind ?? ''] ?? 'download',
      macos,
      appleSilicon: known(true),
      server: { ...jamfMeans(features), serverVersion: features.version, device },
    });
    return 'trouble' in choice ? 'not possible' : WORDS[choice.means];
  });
  expect(cells).toEqual(chosen);
});

test('which deadline counts: the table is the one that is played, row by row', () => {
  const [, , ...written] = rowsOf(sectionOf(page, '## Which deadline counts'));
  expect(written).toEqual(DEADLINE_ROWS.map(({ there, told, restarts }) => [there, told, restarts]));
});
