// Each effect alone, over tools that answer from a script: what becomes of every kind of answer, and above all what is
// not taken for an answer.
import { build as plist } from 'plist';
import { describe, expect, test } from 'vitest';
import type { EffectIo } from '../../src/agent/effect-runner.ts';
import { allEffects } from '../../src/agent/effects/all-effects.ts';
import { KEEP } from '../../src/agent/effects/dialog-words.ts';
import { outcomeOf } from '../../src/agent/effects/show-dialog.ts';
import { HOUR_MS, SECOND_MS } from '../../src/domain/instant.ts';
import type { PasswordPrompt, PromptSpec } from '../../src/machines/effects.ts';
import type { AgentEvent } from '../../src/machines/events.ts';
import type { ToolCall } from '../../src/ports/commands.ts';
import { type Credentials, type Kept, noCredentials, type TypedCheck } from '../../src/ports/credentials.ts';
import { canary } from '../support/canary.ts';
import { SavedPasswords } from '../support/saved-passwords.ts';
import { type Answer, handClock, scripted, settle } from '../support/scripted-commands.ts';
import { BOOT, MONDAY_NINE } from '../support/situations.ts';

const ODD = canary('odd', (it) => `a <b> & ${it}`);

const USER = { name: 'anna', uid: 501 };
const BOOT_ANSWERS: Record<string, Answer> = {
  'sysctl.boot-session': { stdout: `${BOOT.id}\n` },
  'sysctl.boottime': { stdout: `{ sec = ${BOOT.startedAt / 1000}, usec = 0 } Sun Nov  1 09:00:00 2026\n` },
};

const prompt = (changes: Partial<PromptSpec> = {}): PromptSpec => ({
  id: 7,
  kind: 'choice',
  organisation: 'Example IT',
  user: USER,
  zone: 'Europe/Berlin',
  target: { title: 'macOS Tahoe 26.6.2', version: '26.6.2' },
  deferrals: [
    { label: '60 minutes', minutes: 60 },
    { label: '4 hours', minutes: 240 },
  ],
  times: [{ label: 'Mon 2 Nov 2026, 17:30', at: MONDAY_NINE + 8 * HOUR_MS }],
  restartAt: MONDAY_NINE + HOUR_MS,
  softAt: null,
  hardAt: null,
  deferralsLeft: null,
  closesAt: MONDAY_NINE + HOUR_MS,
  passwordNeeded: false,
  ...changes,
});

function io() {
  const events: AgentEvent[] = [];
  const stop = new AbortController();
  const effectIo: EffectIo = { signal: stop.signal, report: (event) => events.push(event) };
  return { effectIo, events, stop };
}

describe('the end of a dialog', () => {
  const chosen = (label: string) => ({ 'Remind me in': { value: label, index: 0 } });
  const at = (label: string) => ({ 'Restart at': { value: label, index: 0 } });

  test.each([
    ['choice', 'button1', chosen('4 hours'), { answer: 'defer', minutes: 240 }],
    ['choice', 'button1', null, { answer: 'defer', minutes: 60 }],
    ['choice', 'button1', chosen('1 year'), { answer: 'no-answer' }],
    ['choice', 'button2', null, { answer: 'now' }],
    ['choice', 'info-button', null, { answer: 'choose-time' }],
    ['soft', 'button1', null, { answer: 'now' }],
    ['soft', 'button2', null, { answer: 'no-answer' }],
    ['schedule', 'button1', at('Mon 2 Nov 2026, 17:30'), { answer: 'time', at: MONDAY_NINE + 8 * HOUR_MS }],
    ['schedule', 'button1', at('never'), { answer: 'no-answer' }],
    ['schedule', 'button1', null, { answer: 'no-answer' }],
    ['schedule', 'button2', null, { answer: 'back' }],
    ['warning', 'button1', null, { answer: 'acknowledged' }],
    ['warning', 'button2', null, { answer: 'now' }],
    ['notice', 'button1', null, { answer: 'acknowledged' }],
  ] as const)('%s, %s %j', (kind, end, values, expected) => {
    expect(outcomeOf(prompt({ kind }), { end, exitCode: 0, values }, false)).toMatchObject(expected);
  });

  test.each(['choice', 'soft', 'schedule', 'warning', 'notice'] as const)(
    '%s: nothing but a button is ever consent',
    (kind) => {
      for (const end of [
        'timer',
        'told-to-quit',
        'quit-key',
        'closed',
        'time-exceeded',
        'key-required',
        'terminated',
        'image-missing',
        'file-missing',
        'bad-colour',
        'error',
        'unknown',
      ] as const) {
        const { answer } = outcomeOf(prompt({ kind }), { end, exitCode: 1, values: null }, false);
        expect(['timed-out', 'no-answer', 'failed'], end).toContain(answer);
      }
    },
  );

  test('"now" on a dialog whose time passed while the Mac slept is no consent', () => {
    expect(outcomeOf(prompt(), { end: 'button2', exitCode: 2, values: null }, true)).toMatchObject({
      answer: 'no-answer',
    });
    expect(outcomeOf(prompt({ kind: 'warning' }), { end: 'button2', exitCode: 2, values: null }, true)).toMatchObject({
      answer: 'no-answer',
    });
  });
});

describe('showing a dialog', () => {
  const LOCKED = (locked: boolean) => ({
    stdout: `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>IOConsoleUsers</key><array><dict><key>kCGSSessionOnConsoleKey</key><true/><key>kCGSSessionUserNameKey</key><string>anna</string>${locked ? '<key>CGSSessionScreenIsLocked</key><true/>' : ''}</dict></array></dict></plist>\n`,
  });

  test('it is reported open once, when its process is found, with whether the screen was locked then', async () => {
    const { clock, pass } = handClock(MONDAY_NINE);
    const { commands } = scripted({
      ...BOOT_ANSWERS,
      'pgrep.dialog': { stdout: '812\n' },
      'ioreg.screen-lock': LOCKED(true),
    });
    const { effectIo, events } = io();
    void allEffects(commands, clock).showDialog.run(prompt(), effectIo);
    await pass(120 * SECOND_MS);
    expect(events).toMatchObject([{ type: 'dialog.opened', promptId: 7, screenLocked: true, boot: BOOT }]);
    expect(events[0]?.at).toBeGreaterThan(MONDAY_NINE);
  });

  test('a dialog that was started and cannot be found was never shown', async () => {
    const { clock, pass } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted({
      ...BOOT_ANSWERS,
      'pgrep.dialog': { exitCode: 1 },
      'ioreg.screen-lock': LOCKED(false),
    });
    const { effectIo, events } = io();
    void allEffects(commands, clock).showDialog.run(prompt(), effectIo);
    await pass(600 * SECOND_MS);
    expect(events).toEqual([]);
    expect(calls.filter((call) => call.name === 'pgrep.dialog').length).toBe(5);
  });

  test('where the lock cannot be read, it is reported unknown, not unlocked', async () => {
    const { clock, pass } = handClock(MONDAY_NINE);
    const { commands } = scripted({
      ...BOOT_ANSWERS,
      'pgrep.dialog': { stdout: '812\n' },
      'ioreg.screen-lock': { stdout: 'garbage' },
    });
    const { effectIo, events } = io();
    void allEffects(commands, clock).showDialog.run(prompt(), effectIo);
    await pass(60 * SECOND_MS);
    expect(events).toMatchObject([{ screenLocked: null }]);
  });

  test('leaving the state closes the dialog', async () => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, ended } = scripted({});
    const { effectIo, stop } = io();
    const running = allEffects(commands, clock)
      .showDialog.run(prompt(), effectIo)
      .catch(() => 'stopped');
    await settle();
    stop.abort();
    expect(await running).toBe('stopped');
    expect(ended).toContain('dialog.show');
  });

  test('its words name the update, the menu and the very time that is acted upon', async () => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted({});
    void allEffects(commands, clock).showDialog.run(prompt({ kind: 'warning' }), io().effectIo);
    await settle();
    const json = JSON.parse(calls[0]?.args.find((arg) => arg.startsWith('{')) ?? '{}');
    expect(json.title).toBe('This Mac restarts at Mon 2 Nov 2026, 10:00');
    expect(json.message).toContain('**Mon 2 Nov 2026, 10:00**, in 60 minutes');
    expect(json).toMatchObject({ button1text: 'OK', button2text: 'Restart now', timer: 3600 });
  });
});

describe('a typed password', () => {
  const order = {
    label: 'macOS Tahoe 26.6.2-25G83',
    to: { version: '26.6.2', build: '25G83' },
    from: { version: '26.6', build: '25G72' },
    boot: BOOT,
    user: USER,
  };
  const ask: PasswordPrompt = {
    id: 1,
    organisation: 'Example IT',
    user: USER,
    target: { title: 'macOS', version: '1' },
    attempt: 1,
    closesAt: MONDAY_NINE + HOUR_MS,
  };
  const others = [
    { name: 'bert', fullName: 'Bert Brecht' },
    { name: 'clara', fullName: 'Clara Zetkin' },
    { name: 'clara2', fullName: 'Clara Zetkin' },
  ];
  const atTheMac = (name: string, uid: number): Answer => ({
    stdout: `<dictionary> {\n  GID : 20\n  Name : ${name}\n  UID : ${uid}\n}\n`,
  });
  const ANNA = { 'scutil.console-user': atTheMac('anna', 501) };

  /** What was tried and kept, and credentials that answer as told. */
  function desk(check: TypedCheck, kept: Kept = { kept: true }) {
    const tried: [string, string][] = [];
    const keeps: string[] = [];
    const credentials: Credentials = {
      ...noCredentials,
      checkTyped: async (account, password) => {
        tried.push([account, password.expose((plain) => plain)]);
        return check;
      },
      keepTyped: async (person) => {
        keeps.push(person.name);
        return kept;
      },
    };
    return { credentials, tried, keeps };
  }

  async function asked(
    dialog: Answer | ((call: ToolCall) => Answer),
    {
      prompt: changes = {},
      check = { result: 'right', at: MONDAY_NINE },
      kept,
      who = ANNA,
    }: { prompt?: Partial<PasswordPrompt>; check?: TypedCheck; kept?: Kept; who?: Record<string, Answer> } = {},
  ) {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted({ ...who, 'dialog.show': dialog });
    const { credentials, tried, keeps } = desk(check, kept);
    const outcome = await allEffects(commands, clock, credentials).askPassword.run(
      { ...ask, ...changes },
      io().effectIo,
    );
    const dialogs = calls
      .filter(({ name }) => name === 'dialog.show')
      .map(({ args }) => JSON.parse(args.find((arg) => arg.startsWith('{')) ?? '{}'));
    return { outcome, tried, keeps, dialogs };
  }

  const typedByAnna = canary('anna');

  test('goes to the stdin of the install as a Secret and is forgotten by that', async () => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted({
      ...ANNA,
      'dialog.show': { stdout: JSON.stringify({ Password: typedByAnna }) },
      'softwareupdate.install': { stdout: 'Downloading macOS Tahoe 26.6.2\n\nDownloaded: macOS Tahoe 26.6.2\n' },
    });
    const effects = allEffects(commands, clock);
    const typed = await effects.askPassword.run(ask, io().effectIo);
    expect(typed).toEqual({ answer: 'typed', handle: expect.any(String), user: 'anna' });
    expect(JSON.stringify(typed)).not.toContain(typedByAnna);
    if (typed.answer !== 'typed') return;

    const credential = { handle: typed.handle, user: typed.user };
    expect(await effects.install.run({ ...order, credential }, io().effectIo)).toEqual({ result: 'accepted' });
    const call = calls.at(-1);
    expect(JSON.stringify(call?.args)).not.toContain(typedByAnna);
    expect(call?.args).toContain('--stdinpass');
    const given = (call?.stdin ?? []).map((part) => (typeof part === 'string' ? part : part.expose((plain) => plain)));
    expect(given.join('')).toBe(`${typedByAnna}\n`);

    expect(await effects.install.run({ ...order, credential }, io().effectIo)).toMatchObject({
      result: 'failed',
      reason: 'forgotten',
    });
  });

  test.each([
    ['nothing typed', { stdout: '{"Password":""}' }, 'failed'],
    ['no values printed', { stdout: '' }, 'failed'],
    ['not now', { exitCode: 2 }, 'declined'],
    ['the quit key', { exitCode: 10 }, 'declined'],
    ['the window closed', { exitCode: 15 }, 'declined'],
    ['nobody there', { exitCode: 4 }, 'timed-out'],
    ['ended from outside', { exitCode: 40 }, 'failed'],
    ['a crash', { exitCode: 134 }, 'failed'],
  ])('%s: nothing is tried', async (_story, answer, expected) => {
    const { outcome, tried } = await asked(answer);
    expect(outcome).toMatchObject({ answer: expected });
    expect(tried).toEqual([]);
  });

  test('nothing but blanks is not a try: the dialog comes again and says so, three times at most', async () => {
    const { outcome, tried, dialogs } = await asked({ stdout: '{"Password":"  "}' });
    expect(outcome).toMatchObject({ answer: 'failed' });
    expect([tried, dialogs.length]).toEqual([[], 3]);
    expect(dialogs[0].message).not.toContain('Nothing was typed');
    expect(dialogs[1].message).toContain('Nothing was typed');

    let shown = 0;
    const second = await asked(() => ({ stdout: shown++ === 0 ? '{"Password":"   "}' : '{"Password":" x "}' }));
    expect(second.outcome).toMatchObject({ answer: 'typed' });
    expect(second.tried).toEqual([['anna', ' x ']]);
  });

  test.each<[string, Record<string, Answer>, string]>([
    ['logged out', { 'scutil.console-user': { stdout: '  No such key\n' } }, 'gone'],
    ['somebody else is there', { 'scutil.console-user': atTheMac('bert', 502) }, 'gone'],
    ['nobody can say who is there', { 'scutil.console-user': { stdout: 'garbage' } }, 'failed'],
  ])('%s when the dialog ends: what was typed is never tried nor used', async (_story, who, expected) => {
    for (const end of [{ stdout: '{"Password":"correct horse"}' }, { exitCode: 40 }, { exitCode: 4 }]) {
      const { outcome, tried } = await asked(end, { who });
      expect(outcome).toMatchObject({ answer: expected });
      expect(tried).toEqual([]);
    }
  });

  test.each<[TypedCheck, object]>([
    [
      { result: 'wrong', again: true },
      { answer: 'wrong', user: 'anna', again: true },
    ],
    [
      { result: 'wrong', again: false },
      { answer: 'wrong', user: 'anna', again: false },
    ],
    [
      { result: 'refused', why: 'drifted' },
      { answer: 'cannot', user: 'anna', why: 'drifted' },
    ],
    [
      { result: 'refused', why: 'near-lockout' },
      { answer: 'cannot', user: 'anna', why: 'near-lockout' },
    ],
    [{ result: 'refused', why: 'command-failed' }, { answer: 'failed' }],
    [{ result: 'unchecked' }, { answer: 'typed', user: 'anna' }],
  ])('checked first: %j', async (check, expected) => {
    const { outcome, keeps } = await asked(
      { stdout: JSON.stringify({ Password: 'x', [KEEP]: true }) },
      { check, prompt: { offersToKeep: { severalSaved: false } } },
    );
    expect(outcome).toMatchObject(expected);
    expect(keeps).toEqual([]);
  });

  test('the first question is short; after a wrong password it says so and asks about Caps Lock', async () => {
    const [first] = (await asked({ exitCode: 2 })).dialogs;
    expect(first).toMatchObject({
      title: 'macOS needs your password',
      textfield: [{ title: 'Password', secure: true, required: true }],
    });
    expect(first.message).not.toMatch(/Caps Lock|not accepted/);
    expect(first).not.toHaveProperty('checkbox');
    const [again] = (await asked({ exitCode: 2 }, { prompt: { attempt: 2 } })).dialogs;
    expect(again.message).toMatch(/^That password was not accepted. Is the Caps Lock key on\?/);
  });

  test('kept only where that was offered and ticked; a failure to keep it stops nothing', async () => {
    const ticked = { stdout: JSON.stringify({ Password: 'x', [KEEP]: true }) };
    const offered = { prompt: { offersToKeep: { severalSaved: false } } };
    const kept = await asked(ticked, offered);
    expect(kept.dialogs[0].checkbox).toEqual([{ label: KEEP, checked: false }]);
    expect(kept.outcome).toMatchObject({ answer: 'typed', kept: { kept: true } });
    expect(kept.keeps).toEqual(['anna']);
    expect((await asked({ stdout: JSON.stringify({ Password: 'x', [KEEP]: false }) }, offered)).keeps).toEqual([]);
    expect((await asked(ticked)).keeps).toEqual([]);
    const notKept = await asked(ticked, { ...offered, kept: { kept: false, why: 'the keychain is locked' } });
    expect(notKept.outcome).toMatchObject({ answer: 'typed', kept: { kept: false, why: 'the keychain is locked' } });
  });

  test('of somebody else: the account is chosen from a list, and the try is theirs', async () => {
    const choose = (label: string) => ({
      stdout: JSON.stringify({ Account: { selectedValue: label, selectedIndex: 0 }, Password: 'x' }),
    });
    const bert = await asked(choose('Bert Brecht'), { prompt: { others } });
    expect(bert.outcome).toMatchObject({ answer: 'typed', user: 'bert' });
    expect(bert.tried).toEqual([['bert', 'x']]);
    expect(bert.dialogs[0].selectitems).toEqual([
      { title: 'Account', values: ['Bert Brecht', 'Clara Zetkin (clara)', 'Clara Zetkin (clara2)'] },
    ]);
    expect(bert.dialogs[0].message).toMatch(/\*\*anna\*\* cannot authorise.*ask Example IT/s);
    expect((await asked(choose('Clara Zetkin (clara2)'), { prompt: { others } })).tried).toEqual([['clara2', 'x']]);
    // No account, no try.
    for (const label of ['', 'Clara Zetkin', 'root']) {
      expect(await asked(choose(label), { prompt: { others } })).toMatchObject({
        outcome: { answer: 'failed' },
        tried: [],
      });
    }
  });
});

describe('an install', () => {
  const order = {
    label: 'macOS Tahoe 26.6.2-25G83',
    to: { version: '26.6.2', build: '25G83' },
    from: { version: '26.6', build: '25G72' },
    boot: BOOT,
    user: null,
    credential: null,
  };
  test.each<[string, Answer, object]>([
    ['taken', { stdout: 'Downloaded: macOS Tahoe 26.6.2\n' }, { result: 'accepted' }],
    [
      'refused',
      { stdout: 'Downloaded: macOS Tahoe 26.6.2\n', stderr: 'Failed to authenticate\n', exitCode: 1 },
      { result: 'failed', reason: 'authentication' },
    ],
    [
      'gone',
      { stdout: 'macOS Tahoe 26.6.2-25G83: No such update\nNo updates are available.\n' },
      { result: 'failed', reason: 'noSuchUpdate' },
    ],
    ['silent', { stdout: '' }, { result: 'unknown' }],
    ['half said', { stdout: 'Downloading macOS Tahoe 26.6.2\n' }, { result: 'unknown' }],
    ['no such tool', { missing: true }, { result: 'failed', reason: 'tool.missing' }],
  ])('%s', async (_story, answer, expected) => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands } = scripted({ 'softwareupdate.install': answer });
    expect(await allEffects(commands, clock).install.run(order, io().effectIo)).toMatchObject(expected);
  });

  test.each<[string, Record<string, Answer>, object]>([
    ['the same boot', BOOT_ANSWERS, { result: 'unknown' }],
    [
      'another boot',
      { ...BOOT_ANSWERS, 'sysctl.boot-session': { stdout: '0A1B2C3D-0B4E-4C3A-9C4B-1D2E3F405162\n' } },
      { result: 'restarted' },
    ],
    [
      'nobody can say',
      { 'sysctl.boot-session': { exitCode: 1 }, 'sysctl.boottime': { exitCode: 1 } },
      { result: 'unknown' },
    ],
  ])('cut off by a crash, %s: asked before anything is done again', async (_story, answers, expected) => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted(answers);
    expect(await allEffects(commands, clock).install.reconcile?.(order, io().effectIo)).toMatchObject(expected);
    expect(calls.every((call) => call.effect === 'probe')).toBe(true);
  });
});

describe('a look at the Mac', () => {
  test('a tool that fails leaves an unknown with its reason, and the rest is known', async () => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted({
      ...BOOT_ANSWERS,
      sw_vers: { stdout: 'ProductName:\t\tmacOS\nProductVersion:\t\t26.6\nBuildVersion:\t\t25G72\n' },
      'sysctl.arm64': { stdout: '1\n' },
      'scutil.console-user': { stdout: '<html>' },
      'ioreg.screen-lock': { missing: true },
      'pmset.battery': { stdout: "Now drawing from 'AC Power'\n" },
      'pmset.assertions': { exitCode: 1 },
      'df.root': { stdout: 'nonsense' },
      'defaults.staged-update': { stderr: 'The domain/default pair does not exist\n', exitCode: 1 },
    });
    const facts = await allEffects(commands, clock).gatherFacts.run({ scan: false }, io().effectIo);
    expect(facts).toMatchObject({
      os: { known: true, value: { version: '26.6', build: '25G72' } },
      boot: { known: true, value: BOOT },
      appleSilicon: { known: true, value: true },
      consoleUser: { known: false },
      screenLocked: { known: false },
      power: { known: true, value: { source: 'ac', percent: null } },
      displayHolders: { known: false },
      availableKiB: { known: false },
      staged: { known: true, value: null },
      offers: null,
    });
    for (const name of ['consoleUser', 'screenLocked', 'displayHolders', 'availableKiB'] as const) {
      const fact = facts[name];
      expect(!fact.known && fact.why.length > 10, name).toBe(true);
    }
    expect(calls.every((call) => call.effect === 'probe')).toBe(true);
  });

  test.each([
    [
      'offline',
      { stderr: 'Can’t connect to the Apple Software Update server\n' },
      { known: false, why: 'Apple’s update servers did not answer' },
    ],
    ['a web page', { stdout: '<html><body>Log in to the network</body></html>' }, { known: false }],
    [
      'nothing new',
      { stderr: 'No new software available.\n', stdout: 'Software Update Tool\n\n' },
      { known: true, value: [] },
    ],
  ])('the list of updates, %s', async (_story, answer, expected) => {
    const { clock } = handClock(MONDAY_NINE);
    const failing = Object.fromEntries(PROBES.map((name) => [name, { exitCode: 1 }]));
    const { commands } = scripted({ ...failing, 'softwareupdate.list': answer });
    const facts = await allEffects(commands, clock).gatherFacts.run({ scan: true }, io().effectIo);
    expect(facts.offers).toMatchObject(expected);
  });
});

describe('what macOS was told to enforce', () => {
  const os = (version: string): Answer => ({
    stdout: `ProductName:\t\tmacOS\nProductVersion:\t\t${version}\nBuildVersion:\t\t25G72\n`,
  });
  const declared: Answer = {
    stdout: plist({
      SUCorePersistedStatePolicyFields: {
        Declarations: {
          second: { TargetOSVersion: '26.7', TargetLocalDateTime: '2026-12-24T13:00:00' },
          first: { TargetOSVersion: '26.6.2', TargetLocalDateTime: '2026-11-30T13:00:00' },
          done: { TargetOSVersion: '26.6', TargetLocalDateTime: '2026-11-01T13:00:00' },
        },
      },
    }),
  };
  const at = Date.UTC(2026, 10, 30, 12);

  test.each<[string, object, Record<string, Answer>, unknown, boolean]>([
    [
      'the first that is newer',
      { declared: true },
      { sw_vers: os('26.6') },
      { known: true, value: { version: '26.6.2', build: null, by: '2026-11-30T13:00:00', at } },
      true,
    ],
    ['nothing newer', { declared: true }, { sw_vers: os('26.7') }, { known: true, value: null }, true],
    [
      'a file that may not be read',
      { declared: true },
      { sw_vers: os('26.6'), 'plutil.declared-updates': { stderr: 'Code=257\n', exitCode: 1 } },
      { known: false, why: expect.stringContaining('plutil.declared-updates') },
      true,
    ],
    ['nobody knows which macOS', { declared: true }, {}, { known: false, why: expect.any(String) }, false],
    ['a macOS that cannot be told', { declared: true }, { sw_vers: os('13.6') }, undefined, false],
    ['not asked for', {}, { sw_vers: os('26.6') }, undefined, false],
  ])('%s', async (_story, input, answers, expected, asked) => {
    const { clock } = handClock(MONDAY_NINE);
    const failing = Object.fromEntries(PROBES.map((name) => [name, { exitCode: 1 }]));
    const { commands, calls } = scripted({ ...failing, 'plutil.declared-updates': declared, ...answers });
    const facts = await allEffects(commands, clock).gatherFacts.run({ scan: false, ...input }, io().effectIo);
    expect(facts.declared).toEqual(expected);
    expect(calls.some(({ name }) => name === 'plutil.declared-updates')).toBe(asked);
  });
});

const PROBES = [
  'sw_vers',
  'sysctl.boottime',
  'sysctl.boot-session',
  'sysctl.arm64',
  'scutil.console-user',
  'ioreg.screen-lock',
  'pmset.battery',
  'pmset.assertions',
  'df.root',
  'defaults.staged-update',
];

describe('unlocking the next start', () => {
  const UNLOCKS: Record<string, Answer> = {
    'scutil.console-user': {
      stdout:
        '<dictionary> {\n  GID : 20\n  Name : loginwindow\n  SessionInfo : <array> {\n    0 : <dictionary> {\n      kCGSSessionOnConsoleKey : TRUE\n      kCGSSessionUserIDKey : 88\n      kCGSSessionUserNameKey : _windowserver\n    }\n  }\n  UID : 0\n}\n',
    },
    'softwareupdate.install': { stdout: 'Downloaded: macOS Tahoe 26.6.2\n' },
  };
  const order = {
    label: 'macOS Tahoe 26.6.2-25G83',
    to: { version: '26.6.2', build: '25G83' },
    from: { version: '26.6', build: '25G72' },
    boot: BOOT,
    user: null,
    forFileVault: true,
  } as const;

  async function installed(answer: Answer, noted: 'noted' | 'not noted' = 'noted') {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted({ ...UNLOCKS, 'fdesetup.authrestart': answer });
    const passwords = new SavedPasswords({ 'service-account': { account: '_upkeep', password: ODD } });
    if (noted === 'not noted') {
      passwords.tried = () => {
        throw new Error('another run of upkeep holds the lock');
      };
    }
    const effects = allEffects(commands, clock, passwords);
    const unlocked = await effects.unlockCredential.run(
      { method: 'service-account' },
      { ...io().effectIo, signal: new AbortController().signal },
    );
    if (unlocked.result !== 'unlocked') throw new Error('nothing was unlocked');
    const { handle, user } = unlocked;
    const { effectIo, events } = io();
    const credential = { handle, user, method: 'service-account' } as const;
    const outcome = await effects.install.run({ ...order, credential }, effectIo);
    const names = calls.filter(({ effect }) => effect === 'act').map(({ name }) => name);
    return { outcome, events, names, calls, tries: passwords.tries.map(({ right }) => right) };
  }

  test.each<[string, Answer, object, (boolean | null)[]]>([
    ['done', { exitCode: 0 }, { unlocked: true }, [null, true]],
    [
      'a wrong password',
      { exitCode: 11, stderr: 'Error: User authentication failed\n' },
      { unlocked: false, why: 'wrong-password' },
      [null, false],
    ],
    [
      'impossible here',
      { exitCode: 1, stderr: 'Error: Unable to restart (error = -54).\n' },
      { unlocked: false, why: 'cannot-restart' },
      [null],
    ],
    [
      'impossible, with exit code 0',
      { exitCode: 0, stdout: 'Error: Unable to restart (error = -54).\n' },
      { unlocked: false, why: 'cannot-restart' },
      [null],
    ],
    ['refused', { exitCode: 31, stderr: 'Error: Not allowed.\n' }, { unlocked: false, why: 'refused' }, [null]],
    ['nothing said', { exitCode: 99 }, { unlocked: false, why: 'no-answer' }, [null]],
    ['no such tool', { missing: true }, { unlocked: false, why: 'refused' }, [null]],
  ])('%s: told before the install, which goes on by root', async (_story, answer, nextStart, tries) => {
    const done = await installed(answer);
    expect(done.outcome).toEqual({ result: 'accepted' });
    expect(done.events).toMatchObject([{ type: 'start.settled', nextStart }]);
    expect(done.names).toEqual(['fdesetup.authrestart', 'softwareupdate.install']);
    expect(done.tries).toEqual(tries);
    const last = done.calls.at(-1);
    expect([last?.stdin, last?.args.includes('--user')]).toEqual([null, false]);
  });

  test('the password goes in by a property list on stdin, for the next restart alone', async () => {
    const { calls } = await installed({ exitCode: 0 });
    const call = calls.find(({ name }) => name === 'fdesetup.authrestart');
    expect(call?.args).toEqual(['authrestart', '-inputplist', '-delayminutes', '-1']);
    const given = (call?.stdin ?? []).map((part) => (typeof part === 'string' ? part : part.expose((plain) => plain)));
    expect(given.join('')).toContain(
      `<key>Password</key><string>${ODD.replace('a <b> &', 'a &lt;b&gt; &amp;')}</string>`,
    );
  });

  test('a try that cannot be written down is not made', async () => {
    const { outcome, events, names } = await installed({ exitCode: 0 }, 'not noted');
    expect(outcome).toEqual({ result: 'accepted' });
    expect(events).toMatchObject([{ nextStart: { unlocked: false, why: 'not-noted' } }]);
    expect(names).toEqual(['softwareupdate.install']);
  });

  test('a forgotten password keeps nothing from being installed', async () => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands } = scripted(UNLOCKS);
    const { effectIo, events } = io();
    const credential = { handle: 'secret-9', user: '_upkeep', method: 'service-account' } as const;
    const outcome = await allEffects(commands, clock).install.run({ ...order, credential }, effectIo);
    expect(outcome).toEqual({ result: 'accepted' });
    expect(events).toMatchObject([{ nextStart: { unlocked: false, why: 'forgotten' } }]);
  });

  test('where what came of it cannot be written down, nothing is installed', async () => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted(UNLOCKS);
    const { effectIo, stop } = io();
    const cut: EffectIo = { ...effectIo, report: () => stop.abort() };
    await expect(allEffects(commands, clock).install.run({ ...order, credential: null }, cut)).rejects.toThrow();
    expect(calls).toEqual([]);
  });
});

describe('a look at FileVault', () => {
  const uuid = '7F3C5E0A-1111-4D52-9C1E-3B6A0D5E8F21';
  const INTEL: Record<string, Answer> = {
    ...Object.fromEntries(PROBES.map((name) => [name, { exitCode: 1 }])),
    'sysctl.arm64': { stderr: "sysctl: unknown oid 'hw.optional.arm64'\n", exitCode: 1 },
    'fdesetup.status': { stdout: 'FileVault is On.\n' },
    'fdesetup.supports-authrestart': { stdout: 'true\n' },
    'pmset.settings': { stdout: 'System-wide power settings:\nCurrently in use:\n standby              1\n' },
    'fdesetup.users': { stdout: `anna,${uuid}\n_upkeep,${uuid}\n` },
  };
  const ON = { on: true, passable: true, keepsKey: true };

  async function looked(answers: Record<string, Answer>, input: object = { authority: true, fileVault: true }) {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted({ ...INTEL, ...answers });
    const passwords = new SavedPasswords({
      'service-account': { account: '_upkeep', password: 'x' },
      'local-account': { account: 'bert', password: 'y' },
      mdm: { account: 'server', password: 'z' },
    });
    const facts = await allEffects(commands, clock, passwords).gatherFacts.run(
      { scan: false, ...input },
      io().effectIo,
    );
    expect(passwords.tries).toEqual([]);
    expect(calls.every(({ effect }) => effect === 'probe')).toBe(true);
    return { ...facts, asked: calls.map(({ name }) => name) };
  }

  test('says which saved passwords could unlock the start, at no try', async () => {
    const { fileVault, authority } = await looked({});
    expect(fileVault).toEqual({ known: true, value: ON });
    expect(authority?.methods).toEqual({
      'saved-password': 'not-set',
      'local-account': 'not-filevault-user',
      'service-account': null,
      mdm: 'not-set',
    });
  });

  test.each<[string, Record<string, Answer>, object]>([
    ['off', { 'fdesetup.status': { stdout: 'FileVault is Off.\n' } }, { value: { ...ON, on: false } }],
    ['not passable', { 'fdesetup.supports-authrestart': { stdout: 'false\n' } }, { value: { ...ON, passable: false } }],
    [
      'losing its key',
      {
        'pmset.settings': {
          stdout: 'System-wide power settings:\n DestroyFVKeyOnStandby\t\t1\nCurrently in use:\n',
        },
      },
      { value: { ...ON, keepsKey: false } },
    ],
    ['unknown', { 'fdesetup.status': { stdout: 'FileVault ist aktiviert.\n' } }, { known: false }],
    ['half known', { 'pmset.settings': { stdout: '' } }, { known: false }],
  ])('%s, nobody’s password is looked for', async (_story, answers, expected) => {
    const { fileVault, authority, asked } = await looked(answers);
    expect(fileVault).toMatchObject(expected);
    expect([authority, asked.includes('fdesetup.users')]).toEqual([undefined, false]);
  });

  test('with the list of its users unreadable, none is known to be one', async () => {
    const { authority } = await looked({ 'fdesetup.users': { stdout: 'anna,7F3C' } });
    expect(authority?.methods).toMatchObject({ 'service-account': 'unknown', 'local-account': 'unknown' });
  });

  test.each([
    ['not wanted', {}, { authority: true }],
    ['too early', {}, { fileVault: true }],
    ['of no use on Apple silicon', { 'sysctl.arm64': { stdout: '1\n' } }, { authority: true, fileVault: true }],
  ])('%s, FileVault is not asked about', async (_story, answers, input) => {
    const { fileVault, asked } = await looked({ 'dscl.accounts': { exitCode: 1 }, ...answers }, input);
    expect([fileVault, asked.filter((name) => name.startsWith('fdesetup'))]).toEqual([undefined, []]);
  });
});
