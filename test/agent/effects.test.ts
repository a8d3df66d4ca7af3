// Each effect alone, over tools that answer from a script: what becomes of every kind of answer, and above all what is
// not taken for an answer.
import { describe, expect, test } from 'vitest';
import type { EffectIo } from '../../src/agent/effect-runner.ts';
import { allEffects } from '../../src/agent/effects/all-effects.ts';
import { outcomeOf } from '../../src/agent/effects/show-dialog.ts';
import { HOUR_MS, SECOND_MS } from '../../src/domain/instant.ts';
import type { PromptSpec } from '../../src/machines/effects.ts';
import type { AgentEvent } from '../../src/machines/events.ts';
import { canary } from '../support/canary.ts';
import { type Answer, handClock, scripted, settle } from '../support/scripted-commands.ts';
import { BOOT, MONDAY_NINE } from '../support/situations.ts';

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
  ] as const)('%s, %s %j', (kind, end, values, expected) => {
    expect(outcomeOf(prompt({ kind }), { end, exitCode: 0, values }, false)).toMatchObject(expected);
  });

  test.each(['choice', 'soft', 'schedule', 'warning'] as const)('%s: nothing but a button is ever consent', (kind) => {
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
  });

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
  const ask = {
    id: 1,
    organisation: 'x',
    user: USER,
    target: { title: 'macOS', version: '1' },
    attempt: 1,
    closesAt: MONDAY_NINE + HOUR_MS,
  };

  const typedByAnna = canary('anna');

  test('goes to the stdin of the install as a Secret and is forgotten by that', async () => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands, calls } = scripted({
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
    ['nobody there', { exitCode: 4 }, 'timed-out'],
    ['a crash', { exitCode: 134 }, 'failed'],
  ])('%s', async (_story, answer, expected) => {
    const { clock } = handClock(MONDAY_NINE);
    const { commands } = scripted({ 'dialog.show': answer });
    expect(await allEffects(commands, clock).askPassword.run(ask, io().effectIo)).toMatchObject({ answer: expected });
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
