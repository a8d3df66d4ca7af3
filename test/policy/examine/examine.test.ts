// What an examination finds, one situation for each code, every fact that can be unknown among them.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { BootstrapTokenState } from '../../../src/domain/bootstrap-token.ts';
import { known, unknown } from '../../../src/domain/facts.ts';
import type { PushAbilities, PushTrouble } from '../../../src/domain/push.ts';
import type { CheckupFacts, ServerAnswer, ServerFacts } from '../../../src/policy/examine/checkup-facts.ts';
import { counted, examine } from '../../../src/policy/examine/examine.ts';
import { type Finding, type FindingCode, type Mark, ONLY_ROOT } from '../../../src/policy/examine/finding.ts';
import { AT, accountOf, healthyFacts, keyUser, localUser, loginOf, ownAccount } from './healthy-facts.ts';

const seen = new Set<string>();
function look(changes: Partial<CheckupFacts>): Finding[] {
  const findings = examine(healthyFacts(changes));
  for (const { code } of findings) seen.add(code);
  return findings;
}
const marksOf = (findings: readonly Finding[]): Record<string, Mark> =>
  Object.fromEntries(findings.map(({ code, mark }) => [code, mark]));

const WELL: Partial<Record<FindingCode, Mark>> = {
  'tools.there': 'ok',
  'tokens.there': 'ok',
  'owners.there': 'ok',
  'owners.no-bootstrap-token': 'ok',
  'person.ready': 'ok',
  'authority.person': 'ok',
  'lockout.clear': 'ok',
  'filevault.on': 'ok',
  'filevault.recovery-key': 'ok',
  'filevault.authrestart': 'ok',
  'enrolment.clear': 'ok',
  'upkeep.well': 'ok',
};

test('a Mac on which nothing is wrong', () => {
  const findings = look({});
  expect(marksOf(findings)).toEqual(WELL);
  expect(counted(findings)).toEqual({ ok: 12, attention: 0, broken: 0, unknown: 0 });
});

const WHY = unknown<never>('the tool said nonsense');
const none = {
  'saved-password': 'not-set',
  'local-account': 'not-set',
  'service-account': 'not-set',
  mdm: 'not-set',
} as const;
const jamf = (...texts: string[]) =>
  known(texts.map((text, index) => ({ when: `Mon Nov 23 08:12:0${index}`, pid: 412, text })));
const health = (...codes: string[]) =>
  known({
    writtenAt: '2026-11-23T07:30:00Z',
    problems: codes.map((code) => ({ code, text: `${code}.`, remedy: 'Do.' })),
  });

/** An Intel Mac whose settings want the start after an update unlocked, with the password of bert saved for it. */
const UNLOCKS: Partial<CheckupFacts> = {
  appleSilicon: known(false),
  methods: known({ ...none, 'local-account': null }),
  verifications: known([{ account: 'bert', verdict: 'right', at: AT }]),
  nextStart: known({ keepsKey: true, openers: ['anna', 'bert'] }),
};

const ON_INTEL = {
  'tokens.not-needed': 'ok',
  'owners.not-needed': 'ok',
  'person.not-needed': 'ok',
  'authority.root': 'ok',
  'password.verified': 'ok',
} as const;

const RIGHTS = { missing: [], unproven: ['Create Managed Software Updates'], beyond: null };
const ABLE = {
  means: ['declaration', 'plan'],
  lacks: null,
  serverVersion: '11.30.1',
  device: { managed: true, supervised: true, declarative: true },
} satisfies PushAbilities;
const IN = { 'server.lets-in': 'ok', 'server.knows-mac': 'ok', 'server.means': 'ok' } as const;
const failed = (trouble: PushTrouble) => ({ failed: { trouble, detail: 'it says so' } });
const answerOf = (changes: Partial<ServerAnswer> = {}) =>
  known<ServerAnswer>({ address: 'https://jamf.example.com', seen: ABLE, privileges: RIGHTS, ...changes });
const server = (changes: Partial<ServerFacts> = {}) => ({
  server: known<ServerFacts>({
    service: 'jamf-pro',
    holder: { kind: 'client', name: 'client-id' },
    isServerItself: null,
    answer: answerOf(),
    ...changes,
  }),
});
const answering = (changes: Partial<ServerAnswer>) => server({ answer: answerOf(changes) });

const bootstrap = (
  state: BootstrapTokenState,
  more: { needed?: boolean; enrolled?: boolean; interrupted?: boolean } = {},
) => {
  const { needed = true, enrolled = true, interrupted = false } = more;
  return { bootstrapToken: { token: { state, why: 'the tool said nonsense', needed }, enrolled, interrupted } };
};

/** A change of the healthy Mac, and what is found then that was not before. */
const TABLE: [string, Partial<CheckupFacts>, Partial<Record<FindingCode, Mark>>][] = [
  [
    'a tool is missing',
    { tools: known({ needed: 18, missing: ['/usr/bin/dscl'], dialog: true, dialogOpen: known(null) }) },
    { 'tools.missing': 'broken' },
  ],
  [
    'swiftDialog is missing',
    { tools: known({ needed: 18, missing: [], dialog: false, dialogOpen: known(null) }) },
    { 'tools.no-dialog': 'attention' },
  ],
  [
    'others could put another program in the place of swiftDialog',
    {
      tools: known({
        needed: 18,
        missing: [],
        dialog: true,
        dialogOpen: known({ path: '/usr/local/bin', why: 'belongs to user 501' }),
      }),
    },
    { 'tools.dialog-open': 'attention' },
  ],
  [
    'who could is not known',
    { tools: known({ needed: 18, missing: [], dialog: true, dialogOpen: WHY }) },
    { 'tools.dialog-unknown': 'unknown' },
  ],
  ['the tools cannot be looked for', { tools: WHY }, { 'tools.unknown': 'unknown' }],
  [
    'Intel',
    {
      appleSilicon: known(false),
      accounts: known([accountOf('anna', { token: 'disabled' })]),
      tokens: {},
      cryptoUsers: known([]),
    },
    { 'tokens.not-needed': 'ok', 'owners.not-needed': 'ok', 'person.not-needed': 'ok', 'authority.root': 'ok' },
  ],
  ['the chip is not known', { appleSilicon: WHY }, { 'authority.unknown': 'unknown' }],
  [
    'no token at all',
    {
      accounts: known([accountOf('anna', { token: 'disabled' }), accountOf('bert', { token: 'disabled' })]),
      tokens: {},
    },
    { 'tokens.none': 'broken', 'person.no-token': 'attention', 'authority.nobody': 'broken' },
  ],
  [
    'tokens of disabled accounts alone',
    {
      accounts: known([accountOf('anna', { token: 'disabled' }), accountOf('bert', { disabled: true })]),
      tokens: {},
      cryptoUsers: known([localUser('bert')]),
    },
    {
      'tokens.only-disabled': 'broken',
      'owners.only-disabled': 'broken',
      'person.no-token': 'attention',
      'authority.nobody': 'broken',
    },
  ],
  [
    'a token, and no administrator has one',
    { administrators: known({ names: ['root'], guids: [] }) },
    { 'tokens.no-administrator': 'attention' },
  ],
  [
    'sources contradict each other about the person',
    { tokens: { anna: known('disabled'), bert: known('enabled') } },
    { 'tokens.contradicted': 'unknown', 'person.unknown': 'unknown', 'authority.unknown': 'unknown' },
  ],
  [
    'sources contradict each other about everybody',
    { tokens: { anna: known('disabled'), bert: known('disabled') } },
    { 'tokens.contradicted': 'unknown', 'person.unknown': 'unknown', 'authority.unknown': 'unknown' },
  ],
  [
    'nothing tells of tokens',
    {
      accounts: known([accountOf('anna', { token: 'unknown' }), accountOf('bert', { token: 'unknown' })]),
      tokens: { anna: WHY, bert: WHY },
    },
    { 'tokens.unknown': 'unknown', 'person.unknown': 'unknown', 'authority.unknown': 'unknown' },
  ],
  [
    'the accounts cannot be read',
    { accounts: WHY, logins: {} },
    {
      'tokens.unknown': 'unknown',
      'owners.unknown': 'unknown',
      'person.unknown': 'unknown',
      'authority.unknown': 'unknown',
      'lockout.unknown': 'unknown',
    },
  ],
  [
    'nobody owns the volume',
    { cryptoUsers: known([localUser('anna', false), localUser('bert', false)]) },
    { 'owners.none': 'broken', 'person.not-owner': 'attention', 'authority.nobody': 'broken' },
  ],
  [
    'only a recovery key owns it',
    { cryptoUsers: known([localUser('anna', false), keyUser('personal-recovery')]) },
    { 'owners.only-recovery': 'broken', 'person.not-owner': 'attention', 'authority.nobody': 'broken' },
  ],
  [
    'only the bootstrap token owns it',
    { cryptoUsers: known([keyUser('bootstrap-token'), keyUser('personal-recovery')]) },
    {
      'owners.bootstrap-token': 'ok',
      'owners.only-bootstrap-token': 'attention',
      'person.not-owner': 'attention',
      'authority.nobody': 'broken',
    },
  ],
  [
    'only a deleted account owns it',
    { cryptoUsers: known([localUser('carl')]) },
    { 'owners.only-deleted': 'broken', 'person.not-owner': 'attention', 'authority.nobody': 'broken' },
  ],
  [
    'this macOS does not say who owns it',
    { cryptoUsers: known([localUser('anna', null)]) },
    { 'owners.unknown': 'unknown', 'person.unknown': 'unknown', 'authority.unknown': 'unknown' },
  ],
  [
    'the volume does not tell',
    { cryptoUsers: WHY },
    { 'owners.unknown': 'unknown', 'person.unknown': 'unknown', 'authority.unknown': 'unknown' },
  ],
  ['nobody is logged in', { consoleUser: known(null) }, { 'person.nobody': 'ok', 'authority.later': 'attention' }],
  [
    'who is logged in is not known',
    { consoleUser: WHY },
    { 'person.unknown': 'unknown', 'authority.unknown': 'unknown' },
  ],
  [
    'somebody of the network is logged in',
    { consoleUser: known({ name: 'net', uid: 70_001 }) },
    { 'person.not-local': 'attention', 'authority.nobody': 'broken' },
  ],
  [
    'a saved password works',
    { methods: known({ ...none, 'saved-password': null }) },
    { 'method.ready': 'ok', 'authority.method': 'ok' },
  ],
  [
    'a saved password has drifted, and nobody is there',
    { methods: known({ ...none, 'saved-password': 'drifted' }), consoleUser: known(null) },
    { 'method.failing': 'broken', 'person.nobody': 'ok', 'authority.later': 'attention' },
  ],
  [
    'a management server does not answer',
    { methods: known({ ...none, mdm: 'server-unreachable' }) },
    { 'method.failing': 'attention' },
  ],
  [
    'a method could not be looked into',
    { methods: known({ ...none, mdm: 'unknown' }) },
    { 'method.unknown': 'unknown' },
  ],
  ['the methods are not known', { methods: WHY }, { 'authority.unknown': 'unknown' }],
  ['the settings cannot be read', { rules: WHY }, { 'authority.unknown': 'unknown' }],
  ['saved passwords for root alone', { keychain: known('root-only') }, { 'keychain.root-only': 'ok' }],
  ['saved passwords for others too', { keychain: known('others-too') }, { 'keychain.open': 'broken' }],
  ['no saved passwords', { keychain: known('empty') }, { 'keychain.empty': 'ok' }],
  ['the keychain cannot be looked into', { keychain: WHY }, { 'keychain.unknown': 'unknown' }],
  ['a service account that is well', { serviceAccount: ownAccount('bert') }, { 'service-account.healthy': 'ok' }],
  ['a service account that is gone', { serviceAccount: ownAccount('carl') }, { 'service-account.missing': 'broken' }],
  [
    'a service account that is half made',
    { serviceAccount: known({ state: 'unfinished', name: 'bert' }) },
    { 'service-account.unfinished': 'broken' },
  ],
  [
    'a service account that is on record alone',
    { serviceAccount: known({ state: 'gone', name: 'bert' }) },
    { 'service-account.missing': 'broken' },
  ],
  [
    'a service account that was renamed',
    { serviceAccount: ownAccount('bert', { renamedFrom: '_upkeep' }) },
    { 'service-account.renamed': 'broken' },
  ],
  [
    'a service account that has a shell, and an old password',
    { serviceAccount: ownAccount('bert', { altered: ['it has a shell'], rotationDue: AT }) },
    { 'service-account.altered': 'attention', 'service-account.rotation-overdue': 'attention' },
  ],
  [
    'a service account whose password is half changed',
    { serviceAccount: ownAccount('bert', { rotating: true, rotationDue: AT }) },
    { 'service-account.half-rotated': 'attention' },
  ],
  [
    'a service account that is switched off',
    { serviceAccount: ownAccount('bert'), accounts: known([accountOf('anna'), accountOf('bert', { disabled: true })]) },
    { 'service-account.disabled': 'broken', 'tokens.no-administrator': 'attention' },
  ],
  [
    'a service account without a token',
    {
      serviceAccount: ownAccount('bert'),
      accounts: known([accountOf('anna'), accountOf('bert', { token: 'disabled' })]),
      tokens: {},
    },
    { 'service-account.no-token': 'broken', 'tokens.no-administrator': 'attention' },
  ],
  [
    'a service account that is no owner',
    { serviceAccount: ownAccount('bert'), cryptoUsers: known([localUser('anna'), localUser('bert', false)]) },
    { 'service-account.not-owner': 'broken' },
  ],
  [
    'which account is the service account is not known',
    { serviceAccount: WHY },
    { 'service-account.unknown': 'unknown' },
  ],
  [
    'a service account whose token is not known',
    { serviceAccount: ownAccount('bert'), tokens: { anna: known('enabled'), bert: known('disabled') } },
    { 'service-account.unknown': 'unknown', 'tokens.contradicted': 'unknown', 'tokens.no-administrator': 'attention' },
  ],
  [
    'verified',
    { verifications: known([{ account: 'bert', verdict: 'right', at: AT }]) },
    { 'password.verified': 'ok' },
  ],
  [
    'drifted',
    { verifications: known([{ account: 'bert', verdict: 'only-login', at: AT }]) },
    { 'password.drifted': 'broken' },
  ],
  ['wrong', { verifications: known([{ account: 'bert', verdict: 'wrong', at: AT }]) }, { 'password.wrong': 'broken' }],
  [
    'drifted the other way',
    { verifications: known([{ account: 'bert', verdict: 'only-disk', at: AT }]) },
    { 'password.drifted': 'broken' },
  ],
  ['verifications unknown', { verifications: WHY }, { 'password.unknown': 'unknown' }],
  [
    'the person is near to being locked',
    { logins: { anna: loginOf(4, 5) } },
    { 'lockout.near': 'attention', 'authority.later': 'attention' },
  ],
  ['an administrator is locked', { logins: { anna: loginOf(0), bert: loginOf(5, 5) } }, { 'lockout.locked': 'broken' }],
  [
    'failed logins are told to root alone',
    { logins: { anna: { ...loginOf(0), failures: unknown<number>(ONLY_ROOT) } } },
    { 'lockout.unknown': 'unknown' },
  ],
  [
    'from when on an account is locked is not known',
    { logins: { anna: { lockout: known({ state: 'unknown' }), failures: known(2), failedAt: null } } },
    { 'lockout.threshold-unknown': 'unknown' },
  ],
  [
    'the rules cannot be read',
    { logins: { anna: { lockout: WHY, failures: known(0), failedAt: null } } },
    { 'lockout.threshold-unknown': 'unknown' },
  ],
  [
    'FileVault is off',
    { fileVault: known({ active: false, waitsForRestart: false, percent: null, deferred: false }) },
    { 'filevault.off': 'attention' },
  ],
  [
    'FileVault is deferred',
    { fileVault: known({ active: false, waitsForRestart: false, percent: null, deferred: true }) },
    { 'filevault.deferred': 'attention' },
  ],
  [
    'FileVault is at work',
    { fileVault: known({ active: true, waitsForRestart: false, percent: 41, deferred: false }) },
    { 'filevault.busy': 'attention' },
  ],
  [
    'FileVault waits for a restart',
    { fileVault: known({ active: true, waitsForRestart: true, percent: null, deferred: false }) },
    { 'filevault.waits-for-restart': 'attention' },
  ],
  ['FileVault unknown', { fileVault: WHY }, { 'filevault.unknown': 'unknown' }],
  [
    'no recovery key by both sources',
    { recoveryKey: known(false), cryptoUsers: known([localUser('anna'), localUser('bert')]) },
    { 'filevault.no-recovery-key': 'attention' },
  ],
  [
    'no recovery key by one source alone',
    { recoveryKey: known(false) },
    { 'filevault.recovery-key-unknown': 'unknown' },
  ],
  ['recovery key unknown', { recoveryKey: unknown(ONLY_ROOT) }, { 'filevault.recovery-key-unknown': 'unknown' }],
  ['no restart past the FileVault screen', { authRestart: known(false) }, { 'filevault.no-authrestart': 'attention' }],
  ['authrestart unknown', { authRestart: WHY }, { 'filevault.authrestart-unknown': 'unknown' }],
  ['the next start can be unlocked', UNLOCKS, { ...ON_INTEL, 'filevault.unlocks-start': 'ok' }],
  [
    'nothing is saved that could',
    { ...UNLOCKS, methods: known(none) },
    { ...ON_INTEL, 'filevault.unlocks-nothing': 'attention' },
  ],
  [
    'a management server alone has no password for it',
    { ...UNLOCKS, methods: known({ ...none, mdm: null }) },
    { ...ON_INTEL, 'filevault.unlocks-nothing': 'attention' },
  ],
  [
    'the saved account cannot unlock FileVault',
    { ...UNLOCKS, nextStart: known({ keepsKey: true, openers: ['anna'] }) },
    { ...ON_INTEL, 'filevault.unlocks-nothing': 'attention' },
  ],
  [
    'the key is thrown away',
    { ...UNLOCKS, nextStart: known({ keepsKey: false, openers: ['bert'] }) },
    { ...ON_INTEL, 'filevault.unlocks-nothing': 'attention' },
  ],
  [
    'nor is there a way past the screen',
    { ...UNLOCKS, authRestart: known(false) },
    { ...ON_INTEL, 'filevault.unlocks-nothing': 'attention', 'filevault.no-authrestart': 'attention' },
  ],
  [
    'whether the next start can be unlocked is unknown',
    { ...UNLOCKS, nextStart: unknown(ONLY_ROOT) },
    { ...ON_INTEL, 'filevault.unlocks-unknown': 'unknown' },
  ],
  ['no Jamf', { jamfLog: known(null) }, { 'enrolment.no-jamf': 'ok' }],
  ['the log of Jamf cannot be read', { jamfLog: WHY }, { 'enrolment.unknown': 'unknown' }],
  [
    'the management account is named in a line of trouble',
    { jamfLog: jamf('Error enrolling: the management account bert could not be created.') },
    { 'enrolment.same-name': 'attention' },
  ],
  [
    'enrolling failed for something else',
    { jamfLog: jamf('Enrollment failed: the device signature is not valid.') },
    { 'enrolment.failed': 'attention' },
  ],
  ['a good bootstrap token', bootstrap('valid'), { 'bootstrap-token.valid': 'ok' }],
  ['one that nothing proves', bootstrap('escrowed-unproven'), { 'bootstrap-token.unproven': 'unknown' }],
  ['one of no use', bootstrap('unusable'), { 'bootstrap-token.unusable': 'attention' }],
  ['none is escrowed', bootstrap('not-escrowed'), { 'bootstrap-token.not-escrowed': 'attention' }],
  ['a cut-off escrow', bootstrap('not-escrowed', { interrupted: true }), { 'bootstrap-token.interrupted': 'broken' }],
  [
    'a cut-off escrow that came to an end',
    bootstrap('valid', { interrupted: true }),
    { 'bootstrap-token.valid': 'ok' },
  ],
  ['a server that takes none', bootstrap('unsupported'), { 'bootstrap-token.unsupported': 'attention' }],
  ['no server', bootstrap('unsupported', { enrolled: false }), { 'bootstrap-token.not-managed': 'ok' }],
  ['a token nobody knows of', bootstrap('unknown'), { 'bootstrap-token.unknown': 'unknown' }],
  ['a token on Intel', bootstrap('unusable', { needed: false }), { 'bootstrap-token.not-needed': 'ok' }],
  ['a management server that does', server(), IN],
  ['one that only says it is unknown', { server: WHY }, { 'server.unknown': 'unknown' }],
  ['one that could not be asked', server({ answer: WHY }), { 'server.unknown': 'unknown' }],
  ['one that nothing is saved for', server({ holder: null }), { 'server.not-saved': 'attention' }],
  ['one that is not named', server({ service: 'none' }), { 'server.not-named': 'attention' }],
  ['one that refuses', answering({ seen: failed('credential-refused') }), { 'server.refused': 'broken' }],
  ['one that is ill', answering({ privileges: failed('server-failed') }), { 'server.unreachable': 'attention' }],
  [
    'one that lacks a privilege',
    answering({ privileges: { ...RIGHTS, missing: ['Read Computers'] } }),
    { ...IN, 'server.privileges': 'broken' },
  ],
  [
    'one that refuses a question',
    answering({ seen: failed('privilege-missing') }),
    { 'server.lets-in': 'ok', 'server.privileges': 'broken' },
  ],
  [
    'one with two records of this Mac',
    answering({ seen: failed('computer-ambiguous') }),
    { 'server.lets-in': 'ok', 'server.not-this-mac': 'broken' },
  ],
  [
    'one that says nonsense',
    answering({ seen: failed('not-understood') }),
    { 'server.lets-in': 'ok', 'server.unknown': 'unknown' },
  ],
  [
    'one with its feature off',
    answering({ seen: { ...ABLE, means: ['legacy-command'], lacks: 'feature-off' } }),
    { 'server.lets-in': 'ok', 'server.knows-mac': 'ok', 'server.feature-off': 'attention' },
  ],
  [
    'one that can nothing',
    answering({ seen: { ...ABLE, means: [] } }),
    { 'server.lets-in': 'ok', 'server.knows-mac': 'ok', 'server.no-means': 'attention' },
  ],
  [
    'an account that may more',
    server({
      holder: { kind: 'account', name: 'updater' },
      answer: answerOf({ privileges: { ...RIGHTS, beyond: ['X'] } }),
    }),
    { ...IN, 'server.account': 'attention', 'server.more-than-needed': 'attention' },
  ],
  [
    'a key to all Macs',
    server({ service: 'nanomdm', isServerItself: true }),
    { ...IN, 'server.fleet-key': 'attention' },
  ],
  ['a broker', server({ service: 'nanomdm', isServerItself: false }), IN],
  ['nobody knows whether it is a broker', server({ service: 'nanomdm', isServerItself: null }), IN],
  ['upkeep never ran', { own: known(null) }, { 'upkeep.never-ran': 'attention' }],
  ['upkeep’s status cannot be read', { own: WHY }, { 'upkeep.unknown': 'unknown' }],
  ['launchd does not know the agent', { own: health('health.agent-not-loaded') }, { 'upkeep.stopped': 'broken' }],
  ['a backup is old', { own: health('health.backup-old') }, { 'upkeep.unwell': 'attention' }],
];

describe('what is found that is not found on a healthy Mac', () => {
  test.each(TABLE)('%s', (_what, changes, wanted) => {
    const marks = marksOf(look(changes));
    const others = Object.fromEntries(Object.entries(marks).filter(([code]) => !(code in WELL)));
    expect(others).toEqual(wanted);
  });

  test('everything unknown is said to be, and nothing else', () => {
    const findings = look({
      tools: WHY,
      appleSilicon: WHY,
      consoleUser: WHY,
      accounts: WHY,
      administrators: WHY,
      tokens: {},
      cryptoUsers: WHY,
      logins: {},
      methods: WHY,
      rules: WHY,
      fileVault: WHY,
      recoveryKey: WHY,
      authRestart: WHY,
      jamfLog: WHY,
      own: WHY,
      keychain: WHY,
      serviceAccount: WHY,
      verifications: WHY,
      managementAccount: WHY,
      ...bootstrap('unknown'),
    });
    expect(findings.filter(({ mark }) => mark !== 'unknown')).toEqual([]);
    expect(new Set(findings.map(({ code }) => code)).size).toBe(findings.length);
    expect(findings.filter(({ means }) => means !== 'The tool said nonsense.')).toEqual([]);
  });
});

describe('in particular', () => {
  const one = (changes: Partial<CheckupFacts>, code: FindingCode): Finding => {
    const found = look(changes).find((finding) => finding.code === code);
    if (found === undefined) throw new Error(`${code} was not found`);
    return found;
  };

  test('whoever is not root is told to be', () => {
    const logins = { anna: { ...loginOf(0), failures: unknown<number>(ONLY_ROOT) } };
    expect(one({ logins }, 'lockout.unknown')).toMatchObject({
      what: 'It is not known how often logging in has failed: anna.',
      means: 'Only root may ask for it.',
      remedy: 'Run it with `sudo`.',
    });
    // Nobody whose count is unknown is called far from it.
    expect(Object.keys(marksOf(look({ logins })))).not.toContain('lockout.clear');
  });

  test('a lock ends when its time is over, and one without a time stays', () => {
    const at = AT - 14 * 60_000;
    expect(one({ logins: { anna: loginOf(5, 5, at) } }, 'lockout.locked').what).toBe(
      'The account anna is locked until Mon 23 Nov 2026, 09:01: 5 wrong in a row, locked from 5 on.',
    );
    expect(marksOf(look({ logins: { anna: loginOf(5, 5, AT - 16 * 60_000) } }))['lockout.near']).toBe('attention');
    const lockout = known({ state: 'limited', attempts: 5, resetMinutes: null } as const);
    expect(one({ logins: { anna: { ...loginOf(5, 5), lockout } } }, 'lockout.locked').what).toMatch(
      'until somebody opens it',
    );
  });

  test('an assumed limit warns and never says that an account is locked', () => {
    const login = { lockout: known({ state: 'unknown' } as const), failures: known(9), failedAt: AT };
    expect(one({ logins: { anna: login } }, 'lockout.near').what).toMatch('locked from assumed 5 on');
  });

  test('where nothing locks an account no number of failures is near', () => {
    const login = { lockout: known({ state: 'none' } as const), failures: known(40), failedAt: AT };
    expect(one({ logins: { anna: login } }, 'lockout.clear').what).toMatch('40 wrong in a row, nothing ever locks it');
  });

  test('a trouble of enrolling is quoted with its time, the last five lines at most', () => {
    const lines = Array.from({ length: 7 }, (_, index) => `Enrollment attempt ${index} failed.`);
    const { quotes } = one({ jamfLog: jamf('Enrolling computer...', ...lines) }, 'enrolment.failed');
    expect(quotes).toEqual(lines.slice(2).map((line, index) => `Mon Nov 23 08:12:0${index + 3}  ${line}`));
  });

  test.each([
    [
      'the name is taken, said by the process that enrols',
      ['Enrolling computer...', 'User bert already exists.'],
      'enrolment.same-name',
    ],
    [
      'the same, of somebody who is no administrator',
      ['Enrolling computer...', 'User anna already exists.'],
      'enrolment.failed',
    ],
    [
      'a policy makes an account that is there, and nobody enrols',
      ['Executing Policy Make users', 'User bert already exists.'],
      'enrolment.clear',
    ],
    ['the name as part of another word', ['Error enrolling robert@example.com.'], 'enrolment.failed'],
    ['a policy named so that worked', ['Executing Policy Enrollment complete'], 'enrolment.clear'],
    ['a curly and a straight sign', ['The management account “Bert” could not be created.'], 'enrolment.same-name'],
  ])('%s', (_what, texts, code) => {
    expect(Object.keys(marksOf(look({ jamfLog: jamf(...texts) })))).toContain(code);
  });

  test('an administrator called admin is named by quotation marks alone', () => {
    const accounts = known([accountOf('anna'), accountOf('bert', { otherNames: ['admin'] })]);
    const failed = jamf('Could not create the managed admin account.');
    expect(one({ accounts, jamfLog: failed }, 'enrolment.failed').quotes).toHaveLength(1);
    const named = jamf('Could not create the managed admin account "admin".');
    expect(one({ accounts, jamfLog: named }, 'enrolment.same-name').what).toMatch('share a name: bert');
  });

  test('the name that the management server has is enough beside a line of trouble, and nothing without one', () => {
    const managementAccount = known('BERT');
    const jamfLog = jamf('Enrollment failed.');
    expect(one({ managementAccount, jamfLog }, 'enrolment.same-name').quotes).toHaveLength(1);
    expect(marksOf(look({ managementAccount }))).toEqual(WELL);
  });

  test('whether administrators could not be read is said', () => {
    const found = one({ administrators: WHY, jamfLog: jamf('Enrollment failed: bert.') }, 'enrolment.failed');
    expect(found.means).toMatch('is not known');
  });

  test('the token is looked for in both sources: an account that only one knows about has it', () => {
    const accounts = known([accountOf('anna', { token: 'unknown' }), accountOf('bert', { token: 'unknown' })]);
    expect(marksOf(look({ accounts }))).toEqual(WELL);
  });

  test('what matters on Apple silicon alone breaks nothing where the chip is not known', () => {
    const accounts = known([accountOf('anna', { token: 'disabled' }), accountOf('bert', { token: 'disabled' })]);
    const changes = {
      accounts,
      tokens: {},
      cryptoUsers: known([]),
      serviceAccount: ownAccount('bert'),
      appleSilicon: WHY,
    };
    expect(counted(look(changes)).broken).toBe(0);
    expect(one(changes, 'tokens.none')).toMatchObject({
      mark: 'attention',
      means: expect.stringMatching(/on an Intel Mac.*is not known\.$/),
    });
    expect(marksOf(look({ appleSilicon: WHY, serviceAccount: ownAccount('carl') }))['service-account.missing']).toBe(
      'broken',
    );
  });

  test('on Intel a service account needs neither token nor ownership', () => {
    const changes = { appleSilicon: known(false), serviceAccount: ownAccount('bert'), cryptoUsers: known([]) };
    expect(marksOf(look(changes))['service-account.healthy']).toBe('ok');
  });
});

test('each finding says something, and what is not well says what to do', () => {
  for (const [, changes] of TABLE) {
    for (const { code, mark, what, means, remedy } of examine(healthyFacts(changes))) {
      expect([code, what]).toEqual([code, expect.stringMatching(/^\S.*[.:]$/s)]);
      expect([code, means]).toEqual([code, expect.stringMatching(/^\S.*\.$/s)]);
      if (mark === 'ok') expect([code, remedy]).toEqual([code, null]);
      else expect([code, remedy]).toEqual([code, expect.stringMatching(/^\S.*\.$/s)]);
    }
  }
});

// The last one, so that all the others have run.
test('each code has its situation above', () => {
  const file = join(dirname(fileURLToPath(import.meta.url)), '../../../src/policy/examine/finding.ts');
  const type = /type FindingCode =([\s\S]*?);\n/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const codes = [...type.matchAll(/'([^']+)'/g)].map((found) => found[1] ?? '');
  expect(codes.length).toBeGreaterThan(50);
  expect(codes.filter((code) => !seen.has(code))).toEqual([]);
});
