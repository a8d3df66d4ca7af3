// The management server holds no bootstrap token of use: whoever may has a new one sent, and then the server installs. No
// account is brought near its lockout by it, and what did not work is tried once a day.
import { describe, expect, test } from 'vitest';
import { passwordJson } from '../../src/agent/effects/dialog-words.ts';
import { DAY_MS } from '../../src/domain/instant.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { type SavedWay, savedWays } from '../../src/simulator/saved-ways.ts';
import { canary } from '../support/canary.ts';
import { threeWeeks } from '../support/lives.ts';
import { type MdmStory, type MdmStoryInput, mdmStory, orderOf } from '../support/mdm-story.ts';

const IT = canary('itadmin');
const UPKEEP = canary('upkeep');
const ITADMIN = { name: 'itadmin', fullName: 'IT Admin', password: IT, admin: true, secureToken: true };
const OWN = {
  name: '_upkeep',
  fullName: 'Upkeep Service',
  password: UPKEEP,
  admin: true,
  secureToken: true,
  hidden: true,
};

const repairing = (repairBootstrapToken: Settings['mdm']['repairBootstrapToken']): Partial<Settings> => ({
  ...orderOf('mdm'),
  mdm: { ...threeWeeks.mdm, repairBootstrapToken },
});

type Story = Pick<MdmStoryInput, 'cuts' | 'arrange' | 'persona' | 'days'> & {
  token?: 'none' | 'lost' | 'foreign' | 'valid';
  ways?: SavedWay[];
  accounts?: object[];
  admin?: boolean;
  loggedIn?: boolean;
  repair?: Settings['mdm']['repairBootstrapToken'];
};

const story = ({
  token = 'none',
  ways = [{ method: 'local-account', trouble: null }],
  accounts = [ITADMIN, OWN],
  admin = false,
  loggedIn = true,
  repair = 'saved',
  ...rest
}: Story = {}): Promise<MdmStory> =>
  mdmStory({
    mac: { bootstrapToken: token, accounts, admin, loggedIn },
    settings: repairing(repair),
    persona: 'agreeable',
    days: 3,
    ...savedWays(ways),
    ...rest,
  });

const texts = ({ report }: MdmStory, kind: string) =>
  report.timeline.filter((one) => one.kind === kind && one.text !== 'Asked for the password').map(({ text }) => text);
const sent = ({ happened }: MdmStory) => happened('bootstrap-token-escrowed').length;
const failures = ({ run }: MdmStory) => run.mac.accounts.all().map(({ failedLogins }) => failedLogins);
const asked = (life: MdmStory) => texts(life, 'password').filter((text) => text.endsWith('was typed'));
const refusal = (life: MdmStory) =>
  texts(life, 'failed').filter((text) => text.startsWith('No new bootstrap token could be sent'));

describe('a saved administrator has a new token sent, and the server installs; nobody types anything', () => {
  test.each([
    ['none was escrowed', { token: 'none' }, 'itadmin'],
    ['the server lost it', { token: 'lost' }, 'itadmin'],
    ['it is of another enrolment', { token: 'foreign' }, 'itadmin'],
    ['by the service account', { ways: [{ method: 'service-account', trouble: null }] }, '_upkeep'],
  ] as const)('%s', async (_, input, by) => {
    const life = await story(input as Story);
    expect(life.report.outcome).toBe('updated');
    expect(texts(life, 'password')).toEqual([`A new bootstrap token was sent to the management server, by “${by}”`]);
    expect(life.orders).toEqual(['install-and-restart']);
    expect(life.restarts).toMatchObject([{ by: 'mdm' }]);
    expect(life.run.mac.enrolment.tokenWorks()).toBe(true);
    expect([sent(life), life.violated, failures(life)]).toEqual([1, [], [0, 0, 0]]);
  });

  test('a token that is of use is left alone', async () => {
    const life = await story({ token: 'valid' });
    expect([life.report.outcome, sent(life), texts(life, 'password')]).toEqual(['updated', 0, []]);
  });

  test('where the settings say off, nobody does', async () => {
    const life = await story({ repair: 'off' });
    expect([sent(life), life.orders]).toEqual([0, []]);
    expect(asked(life)).toEqual(['The password of anna was typed']);
  });
});

describe('where it cannot be done, the person is asked as ever, and the reason stands in the status', () => {
  test.each([
    ['a wrong password', { ways: [{ method: 'local-account', trouble: 'wrong-password' }] }, /wrong-password$/],
    ['nobody is saved', { ways: [] }, /no administrator is saved on this Mac$/],
    [
      'a saved account that is no administrator',
      { accounts: [{ ...ITADMIN, admin: false }, OWN] },
      /“itadmin” is no administrator$/,
    ],
    ['near its lockout', { ways: [{ method: 'local-account', trouble: 'near-lockout' }] }, /near-lockout$/],
  ] as const)('%s', async (_, input, why) => {
    const life = await story(input as unknown as Story);
    expect(refusal(life)).toEqual([expect.stringMatching(why)]);
    expect(asked(life)).toEqual(['The password of anna was typed']);
    expect([life.report.outcome, sent(life), life.orders, life.violated]).toEqual(['updated', 0, [], []]);
    // What is wrong costs one failed login; what is near its lockout none.
    for (const account of life.run.mac.accounts.all()) expect(account.failedLogins).toBeLessThanOrEqual(3);
  });

  test('nobody is there: one try a day and no more, told in the status with a remedy', async () => {
    const days = 5;
    const life = await story({ ways: [], persona: 'absent', loggedIn: false, days });
    const tries = life.report.timeline.filter(({ text }) => text.startsWith('No new bootstrap token'));
    for (const [index, { at }] of tries.slice(1).entries())
      expect(Date.parse(at) - Date.parse(tries[index]?.at ?? '')).toBeGreaterThanOrEqual(DAY_MS);
    expect(tries.length).toBeLessThanOrEqual(days);
    expect(tries.length).toBeGreaterThan(0);
    expect(life.run.status?.problems).toContainEqual(
      expect.objectContaining({
        code: 'token-repair-failed',
        remedy: expect.stringContaining('auth set local-account'),
      }),
    );
  });
});

describe('with `person`', () => {
  test('an administrator’s typed password mends the token before it installs', async () => {
    const life = await story({ repair: 'person', ways: [], admin: true });
    expect(texts(life, 'password')).toEqual([
      'The password of anna was typed',
      'A new bootstrap token was sent to the management server, by “anna”',
    ]);
    expect(life.restarts).toMatchObject([{ by: 'person' }]);
    expect(life.run.mac.enrolment.tokenWorks()).toBe(true);
    expect([life.report.outcome, life.orders, life.violated]).toEqual(['updated', [], []]);
  });

  test('a saved administrator goes first, and then nobody is asked', async () => {
    const life = await story({ repair: 'person', admin: true });
    expect([asked(life), sent(life), life.orders.length]).toEqual([[], 1, 1]);
  });

  test('the dialog says what else the password is used for, and only then', () => {
    const target = { title: 'macOS Tahoe 26.6.2', version: '26.6.2' };
    const prompt = {
      id: 1,
      organisation: 'Example',
      user: { name: 'anna', uid: 501 },
      target,
      attempt: 1,
      closesAt: 1,
    };
    const words = (more: object) => JSON.stringify(passwordJson({ ...prompt, ...more }, 0));
    expect(words({ repairsToken: true })).toContain('gives the management server of Example a new key of this Mac');
    expect(words({})).not.toContain('management server');
  });

  test('a password mistyped at first is asked for again, and only the right one goes anywhere', async () => {
    const life = await story({ repair: 'person', ways: [], admin: true, persona: 'forgetful', days: 5 });
    expect(life.happened('bootstrap-token-escrowed')).toHaveLength(1);
    expect(life.run.mac.enrolment.tokenWorks()).toBe(true);
    expect([life.report.outcome, life.orders, life.violated]).toEqual(['updated', [], []]);
    expect(texts(life, 'password').slice(-2)).toEqual([
      'The password of anna was typed',
      'A new bootstrap token was sent to the management server, by “anna”',
    ]);
    expect(life.report.timeline.map(({ text }) => text)).toContain('A password of anna was typed and is wrong');
  });

  test('who is no administrator types it for the install alone', async () => {
    const life = await story({ repair: 'person', ways: [] });
    expect(texts(life, 'password')).toEqual(['The password of anna was typed']);
    expect([life.report.outcome, sent(life)]).toEqual(['updated', 0]);
  });
});

describe('cut off before and after every commit around it', () => {
  test.each([
    ['by a saved administrator', {}],
    ['by the person', { repair: 'person', ways: [], admin: true }],
  ] as const)(
    '%s: one token that works, no promise broken, no failed login',
    { timeout: 300_000 },
    async (_, input) => {
      const calm = await story(input as unknown as Story);
      // The commits in which the server had refused, and in which the last repair had ended.
      const refused = 1 + calm.run.journal.findIndex(({ type }) => type.endsWith('.push'));
      const repaired = 1 + calm.run.journal.findLastIndex(({ type }) => type.endsWith('.repair'));
      expect(repaired).toBeGreaterThan(refused);
      for (let commit = refused - 1; commit <= repaired + 3; commit += 1)
        for (const when of ['before', 'after'] as const) {
          const life = await story({ ...(input as unknown as Story), cuts: [{ commit, when }] });
          const about = `${when} commit ${commit}`;
          expect(life.run.cutsMade, about).toBe(1);
          expect(life.report.outcome, about).toBe('updated');
          expect([life.violated, failures(life)], about).toEqual([[], [0, 0, 0]]);
          // Cut off while it asked the server, upkeep does not know why nothing came of it, and the person is asked.
          const knew = commit > refused || (commit === refused && when === 'after');
          if (knew)
            expect([life.run.mac.enrolment.tokenWorks(), refusal(life).length <= 1], about).toEqual([true, true]);
        }
    },
  );
});
