// The management server brings the update: what is ordered, what the person is told before, and what happens where it fails.
import { describe, expect, test } from 'vitest';
import type { MdmFailover } from '../../src/domain/authority.ts';
import type { JamfFaultInput } from '../../src/simulator/mdm/jamf-pro/faults.ts';
import { threeWeeks } from '../support/lives.ts';
import { type MdmStory, type MdmStoryInput, mdmStory, orderOf } from '../support/mdm-story.ts';

const never = { count: null, days: null, date: null };
const alone = (...mdmFailover: MdmFailover[]) => ({
  authentication: { ...orderOf('mdm').authentication, mdmFailover },
  // Without a deadline of their own, so that nothing is handed over.
  deadlines: { ...threeWeeks.deadlines, focus: never, soft: never, hard: never },
});
const told = (story: MdmStory) => story.report.timeline.map((one) => one.text).join('\n');
const updating = (rest: MdmStoryInput = {}) => mdmStory({ settings: alone(), persona: 'agreeable', days: 2, ...rest });
/** By the server, with the person's consent, and nobody typed a password. */
const INSTALLS = ['DOWNLOAD_INSTALL_RESTART'];

describe('the server brings the update', () => {
  test('after the person chose now, and nobody types a password', async () => {
    const story = await updating();
    expect(story.report.outcome).toBe('updated');
    expect(story.orders).toEqual(INSTALLS);
    expect(story.told.slice(0, 3)).toEqual(['ScheduleOSUpdateScan', 'AvailableOSUpdates', 'ScheduleOSUpdate']);
    expect(told(story)).toContain('The management server’s order: the Mac has heard of it');
    expect(told(story)).not.toContain('Asked for the password');
    expect(story.restarts).toMatchObject([{ by: 'mdm' }]);
    expect(story.violated).toEqual([]);
  });

  test('with an account instead of a client', async () => {
    const story = await updating({ server: { credential: 'account' } });
    expect([story.report.outcome, story.orders, story.violated]).toEqual(['updated', INSTALLS, []]);
  });

  test('on macOS 27 by a declaration for a moment soon', async () => {
    const mac = { macOS: '27.0', build: '26A300' };
    const offers = [{ ...OFFER, label: 'macOS 27.1-26B50', title: 'macOS 27.1', version: '27.1', build: '26B50' }];
    const story = await updating({ mac, offers });
    expect([story.report.outcome, story.orders]).toEqual(['updated', ['DOWNLOAD_INSTALL_SCHEDULE']]);
    expect(story.told).not.toContain('ScheduleOSUpdate');
    expect(story.violated).toEqual([]);
  });

  test('an agent that is cut off at any moment orders it once', async () => {
    const calm = await updating();
    for (let commit = 1; commit <= calm.run.commits; commit += 1) {
      for (const when of ['before', 'after'] as const) {
        const story = await updating({ cuts: [{ commit, when }] });
        expect([commit, when, story.orders.length <= 1, story.restarts.length <= 1, story.violated]).toEqual([
          commit,
          when,
          true,
          true,
          [],
        ]);
      }
    }
  });
});

describe('what is in its way passes, and the update comes all the same', () => {
  const passing: [string, JamfFaultInput, MdmStoryInput?][] = [
    ['tokens end in the middle of it', { name: 'token-ends', afterCalls: 4 }],
    ['tokens live for a minute only', { name: 'token-short', seconds: 60 }],
    ['the server fails now and then', { name: 'server-error', times: 2 }],
    ['the server is being mended', { name: 'maintenance', times: 2 }],
    ['the server asks for patience', { name: 'rate-limited', times: 2 }],
    ['the answer to the order is lost', { name: 'answer-lost', on: 'plan-create', times: 1 }],
    ['the inventory has another API', { name: 'inventory-gone', version: 4 }],
    ['ids are numbers', { name: 'numeric-ids' }],
    ['the plan takes its time to be seen', { name: 'plan-lags', seconds: 40 }],
  ];
  test.each(passing)('%s', async (_, fault) => {
    const story = await updating({ faults: [fault], days: 4 });
    expect(story.violated).toEqual([]);
    expect([story.report.outcome, new Set(story.orders)]).toEqual(['updated', new Set(INSTALLS)]);
    expect(story.restarts).toHaveLength(1);
  });
});

describe('what does not pass ends in words, and the Mac is left as it is', () => {
  const lasting: [string, MdmStoryInput, RegExp][] = [
    ['the server says 503 to everything', { faults: [{ name: 'status', status: 503 }] }, /management server does not/],
    ['the server is not there', { faults: [{ name: 'unreachable' }] }, /management server does not/],
    ['the secret is refused', { faults: [{ name: 'secret-refused', status: 401 }] }, /management server does not/],
    [
      'the feature is off, and the older call fails',
      { faults: [{ name: 'feature-off' }, { name: 'legacy-errors' }] },
      /management server does not/,
    ],
    [
      'the feature is being switched',
      { faults: [{ name: 'feature-switching' }] },
      /turning its update feature on or off/,
    ],
    ['this Mac is not known', { faults: [{ name: 'computer-unmatched' }] }, /management server does not/],
    ['this Mac is known twice', { faults: [{ name: 'computer-doubled' }] }, /management server does not/],
    ['a plan of somebody else is under way', { faults: [{ name: 'plan-in-progress' }] }, /another plan|under way/],
    ['the server sends no JSON', { faults: [{ name: 'not-json' }] }, /management server does not/],
  ];
  test.each(lasting)('%s', async (_, input, words) => {
    const story = await updating(input);
    expect(told(story)).toMatch(words);
    expect(story.restarts).toEqual([]);
    expect(story.violated).toEqual([]);
    expect(story.report.outcome).not.toBe('updated');
  });

  test.each(['none', 'lost', 'invalid'] as const)('the bootstrap token: %s', async (kind) => {
    const input: MdmStoryInput =
      kind === 'none'
        ? { mac: { bootstrapToken: 'none' } }
        : { faults: [{ name: kind === 'lost' ? 'bootstrap-token-lost' : 'bootstrap-token-wrong' }] };
    const story = await updating(input);
    expect(told(story)).toMatch(/bootstrap token/);
    expect([story.orders, story.restarts, story.violated]).toEqual([[], [], []]);
  });

  test('the Mac was enrolled anew, and its id is another: it is found by its hardware; what it lacks there is a token', async () => {
    const story = await updating({ faults: [{ name: 're-enrolled' }], server: { computerIdKnown: true } });
    expect(told(story)).toMatch(/does not install it: the bootstrap token/);
    expect(told(story)).not.toMatch(/no record of this Mac/);
    expect([story.orders, story.restarts, story.violated]).toEqual([[], [], []]);
  });

  test.each([
    'Read Computers',
    'Read Mobile Devices',
    'Read Managed Software Updates',
    'Create Managed Software Updates',
    'Send Computer Remote Command to Download and Install OS X Update',
    'Send Mobile Device Remote Command to Download and Install iOS Update',
  ])('the privilege “%s” is missing', async (privilege) => {
    const story = await updating({ faults: [{ name: 'privilege-denied', privilege } as JamfFaultInput] });
    expect(told(story)).toMatch(/management server does not install it: .* lacks /);
    expect([story.orders, story.restarts, story.violated]).toEqual([[], [], []]);
  });
});

describe('201, and then PlanFailed', () => {
  test.each([
    'APPLE_SILICON_NO_ESCROW_KEY',
    'NOT_MANAGED',
    'NOT_SUPERVISED',
    'NO_DISK_SPACE',
    'EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS',
    'SPECIFIC_VERSION_UNAVAILABLE',
    'ACTION_NOT_SUPPORTED_FOR_DEVICE_TYPE',
    'DECLARATIVE_SERVICE_ERROR',
    'PLAN_NOT_FOUND',
    'START_PLAN_FAILURE',
    'QUEUE_SCHEDULE_OS_UPDATE_FAILURE',
  ] as const)('%s', async (reason) => {
    const story = await updating({ faults: [{ name: 'plan-fails', reason }] });
    expect(told(story)).toMatch(/The management server does not install it/);
    expect([story.restarts, story.violated]).toEqual([[], []]);
    // Each try is an order of its own, and the server gets ever more time between them.
    expect(story.orders.length).toBeLessThanOrEqual(8);
  });
});

describe('acknowledged, and nothing happens', () => {
  test('it is given up, said, and asked about; the person is asked where the settings allow it', async () => {
    const faults = { mac: { faults: [{ name: 'mdm-update-ignored' }] } };
    const story = await updating({ ...faults, settings: alone('always'), days: 3 });
    expect(told(story)).toContain('No more is seen of the management server’s order, which may still be carried out');
    expect(told(story)).toContain('Asked for the password');
    expect(story.orders).toHaveLength(1);
    expect(story.violated).toEqual([]);
  });
});

const OFFER = {
  label: '',
  title: '',
  version: '',
  build: '',
  sizeKiB: 2_824_636,
  recommended: true,
  restart: true,
  deferred: false,
  kind: 'macos' as const,
};
