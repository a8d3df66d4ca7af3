// The management server brings the update: what is ordered, what the person is told before, and what happens where it fails.
// Server and Mac are simulated, the agent is the real one. In each story no promise is broken, or it is said which and why.
import { describe, expect, test } from 'vitest';
import type { MdmFailover } from '../../src/domain/authority.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { PUSH_TROUBLES, type PushTrouble } from '../../src/domain/push.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import type { ErrorReason } from '../../src/simulator/mdm/jamf-pro/faults.ts';
import { PRIVILEGES } from '../../src/simulator/mdm/jamf-pro/privileges.ts';
import type { SimulatedServer } from '../../src/simulator/simulated-server.ts';
import { canary } from '../support/canary.ts';
import { threeWeeks } from '../support/lives.ts';
import { jamfOf, type MdmStory, type MdmStoryInput, mdmStory, orderOf } from '../support/mdm-story.ts';

/** The server is the only way, and the person may be asked instead where one of these allows it. */
/** Orders by themselves: a deadline that is handed over and a token that is mended have stories of their own. */
const alone = (...mdmFailover: MdmFailover[]): Pick<Settings, 'authentication' | 'mdm'> => ({
  authentication: { ...orderOf('mdm').authentication, mdmFailover },
  mdm: { ...threeWeeks.mdm, handOverDeadline: false, repairBootstrapToken: 'off' },
});

/** Who is asked says at once that the Mac may restart; so the server is asked some minutes after eight. */
const agreed = (input: MdmStoryInput = {}): Promise<MdmStory> =>
  mdmStory({ persona: 'agreeable', days: 2, settings: alone(), ...input });

const NEWER = { macOS: '27.0', build: '26A300' };
const newer = (input: MdmStoryInput = {}): Promise<MdmStory> =>
  agreed({ mac: NEWER, offers: [macosOffer('27.1', '26B50', 3_000_000)], ...input });

const PUSH = 'install-and-restart';
const told = ({ report }: MdmStory, kind: string): string[] =>
  report.timeline.filter((one) => one.kind === kind).map(({ text }) => text);
const failures = (story: MdmStory): string[] => told(story, 'failed');
const passwords = (story: MdmStory): number => story.report.prompts.filter(({ kind }) => kind === 'password').length;
/** Whom the restarts were for, and how it ended. */
const endOf = ({ report, restarts }: MdmStory) => [report.outcome, ...restarts.map(({ by }) => by)];
const moment = ({ report }: MdmStory, kind: string): number =>
  Date.parse(report.timeline.find((one) => one.kind === kind)?.at ?? '');

describe('the management server alone authorises', () => {
  test('the person says when, types no password, and the Mac restarts once', async () => {
    const story = await agreed();
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect([story.orders, passwords(story), story.violated]).toEqual([[PUSH], 0, []]);
    expect(told(story, 'answer')).toEqual(['The person chose to restart now']);
    expect(failures(story)).toEqual([]);
    // What lets into the server is given back.
    expect(story.asked('invalidate')).toHaveLength(1);
  });

  test('who never answers is warned of the restart, and it comes at its time', async () => {
    const story = await mdmStory({
      persona: 'nine-to-five',
      days: 4,
      settings: { ...alone(), deadlines: hardAfter(2) },
    });
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect(story.restarts).toMatchObject([{ loggedIn: true, warning: { minutes: expect.any(Number) } }]);
    expect([story.orders, passwords(story), story.violated]).toEqual([[PUSH], 0, []]);
  });

  test('the server waits five minutes between its scan and its order; that is no failure', async () => {
    const story = await agreed();
    const at = (command: string) =>
      story.record.told.find((one) => one.kind === 'command' && one.command === command)?.at ?? Number.NaN;
    expect(at('ScheduleOSUpdate') - at('ScheduleOSUpdateScan')).toBeGreaterThan(5 * MINUTE_MS);
    expect(failures(story)).toEqual([]);
  });

  test('a Mac that puts the command off is waited for', async () => {
    const story = await agreed({ mac: { faults: [{ name: 'mdm-not-now', times: 2 }] } });
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect([failures(story), story.orders, story.violated]).toEqual([[], [PUSH], []]);
    expect(told(story, 'install')).toContain('The management server’s order: the Mac has put it off for a while');
  });
});

describe('the server will not, or not now', () => {
  test.each([
    ['answers 503 to everything', { name: 'status', status: 503 }, /503/, 'server-unreachable'],
    ['is being maintained', { name: 'maintenance' }, /503/, 'server-unreachable'],
    ['is not there', { name: 'unreachable' }, /connection/, 'server-unreachable'],
    ['is turning its plans on or off', { name: 'feature-switching' }, /turning/, 'command-failed'],
    ['refuses the secret', { name: 'secret-refused' }, /400|401|refuses/, 'wrong-password'],
  ] as const)('%s: for a day nothing is ordered, then it does', async (_, fault, words, why) => {
    const story = await agreed({ faults: [{ fault, untilHour: 24 }] });
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect([story.orders, passwords(story), story.violated]).toEqual([[PUSH], 0, []]);
    for (const failure of failures(story)) expect(failure).toMatch(words);
    // The longer it goes on, the less often it is asked, and the person no oftener than that.
    expect(failures(story).length).toBeGreaterThan(2);
    expect(failures(story).length).toBeLessThan(10);
    expect(told(story, 'answer').length).toBeLessThan(failures(story).length + 1);
    expect(refusalsIn(story)).toContain(why);
  });

  test('it is lost while an order is under way: the person is warned until it is known again', async () => {
    const story = await agreed({ faults: [{ fault: { name: 'unreachable' }, fromHour: 1.25, untilHour: 25 }] });
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect([story.orders, passwords(story)]).toEqual([[PUSH], 0]);
    expect(told(story, 'warning').length).toBeGreaterThan(1);
    expect(told(story, 'answer').filter((text) => text.includes('chose'))).toHaveLength(1);
    expect(beyondHelp(story)).toEqual([]);
  });

  test('a token that ends on the way is replaced, and what was under way is not ordered again', async () => {
    const ends = await agreed({ faults: [{ name: 'token-ends', afterCalls: 3 }] });
    const short = await agreed({ server: { tokenSeconds: 20 } });
    for (const story of [ends, short]) {
      expect(endOf(story)).toEqual(['updated', 'mdm']);
      expect([story.orders, failures(story), story.violated]).toEqual([[PUSH], [], []]);
      expect(story.asked('oauth').length).toBeGreaterThan(2);
    }
  });

  // Without a blank push or the newest spelling of a command an update goes all the same.
  const NEEDLESS: readonly string[] = [
    'Read API Roles',
    'Send Blank Pushes to Computers',
    'Send Declarative Management Command',
    'Update Computers',
    'Update Managed Software Updates',
    'View MDM command information in Jamf Pro API',
  ];
  test.each(PRIVILEGES)('without the privilege “%s”', async (missing) => {
    const story = await agreed({ server: { privileges: PRIVILEGES.filter((one) => one !== missing) }, days: 1 });
    expect(story.violated).toEqual([]);
    if (NEEDLESS.includes(missing)) {
      expect([endOf(story), story.orders]).toEqual([['updated', 'mdm'], [PUSH]]);
      return;
    }
    expect([endOf(story), story.orders]).toEqual([['waiting'], []]);
    expect(story.report.because).toContainEqual(
      expect.objectContaining({ code: 'method-refused', method: 'mdm', why: 'no-privilege' }),
    );
    expect(failures(story)[0]).toContain(missing);
  });

  test('a server with plans turned off is asked in the older way', async () => {
    const story = await agreed({ server: { featureOn: false } });
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect([story.asked('plan-create'), story.asked('legacy-send').length, story.violated]).toEqual([[], 1, []]);
  });

  test('a blank push that is not there any more is not needed', async () => {
    const story = await agreed({ faults: [{ name: 'blank-push-refused' }, { name: 'classic-blank-push-gone' }] });
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'mdm'], [PUSH], []]);
  });

  test('after a new enrolment the id from the profile is stale: this Mac is found, and no other is told anything', async () => {
    const story = await agreed({
      faults: [{ name: 're-enrolled' }],
      server: { computerIdKnown: true },
      settings: alone('bootstrap-token'),
    });
    expect(story.asked('inventory').length).toBeGreaterThan(0);
    expect(failures(story)).toEqual([expect.stringContaining('bootstrap token')]);
    // The new record has no bootstrap token yet, so a person has to do it.
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'person'], [], []]);
  });
});

describe('the server does not find this Mac: neither its id from the profile, which is stale, nor its hardware', () => {
  /** It was enrolled anew, and its record does not say whose it is before the inventory is sent. */
  const unlisted = (input: MdmStoryInput = {}, listed = true): Promise<MdmStory> =>
    agreed({
      server: { computerIdKnown: true },
      faults: [{ name: 'computer-unmatched' }],
      arrange: (mac, mdm) => {
        jamfOf(mdm).parts.computers.enrolAllAnew();
        mac.enrolment.escrow();
        const take = mac.enrolment.takeInventory;
        mac.enrolment.takeInventory = () => {
          if (listed) jamfOf(mdm).faults.clear('computer-unmatched');
          return listed ? (take?.() ?? null) : null;
        };
      },
      ...input,
    });
  const sent = ({ run }: MdmStory): number => run.mac.calls.filter(({ name }) => name === 'jamf.recon').length;

  test('the inventory is sent, and the update goes on under the id that came of it', async () => {
    const story = await unlisted();
    expect([endOf(story), story.orders, sent(story)]).toEqual([['updated', 'mdm'], [PUSH], 1]);
    expect([failures(story), passwords(story), story.violated]).toEqual([[], 0, []]);
  });

  test('nothing comes of it: that is told, it is not sent again that day, and the person is asked', async () => {
    const story = await unlisted({ settings: alone('always') }, false);
    expect([endOf(story), story.orders, sent(story)]).toEqual([['updated', 'person'], [], 1]);
    expect(failures(story)).toEqual([expect.stringContaining('`jamf recon` names no id')]);
    expect(story.violated).toEqual([]);
  });

  test('nothing comes of it, and nobody may be asked: once a day, however often the server is', async () => {
    const story = await unlisted({ days: 3 }, false);
    expect([endOf(story), story.orders, story.violated]).toEqual([['waiting'], [], []]);
    expect(failures(story).length).toBeGreaterThan(3);
    expect(sent(story)).toBe(3);
  });
});

describe('201, and then the plan fails', () => {
  /** One reason of each kind; the kinds that no plan fails with have none. */
  const REASONS: Partial<Record<PushTrouble, ErrorReason>> = {
    'bootstrap-token': 'APPLE_SILICON_NO_ESCROW_KEY',
    'not-managed': 'NOT_MANAGED',
    'not-supervised': 'NOT_SUPERVISED',
    'no-disk-space': 'NO_DISK_SPACE',
    'plan-in-progress': 'EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS',
    'version-unavailable': 'SPECIFIC_VERSION_UNAVAILABLE',
    'not-supported': 'ACTION_NOT_SUPPORTED_FOR_DEVICE_TYPE',
    'declaration-failed': 'DECLARATIVE_SERVICE_ERROR',
    lost: 'PLAN_NOT_FOUND',
    'server-failed': 'APPLE_SOFTWARE_LOOKUP_SERVICE_ERROR',
    'command-failed': 'MDM_EXCEPTION',
    'not-understood': 'UNKNOWN',
  };
  const WHY: Partial<Record<PushTrouble, string>> = {
    'bootstrap-token': 'bootstrap-token',
    'server-failed': 'server-unreachable',
  };
  const cases = PUSH_TROUBLES.flatMap((trouble) => {
    const reason = REASONS[trouble];
    return reason === undefined ? [] : [[trouble, reason] as const];
  });

  test.each(cases)(
    '%s (%s): the plan is not believed before it is over, and ordered anew later',
    async (trouble, reason) => {
      const story = await agreed({ faults: [{ name: 'plan-fails', reason, times: 1 }], days: 1 });
      expect(failures(story)).toEqual([expect.stringContaining(reason)]);
      expect(refusalsIn(story)).toContain(WHY[trouble] ?? 'command-failed');
      expect(endOf(story)).toEqual(['updated', 'mdm']);
      expect([story.orders, passwords(story), story.violated]).toEqual([[PUSH, PUSH], 0, []]);
    },
  );

  test('a plan that fails when the Mac has its order already may still come: nothing is ordered, and the person is warned', async () => {
    const story = await agreed({
      faults: [{ name: 'plan-fails', reason: 'STILL_IN_PROGRESS_FAILURE', late: true, times: 1 }],
    });
    expect(failures(story)).toEqual([expect.stringContaining('may still be carried out')]);
    expect(told(story, 'warning')).toHaveLength(1);
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'mdm'], [PUSH], []]);
  });
});

describe('a plan that is there already', () => {
  test('the same one is adopted', async () => {
    const story = await agreed({ arrange: (mac, mdm) => mac.world.after(72 * MINUTE_MS, () => orderByAdmin(mdm)) });
    // An administrator made it half a minute before; the agent made none beside it.
    expect([endOf(story), story.orders, passwords(story), story.violated]).toEqual([['updated', 'mdm'], [PUSH], 0, []]);
    expect(story.asked('plan-create')).toHaveLength(1);
  });

  test('another one is waited for', async () => {
    const story = await agreed({ faults: [{ name: 'plan-in-progress', minutes: 240 }] });
    expect(failures(story).length).toBeGreaterThan(1);
    expect(new Set(failures(story).map((text) => text.includes('another plan is under way')))).toEqual(new Set([true]));
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'mdm'], [PUSH], []]);
    expect(Date.parse(story.restarts[0]?.at ?? '') - (story.run.endedAt - 48 * HOUR_MS)).toBeGreaterThan(4 * HOUR_MS);
  });

  test('one whose answer was lost is found, not made twice', async () => {
    const story = await agreed({ faults: [{ name: 'answer-lost', on: 'plan-create', times: 1 }] });
    expect([endOf(story), story.orders, failures(story), story.violated]).toEqual([['updated', 'mdm'], [PUSH], [], []]);
  });
});

describe('an order that nothing is seen of', () => {
  const CLASSIC = { faults: [{ name: 'mdm-update-ignored', times: 1 }] };

  test('acknowledged, and nothing happens: within minutes the person is asked instead', async () => {
    const story = await agreed({ mac: CLASSIC, settings: alone('always') });
    expect(failures(story)).toEqual([expect.stringContaining('does not get on with it')]);
    expect(moment(story, 'failed') - moment(story, 'install')).toBeLessThan(20 * MINUTE_MS);
    expect([endOf(story), story.orders, passwords(story), story.violated]).toEqual([
      ['updated', 'person'],
      [PUSH],
      1,
      [],
    ]);
  });

  test('acknowledged, and nothing happens, and nobody may be asked: it is said, and not ordered twice', async () => {
    const story = await agreed({ mac: CLASSIC });
    expect([endOf(story), story.orders, story.violated]).toEqual([['waiting'], [PUSH], []]);
    expect(story.report.because[0]).toMatchObject({ code: 'push-pending' });
    expect(passwords(story)).toBe(0);
  });

  test('Apple’s push never arrives: the Mac has not heard of it', async () => {
    const story = await agreed({ faults: [{ name: 'push-lost' }], settings: alone('always') });
    expect(failures(story)).toEqual([expect.stringContaining('has not heard of it')]);
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'person'], [PUSH], []]);
  });

  test('it wakes up hours late: until then the person is warned again and again', async () => {
    const story = await agreed({ faults: [{ name: 'plan-late', hours: 8, times: 1 }] });
    expect([endOf(story), story.orders]).toEqual([['updated', 'mdm'], [PUSH]]);
    expect(reasonsIn(story)).toContain('push-pending');
    const warned = story.happened('dialog-opened').map(({ at }) => at);
    const restartAt = Date.parse(story.restarts[0]?.at ?? '');
    expect(restartAt - (warned.at(-1) ?? 0)).toBeLessThan(4 * HOUR_MS);
    expect(told(story, 'warning').length).toBeGreaterThan(2);
    expect(told(story, 'updated')).toEqual([expect.stringContaining('order, which was carried out late')]);
    // The server does not say when it will be carried out, so no warning can name that moment. Nothing else is broken.
    expect(beyondHelp(story)).toEqual([]);
    expect(story.violated).toHaveLength(1);
  });
});

describe('macOS 27', () => {
  test('knows no commands: a declaration with a moment of its own brings it', async () => {
    const story = await newer();
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect([story.orders, story.violated]).toEqual([['enforce'], []]);
    expect(new Set(story.told)).toEqual(new Set(['DeclarativeManagement']));
  });

  test('a server that cannot hand out declarations is not asked for anything else', async () => {
    const story = await newer({ server: { featureOn: false } });
    expect([endOf(story), story.orders, story.violated]).toEqual([['waiting'], [], []]);
  });

  test('a declaration that is withdrawn is over, and made again later', async () => {
    const story = await newer({ faults: [{ name: 'declaration-withdrawn', hours: 0.1, times: 1 }] });
    expect(failures(story)).toEqual([expect.stringContaining('cancelled')]);
    expect(endOf(story)).toEqual(['updated', 'mdm']);
    expect([story.orders.length, story.violated]).toEqual([2, []]);
  });
});

describe('the bootstrap token', () => {
  const MISSING: MdmStoryInput = { mac: { bootstrapToken: 'none' } };
  const cases: [string, MdmStoryInput, string[]][] = [
    ['was never escrowed', MISSING, []],
    ['was lost by the server', { faults: [{ name: 'bootstrap-token-lost' }] }, []],
    ['is that of another installation', { mac: { bootstrapToken: 'foreign' } }, []],
  ];

  test.each(cases)('%s: the person is asked where that allows it', async (_, input, orders) => {
    const story = await agreed({ ...input, settings: alone('bootstrap-token') });
    expect(refusalsIn(story)).toContain('bootstrap-token');
    expect([endOf(story), story.orders, passwords(story), story.violated]).toEqual([
      ['updated', 'person'],
      orders,
      1,
      [],
    ]);
  });

  test('is a wrong one: the Mac finds that out before anything is ordered', async () => {
    const story = await agreed({ faults: [{ name: 'bootstrap-token-wrong' }], settings: alone('always') });
    expect(failures(story)).toEqual([expect.stringContaining('bootstrap token')]);
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'person'], [], []]);
  });
});

describe('who is asked instead', () => {
  const UNREACHABLE: MdmStoryInput = { faults: [{ name: 'unreachable' }] };
  const WITHOUT_TOKEN: MdmStoryInput = { mac: { bootstrapToken: 'none' } };
  const FAILED: MdmStoryInput = { faults: [{ name: 'feature-switching' }] };
  const cases: [MdmFailover[], string, MdmStoryInput, boolean][] = [
    [['always'], 'unreachable', UNREACHABLE, true],
    [['always'], 'without a bootstrap token', WITHOUT_TOKEN, true],
    [['always'], 'unwilling', FAILED, true],
    [['server-unreachable'], 'unreachable', UNREACHABLE, true],
    [['server-unreachable'], 'without a bootstrap token', WITHOUT_TOKEN, false],
    [['server-unreachable'], 'unwilling', FAILED, false],
    [['bootstrap-token'], 'unreachable', UNREACHABLE, false],
    [['bootstrap-token'], 'without a bootstrap token', WITHOUT_TOKEN, true],
    [['install-now'], 'unwilling', FAILED, true],
    [['hard-deadline'], 'unreachable', UNREACHABLE, false],
    [[], 'unreachable', UNREACHABLE, false],
    [[], 'without a bootstrap token', WITHOUT_TOKEN, false],
  ];

  test.each(cases)('%j allows it, the server is %s', async (kinds, _, input, isAsked) => {
    const story = await agreed({ ...input, settings: alone(...kinds), days: 1 });
    expect([passwords(story), endOf(story), story.violated]).toEqual(
      isAsked ? [1, ['updated', 'person'], []] : [0, ['waiting'], []],
    );
    // Nobody is asked over and over for a restart that cannot come.
    expect(story.report.prompts.length).toBeLessThan(8);
  });

  test('the hard deadline allows it once it is over', async () => {
    const story = await mdmStory({
      persona: 'agreeable',
      days: 4,
      settings: { ...alone('hard-deadline'), deadlines: hardAfter(2) },
      faults: [{ name: 'unreachable' }],
    });
    expect([endOf(story), story.orders, story.violated]).toEqual([['updated', 'deadline'], [], []]);
    expect(moment(story, 'password') - (story.run.endedAt - 96 * HOUR_MS)).toBeGreaterThan(40 * HOUR_MS);
  });
});

const NONE = { count: null, days: null, date: null };
function hardAfter(days: number): Settings['deadlines'] {
  return {
    zeroDate: 'discovery',
    newTarget: 'keep',
    timeOfDay: '12:00',
    focus: NONE,
    soft: NONE,
    hard: { ...NONE, days },
  };
}

/** Which promises were broken, apart from those that an order without a moment of its own cannot keep. */
const beyondHelp = ({ violated }: MdmStory): string[] =>
  violated.filter((one) => !/^(fair-warning|promise-kept): /.test(one));

const reasonsIn = ({ report }: MdmStory): string[] =>
  [...report.timeline.flatMap(({ because }) => because), ...report.because].map(({ code }) => code);

/** Why the server was not used, whenever something was decided without it. */
function refusalsIn({ run, report }: MdmStory): string[] {
  const decided = run.journal.map((row) => JSON.stringify(row));
  const all = [...decided, JSON.stringify(report.timeline)].join('\n');
  return [...all.matchAll(/"why\\?":\\?"([a-z-]+)\\?"/g)].map(([, why = '']) => why);
}

/** What the agent would order, made by somebody at the server. */
function orderByAdmin(mdm: SimulatedServer | null): void {
  const server = jamfOf(mdm);
  const client = server.addClient({ id: 'admin', secret: canary('admins_client') });
  const [computer] = server.parts.computers.all();
  const answer = server.handle({
    method: 'POST',
    path: '/api/v1/managed-software-updates/plans',
    query: new URLSearchParams(),
    headers: {
      authorization: `Bearer ${server.parts.tokens.forClient(client, client.roles).text}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      devices: [{ objectType: 'COMPUTER', deviceId: String(computer?.id) }],
      config: { updateAction: 'DOWNLOAD_INSTALL_RESTART', versionType: 'SPECIFIC_VERSION', specificVersion: '26.6.2' },
    }),
  });
  if (answer.kind !== 'answer' || answer.status !== 201) throw new Error(`not made: ${JSON.stringify(answer)}`);
}
