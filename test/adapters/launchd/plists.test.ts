// The two jobs as launchd reads them: by a reader of this project always, by another program's where it is installed.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parse } from 'plist';
import { describe, expect, test } from 'vitest';
import { calendarFor } from '../../../src/adapters/launchd/calendar.ts';
import { agentJob, readPlist, renderPlist, wakeJob } from '../../../src/adapters/launchd/plists.ts';
import { shippedPlists } from '../../../src/adapters/launchd/shipped-plists.ts';
import { placesUnder } from '../../../src/adapters/places.ts';
import { berlin, MONDAY_NINE, ZONE } from '../../support/situations.ts';
import { flawsInJob } from './launchd-plist.ts';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const real = placesUnder('');
const below = placesUnder('/tmp/a mac & <more>');
const times = calendarFor(berlin('2026-11-03T20:00'), MONDAY_NINE, ZONE);

const jobs = [
  ['the agent', renderPlist(agentJob(real))],
  ['the agent below a root', renderPlist(agentJob(below))],
  ['a wake not armed yet', renderPlist(wakeJob(real, [], false))],
  ['a wake armed', renderPlist(wakeJob(real, times, false))],
  ['a wake armed while the agent works, below a root', renderPlist(wakeJob(below, times, true))],
] as const;

describe('what launchd is given', () => {
  test.each(jobs)('%s: nothing in it that launchd would not understand', (_, xml) => {
    expect(flawsInJob(xml)).toEqual([]);
  });

  test('the checker finds what launchd would drop without a word', () => {
    const flawed = (job: object) => flawsInJob(renderPlist(job as never));
    const job = wakeJob(real, times, false);
    expect(flawed({ ...job, KeepAlive: true })).toEqual(['KeepAlive is not a key used here']);
    expect(flawed({ ...job, StartInterval: '300' })).toEqual(['StartInterval cannot be "300"']);
    expect(flawed({ ...job, StartCalendarInterval: [{ Hour: 24 }] })).toHaveLength(1);
    expect(flawed({ Label: 'x' })).toEqual(['ProgramArguments is missing']);
    expect(flawed({ ...job, ProgramArguments: ['launchctl'] })).toHaveLength(1);
    expect(flawsInJob('<plist><dict></plist>')).toHaveLength(1);
  });

  test('the agent: at boot, four times a day whatever happens, at a ring, and when settings, zone or declarations change', () => {
    expect(parse(renderPlist(agentJob(real)))).toEqual({
      Label: 'org.upkeep.agent',
      ProgramArguments: ['/Library/Application Support/Upkeep/upkeep', 'run'],
      RunAtLoad: true,
      StartCalendarInterval: [5, 11, 17, 23].map((Hour) => ({ Hour, Minute: 17 })),
      WatchPaths: [
        '/Library/Application Support/Upkeep/doorbell',
        '/Library/Managed Preferences/org.upkeep.agent.plist',
        '/Library/Preferences/org.upkeep.agent.plist',
        '/private/etc/localtime',
        '/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist',
      ],
      ExitTimeOut: 10,
      ThrottleInterval: 10,
      StandardErrorPath: '/Library/Logs/Upkeep/stderr.log',
      AbandonProcessGroup: false,
    });
  });

  test('below a root the agent knows its root, and the tool is the one there', () => {
    const [agent, wake] = [agentJob(below), wakeJob(below, [], false)];
    expect(agent.ProgramArguments).toEqual([
      `${below.root}/Library/Application Support/Upkeep/upkeep`,
      'run',
      '--root',
      below.root,
    ]);
    expect(wake.ProgramArguments).toEqual([`${below.root}/bin/launchctl`, 'kickstart', 'system/org.upkeep.agent']);
  });

  test('the same job is the same text, and its times can be read back', () => {
    const entry = fc.record({
      Month: fc.integer({ min: 1, max: 12 }),
      Day: fc.integer({ min: 1, max: 31 }),
      Hour: fc.integer({ min: 0, max: 23 }),
      Minute: fc.integer({ min: 0, max: 59 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 2 }), fc.boolean(), (entries, isWorking) => {
        const text = renderPlist(wakeJob(real, entries, isWorking));
        expect(flawsInJob(text)).toEqual([]);
        expect(readPlist(text)).toEqual({ label: 'org.upkeep.wake', times: entries });
        expect(renderPlist(wakeJob(real, readPlist(text)?.times ?? [], isWorking))).toBe(text);
      }),
    );
  });

  test.each(['', 'nonsense', '<plist version="1.0"><array/></plist>', '<plist version="1.0"><dict/></plist>'])(
    'no job is read out of: %s',
    (text) => expect(readPlist(text)).toBeNull(),
  );
});

describe('the files in launchd/', () => {
  test('are what the code makes, and there are no others (`npm run docs`)', () => {
    expect(readdirSync(join(project, 'launchd')).sort()).toEqual(shippedPlists().map(({ name }) => name));
    for (const { name, text } of shippedPlists())
      expect(readFileSync(join(project, 'launchd', name), 'utf8')).toBe(text);
  });
});

const plistutil = spawnSync('plistutil', ['--version']).error === undefined;
if (plistutil) {
  test.each(jobs)('%s: plistutil reads it, and reads the same', (_, xml) => {
    const toBinary = spawnSync('plistutil', ['-i', '-', '-o', '-', '-f', 'bin'], { input: xml });
    expect(toBinary.stderr.toString()).toBe('');
    expect(toBinary.status).toBe(0);
    const back = spawnSync('plistutil', ['-i', '-', '-o', '-', '-f', 'xml'], { input: toBinary.stdout });
    expect(back.status).toBe(0);
    expect(parse(back.stdout.toString())).toEqual(parse(xml));
  });
} else {
  const reason = 'plistutil reads the jobs: not checked, because plistutil (libplist-utils) is not installed';
  process.stderr.write(`\nSKIPPED ${reason}\n`);
  test.skip(reason, () => {});
}
