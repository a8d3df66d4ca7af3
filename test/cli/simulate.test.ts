// What `upkeep simulate` prints: the story for people, and upkeep.simulation/1 for machines, field by field.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SAVED_METHODS } from '../../src/domain/credentials.ts';
import { defaultSettings, settingsSchema } from '../../src/policy/schema.ts';
import { REHEARSED_TROUBLES } from '../../src/simulator/saved-ways.ts';
import { SIMULATED_SERVICES } from '../../src/simulator/simulated-servers.ts';
import { root } from '../support/lives.ts';
import { temporaryDirectory, upkeep, upkeepProcess } from './terminal.ts';

const { directory, remove } = temporaryDirectory();
const INTEL = join(root, 'examples/intel-imac.json');
const OFFERS = join(root, 'examples/offers-26.6.2.txt');
const POLICY = join(directory, 'soon.json');
const NONE = join(directory, 'none.txt');

beforeAll(() => {
  writeFileSync(POLICY, '{"deadlines": {"hard": {"days": 2}}}');
  writeFileSync(NONE, 'Software Update Tool\n\nFinding available software\nNo new software available.\n');
});
afterAll(remove);

/** A life with all there is to tell: prompts, deferrals, a warning and a restart after it. */
const FULL = ['simulate', '--policy', POLICY, '--mac', INTEL, '--days', '4', '--seed', '3', '--json'];
const QUICK = ['simulate', '--days', '1', '--json'];

const iso = z.iso.datetime();
const release = z.strictObject({ version: z.string().regex(/^\d+(\.\d+)*$/), build: z.string().regex(/^\d+[A-Z]\d+/) });
const reason = z.looseObject({ code: z.string().regex(/^[a-z-]+$/) });
const natural = z.int().min(0);
const timelineKind = z.enum([
  'found',
  'gone',
  'download',
  'prompt',
  'answer',
  'warning',
  'password',
  'install',
  'restart',
  'updated',
  'waiting',
  'mdm',
  'session',
  'no-update',
  'failed',
  'halted',
]);

/** upkeep.simulation/1. A field may be added here when one is added there; none may go or change. */
const simulation = z.strictObject({
  schema: z.literal('upkeep.simulation/1'),
  seed: natural,
  persona: z.string(),
  zone: z.string(),
  policy: settingsSchema,
  startedAt: iso,
  endedAt: iso,
  outcome: z.enum(['updated', 'up-to-date', 'waiting', 'halted']),
  because: z.array(reason),
  os: z.strictObject({ before: release, after: release }),
  timeline: z.array(z.strictObject({ at: iso, kind: timelineKind, text: z.string().min(1), because: z.array(reason) })),
  prompts: z.array(
    z.strictObject({
      at: iso,
      kind: z.enum(['choice', 'soft', 'schedule', 'warning', 'password', 'notice']),
      shown: z.boolean(),
      answer: z.string().nullable(),
      until: iso.nullable(),
    }),
  ),
  deferrals: z.int().min(0),
  restarts: z.array(
    z.strictObject({
      at: iso,
      by: z.enum(['person', 'deadline', 'schedule', 'mdm', 'outside']),
      loggedIn: z.boolean(),
      warning: z.strictObject({ shownAt: iso, minutes: natural }).nullable(),
    }),
  ),
  invariants: z.strictObject({
    checked: natural,
    names: z.array(z.string().regex(/^[a-z-]+$/)),
    violated: z.array(z.strictObject({ invariant: z.string(), at: iso, text: z.string() })),
  }),
  commands: z.strictObject({
    total: natural,
    byTool: z.record(z.string(), z.int().min(1)),
    probes: natural,
    acts: natural,
  }),
  events: natural,
  wakes: natural,
  mdm: z
    .strictObject({
      service: z.enum(SIMULATED_SERVICES),
      requests: z.strictObject({ total: natural, byCall: z.record(z.string(), z.int().min(1)) }),
      orders: natural,
      commands: z.record(z.string(), z.int().min(1)),
    })
    .nullable(),
});

async function told(...argv: string[]): Promise<{ text: string; data: z.output<typeof simulation> }> {
  const { code, out, err } = await upkeep(...argv);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return { text: out, data: simulation.parse(JSON.parse(out)) };
}

describe('upkeep.simulation/1', () => {
  test('has every field, and what the fields say fits together', async () => {
    const { data } = await told(...FULL);
    expect(data).toMatchObject({
      seed: 3,
      persona: 'procrastinator',
      zone: 'Europe/Berlin',
      startedAt: '2026-11-02T07:00:00Z',
      endedAt: '2026-11-06T07:00:00Z',
      outcome: 'updated',
      os: { before: { version: '26.6', build: '25G72' }, after: { version: '26.6.2', build: '25G83' } },
      policy: { deadlines: { hard: { days: 2 } } },
      invariants: { violated: [] },
    });
    const { commands, timeline, prompts, restarts, invariants } = data;
    expect(commands.probes + commands.acts).toBe(commands.total);
    expect(Object.values(commands.byTool).reduce((sum, n) => sum + n, 0)).toBe(commands.total);
    expect(timeline.map((entry) => entry.at)).toEqual(timeline.map((entry) => entry.at).sort());
    expect(timeline.map((entry) => entry.kind)).toEqual(
      expect.arrayContaining(['found', 'prompt', 'restart', 'updated']),
    );
    expect(prompts.length).toBeGreaterThan(0);
    expect(invariants.checked).toBeGreaterThan(0);
    expect(restarts).toHaveLength(1);
    const [restart] = restarts;
    expect(restart).toMatchObject({
      by: expect.toBeOneOf(['deadline', 'schedule']),
      loggedIn: true,
      warning: { minutes: expect.any(Number) },
    });
    const shownAt = Date.parse(restart?.warning?.shownAt ?? '');
    expect(restart?.warning?.minutes).toBe(Math.floor((Date.parse(restart?.at ?? '') - shownAt) / 60_000));
    expect(restart?.warning?.minutes).toBeGreaterThanOrEqual(data.policy.warning.floorMinutes);
  });

  test('the policy in it is the one that was in force, defaults and all', async () => {
    const { data } = await told(...FULL);
    expect(data.policy).toEqual({
      ...defaultSettings,
      deadlines: {
        ...defaultSettings.deadlines,
        hard: { ...defaultSettings.deadlines.hard, days: 2 },
      },
    });
  });

  test('nothing offered, nothing done', async () => {
    const { data } = await told('simulate', '--offers', NONE, '--days', '2', '--json');
    expect(data).toMatchObject({ outcome: 'up-to-date', prompts: [], restarts: [], os: { after: data.os.before } });
  });

  test('the same seed and input give the same bytes, in another process, zone and language too', async () => {
    const here = await told(...FULL);
    const again = await told(...FULL);
    expect(again.text).toBe(here.text);
    const env = { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', FORCE_COLOR: '1' };
    const elsewhere = await upkeepProcess(FULL, { env });
    expect(elsewhere).toEqual({ code: 0, out: here.text, err: '' });
  });

  test('another seed gives another course', async () => {
    const { data: one } = await told(...QUICK, '--seed', '1');
    const { data: two } = await told(...QUICK, '--seed', '2');
    expect(two.timeline).not.toEqual(one.timeline);
  });

  test('nothing of this computer is in it: no path, no name, no time of day', async () => {
    const state = join(directory, 'state-of-2031');
    const { text } = await told(...FULL, '--offers', OFFERS, '--start', '2031-05-05T08:00', '--state', state);
    expect(existsSync(join(state, 'upkeep.db'))).toBe(true);
    for (const ours of [root, directory, tmpdir(), homedir(), `"${hostname()}"`]) expect(text).not.toContain(ours);
    expect(text).not.toMatch(/"\/|[A-Z]:\\\\/);
    expect([...text.matchAll(/\b(20\d\d)-\d\d-\d\dT/g)].filter(([, year]) => year !== '2031')).toEqual([]);
    // Instants stand in reasons as milliseconds: all of them have to lie in the simulated year.
    const instants = [...text.matchAll(/: (\d{13})\b/g)].map(([, digits]) => Number(digits));
    expect(instants.length).toBeGreaterThan(0);
    expect(instants.filter((at) => at < Date.UTC(2031, 4, 5) || at > Date.UTC(2031, 5, 5))).toEqual([]);
  });
});

describe('options', () => {
  test('a start with an offset is that moment, one without is local time of --zone', async () => {
    const offset = await told(...QUICK, '--start', '2026-11-02T08:00+05:00');
    expect(offset.data.startedAt).toBe('2026-11-02T03:00:00Z');
    const local = await told(...QUICK, '--start', '2026-11-02T08:00', '--zone', 'Asia/Tokyo');
    expect(local.data).toMatchObject({ startedAt: '2026-11-01T23:00:00Z', zone: 'Asia/Tokyo' });
  });

  test('a zone in small letters is told as IANA spells it', async () => {
    expect((await told(...QUICK, '--zone', 'america/new_york')).data.zone).toBe('America/New_York');
  });

  test('a switch given twice means the same as once', async () => {
    expect((await told(...QUICK, '--json')).text).toBe((await told(...QUICK)).text);
  });

  test('a file that a Windows editor saved, with a mark in front, is read all the same', async () => {
    const marked = join(directory, 'marked.json');
    writeFileSync(marked, `\uFEFF${readFileSync(INTEL, 'utf8')}`);
    expect((await told(...QUICK, '--mac', marked)).text).toBe((await told(...QUICK, '--mac', INTEL)).text);
  });

  test('an empty directory that is there already, Finder’s file aside, serves for the state', async () => {
    const { directory: state, remove: removeState } = temporaryDirectory();
    writeFileSync(join(state, '.DS_Store'), '');
    expect(await upkeep('simulate', '--days', '1', '--state', state)).toMatchObject({ code: 0, err: '' });
    expect(existsSync(join(state, 'status.json'))).toBe(true);
    removeState();
  });
});

describe('the story', () => {
  test('tells the Mac, the person, the policy and the offers, then what happened, then what it came to', async () => {
    const { code, out, err } = await upkeep(...FULL.filter((word) => word !== '--json'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [head, course, summary, ...rest] = out.split('\n\n');
    expect(rest).toEqual([]);
    expect(head).toBe(`4 days of one Mac, simulated
  Mac        Intel desktop on macOS 26.6 (25G72), Europe/Berlin
  person     procrastinator
  policy     ${POLICY}
  offered    Command Line Tools for Xcode 26.6, macOS Tahoe 26.6.2
  note       With a hard deadline and no soft one, people can put it off until the countdown begins.`);
    expect(course).toMatch(/^(?:(?:Mon|Tue|Wed|Thu|Fri) \d Nov 2026 \d\d:\d\d {2,3}[a-z]+ +\S.*\n?)+$/);
    expect(summary).toMatch(
      /^In short\n {2}outcome {4}updated\n {2}macOS {6}macOS 26\.6 \(25G72\) before, macOS 26\.6\.2/,
    );
    expect(out).not.toMatch(/\p{Cc}(?<!\n)/u);
  });

  test('has one line for each entry of the timeline in the JSON', async () => {
    const { data } = await told(...FULL);
    const { out } = await upkeep(...FULL.filter((word) => word !== '--json'));
    const lines = out.split('\n\n')[1]?.split('\n') ?? [];
    expect(lines).toHaveLength(data.timeline.length);
    for (const [index, { kind, text }] of data.timeline.entries()) {
      expect(lines[index]).toContain(` ${kind.padEnd(9)} ${text}`);
    }
  });
});

describe('--saved rehearses what happens with a password that is saved', () => {
  const WILLING = ['simulate', '--persona', 'agreeable', '--days', '3', '--json'];
  const STRICT = join(directory, 'strict.json');
  beforeAll(() => writeFileSync(STRICT, '{"authentication": {"savedFailover": false}}'));
  const passwords = ({ timeline }: z.infer<typeof simulation>) =>
    timeline.filter(({ kind }) => kind === 'password').map(({ text }) => text);

  test('one that works: nobody is asked for a password', async () => {
    const { data } = await told(...WILLING, '--saved', 'local-account');
    expect(data.outcome).toBe('updated');
    expect(passwords(data)).toEqual(['The saved password of itadmin is there and not known to be wrong']);
  });

  test.each(REHEARSED_TROUBLES)('%s: the person is asked instead, and the reason is told', async (trouble) => {
    for (const method of SAVED_METHODS) {
      const isOfPerson = trouble === 'keychain-unavailable';
      // The person cannot help out with an account of theirs that something is wrong with.
      if (method === 'saved-password' ? !isOfPerson && trouble !== 'password-gone' : isOfPerson) continue;
      const { data } = await told(...WILLING, '--saved', `${method}=${trouble}`);
      const reason = { code: 'method-refused', method, why: trouble };
      expect(data.outcome, method).toBe('updated');
      expect(passwords(data), method).toContain('Asked for the password');
      expect(
        data.timeline.flatMap(({ because }) => because),
        method,
      ).toContainEqual(reason);
    }
  });

  test.each(REHEARSED_TROUBLES)('%s without failover: nobody is asked, and the end says why', async (trouble) => {
    const method = trouble === 'keychain-unavailable' ? 'saved-password' : 'service-account';
    const { data } = await told(...WILLING, '--policy', STRICT, '--saved', `${method}=${trouble}`);
    expect(data.outcome).toBe('waiting');
    expect(passwords(data)).not.toContain('Asked for the password');
    expect(data.timeline.flatMap(({ because }) => because)).toContainEqual({
      code: 'method-refused',
      method,
      why: trouble,
    });
  });

  test('the story says what is saved, and why the person is asked', async () => {
    const words = [...WILLING, '--saved', 'service-account=drifted'].filter((word) => word !== '--json');
    const { code, out } = await upkeep(...words);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}saved {6}service-account=drifted$/m);
    expect(out).toMatch(/Asked for the password — the service account cannot be used: .* no longer the same$/m);
  });

  test.each([
    ['local-acount'],
    ['local-account=typo'],
    ['local-account,local-account'],
    ['mdm'],
    ['local-account=keychain-unavailable'],
    ['mdm=no-privilege'],
    ['='],
  ])('%s is no such way', async (ways) => {
    const { code, err } = await upkeep('simulate', '--saved', ways);
    expect([code, err]).toEqual([64, expect.stringContaining('METHOD is one of: saved-password')]);
  });

  test('the person’s own needs somebody who saved it', async () => {
    const empty = join(directory, 'empty-room.json');
    writeFileSync(empty, '{"loggedIn": false}');
    expect((await upkeep('simulate', '--mac', empty, '--saved', 'saved-password')).code).toBe(64);
  });
});

const OFFERS_27 = `Software Update Tool

Finding available software
Software Update found the following new or updated software:
* Label: macOS 27.1-26B50
\tTitle: macOS 27.1, Version: 27.1, Size: 3000000KiB, Recommended: YES, Action: restart,\x20
`;

describe('--mdm enrols the Mac with a management server', () => {
  const ALONE = join(directory, 'alone.json');
  beforeAll(() => writeFileSync(ALONE, '{"authentication": {"order": ["local-account"]}}'));

  test('it is asked nothing where the policy does not name it, and the story says so', async () => {
    const { code, out } = await upkeep('simulate', '--days', '2', '--policy', ALONE, '--mdm', 'jamf-pro');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}server {5}jamf-pro$/m);
    expect(out).toContain('note       the server is never asked: `mdm` is not in authentication.order');
    expect(out).toMatch(/^ {2}server {5}nothing was asked of it$/m);
    const named = await upkeep('simulate', '--days', '1', '--mdm', 'jamf-pro');
    expect(named.out).not.toContain('never asked');
  });

  test('a deadline that somebody declares is told, and the restart is the server’s', async () => {
    const by = 'jamf-pro:declared-by-somebody:2026-11-03T12:00:00@4,blank-push-refused';
    const words = ['--days', '2', '--policy', ALONE, '--persona', 'absent', '--mdm', by];
    const { data } = await told('simulate', ...words, '--json');
    expect(data.restarts).toMatchObject([{ by: 'mdm', warning: { minutes: expect.any(Number) } }]);
    expect(data.timeline.filter(({ kind }) => kind === 'mdm')).toMatchObject([
      { at: expect.stringMatching(/^2026-11-02T11:00:0/) },
    ]);
    expect(data.mdm).toEqual({
      service: 'jamf-pro',
      requests: { total: 0, byCall: {} },
      orders: 0,
      commands: { DeclarativeManagement: 1 },
    });
    const { out } = await upkeep('simulate', ...words);
    expect(out).toMatch(/mdm +The server declares a deadline: macOS 26\.6\.2 by 2026-11-03 12:00:00$/m);
    expect(out).toMatch(/^ {2}server {5}nothing was asked of it; it told the Mac: DeclarativeManagement$/m);
  });

  test('the file of the Mac may say what server it is, and is told what is wrong with that', async () => {
    const file = join(directory, 'managed.json');
    const says = (mdm: unknown) => writeFileSync(file, JSON.stringify({ mdm }));
    const by = '2026-11-03T12:00:00';
    says({ version: '11.27.1', credential: 'account', faults: [{ name: 'declared-by-somebody', by }] });
    const words = ['simulate', '--days', '2', '--policy', ALONE, '--persona', 'absent', '--mac', file, '--json'];
    expect((await told(...words, '--mdm', 'jamf-pro')).data.restarts).toMatchObject([{ by: 'mdm' }]);
    // A description alone enrols nobody.
    expect((await told(...words)).data).toMatchObject({ mdm: null, restarts: [] });
    says({ version: 'newest', featuresOn: true, faults: [{ name: 'plan-fails', reason: 'LAZINESS' }] });
    const { code, err } = await upkeep(...words, '--mdm', 'jamf-pro');
    expect(code).toBe(65);
    expect(err).toContain('mdm.version: given "newest"; allowed is a version of Jamf Pro');
    expect(err).toContain('mdm.featuresOn: unknown key. Did you mean "featureOn"?');
    expect(err).toContain('mdm.faults.0.reason');
  });

  test('NanoMDM as well: the update comes by declaration, and the story and the JSON tell of it', async () => {
    const file = join(directory, 'newer.json');
    const offers = join(directory, 'offers-27.1.txt');
    writeFileSync(file, '{"macOS": "27.0", "build": "26A300"}');
    writeFileSync(offers, OFFERS_27);
    const words = ['--mac', file, '--offers', offers, '--persona', 'agreeable', '--days', '1'];
    const { data, text } = await told('simulate', ...words, '--mdm', 'nanomdm:slow:2@0-1', '--json');
    expect(data).toMatchObject({ outcome: 'updated', restarts: [{ by: 'mdm' }], os: { after: { version: '27.1' } } });
    expect(data.mdm).toMatchObject({ service: 'nanomdm', orders: 1, commands: { DeclarativeManagement: 1 } });
    expect(data.mdm?.requests.byCall).toMatchObject({ version: 1, 'enrollment-sets-put': 1 });
    expect((await told('simulate', ...words, '--mdm', 'nanomdm:slow:2@0-1', '--json')).text).toBe(text);
    const { out } = await upkeep('simulate', ...words, '--mdm', 'nanomdm');
    expect(out).toMatch(/^ {2}server {5}nanomdm$/m);
    expect(out).toMatch(/mdm +The server declares a deadline: macOS 27\.1 by 2026-11-02 /);
    expect(out).toMatch(/^ {2}server {5}\d+ requests; 1 order; it told the Mac: DeclarativeManagement$/m);
  });

  test('the file of the Mac may describe a NanoMDM, and the option has to be of the same service', async () => {
    const file = join(directory, 'nano.json');
    const says = (mdm: unknown) => writeFileSync(file, JSON.stringify({ mdm }));
    const words = ['simulate', '--days', '1', '--persona', 'agreeable', '--mac', file, '--json'];
    says({ service: 'nanomdm', version: 'v0.7.0', faults: [{ name: 'status', status: 503, on: 'version' }] });
    const { data } = await told(...words, '--mdm', 'nanomdm');
    expect(data.mdm).toMatchObject({ service: 'nanomdm', orders: 0 });
    expect(data.timeline.map(({ text }) => text)).toContain(
      'The management server does not install it: it answers 503',
    );
    const other = await upkeep(...words, '--mdm', 'jamf-pro');
    expect([other.code, other.err]).toEqual([64, expect.stringContaining('the file of the Mac describes a nanomdm')]);
    says({ faults: [] });
    const unsaid = await upkeep(...words, '--mdm', 'nanomdm');
    expect([unsaid.code, unsaid.err]).toEqual([64, expect.stringContaining('"service": "nanomdm"')]);
    says({
      service: 'nanomdm',
      version: '11.30.1',
      featureOn: true,
      credential: 'client',
      faults: [{ name: 'plan-fails' }],
    });
    const { code, err } = await upkeep(...words, '--mdm', 'nanomdm');
    expect(code).toBe(65);
    expect(err).toContain('mdm.version: given "11.30.1"; allowed is a version of NanoMDM');
    expect(err).toContain('mdm.featureOn: unknown key');
    expect(err).toContain('mdm.credential: given "client"; allowed is "account", or null');
    expect(err).toContain('mdm.faults.0.name');
    says({ service: 'intune' });
    expect((await upkeep(...words, '--mdm', 'nanomdm')).err).toContain(
      'mdm.service: given "intune"; allowed is "jamf-pro"',
    );
  });

  test.each([
    ['jamf-por', 'Did you mean jamf-pro?'],
    ['nanomd', 'Did you mean nanomdm?'],
    ['intune', 'SERVICE is one of: jamf-pro, nanomdm'],
    ['nanomdm:plan-fails:NO_DISK_SPACE', 'one of: unauthorized, kmfddm-absent'],
    ['jamf-pro:kmfddm-absent', 'one of: privilege-denied'],
    ['nanomdm:kmfdm-absent', 'Did you mean kmfddm-absent?'],
    ['nanomdm:unauthorized:everybody', 'unauthorized:BY'],
    ['nanomdm:slow:very', 'slow:SECONDS'],
    ['nanomdm:partial:1', 'partial without a colon'],
    ['nanomdm:unreachable@9-8', 'an end that comes after its beginning'],
    ['nanomdm:', 'one of: unauthorized'],
    ['jamf-pro:unreachabel', 'Did you mean unreachable?'],
    ['jamf-pro:plan-fails:NO_DISK_SPACE,nonsense', 'one of: privilege-denied'],
    ['jamf-pro:unreachable:1', 'unreachable without a colon'],
    ['jamf-pro:unreachable@9-8', 'an end that comes after its beginning'],
    ['jamf-pro:declared-by-somebody:tomorrow', 'declared-by-somebody:BY'],
    ['jamf-pro:', 'one of: privilege-denied'],
  ])('%s is refused', async (words, says) => {
    const { code, err } = await upkeep('simulate', '--mdm', words);
    expect([code, err]).toEqual([64, expect.stringContaining(says)]);
  });
});
