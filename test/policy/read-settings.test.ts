import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UpkeepError } from '../../src/domain/problem.ts';
import { problemsInWords, readSettings, type SettingProblem } from '../../src/policy/read-settings.ts';
import { knownKeys } from '../../src/policy/schema.ts';
import { nest } from './nest.ts';

const zone = 'Europe/Berlin';

function problemsOf(raw: unknown): SettingProblem[] {
  const reading = readSettings(raw, { zone });
  return reading.ok ? [] : reading.problems;
}

function warningsOf(raw: unknown): string {
  const reading = readSettings(raw, { zone });
  if (!reading.ok) throw new Error(problemsInWords('test', reading.problems));
  return reading.warnings.map((warning) => warning.words).join('\n');
}

function settingsOf(raw: unknown) {
  const reading = readSettings(raw, { zone });
  if (!reading.ok) throw new Error(problemsInWords('test', reading.problems));
  return reading.settings;
}

describe('one wrong value is named with what was given and what is allowed', () => {
  test.each<[string, unknown, RegExp]>([
    ['deadlines.hard.days', '3', /"3" is text, not a number; write it without quotes/],
    ['deadlines.hard.days', 1.5, /1\.5 is not a whole number/],
    ['deadlines.hard.days', true, /true is a yes or no, not a number/],
    ['deadlines.hard.days', [], /\[\] is a list, not a number/],
    ['deadlines.hard.days', 10n, /10 is a number/],
    ['deadlines.hard.days', Number.NaN, /NaN is/],
    ['deadlines.hard.date', '2026-02-31', /is not a day of the calendar/],
    ['deadlines.hard.date', '2027-02-29', /is not a day of the calendar/],
    ['deadlines.hard.date', '2026-11-31T10:00', /is not a day of the calendar/],
    ['deadlines.hard.date', '30.11.2026', /is not a date written as YYYY-MM-DD or/],
    ['deadlines.hard.date', '2026-11-30T25:00', /is not a date written as YYYY-MM-DD or/],
    ['deadlines.hard.date', '2026-11-30T17:30Z', /time zone.*local time of each Mac/],
    ['deadlines.hard.date', '2026-11-30T17:30:00.000Z', /time zone.*local time of each Mac/],
    ['deadlines.hard.date', '2026-11-30T17:30+01:00', /time zone.*local time of each Mac/],
    ['deadlines.hard.date', '2026-11-30T17:30-0500', /time zone.*local time of each Mac/],
    ['deadlines.hard.date', '2026-11-30T17:30[Europe/Berlin]', /time zone.*local time of each Mac/],
    ['deadlines.hard.date', '2062-11-30T17:30 o’clock', /is not a date/],
    ['deadlines.hard.date', '3026-11-30', /outside the years/],
    ['deadlines.hard.date', '1926-11-30', /outside the years/],
    ['deadlines.hard.date', Temporal.PlainDate.from('2026-11-30'), /is something else/],
    ['deadlines.zeroDate', 'release', /is neither "discovery" nor a date/],
    ['deadlines.zeroDate', '2026-06-31', /is not a day of the calendar/],
    ['deadlines.timeOfDay', '24:00', /is not a time of day/],
    ['deadlines.timeOfDay', '9:00', /is not a time of day/],
    ['deadlines.newTarget', 'kep', /"kep" is none of the choices/],
    ['deadlines.newTarget', 4, /4 is a number, not text/],
    ['deadlines.hard', 14, /14 is a number, not a group of keys/],
    ['deadlines', null, /null is no value, not a group of keys/],
    ['target.version', 26.6, /26\.6 is a number, not text; write it in quotes/],
    ['target.version', 'latest', /"latest" is not a macOS version/],
    ['target.version', '26.6.2.1', /is not a macOS version/],
    ['target.betas', 1, /write true or false without quotes, in a profile <true\/>/],
    ['target.betas', 'yes', /write true or false without quotes/],
    ['organisation', '', /"" is empty/],
    ['organisation', '   ', /is empty/],
    ['organisation', 'x'.repeat(61), /is too long/],
    ['organisation', 'Example\nRestart now', /control character/],
    ['organisation', null, /null is no value, not text/],
    ['warning.floorMinutes', 29, /29 is too small/],
    ['deferral.menuMinutes', [], /\[\] is empty/],
    ['deferral.menuMinutes', 60, /60 is a number, not a list/],
    ['unattended.install', 'sometimes', /is none of the choices/],
  ])('%s: %s', (key, value, words) => {
    const problems = problemsOf(nest(key, value));
    expect(problems).toMatchObject([{ key, allowed: expect.stringMatching(/\S/) }]);
    expect(problemsInWords('file', problems)).toMatch(words);
  });

  test('an entry of a list is named by its place', () => {
    expect(problemsOf({ deferral: { menuMinutes: [60, '240', 3] } })).toMatchObject([
      { key: 'deferral.menuMinutes[1]', given: '"240"' },
      { key: 'deferral.menuMinutes[2]', given: '3', allowed: expect.stringContaining('each from 5 to 10080') },
    ]);
  });

  test('active hours need days, two times that differ, and no other keys', () => {
    const activeHours = [
      { days: [], from: '08:00', to: '18:00' },
      { days: ['mon'], from: '08:00', to: '08:00' },
      { days: ['Monday'], from: '24:00' },
      { days: ['mon'], from: '08:00', to: '18:00', form: '09:00' },
      'mon-fri',
    ];
    expect(problemsOf({ activeHours }).map((problem) => `${problem.key}: ${problem.what}`)).toEqual([
      'activeHours[3].form: is set for a key that upkeep does not know',
      'activeHours[0].days: is empty',
      expect.stringMatching(/^activeHours\[1\]\.to: is the same as `from`/),
      'activeHours[2].days[0]: is none of the choices',
      'activeHours[2].from: is not a time of day written as HH:MM',
      'activeHours[2].to: is missing',
      'activeHours[4]: is text, not a group of keys',
    ]);
    expect(problemsOf({ activeHours })[0]?.nearest).toBe('activeHours[3].from');
  });

  test.each([null, undefined, 3, 'text', [], [{}], new Map()])('%s is no settings at all', (raw) => {
    expect(problemsOf(raw)).toMatchObject([{ key: '', allowed: 'a dictionary of settings' }]);
  });
});

describe('unknown keys', () => {
  test('are reported by their innermost name, with the key that was meant', () => {
    expect(problemsOf({ deadline: { hard: { dayz: 14 } }, colour: 'red' })).toMatchObject([
      { key: 'deadline.hard.dayz', given: '14', nearest: 'deadlines.hard.days' },
      { key: 'colour', given: '"red"', nearest: null },
    ]);
    expect(problemsOf({ deadlines: { hard: { dats: 14 } } })).toMatchObject([
      { nearest: null, allowed: 'count, days, date as the keys of deadlines.hard' },
    ]);
  });

  test('a key written in one piece is told from a nested one', () => {
    expect(problemsOf({ 'deadlines.hard.days': 14 })).toMatchObject([
      { key: 'deadlines.hard.days', allowed: expect.stringContaining('deadlines → hard → days') },
    ]);
    expect(problemsOf({ deadlines: { 'hard.days': 14 } })).toMatchObject([{ key: 'deadlines.hard.days' }]);
  });

  test.each([
    'password',
    'apiSecret',
    'clientSecret',
    'jamfUser',
    'username',
    'AuthServicePassword',
    'AuthLocalPassword',
    'AuthLocalAccount',
    'bearer_token',
    'API-Key',
    'adminPswd',
    'pwd',
    'pass',
    'jamf.pass',
    'ldap_pw',
  ])('the credential %s is refused and its value not repeated', (name) => {
    for (const raw of [
      { [name]: 'hunter2' },
      { auth: { [name]: 'hunter2' } },
      { target: { [name]: { plain: 'hunter2' } } },
    ]) {
      const problems = problemsOf(raw);
      const words = problemsInWords('file', problems);
      expect(words).toMatch(/credential.*never settings.*`upkeep auth set`/);
      expect(words).not.toContain('hunter2');
    }
  });

  test.each([
    'adminPasswrd',
    'adminpaswrd',
    'psasword',
    'apiTokn',
    'apitokn',
    'sercet',
    'credntials',
    'sshKey',
    'unlockPin',
  ])('the value of %s, which may be a credential misspelt, is not repeated', (name) => {
    for (const raw of [{ [name]: 'hunter' }, { target: { [name]: 'hunter' } }]) {
      expect(problemsOf(raw)).toMatchObject([{ given: '(text of 6 characters)' }]);
    }
    expect(problemsOf({ [name]: 482_913 })).toMatchObject([{ given: '(a number)' }]);
    expect(problemsOf({ [name]: ['hunter'] })).toMatchObject([{ given: '(a list)' }]);
  });

  test.each(['adminAccount', 'bypass', 'passiveMode', 'organization', 'keyboard', 'takeOver'])(
    '%s is no credential, and its value is shown',
    (name) => expect(problemsOf({ [name]: 'hunter' })).toMatchObject([{ given: '"hunter"' }]),
  );

  test('names that every object has are unknown keys like any other', () => {
    const raw: unknown = JSON.parse(
      '{"__proto__": {"organisation": "x"}, "constructor": 1, "toString": 2, "target": {"__proto__": 3}}',
    );
    expect(problemsOf(raw).map((problem) => problem.key)).toEqual([
      '__proto__.organisation',
      'constructor',
      'toString',
      'target.__proto__',
    ]);
  });

  test('every known key misspelt by a doubled letter is reported with the right one', () => {
    for (const { key } of knownKeys.filter((known) => known.kind === 'key')) {
      expect(problemsOf(nest(`${key}${key.at(-1)}`, 1)), key).toMatchObject([{ nearest: key }]);
    }
  });
});

describe('combinations that cannot be', () => {
  const rule = (focus: unknown, soft: unknown, hard: unknown, family: string) => ({
    deadlines: { focus: { [family]: focus }, soft: { [family]: soft }, hard: { [family]: hard } },
  });

  test.each([
    [rule(5, 10, 14, 'days'), []],
    [rule(null, 10, 14, 'days'), []],
    [rule(5, null, 14, 'days'), []],
    [rule(5, 10, 10, 'days'), ['deadlines.hard.days']],
    [rule(14, null, 10, 'days'), ['deadlines.hard.days']],
    [rule(10, 5, 7, 'days'), ['deadlines.soft.days', 'deadlines.hard.days']],
    [rule(1, 2, 3, 'count'), []],
    [rule(3, 2, 1, 'count'), ['deadlines.soft.count', 'deadlines.hard.count']],
    [rule('2026-11-10', '2026-11-11', '2026-11-12', 'date'), []],
    [rule('2026-11-10', '2026-11-10', '2026-11-12', 'date'), ['deadlines.soft.date']],
    [rule('2026-11-10T11:59', '2026-11-10', '2026-11-10T12:01', 'date'), []],
    [rule('2026-11-10T12:00', '2026-11-10', '2026-11-10T12:01', 'date'), ['deadlines.soft.date']],
    [rule(null, '2026-11-12', '2026-11-10', 'date'), ['deadlines.hard.date']],
  ])('deadlines ascend: %j', (raw, keys) => {
    expect(problemsOf(raw).map((problem) => problem.key)).toEqual(keys);
  });

  test('kinds of deadlines are not compared with each other', () => {
    const deadlines = { soft: { days: 10, count: 3 }, hard: { days: 14, date: '2026-11-30', count: 4 } };
    expect(problemsOf({ deadlines })).toEqual([]);
  });

  test('no deadline lies before a fixed zero date', () => {
    const deadlines = { zeroDate: '2026-11-10', soft: { date: '2026-11-09' }, hard: { date: '2026-11-10' } };
    expect(problemsOf({ deadlines })).toMatchObject([
      { key: 'deadlines.soft.date', what: expect.stringContaining('2026-11-10') },
    ]);
  });

  test('a locked Mac is not warned for a shorter time than an unlocked one', () => {
    expect(problemsOf({ warning: { floorMinutes: 90, lockedFloorMinutes: 60 } })).toMatchObject([
      { key: 'warning.lockedFloorMinutes', given: '60' },
    ]);
    expect(problemsOf({ warning: { floorMinutes: 721 } })).toMatchObject([
      { what: expect.stringContaining('the default') },
    ]);
    expect(problemsOf({ warning: { floorMinutes: 720 } })).toEqual([]);
  });

  test('everything is said at once, and what is wrong by itself is not compared', () => {
    const raw = {
      organisaton: 'x',
      deadlines: { focus: { days: 20 }, soft: { days: '5' }, hard: { days: 10 } },
      warning: { floorMinutes: 5, lockedFloorMinutes: 60 },
      power: 5,
    };
    expect(problemsOf(raw).map((problem) => problem.key)).toEqual([
      'organisaton',
      'deadlines.soft.days',
      'warning.floorMinutes',
      'power',
      'deadlines.hard.days',
    ]);
  });
});

describe('what is allowed', () => {
  test('dates are kept as local dates, with a T before the time', () => {
    const deadlines = { soft: { date: '2026-11-23' }, hard: { date: '2026-11-30 17:30' } };
    expect(settingsOf({ deadlines }).deadlines).toMatchObject({
      soft: { date: '2026-11-23' },
      hard: { date: '2026-11-30T17:30' },
    });
  });

  test.each(['26', '26.6', '26.6.2', '13.3.1 (a)'])('version %s', (version) => {
    expect(settingsOf({ target: { version } }).target.version).toBe(version);
  });

  test('null stands for "not set" where nothing is the default', () => {
    expect(settingsOf({ target: { version: null }, deadlines: { hard: { days: null } } })).toMatchObject({
      target: { version: null },
    });
  });

  test('menus and days come sorted, without repetition', () => {
    const raw = {
      deferral: { menuMinutes: [240, 60, 240] },
      activeHours: [{ days: ['fri', 'mon', 'fri'], from: '00:00', to: '24:00' }],
    };
    expect(settingsOf(raw)).toMatchObject({
      deferral: { menuMinutes: [60, 240] },
      activeHours: [{ days: ['mon', 'fri'] }],
    });
  });

  test('hours may run past midnight', () => {
    const activeHours = [{ days: ['mon'], from: '22:00', to: '06:00' }];
    expect(settingsOf({ activeHours }).activeHours).toEqual(activeHours);
  });

  test('the keys given are listed, lists as a whole', () => {
    const raw = {
      target: { version: '26' },
      activeHours: [{ days: ['mon'], from: '22:00', to: '06:00' }],
      scan: {},
      deferral: { menuMinutes: [60] },
    };
    expect(readSettings(raw, { zone })).toMatchObject({
      ok: true,
      given: ['target.version', 'activeHours', 'deferral.menuMinutes'],
    });
  });
});

describe('the management server', () => {
  test.each<[string, unknown, RegExp]>([
    ['mdm.url', 'http://jamf.example.com', /"http:\/\/jamf\.example\.com" is not https/],
    ['mdm.url', 'http://127.0.0.1:8080', /is not https/],
    ['mdm.declarationsUrl', 'ddm.example.com', /is no address/],
    ['mdm.computerId', '$JSSID', /"\$JSSID" is a variable that the server did not fill in/],
    ['mdm.computerId', '0', /"0" is not a whole number above 0/],
    ['mdm.computerId', '4.5', /is not a whole number above 0/],
    ['mdm.computerId', 42, /42 is a number, not text; write it in quotes/],
    ['mdm.service', 'jamf', /"jamf" is none of the choices/],
  ])('%s: %j', (key, value, words) => {
    const problems = problemsOf(nest(key, value));
    expect(problems.map((one) => one.key)).toEqual([key]);
    expect(problemsInWords('test', problems)).toMatch(words);
  });

  test.each(['https://name:MARK@example.com', 'https://example.com/?token=MARK', 'https://example.com/#MARK'])(
    'what may be a secret in an address is not repeated: %s',
    (url) => {
      const problems = problemsOf(jamf({ url }));
      expect(problems).toHaveLength(1);
      expect(problemsInWords('test', problems)).not.toContain('MARK');
    },
  );

  test('a slip in a key that only sounds like a secret is named, and its value is not', () => {
    const problems = problemsOf({ mdm: { repairBootstrapTokens: 'MARK' } });
    expect(problems).toMatchObject([{ nearest: 'mdm.repairBootstrapToken', given: '(text of 4 characters)' }]);
    expect(problemsOf({ mdm: { apiToken: 'MARK' } })).toMatchObject([{ nearest: null, given: null }]);
  });

  test('without an address it has to be one that can be found', () => {
    expect(problemsOf(jamf({ discoverUrl: false }))).toMatchObject([
      { key: 'mdm.url', what: expect.stringMatching(/discoverUrl/) },
    ]);
    expect(problemsOf({ mdm: { service: 'nanomdm' } })).toMatchObject([
      { key: 'mdm.url', what: expect.stringMatching(/NanoMDM tells no Mac/) },
    ]);
    expect(problemsOf(jamf({}))).toEqual([]);
    // What is wrong with it is said once.
    expect(problemsOf({ mdm: { service: 'nanomdm', url: 'http://example.com' } })).toHaveLength(1);
  });

  test('an address is kept without the slash at its end', () => {
    expect(settingsOf(jamf({ url: 'https://jamf.example.com:8443/jss/' })).mdm.url).toBe(
      'https://jamf.example.com:8443/jss',
    );
  });
});

const jamf = (mdm: object, authentication: object = {}) => ({ mdm: { service: 'jamf-pro', ...mdm }, authentication });
const nano = (mdm: object) => ({ mdm: { service: 'nanomdm', url: 'https://mdm.example.com', ...mdm } });

describe('what is doubtful is said', () => {
  const fine = { soft: { days: 10 }, hard: { days: 14 } };

  test('nothing about sensible settings', () => {
    expect(warningsOf({ deadlines: fine })).toBe('');
    expect(warningsOf({ deadlines: fine, ...jamf({ computerId: '42' }, { severalSaved: true }) })).toBe('');
  });

  test.each<[object, RegExp]>([
    [{}, /can defer for ever\.$/],
    [{ deadlines: { focus: { days: 3 } } }, /can defer for ever\. The focus deadline alone/],
    [{ deadlines: { soft: { days: 3 } } }, /never restarts by itself/],
    [{ deadlines: { hard: { count: 3 } } }, /can put it off until the countdown/],
    [{ deadlines: { soft: { days: 3 }, hard: { count: 0 } } }, /people get the warning and no choice/],
    [
      { deadlines: { hard: { days: 14 } }, unattended: { install: 'after-soft-deadline' } },
      /waits for the soft deadline, and there is none/,
    ],
    [
      { deadlines: { soft: { days: 14 } }, unattended: { install: 'after-hard-deadline' } },
      /waits for the hard deadline, and there is none/,
    ],
    [
      { deadlines: { soft: { days: 1 }, hard: { days: 2 } }, deferral: { menuMinutes: [60, 2_880, 4_320] } },
      /entries 2880, 4320 \(minutes\) can never be used.*deadlines\.soft\.days/,
    ],
    [
      {
        deadlines: { zeroDate: '2026-11-10', soft: { date: '2026-11-10T06:00' }, hard: { days: 14 } },
        deferral: { menuMinutes: [60, 360] },
      },
      /entry 360 \(minutes\)/,
    ],
    [
      { deadlines: { zeroDate: '2026-11-10', soft: { days: 20 }, hard: { date: '2026-11-20' } } },
      /soft deadline has no effect: the hard deadline comes no later, on Fri 20 Nov 2026, 12:00/,
    ],
    [
      { deadlines: { soft: { days: 10 }, hard: { days: 14, date: '2027-03-28T02:30' } } },
      /02:30 does not exist.*Europe\/Berlin.*becomes Sun 28 Mar 2027, 03:30/,
    ],
    [
      { deadlines: fine, activeHours: [{ days: ['mon'], from: '11:45', to: '12:30' }] },
      /longest active stretch is 45 minutes/,
    ],
    [
      { deadlines: fine, activeHours: [{ days: ['mon', 'tue'], from: '13:00', to: '18:00' }] },
      /12:00, which is outside the active hours on every day/,
    ],
    [{ mdm: { url: 'https://jamf.example.com' } }, /No server is named \(mdm\.service\), so mdm\.url has no effect/],
    [jamf({ declarationsUrl: 'https://ddm.example.com' }), /mdm\.declarationsUrl has no effect/],
    [nano({ computerId: '42' }), /mdm\.computerId has no effect/],
    [nano({}), /one key for all: each Mac that keeps it can command every other/],
    [jamf({}, { order: ['local-account'] }), /"mdm" is missing in authentication\.order: it is never asked/],
    [jamf({}, { order: ['mdm', 'local-account'], mdmFailover: [] }), /when it fails nobody is asked/],
    [
      jamf({ repairBootstrapToken: 'person' }, { mdmFailover: ['server-unreachable'] }),
      /A person is to mend the bootstrap token.*only a saved administrator does/,
    ],
    [
      jamf({}, { order: ['mdm', 'service-account'], severalSaved: true }),
      /asked before service-account.*put "mdm" last/,
    ],
  ])('%j', (raw, words) => {
    expect(warningsOf(raw)).toMatch(words);
  });

  test('stretches that touch are one, over midnight and over the end of the week too', () => {
    const activeHours = [
      { days: ['sun'], from: '23:30', to: '24:00' },
      { days: ['mon'], from: '00:00', to: '00:30' },
      { days: ['wed'], from: '12:00', to: '12:30' },
    ];
    expect(warningsOf({ deadlines: fine, activeHours })).toBe('');
  });
});

describe('whatever comes in', () => {
  test('any JSON value is read or reported, never thrown at', () => {
    fc.assert(fc.property(fc.jsonValue(), readable), { numRuns: 2_000 });
  });

  test('any value at all under known names is read or reported, never thrown at', () => {
    const keys = knownKeys.filter((known) => known.kind !== 'entry').map((known) => known.key);
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withTypedArray: true,
      withNullPrototype: true,
      withMap: true,
    });
    const likely = fc.oneof(
      anything,
      fc.integer({ min: -1, max: 20_000 }),
      fc.constantFrom('2026-11-30', '12:00', '26.6', '0'),
    );
    const some = fc.array(fc.tuple(fc.constantFrom(...keys), likely), { maxLength: 12 });
    fc.assert(
      fc.property(some, (pairs) => readable(merge(pairs))),
      { numRuns: 3_000 },
    );
  });

  test('settings that were accepted are accepted again, unchanged', () => {
    const days = fc.option(fc.nat(400));
    fc.assert(
      fc.property(
        days,
        days,
        fc.array(fc.integer({ min: 1, max: 11_000 })),
        fc.integer({ min: 20, max: 1_500 }),
        (soft, hard, menu, floor) => {
          const first = readSettings(
            {
              deadlines: { soft: { days: soft }, hard: { days: hard } },
              deferral: { menuMinutes: menu },
              warning: { floorMinutes: floor },
            },
            { zone },
          );
          if (first.ok) expect(settingsOf(JSON.parse(JSON.stringify(first.settings)))).toEqual(first.settings);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('the words cannot steer a terminal and stay short', () => {
    const problems = problemsOf({
      '\u001b[2J\u202eevil': `\u009b31m${'x'.repeat(500)}`,
      organisation: '\u001b]0;title\u0007',
    });
    const words = problemsInWords('a\u001bfile', problems);
    expect(words).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    expect(words.length).toBeLessThan(900);
  });

  test('a flood of unknown keys is answered quickly, and the words stop at fifty', () => {
    const raw = Object.fromEntries(Array.from({ length: 50_000 }, (_, nth) => [`unknown${nth}`, nth]));
    expect(problemsInWords('file', problemsOf(raw))).toMatch(/50000 settings are wrong[\s\S]*… and 49950 more\.$/);
  });

  test('a deep value does not exhaust the stack', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level += 1) deep = { a: deep };
    expect(problemsOf({ deep }).length).toBe(1);
    expect(problemsOf({ organisation: deep, activeHours: [deep], target: { version: deep } }).length).toBeGreaterThan(
      2,
    );
  });

  test('a zone that does not exist is the caller’s mistake', () => {
    expect(() => readSettings({}, { zone: 'Mars/Olympus' })).toThrow(UpkeepError);
  });
});

function readable(raw: unknown): void {
  const reading = readSettings(raw, { zone });
  if (reading.ok) return;
  expect(reading.problems.length).toBeGreaterThan(0);
  expect(problemsInWords('file', reading.problems)).toMatch(/wrong\./);
}

function merge(pairs: [string, unknown][]): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const [key, value] of pairs) {
    const names = key.split('.');
    const last = names.pop() ?? key;
    let group = whole;
    for (const name of names) {
      const inner = group[name];
      const next: Record<string, unknown> =
        typeof inner === 'object' && inner !== null && Object.getPrototypeOf(inner) === Object.prototype
          ? { ...inner }
          : {};
      group[name] = next;
      group = next;
    }
    group[last] = value;
  }
  return whole;
}
