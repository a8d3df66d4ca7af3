// What people reported about passwords, tokens and secrets, as lives of a Mac. Each test names the report it comes from
// (project and number); what must not happen again is asserted on what truly happened, not on our own record.
//
// Two of them are elsewhere: super #383 (field-bugs-mdm.test.ts) and the escrow of bootstrap-buddy #10 (bootstrap-token.test.ts).
import { Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { cryptoUsers } from '../../src/adapters/commands/account-commands.ts';
import { runCommand } from '../../src/adapters/commands/run-command.ts';
import { fitnessOf } from '../../src/adapters/credentials/account-fitness.ts';
import { createServiceAccount, requireAdministrator } from '../../src/adapters/credentials/create-service-account.ts';
import { grantSecureToken } from '../../src/adapters/credentials/grant-secure-token.ts';
import { rotateServiceAccount } from '../../src/adapters/credentials/rotate-service-account.ts';
import { verifyCredential } from '../../src/adapters/credentials/verify-credential.ts';
import { gatherAuthority } from '../../src/agent/effects/gather-authority.ts';
import { setLocalAccount } from '../../src/cli/auth-set.ts';
import { LEFT_TO_THE_PERSON } from '../../src/domain/attempts.ts';
import type { MethodTrouble } from '../../src/domain/authority.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.ts';
import { UpkeepError } from '../../src/domain/problem.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { Status } from '../../src/machines/status.ts';
import { examine } from '../../src/policy/examine/examine.ts';
import type { Commands, ToolEvent } from '../../src/ports/commands.ts';
import { noCredentials } from '../../src/ports/credentials.ts';
import { noPushServer } from '../../src/ports/push-service.ts';
import type { MacSpecInput } from '../../src/simulator/mac/mac-spec.ts';
import type { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { savedWays } from '../../src/simulator/saved-ways.ts';
import type { SimulationInput } from '../../src/simulator/simulate.ts';
import { ADMIN, desk } from '../adapters/credentials/desk.ts';
import { codeOf, endOf, NAME, RULES, serviceDesk } from '../adapters/credentials/service-desk.ts';
import { healthyFacts } from '../policy/examine/healthy-facts.ts';
import { CLARA, OFFICE } from '../simulator/account-tools.ts';
import { PASSWORD } from '../simulator/harness.ts';
import { canary } from '../support/canary.ts';
import { type Life, live, siliconMac, specWith, threeWeeks } from '../support/lives.ts';
import { SavedPasswords } from '../support/saved-passwords.ts';
import { offer } from '../support/situations.ts';

const KEPT = canary('kept');
const LAST_YEAR = canary('last_year');
const SET_BY_SERVER = canary('set_by_server');
const ROTATED = canary('rotated');
const AFTER_RESET = canary('after_reset');

type Account = NonNullable<MacSpecInput['accounts']>[number];

const happened = (mac: VirtualMac, kind: string) => mac.happenings.filter((one) => one.kind === kind);
const installs = ({ run }: Life) => run.mac.calls.filter(({ name }) => name === 'softwareupdate.install');
const reasons = ({ run }: Life) => run.journal.flatMap(({ because }) => because);
const askedForPassword = ({ report }: Life) => report.prompts.filter(({ kind, shown }) => kind === 'password' && shown);

/** The administrator whose password is saved in these lives; the real keychain and files, no double. */
const itadmin: Account = {
  name: 'itadmin',
  fullName: 'IT Admin',
  password: KEPT,
  admin: true,
  secureToken: true,
};
const withAdmin = (more: MacSpecInput = {}, account: Partial<Account> = {}) =>
  specWith({ appleSilicon: true, ...more, accounts: [...(more.accounts ?? []), { ...itadmin, ...account }] });
const saved = () => savedWays([{ method: 'local-account', trouble: null }]);

const none = { count: null, days: null, date: null };
const withDeadlines = (deadlines: Partial<Settings['deadlines']>): Settings => ({
  ...threeWeeks,
  activeHours: [],
  deadlines: { ...threeWeeks.deadlines, focus: none, soft: none, hard: none, ...deadlines },
});

describe('D. authentication', () => {
  test('super #183: a download costs nobody a failed login, and a saved password is not used for it', async () => {
    const { run } = await live({ spec: siliconMac, persona: 'absent', days: 5 });
    expect(run.mac.calls.some((call) => call.name === 'softwareupdate.download')).toBe(true);
    expect(happened(run.mac, 'authentication-failed')).toEqual([]);
    const withSaved = await live({ spec: withAdmin(), persona: 'absent', days: 5, ...saved() });
    const downloads = withSaved.run.mac.calls.filter(({ name }) => name === 'softwareupdate.download');
    expect(downloads.length).toBeGreaterThan(0);
    for (const { args } of downloads) expect(args.join(' ')).not.toMatch(/--user|--stdinpass/);
    expect(happened(withSaved.run.mac, 'authentication-failed')).toEqual([]);
  });

  test('super #278: a password that is never accepted is asked for three times a day at most', async () => {
    // The disk knows another password than the login: whatever is typed, macOS refuses.
    const accounts = [{ name: siliconMac.user, cryptoPassword: LAST_YEAR }];
    const spec = specWith({ appleSilicon: true, accounts });
    const { run } = await live({ spec, persona: 'agreeable', days: 3 });
    const tries = run.mac.calls.filter((call) => call.name === 'dscl.check-login').map((call) => call.at);
    expect(tries.length).toBeGreaterThanOrEqual(2);
    for (const first of tries) {
      expect(tries.filter((later) => later >= first && later < first + 23 * HOUR_MS).length).toBeLessThanOrEqual(3);
    }
  });

  test('super #278: a saved password that is refused is one failed login, not one for each retry', async () => {
    const settings = { ...threeWeeks, authentication: { ...threeWeeks.authentication, savedFailover: false } };
    const spec = withAdmin({ passwordPolicy: { lockoutAfter: 3, lockoutMinutes: 15 } });
    const ways = savedWays([{ method: 'local-account', trouble: 'wrong-password' }]);
    const { run } = await live({ settings, spec, persona: 'agreeable', days: 4, ...ways });
    expect(happened(run.mac, 'authentication-failed')).toHaveLength(1);
    expect(run.mac.accounts.named('itadmin')?.failedLogins).toBe(1);
  });

  test('an account without a secure token is not asked for a password that macOS would refuse', async () => {
    const { run } = await live({ spec: { ...siliconMac, volumeOwner: false }, persona: 'agreeable', days: 3 });
    expect(run.mac.calls.filter((call) => call.name === 'softwareupdate.install')).toEqual([]);
    expect(happened(run.mac, 'authentication-failed')).toEqual([]);
    expect(run.journal.flatMap(({ because }) => because)).toContainEqual({ code: 'person-cannot', why: 'no-token' });
  });

  describe('super #104: privileges are right, and a tool that answers oddly does not make them wrong', () => {
    const LOOKS = [
      'dscl.account',
      'dscl.accounts',
      'sysadminctl.token-status',
      'diskutil.crypto-users',
      'dseditgroup.is-admin',
    ];
    const PRIVILEGES = ['no-token', 'not-owner', 'no-account', 'no-privilege'];
    const otherStream = (event: ToolEvent): ToolEvent[] =>
      event.kind === 'output' ? [{ ...event, stream: event.stream === 'stdout' ? 'stderr' : 'stdout' }] : [event];
    const said =
      (text: string) =>
      (event: ToolEvent): ToolEvent[] =>
        event.kind === 'output' ? [] : [{ kind: 'output', stream: 'stderr', text }, event];
    const ODD: [string, (event: ToolEvent) => ToolEvent[]][] = [
      ['on the other stream', otherStream],
      ['with nothing at all', (event) => (event.kind === 'output' ? [] : [event])],
      ['with a warning only', said('2026-11-02 08:00:00.000 tool[77:88] Authentication server refused to answer\n')],
      [
        'with both answers',
        (event) =>
          event.kind === 'output'
            ? [event]
            : [
                {
                  kind: 'output',
                  stream: 'stdout',
                  text: 'Secure token is DISABLED for user Somebody\nno bert is NOT a member of admin\n',
                },
                event,
              ],
      ],
      [
        'cut off in the middle',
        (event) =>
          event.kind === 'output' ? [{ ...event, text: event.text.slice(0, event.text.length / 2) }] : [event],
      ],
    ];

    /** The tools of a Mac, of which one answers oddly. */
    const oddly = (tools: Commands, name: string, change: (event: ToolEvent) => ToolEvent[]): Commands => ({
      start: (call) =>
        new Observable((subscriber) =>
          tools.start(call).subscribe({
            next: (event) => {
              for (const one of call.name === name ? change(event) : [event]) subscriber.next(one);
            },
            error: (error: unknown) => subscriber.error(error),
            complete: () => subscriber.complete(),
          }),
        ),
    });

    test.each(LOOKS.flatMap((name) => ODD.map(([how, change]) => [name, how, change] as const)))(
      '%s %s',
      async (name, _how, change) => {
        const one = desk();
        const { parts } = one.process();
        const commands = oddly(parts.commands, name, change);
        const fitness = await one.run(fitnessOf(commands, 'bert'));
        expect(fitness.fit ? 'fit' : fitness.trouble).toMatch(/^(?:fit|unknown)$/);
        const person = { name: 'anna', uid: 501 };
        const ground = { commands, clock: one.mac.clock, credentials: noCredentials, server: noPushServer };
        const found = await one.run(gatherAuthority(ground, person, new AbortController().signal));
        expect(PRIVILEGES).not.toContain(found.person);
        const admin = await one.run(
          endOf(
            requireAdministrator({ ...parts, commands } as Parameters<typeof requireAdministrator>[0], {
              name: 'bert',
              password: new Secret(ADMIN),
            }),
          ),
        );
        if (admin instanceof UpkeepError) {
          expect(admin.message).not.toMatch(/is no administrator|has no secure token|does not own/);
          expect(PRIVILEGES).not.toContain(admin.facts.trouble);
        }
      },
    );
  });

  describe('super #158: with failover the person is asked, in every stage', () => {
    const past = { ...none, date: '2026-10-01' };
    const STAGES: [string, Partial<SimulationInput>][] = [
      ['before any deadline', { settings: withDeadlines({}) }],
      ['past the focus deadline', { settings: withDeadlines({ focus: past }) }],
      ['past the soft deadline', { settings: withDeadlines({ soft: past }) }],
      ['past the hard deadline', { settings: withDeadlines({ hard: past }) }],
      [
        'ordered by an administrator',
        {
          settings: withDeadlines({}),
          requests: [{ afterMs: 3 * HOUR_MS, by: { kind: 'admin' }, request: { kind: 'install' } }],
        },
      ],
    ];
    const authentication = (changes: Partial<Settings['authentication']>, settings = threeWeeks): Settings => ({
      ...settings,
      authentication: { ...settings.authentication, ...changes },
    });
    const story = (stage: Partial<SimulationInput>, changes: Partial<Settings['authentication']>) => ({
      spec: withAdmin(),
      persona: 'agreeable' as const,
      days: 2,
      ...stage,
      settings: authentication(changes, stage.settings),
    });
    const SERVER: MethodTrouble[] = [
      'server-unreachable',
      'bootstrap-token',
      'no-privilege',
      'command-failed',
      'unknown',
    ];

    test.each(STAGES)('%s, whatever the management server does not do, with `always`', async (_stage, changes) => {
      for (const trouble of SERVER) {
        const credentials = () => new SavedPasswords({ mdm: { account: '', password: '', trouble } });
        const life = await live({ ...story(changes, { savedFailover: false, mdmFailover: ['always'] }), credentials });
        expect(askedForPassword(life).length, trouble).toBeGreaterThan(0);
        expect(life.report.outcome, trouble).toBe('updated');
        expect(reasons(life), trouble).toContainEqual({ code: 'method-refused', method: 'mdm', why: trouble });
      }
    });

    test.each(STAGES)('%s, whatever is wrong with a saved password', async (_stage, changes) => {
      for (const trouble of ['drifted', 'password-gone', 'no-token', 'near-lockout'] as const) {
        const ways = savedWays([{ method: 'local-account', trouble }]);
        const life = await live({ ...story(changes, { savedFailover: true, mdmFailover: [] }), ...ways });
        expect(askedForPassword(life).length, trouble).toBeGreaterThan(0);
        expect(life.report.outcome, trouble).toBe('updated');
      }
    });

    test.each(STAGES)('%s, without failover nobody is asked', async (_stage, changes) => {
      const credentials = () =>
        new SavedPasswords({ mdm: { account: '', password: '', trouble: 'server-unreachable' } });
      const server = await live({ ...story(changes, { savedFailover: true, mdmFailover: [] }), credentials });
      expect([askedForPassword(server), server.report.outcome]).toEqual([[], 'waiting']);
      const ways = savedWays([{ method: 'local-account', trouble: 'drifted' }]);
      const local = await live({ ...story(changes, { savedFailover: false, mdmFailover: ['always'] }), ...ways });
      expect([askedForPassword(local), local.report.outcome]).toEqual([[], 'waiting']);
    });
  });

  test('super #140: the failover can be rehearsed, and the rehearsal tells why it came to that', async () => {
    const ways = savedWays([{ method: 'local-account', trouble: 'drifted' }]);
    const { report } = await live({ spec: withAdmin(), persona: 'agreeable', days: 3, ...ways });
    const asked = report.timeline.find(({ text }) => text.startsWith('Asked for the password'));
    expect(asked?.because).toContainEqual({ code: 'method-refused', method: 'local-account', why: 'drifted' });
    expect(report.outcome).toBe('updated');
  });

  describe('super #62: no bootstrap token is escrowed', () => {
    test('the local ways work all the same', async () => {
      const spec = withAdmin({ bootstrapToken: false, loggedIn: false });
      const local = await live({ spec, persona: 'absent', days: 3, ...saved() });
      expect([local.report.outcome, local.report.prompts]).toEqual(['updated', []]);
      const person = await live({ spec: specWith({ bootstrapToken: false }), persona: 'agreeable', days: 3 });
      expect(person.report.outcome).toBe('updated');
    });

    test('and doctor says so plainly', async () => {
      const users = async (bootstrapToken: boolean) => {
        const one = desk({ bootstrapToken });
        const { commands } = one.process().parts;
        const { list } = await one.run(runCommand(commands, cryptoUsers, undefined));
        return examine(healthyFacts({ cryptoUsers: { known: true, value: list } })).map(
          ({ code, what }) => `${code}: ${what}`,
        );
      };
      expect(await users(false)).toContainEqual(
        expect.stringMatching(/^owners\.no-bootstrap-token: .* none is escrowed with a management server\.$/),
      );
      expect(await users(true)).toContainEqual(expect.stringMatching(/^owners\.bootstrap-token: /));
    });
  });

  describe('super #134: the service account is made with the login of whoever is at the Mac', () => {
    const createBy = (accounts: Account[], password = PASSWORD) => {
      const one = serviceDesk({ accounts: [...OFFICE.accounts, ...accounts] });
      const admin = { name: 'anna', password: new Secret(password) };
      return { one, end: one.run(endOf(one.create(undefined, NAME, admin))) };
    };

    test('an administrator with a secure token needs nobody else', async () => {
      const { one, end } = createBy([{ name: 'anna', admin: true, secureToken: true }]);
      expect(await end).toMatchObject({ account: NAME, made: true });
      expect(one.account()).toMatchObject({ createdBy: 'anna', secureToken: true });
      expect(one.mac.accounts.named('anna')).toMatchObject({ failedLogins: 0, loginPassword: PASSWORD });
    });

    test.each<[string, Account, RegExp, RegExp]>([
      [
        'a standard user',
        { name: 'anna', secureToken: true },
        /^“anna” is no administrator\.$/,
        /Name an administrator who has a secure token/,
      ],
      [
        'an administrator without a secure token',
        { name: 'anna', admin: true, secureToken: false, volumeOwner: false },
        /^“anna” has no secure token\.$/,
        /can give “anna” one/,
      ],
      [
        'an administrator who owns nothing',
        { name: 'anna', admin: true, secureToken: true, volumeOwner: false },
        /^“anna” does not own the startup volume\.$/,
        /owns the volume; choose such a one/,
      ],
    ])(
      '%s: refused in plain words, before any password is tried, and nothing is left',
      async (_who, anna, message, remedy) => {
        const { one, end } = createBy([anna]);
        const error = await end;
        expect(error).toBeInstanceOf(UpkeepError);
        expect((error as UpkeepError).message).toMatch(message);
        expect((error as UpkeepError).remedy).toMatch(remedy);
        expect(one.mac.calls.filter(({ name }) => /check-/.test(name))).toEqual([]);
        expect([one.account(), one.kept()]).toEqual([null, {}]);
      },
    );
  });

  describe('super #86: the account that the management keeps anyway', () => {
    /** As Jamf makes it: hidden, below the accounts of people, an administrator; its password is managed. */
    const managed: Account = { ...itadmin, hidden: true, uid: 480, home: '/private/var/itadmin' };

    test('its password is saved as that of any other account, and authorises the install', async () => {
      const one = desk({ accounts: [managed] });
      const { store, parts } = one.process();
      await one.run(setLocalAccount(groundOn(one, store, parts), 'itadmin', {}, typing(KEPT)));
      expect(store.saved('local-account')).toMatchObject({ account: 'itadmin' });
      const spec = withAdmin({ loggedIn: false }, managed);
      const life = await live({ spec, persona: 'absent', days: 3, ...saved() });
      expect(life.report.outcome).toBe('updated');
      expect(installs(life).map(({ args }) => args.includes('itadmin'))).toEqual([true]);
    });

    test('when it is rotated, that is found out before an update depends on it, and the remedy is told', async () => {
      const one = desk({ accounts: [managed] });
      const { store, parts } = one.process();
      await one.run(setLocalAccount(groundOn(one, store, parts), 'itadmin', {}, typing(KEPT)));
      await one.mac.world.runUntil(one.mac.world.now() + 2 * DAY_MS);
      one.mac.rotatePassword('itadmin', ROTATED);
      const checked = await one.run(verifyCredential(store, parts, 'local-account'));
      expect(checked?.verification).toMatchObject({ fit: false, trouble: 'drifted' });
      const again = await one.run(verifyCredential(store, parts, 'local-account'));
      expect(again?.verification).toMatchObject({ fit: false, trouble: 'drifted', tried: false });
      // The new one is no better: it logs in and opens nothing.
      const end = await one.run(endOf(setLocalAccount(groundOn(one, store, parts), 'itadmin', {}, typing(ROTATED))));
      expect((end as UpkeepError).message).toMatch(/another one for this account: the two have drifted apart/);
      expect((end as UpkeepError).remedy).toMatch(/sysadminctl -resetPasswordFor/);
      expect(one.mac.accounts.named('itadmin')?.failedLogins).toBeLessThanOrEqual(1);
    });
  });

  test('bootstrap-buddy #10, what there is of it: a standard user gets a secure token without typing an administrator’s password', async () => {
    const one = serviceDesk();
    await one.run(one.create());
    await one.run(grantSecureToken(one.life().parts, 'clara', new Secret(CLARA)));
    expect(one.account('clara')).toMatchObject({ admin: false, secureToken: true, volumeOwner: true });
  });

  test('erase-install #519: a password that was reset without the disk is called drifted, is not tried again, and what to do is told', async () => {
    const one = desk();
    const { store, parts } = one.process();
    one.mac.rotatePassword('bert', AFTER_RESET);
    const setNew = () => one.run(endOf(setLocalAccount(groundOn(one, store, parts), 'bert', {}, typing(AFTER_RESET))));
    const error = (await setNew()) as UpkeepError;
    expect(error.facts.trouble).toBe('drifted');
    expect(error.remedy).toMatch(/System Settings.*sysadminctl -resetPasswordFor.*`sudo upkeep auth set`/);
    expect([store.saved('local-account'), one.kept()]).toEqual([null, {}]);

    // The same in the life of an agent: one look, no install with it, and never again.
    const settings = { ...threeWeeks, authentication: { ...threeWeeks.authentication, savedFailover: false } };
    const ways = savedWays([{ method: 'local-account', trouble: 'drifted' }]);
    const life = await live({ settings, spec: withAdmin(), persona: 'agreeable', days: 5, ...ways });
    expect(installs(life)).toEqual([]);
    expect(happened(life.run.mac, 'authentication-failed')).toHaveLength(1);
    const checks = life.run.mac.calls.filter(({ name }) => name === 'dscl.check-login');
    expect(checks).toHaveLength(1);
    expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'local-account', why: 'drifted' });
  });

  describe('openradar #16234: updates of macOS raise the count of failed logins', () => {
    const raising = (lockoutAfter: number, failures: number): MacSpecInput => ({
      passwordPolicy: { lockoutAfter, lockoutMinutes: 15 },
      faults: [{ name: 'update-raises-failures', account: 'itadmin', failures }],
    });
    const next = {
      ...offer,
      label: 'macOS Tahoe 26.6.3-25G91',
      title: 'macOS Tahoe 26.6.3',
      version: '26.6.3',
      build: '25G91',
    };

    test.each([
      [5, 3],
      [10, 8],
      [4, 2],
    ])('with a limit of %i and %i of them, upkeep adds none although none was its own', async (limit, failures) => {
      const ways = saved();
      const life = await live({
        settings: withDeadlines({}),
        spec: withAdmin({ ...raising(limit, failures), loggedIn: false }),
        persona: 'absent',
        days: 3,
        ...ways,
        arrange: (mac) => {
          // So soon that the password still counts as proven; and it was changed as well, so that a try would count.
          mac.world.after(10 * HOUR_MS, () => mac.publish([next]));
          mac.world.after(9 * HOUR_MS, () => {
            const account = mac.accounts.named('itadmin');
            if (account !== null) account.loginPassword = 'changed since';
          });
        },
      });
      const count = life.run.mac.accounts.named('itadmin')?.failedLogins ?? 0;
      expect(count).toBe(failures);
      expect(limit - count).toBeGreaterThanOrEqual(LEFT_TO_THE_PERSON);
      expect(life.report.os.after.version).toBe('26.6.2');
      expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'local-account', why: 'near-lockout' });
    });

    test('where there is room, the right password still installs', async () => {
      const life = await live({
        spec: withAdmin({ ...raising(10, 3), loggedIn: false }),
        persona: 'absent',
        days: 8,
        ...saved(),
        arrange: (mac) => mac.world.after(2 * DAY_MS, () => mac.publish([next])),
      });
      expect(life.report.os.after.version).toBe('26.6.3');
    });
  });
});

describe('vendors’ own words', () => {
  describe('a service account is refused because its random password breaks the rules of the Mac', () => {
    test.each<[string, NonNullable<MacSpecInput['passwordPolicy']>]>([
      ['a long one', { minLength: 60 }],
      ['all kinds of characters', { classes: 4 }],
      ['not longer than 16', { maxLength: 16 }],
      ['between 8 and 10, of all kinds', { minLength: 8, maxLength: 10, classes: 4 }],
      ['none that was used before', { history: 10, minLength: 20 }],
      ['all of it, and a lock-out', { minLength: 20, maxLength: 64, classes: 4, history: 5, lockoutAfter: 5 }],
    ])('%s: kept to, when it is made and each time it is changed', async (_rules, passwordPolicy) => {
      const one = serviceDesk({ passwordPolicy });
      expect(await one.run(one.create())).toMatchObject({ made: true });
      for (let time = 0; time < 3; time += 1) {
        await one.run(rotateServiceAccount(one.life().parts, null));
        expect(one.account()).toMatchObject({
          loginPassword: await one.password(),
          cryptoPassword: await one.password(),
        });
      }
    });

    test('rules that cannot be read: made as if there were strict ones', async () => {
      const one = serviceDesk({ passwordPolicy: { minLength: 40, classes: 4 } });
      const { parts } = one.life();
      const blind = one.process(null, ['pwpolicy.all', 'pwpolicy.global', 'pwpolicy.of-account']).parts;
      const made = createServiceAccount(
        { ...parts, commands: blind.commands },
        { name: NAME, standard: false },
        { name: 'bert', password: new Secret(ADMIN) },
        RULES,
      );
      expect(await one.run(made)).toMatchObject({ made: true });
    });

    test.each<[string, MacSpecInput, RegExp]>([
      ['longer than any tool takes', { passwordPolicy: { minLength: 200 } }, /longer password than its tools take/],
      ['shorter than is safe', { passwordPolicy: { maxLength: 6 } }, /allow none, or only one that is too short/],
      ['longer and shorter at once', { passwordPolicy: { minLength: 20, maxLength: 12 } }, /allow none/],
      [
        'one that nobody can read, and macOS refuses',
        {
          faults: [
            {
              name: 'sysadminctl-refuses',
              text: '### Error:-14165 File:/DSLocal.m Line:42 Password does not meet requirements',
            },
          ],
        },
        /password-refused/,
      ],
    ])('%s: refused in plain words, and nothing is left behind', async (_rules, spec, words) => {
      const one = serviceDesk(spec);
      const before = one.others();
      const end = await one.run(endOf(one.create()));
      expect(codeOf(end)).toBe('credential.unfit');
      expect((end as UpkeepError).message).toMatch(words);
      expect((end as UpkeepError).remedy).toMatch(/pwpolicy -getaccountpolicies/);
      expect([one.account(), one.kept(), one.life().parts.record.read(), one.life().parts.store.list().loose]).toEqual([
        null,
        {},
        null,
        [],
      ]);
      expect(one.others()).toBe(before);
    });
  });

  describe('LAPS: a server changes what logs in, in the middle of a month, and not what the disk knows', () => {
    const laps: MacSpecInput = {
      faults: [{ name: 'password-rotated', account: 'itadmin', password: SET_BY_SERVER, afterDays: 12 }],
    };
    /** Up to date until the sixteenth day. */
    const lateOffer = {
      offers: [],
      arrange: (mac: VirtualMac) => {
        mac.world.after(16 * DAY_MS, () => mac.publish([offer]));
      },
    };

    test('the daily try finds it within a day, while nothing is to be done, at the cost of one failed login', async () => {
      const spec = withAdmin({ ...laps, kind: 'desktop' });
      const life = await live({ spec, persona: 'absent', days: 15, ...saved(), offers: [] });
      const rotatedAt = life.run.mac.happenings.find((one) => one.kind === 'password-changed')?.at ?? 0;
      const failed = happened(life.run.mac, 'authentication-failed');
      expect(failed).toHaveLength(1);
      // A day, and the next wake of an agent that has nothing else to do.
      expect((failed[0]?.at ?? 0) - rotatedAt).toBeLessThan(DAY_MS + 6 * HOUR_MS);
      const checks = life.run.mac.calls.filter(({ name }) => name === 'dscl.check-login').map(({ at }) => at);
      expect(checks.length).toBeGreaterThan(8);
      for (const [index, at] of checks.entries()) expect(at - (checks[index - 1] ?? 0)).toBeGreaterThanOrEqual(DAY_MS);
      expect(checks.at(-1)).toBeLessThanOrEqual(failed[0]?.at ?? 0);
    });

    test('no update is attempted with it; the person is asked instead, and the status says why', async () => {
      const life = await live({ spec: withAdmin(laps), persona: 'agreeable', days: 21, ...saved(), ...lateOffer });
      expect(life.report.outcome).toBe('updated');
      expect(installs(life).length).toBeGreaterThan(0);
      for (const { args } of installs(life)) expect(args).not.toContain('itadmin');
      expect(happened(life.run.mac, 'authentication-failed')).toHaveLength(1);
      expect(askedForPassword(life).length).toBeGreaterThan(0);
      expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'local-account', why: 'drifted' });
    });

    test('without failover it waits, and the status names the problem and the way out', async () => {
      const settings = { ...threeWeeks, authentication: { ...threeWeeks.authentication, savedFailover: false } };
      const statuses: Status[] = [];
      const life = await live({
        settings,
        spec: withAdmin(laps),
        persona: 'agreeable',
        days: 19,
        ...saved(),
        ...lateOffer,
        publish: (status) => void statuses.push(status),
      });
      expect([life.report.outcome, installs(life)]).toEqual(['waiting', []]);
      expect(statuses.flatMap(({ problems }) => problems)).toContainEqual({
        code: 'method-refused',
        text: expect.stringMatching(/no longer the same$/),
        remedy: expect.stringMatching(/sysadminctl -resetPasswordFor/),
      });
    });

    test('one that changes both is wrong, not drifted', async () => {
      const faults = [{ ...laps.faults?.[0], cryptoToo: true }] as MacSpecInput['faults'];
      const life = await live({
        spec: withAdmin({ faults: faults ?? [] }),
        persona: 'agreeable',
        days: 21,
        ...saved(),
        ...lateOffer,
      });
      expect(life.report.outcome).toBe('updated');
      expect(reasons(life)).toContainEqual({ code: 'method-refused', method: 'local-account', why: 'wrong-password' });
      expect(happened(life.run.mac, 'authentication-failed')).toHaveLength(1);
    });
  });
});

describe('E. secrets', () => {
  test('super #301, #210, #295: the typed password is in no argument, no journal row and no status', async () => {
    const { run, report } = await live({ spec: siliconMac, persona: 'agreeable', days: 3 });
    expect(run.mac.happenings.some((one) => one.kind === 'dialog-answered' && one.typed.length > 0)).toBe(true);
    expect(report.outcome).toBe('updated');
    for (const text of [JSON.stringify(run.mac.calls), JSON.stringify(run.journal), JSON.stringify(run.status)]) {
      expect(text).not.toContain(siliconMac.password);
    }
  });

  describe('go-keyring #24, super #301: no tool is ever given a secret where others can read it', () => {
    const NASTY = [
      'with spaces  two',
      `"double" 'single' \`back\``,
      '$HOME $(id) [exit] \\n \\',
      'a=b;c|d&e<f>g{}#',
      'grün 🐴🔑 päß',
      '-w -leading --dash',
      `${'x1$ "'.repeat(25)}xyz`,
    ];

    test('the longest is as long as a prompt of macOS takes', () => {
      expect(Math.max(...NASTY.map((one) => Buffer.byteLength(one)))).toBe(128);
    });

    test.each(NASTY)('%s: set, tried, replaced, used for a service account, deleted', async (password) => {
      const one = serviceDesk({
        accounts: [
          { name: 'bert', fullName: 'Bert Admin', password, admin: true, secureToken: true },
          ...OFFICE.accounts.slice(1),
        ],
      });
      const { store, parts } = one.process();
      const ground = groundOn(one, store, parts);
      await one.run(setLocalAccount(ground, 'bert', {}, typing(password)));
      await one.mac.world.runUntil(one.mac.world.now() + 2 * DAY_MS);
      expect((await one.run(verifyCredential(store, parts, 'local-account')))?.verification.fit).toBe(true);
      const next = [...password].reverse().join('').trim();
      one.mac.rotatePassword('bert', next, { cryptoToo: true });
      await one.run(setLocalAccount(ground, 'bert', {}, typing(next)));
      const kept = await one.run(store.read('local-account'));
      expect(kept.found && kept.secret.expose((plain) => plain)).toBe(next);
      await one.run(
        createServiceAccount(
          one.life().parts,
          { name: NAME, standard: false },
          { name: 'bert', password: new Secret(next) },
          { replace: true, severalSaved: false },
        ),
      );
      await one.run(rotateServiceAccount(one.life().parts, { name: 'bert', password: new Secret(next) }));
      await one.run(one.remove());
      expect(one.kept()).toEqual({});

      const secrets = [...one.mac.secrets()].filter((secret) => secret.length > 3);
      expect(secrets).toEqual(expect.arrayContaining([password, next]));
      const tools = new Set(one.mac.calls.map(({ name }) => name));
      for (const name of [
        'security.keep-password',
        'security.find-password',
        'security.forget-password',
        'dscl.check-login',
        'sysadminctl.add-account',
      ]) {
        expect(tools).toContain(name);
      }
      for (const call of one.mac.calls) {
        const seen = [...call.args, ...call.exposed].join('\0');
        for (const secret of secrets)
          for (const form of formsOf(secret)) expect(seen.includes(form), `${call.name}`).toBe(false);
      }
      const files = [...one.disk.values()].join('\n');
      for (const secret of secrets) for (const form of formsOf(secret)) expect(files.includes(form)).toBe(false);
    });
  });
});

/** A secret as it may stand in an argument or a file: plain, quoted for JSON or a shell, in base 64, as digits. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", `'\\''`),
    secret.replace(/(["\\$`])/g, '\\$1'),
    bytes.toString('base64'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
}

/** What `upkeep auth` stands on, over the simulated Mac. */
function groundOn(
  one: Pick<ReturnType<typeof desk>, 'mac'>,
  store: Parameters<typeof verifyCredential>[0],
  parts: Parameters<typeof verifyCredential>[1],
) {
  return {
    store,
    parts,
    zone: one.mac.zone,
    severalSaved: async () => false,
    alone: <T>(work: () => Promise<T>) => work(),
  } as Parameters<typeof setLocalAccount>[0];
}

/** Somebody at a terminal who types this when asked. */
const typing = (password: string) =>
  ({ askHidden: async () => password, err: () => undefined }) as unknown as Parameters<typeof setLocalAccount>[3];
