// What people reported about agents like this one, as lives of a Mac. Each test names the report it comes from (project
// and number) and tells the scene; what must not happen again is asserted on what truly happened, not on our own record.
import { describe, expect, test } from 'vitest';
import { readUpdateList } from '../../src/adapters/softwareupdate/parse-list.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { HappeningOf } from '../../src/simulator/mac/happenings.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { canary } from '../support/canary.ts';
import { intelMac, type Life, live, siliconMac, specWith, threeWeeks } from '../support/lives.ts';
import { nextRelease } from '../support/random-life.ts';
import { berlin, offer } from '../support/situations.ts';

const START = berlin('2026-11-02T08:00');
const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

function happened<K extends HappeningOf<never>['kind'] | string>(mac: VirtualMac, kind: K) {
  return mac.happenings.filter((one) => one.kind === kind);
}

function withDeadlines(deadlines: Partial<Settings['deadlines']>): Settings {
  return { ...threeWeeks, activeHours: [], deadlines: { ...threeWeeks.deadlines, ...deadlines } };
}

const none = { count: null, days: null, date: null };
const titles = ({ run }: Life) =>
  run.mac.happenings.flatMap((one) => (one.kind === 'dialog-opened' ? [String(one.shows.title)] : []));

describe('A. restarted without enough warning', () => {
  test('super #358, and "enforce N days after release" deployed too late: a deadline long past still gives an hour', async () => {
    const settings = withDeadlines({ focus: none, soft: none, hard: { ...none, date: '2026-10-01' } });
    const { report } = await live({ settings, days: 3 });
    expect(report.outcome).toBe('updated');
    expect(report.restarts).toHaveLength(1);
    expect(report.restarts[0]).toMatchObject({ by: 'deadline', loggedIn: true });
    expect(report.restarts[0]?.warning?.minutes).toBeGreaterThanOrEqual(60);
  });

  test('super #179: somebody is logged in behind a locked screen; the short warning does not count for them', async () => {
    const settings = withDeadlines({ focus: none, soft: none, hard: { ...none, days: 1 } });
    const { report } = await live({ settings, persona: 'absent', days: 4 });
    expect(report.restarts[0]).toMatchObject({ loggedIn: true });
    expect(report.restarts[0]?.warning?.minutes).toBeGreaterThanOrEqual(12 * 60);
  });

  test('the Mac is opened after the weekend: nobody who comes to the login window finds it restarting', async () => {
    const { report, run } = await live({
      spec: { ...intelMac, kind: 'laptop' },
      persona: 'nine-to-five',
      days: 21,
      seed: 5,
    });
    expect(report.invariants.violated).toEqual([]);
    for (const restart of happened(run.mac, 'restart')) {
      const login = run.mac.happenings.findLast((one) => one.kind === 'logged-in' && one.at < restart.at);
      if (login !== undefined) expect(restart.at - login.at).toBeGreaterThan(5 * MINUTE_MS);
    }
  });
});

describe('B. deadlines and counting', () => {
  test('super #284: counters survive every closed lid', async () => {
    const { report, run } = await live({ spec: { ...intelMac, kind: 'laptop' } });
    expect(happened(run.mac, 'fell-asleep').length).toBeGreaterThan(5);
    const said = report.timeline
      .filter((entry) => entry.kind === 'answer')
      .map((entry) => /\((\d+) deferral/.exec(entry.text)?.[1]);
    const counts = said.filter((count) => count !== undefined).map(Number);
    expect(counts).toEqual(counts.map((_, index) => index + 1));
  });

  test('super #325: a deferral that ended while the Mac slept for ten days is over', async () => {
    const settings = withDeadlines({ focus: none, soft: none, hard: none });
    const { report } = await live({
      settings,
      spec: siliconMac,
      days: 14,
      arrange: (mac) => {
        // The person is away from the second day on; the Mac sleeps on its desk.
        mac.world.after(30 * HOUR_MS, () => mac.cutPower(10 * DAY_MS));
      },
    });
    const [, second] = report.prompts.filter((prompt) => prompt.kind === 'choice');
    const later = report.prompts.filter((prompt) => at(prompt.at) > START + 11 * DAY_MS);
    expect(second).toBeDefined();
    expect(later.length).toBeGreaterThan(0);
    expect(at(later[0]?.at ?? '')).toBeLessThan(START + 13 * DAY_MS);
  });

  test('super #308 and Nudge #672: the hard deadline is enforced, not a reminder', async () => {
    const { report } = await live();
    expect(report.outcome).toBe('updated');
    expect(at(report.restarts[0]?.at ?? '')).toBeGreaterThanOrEqual(berlin('2026-11-16T12:00'));
    expect(at(report.restarts[0]?.at ?? '')).toBeLessThan(berlin('2026-11-16T13:00'));
  });

  test('super #142: the chosen entry of the menu is what happens', async () => {
    const settings: Settings = {
      ...withDeadlines({ focus: none, soft: none, hard: none }),
      deferral: { menuMinutes: [240], defaultMinutes: 60 },
    };
    const { report } = await live({ settings, days: 2 });
    const deferred = report.prompts.filter((prompt) => prompt.answer === 'defer');
    expect(deferred.length).toBeGreaterThan(0);
    for (const prompt of deferred) {
      const minutes = (at(prompt.until ?? '') - at(prompt.at)) / MINUTE_MS;
      expect(minutes).toBeGreaterThanOrEqual(240);
      expect(minutes).toBeLessThan(240 + 130);
    }
  });

  test('Nudge #496: switched off over the deadline, it gives a fresh warning when it is back', async () => {
    const settings = withDeadlines({ focus: none, soft: none, hard: { ...none, days: 2 } });
    const { report } = await live({
      settings,
      days: 8,
      arrange: (mac) => {
        mac.world.after(30 * HOUR_MS, () => mac.cutPower(5 * DAY_MS + 20 * HOUR_MS));
      },
    });
    expect(report.outcome).toBe('updated');
    expect(report.restarts.at(-1)).toMatchObject({ by: 'deadline' });
    expect(report.restarts.at(-1)?.warning?.minutes).toBeGreaterThanOrEqual(60);
  });

  test('super E11: a newer release does not put the deadline off', async () => {
    const { report } = await live({
      arrange: (mac) => {
        mac.world.after(9 * DAY_MS, () => mac.publish([nextRelease]));
      },
    });
    expect(report.os.after.version).toBe('26.6.3');
    expect(at(report.restarts[0]?.at ?? '')).toBeLessThan(berlin('2026-11-16T13:00'));
  });
});

describe('C. stuck, looping, or falsely done', () => {
  test('super #400: an update that is withdrawn is not asked about any more', async () => {
    const { report, run } = await live({
      days: 14,
      arrange: (mac) => mac.withdraw(offer.label, START + 2 * DAY_MS),
    });
    const lastDialog = run.mac.happenings.findLast((one) => one.kind === 'dialog-opened');
    expect(lastDialog?.at).toBeLessThan(START + 3 * DAY_MS);
    expect(report).toMatchObject({ outcome: 'up-to-date', restarts: [] });
  });

  test('super #277 and #293: macOS takes the update and never restarts; it is noticed, told, and tried again', async () => {
    const spec = { ...intelMac, faults: [{ name: 'queued-but-never-happens' as const, times: 1 }] };
    const { report } = await live({ spec, persona: 'agreeable', days: 4 });
    expect(report.timeline.some((entry) => /did not restart/.test(entry.text))).toBe(true);
    expect(report).toMatchObject({ outcome: 'updated' });
    expect(report.restarts).toHaveLength(1);
  });

  test('a restart that changes nothing is not called done, and forgets no deferral (super #255, E10)', async () => {
    const { report, run } = await live({
      days: 16,
      arrange: (mac) => {
        // Ten days in, somebody restarts by hand: the old version still runs.
        mac.world.after(10 * DAY_MS + 2 * HOUR_MS, () => mac.restart('person'));
      },
    });
    expect(happened(run.mac, 'restart').length).toBe(2);
    expect(report.restarts[0]).toMatchObject({ by: 'outside' });
    expect(report).toMatchObject({ outcome: 'updated' });
    expect(at(report.restarts[1]?.at ?? '')).toBeLessThan(berlin('2026-11-16T13:00'));
  });

  test('super #165: a download that fails is tried again less and less often, and not for ever', async () => {
    const spec = { ...intelMac, faults: [{ name: 'download-stalls' as const }] };
    const { report, run } = await live({ spec, persona: 'absent', days: 6 });
    const begun = run.mac.calls.filter((call) => call.name === 'softwareupdate.download').map((call) => call.at);
    expect(begun).toHaveLength(threeWeeks.budgets.downloadAttempts);
    const gaps = begun.slice(1).map((moment, index) => moment - (begun[index] ?? 0));
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(report.outcome).toBe('halted');
  });

  test('super #83 and Nudge #425: a wake that launchd loses does not end the agent', async () => {
    const spec = { ...intelMac, faults: [{ name: 'wake-missed' as const, times: 3 }] };
    const { report } = await live({ spec });
    expect(report.outcome).toBe('updated');
  });
});

describe('D and E. authentication and secrets', () => {
  test('super #183: a download costs nobody a failed login', async () => {
    const { run } = await live({ spec: siliconMac, persona: 'absent', days: 5 });
    expect(run.mac.calls.some((call) => call.name === 'softwareupdate.download')).toBe(true);
    expect(happened(run.mac, 'authentication-failed')).toEqual([]);
  });

  test('super #278: a password that is never accepted is asked for three times a day at most', async () => {
    // The disk knows another password than the login: whatever is typed, macOS refuses.
    const accounts = [{ name: siliconMac.user, cryptoPassword: canary('last_year') }];
    const spec = specWith({ appleSilicon: true, accounts });
    const { run } = await live({ spec, persona: 'agreeable', days: 3 });
    const tries = run.mac.calls.filter((call) => call.name === 'softwareupdate.install').map((call) => call.at);
    expect(tries.length).toBeGreaterThanOrEqual(6);
    for (const first of tries) {
      expect(tries.filter((later) => later >= first && later < first + 23 * HOUR_MS).length).toBeLessThanOrEqual(3);
    }
  });

  test('an account without a secure token is not asked for a password that macOS would refuse', async () => {
    const { run } = await live({ spec: { ...siliconMac, volumeOwner: false }, persona: 'agreeable', days: 3 });
    expect(run.mac.calls.filter((call) => call.name === 'softwareupdate.install')).toEqual([]);
    expect(happened(run.mac, 'authentication-failed')).toEqual([]);
    expect(run.journal.flatMap(({ because }) => because)).toContainEqual({ code: 'person-cannot', why: 'no-token' });
  });

  test('super #301, #210, #295: the typed password is in no argument, no journal row and no status', async () => {
    const { run, report } = await live({ spec: siliconMac, persona: 'agreeable', days: 3 });
    expect(run.mac.happenings.some((one) => one.kind === 'dialog-answered' && one.typed.length > 0)).toBe(true);
    expect(report.outcome).toBe('updated');
    for (const text of [JSON.stringify(run.mac.calls), JSON.stringify(run.journal), JSON.stringify(run.status)]) {
      expect(text).not.toContain(siliconMac.password);
    }
  });
});

describe('F, G and H. drift, wrong targets, storage', () => {
  test('super #311: the bare version "27" is an update like any other', async () => {
    const text =
      'Software Update found the following new or updated software:\n* Label: macOS 27-26A100\n\tTitle: macOS 27, Version: 27, Size: 9000000KiB, Recommended: YES, Action: restart, \n';
    const list = readUpdateList({ stdout: text, stderr: '', exitCode: 0, args: ['--list'], macos: null });
    if (list.state !== 'available') throw new Error('the list was not read');
    const settings = { ...threeWeeks, target: { ...threeWeeks.target, majorUpgrades: true } };
    const { report } = await live({
      settings,
      spec: { ...siliconMac, macOS: '26.6', build: '25G72' },
      offers: list.updates,
      persona: 'agreeable',
      days: 3,
    });
    expect(report.outcome).toBe('updated');
    expect(report.os.after.version).toMatch(/^27/);
  });

  test('super #360: without leave for major upgrades none is installed, however it is offered', async () => {
    const major = { ...offer, label: 'macOS 27-26A100', title: 'macOS 27', version: '27', build: '26A100' };
    const { report, run } = await live({ offers: [major], persona: 'agreeable', days: 5 });
    expect(report).toMatchObject({ outcome: 'up-to-date', prompts: [], restarts: [] });
    expect(run.mac.calls.some((call) => call.effect === 'act')).toBe(false);
  });

  test('super #344: too little storage is told in plain gigabytes, and nobody is asked for a restart that cannot be', async () => {
    const { report } = await live({ spec: { ...intelMac, diskFreeGB: 10 }, days: 3 });
    const told = report.timeline.find((entry) => /GB are free/.test(entry.text));
    expect(told?.text).toMatch(/\b(9|10)(\.\d)? GB are free and 17\.\d GB are needed/);
    expect(report).toMatchObject({ outcome: 'waiting', prompts: [], restarts: [] });
  });
});

describe('I and M. interruption and wishes', () => {
  test('Nudge #388: nobody in a call is asked before the focus deadline', async () => {
    const life = await live({
      persona: 'agreeable',
      days: 1,
      arrange: (mac) => {
        mac.world.after(10 * MINUTE_MS, () => mac.holdDisplay('zoom.us'));
        mac.world.after(4 * HOUR_MS, () => mac.releaseDisplay('zoom.us'));
      },
    });
    const [first] = life.run.mac.happenings.filter((one) => one.kind === 'dialog-opened');
    expect(first?.at).toBeGreaterThan(START + 4 * HOUR_MS);
  });

  test('super #54: every dialog says which update it is about, or at which time the Mac restarts', async () => {
    const life = await live();
    expect(titles(life).length).toBeGreaterThan(10);
    for (const title of titles(life))
      expect(title).toMatch(/macOS Tahoe 26\.6\.2|^This Mac restarts at |^When should this Mac restart\?$/);
  });

  test('super #130: the restart can be put at a time of day instead of a number of hours', async () => {
    const { report } = await live({ persona: 'nine-to-five', spec: intelMac, days: 2 });
    const chosen = report.prompts.find((prompt) => prompt.answer === 'time');
    expect(chosen?.until).toBe(Temporal.Instant.fromEpochMilliseconds(berlin('2026-11-02T17:30')).toString());
  });
});
