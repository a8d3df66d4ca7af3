// By whose authority an install is done: every method, everything that can be wrong with it, every failover policy.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AUTH_METHODS,
  type AuthMethod,
  MDM_FAILOVERS,
  type MethodTrouble,
  type PersonState,
} from '../../src/domain/authority.ts';
import {
  type AuthorityChoice,
  type AuthorityRules,
  type AuthoritySituation,
  chooseAuthority,
  mdmFailoverNamed,
} from '../../src/policy/choose-authority.ts';

const rules: AuthorityRules = {
  order: [...AUTH_METHODS],
  severalSaved: false,
  savedFailover: false,
  mdmFailover: [],
};
const none: AuthoritySituation['methods'] = {
  'saved-password': 'not-set',
  'local-account': 'not-set',
  'service-account': 'not-set',
  mdm: 'not-set',
};
const usual: AuthoritySituation = {
  appleSilicon: { known: true, value: true },
  methods: none,
  person: 'ready',
  stage: 'open',
  installNow: false,
  rules,
};

/** `service-account`, `person: credential`, `nobody: later`, `nobody: admin`, each with what was refused. */
function words(choice: AuthorityChoice): string {
  if (choice.by === 'root') return 'root';
  const refused = choice.refused.map(({ method, why }) => ` −${method}(${why})`).join('');
  if (choice.by === 'person') {
    const whose = choice.others === undefined ? '' : ` of ${choice.others.map(({ name }) => name).join(', ')}`;
    return `person: ${choice.why}${whose}${refused}`;
  }
  if (choice.by === 'nobody') return `nobody: ${choice.passing ? 'later' : 'admin'}, person ${choice.person}${refused}`;
  return `${choice.by}${refused}`;
}

const one = (method: AuthMethod, trouble: MethodTrouble | null) => ({ ...none, [method]: trouble });

type Row = [
  methods: Partial<Record<AuthMethod, MethodTrouble | null>>,
  rules: Partial<AuthorityRules>,
  rest: Partial<Omit<AuthoritySituation, 'methods' | 'rules'>>,
  expected: string,
];

const SAVED = 'saved-password';
const LOCAL = 'local-account';
const SERVICE = 'service-account';
const ask = { savedFailover: true };

describe('saved credentials', () => {
  // Whatever is wrong with one of them: with failover the person is asked, without nobody installs.
  const credentials = [SAVED, LOCAL, SERVICE] as const;
  const lasting = ['password-gone', 'no-account', 'no-token', 'not-owner', 'wrong-password', 'drifted'] as const;
  const passing = ['unknown', 'keychain-unavailable', 'locked', 'near-lockout', 'tried-today'] as const;
  const rows = credentials.flatMap((method) => [
    ...[...lasting, ...passing].map((trouble): [AuthMethod, MethodTrouble, boolean, string] => [
      method,
      trouble,
      true,
      `person: credential −${method}(${trouble})`,
    ]),
    ...lasting.map((trouble): [AuthMethod, MethodTrouble, boolean, string] => [
      method,
      trouble,
      false,
      `nobody: admin, person not-asked −${method}(${trouble})`,
    ]),
    ...passing.map((trouble): [AuthMethod, MethodTrouble, boolean, string] => [
      method,
      trouble,
      false,
      `nobody: later, person not-asked −${method}(${trouble})`,
    ]),
  ]);
  test.each(rows)('%s, %s, failover %s', (method, trouble, credentialFailover, expected) => {
    const choice = chooseAuthority({
      ...usual,
      methods: one(method, trouble),
      rules: { ...rules, savedFailover: credentialFailover },
    });
    expect(words(choice)).toBe(expected);
  });
});

describe('a management server', () => {
  const SERVER = 'server-unreachable';
  const TOKEN = 'bootstrap-token';
  const rows: [MethodTrouble, AuthorityRules['mdmFailover'], Partial<AuthoritySituation>, string][] = [
    [SERVER, [], {}, `nobody: later, person not-asked −mdm(${SERVER})`],
    [SERVER, ['always'], {}, `person: always −mdm(${SERVER})`],
    [SERVER, [SERVER], {}, `person: ${SERVER} −mdm(${SERVER})`],
    [SERVER, [TOKEN], {}, `nobody: later, person not-asked −mdm(${SERVER})`],
    [TOKEN, [], {}, `nobody: admin, person not-asked −mdm(${TOKEN})`],
    [TOKEN, ['always'], {}, `person: always −mdm(${TOKEN})`],
    [TOKEN, [SERVER], {}, `nobody: admin, person not-asked −mdm(${TOKEN})`],
    [TOKEN, [TOKEN], {}, `person: ${TOKEN} −mdm(${TOKEN})`],
    ['no-privilege', [], {}, 'nobody: admin, person not-asked −mdm(no-privilege)'],
    ['no-privilege', [SERVER, TOKEN], {}, 'nobody: admin, person not-asked −mdm(no-privilege)'],
    ['no-privilege', ['always'], {}, 'person: always −mdm(no-privilege)'],
    ['command-failed', [SERVER, TOKEN], {}, 'nobody: later, person not-asked −mdm(command-failed)'],
    ['command-failed', ['always'], {}, 'person: always −mdm(command-failed)'],
    ['command-failed', ['soft-deadline'], { stage: 'open' }, 'nobody: later, person not-asked −mdm(command-failed)'],
    [
      'command-failed',
      ['soft-deadline'],
      { stage: 'past-focus' },
      'nobody: later, person not-asked −mdm(command-failed)',
    ],
    ['command-failed', ['soft-deadline'], { stage: 'past-soft' }, 'person: soft-deadline −mdm(command-failed)'],
    ['command-failed', ['soft-deadline'], { stage: 'past-hard' }, 'person: soft-deadline −mdm(command-failed)'],
    [
      'command-failed',
      ['hard-deadline'],
      { stage: 'past-soft' },
      'nobody: later, person not-asked −mdm(command-failed)',
    ],
    ['command-failed', ['hard-deadline'], { stage: 'past-hard' }, 'person: hard-deadline −mdm(command-failed)'],
    ['command-failed', ['install-now'], { installNow: false }, 'nobody: later, person not-asked −mdm(command-failed)'],
    ['command-failed', ['install-now'], { installNow: true }, 'person: install-now −mdm(command-failed)'],
    [SERVER, ['install-now'], { installNow: true }, `person: install-now −mdm(${SERVER})`],
    [TOKEN, ['hard-deadline'], { stage: 'past-hard' }, `person: hard-deadline −mdm(${TOKEN})`],
    ['unknown', ['always'], {}, 'person: always −mdm(unknown)'],
    ['unknown', [], {}, 'nobody: later, person not-asked −mdm(unknown)'],
  ];
  test.each(rows)('%s with failover %j and %j', (trouble, mdmFailover, rest, expected) => {
    const choice = chooseAuthority({
      ...usual,
      ...rest,
      methods: one('mdm', trouble),
      rules: { ...rules, mdmFailover },
    });
    expect(words(choice)).toBe(expected);
  });

  test('failover of credentials is not for it, nor the other way about', () => {
    const mdm = chooseAuthority({
      ...usual,
      methods: one('mdm', 'no-privilege'),
      rules: { ...rules, savedFailover: true },
    });
    expect(words(mdm)).toBe('nobody: admin, person not-asked −mdm(no-privilege)');
    const local = chooseAuthority({
      ...usual,
      methods: one(LOCAL, 'no-token'),
      rules: { ...rules, mdmFailover: ['always'] },
    });
    expect(words(local)).toBe('nobody: admin, person not-asked −local-account(no-token)');
  });
});

describe('the person', () => {
  const person = (state: PersonState): Partial<AuthoritySituation> => ({ person: state });
  const others = [
    { name: 'bert', fullName: 'Bert Brecht' },
    { name: 'clara', fullName: 'Clara Zetkin' },
  ];
  const rows: Row[] = [
    [{}, {}, {}, 'person: nothing-saved'],
    [{}, {}, person('nobody'), 'nobody: later, person nobody'],
    [{}, {}, person('screen-locked'), 'nobody: later, person screen-locked'],
    [{}, {}, person('no-token'), 'nobody: admin, person no-token'],
    [{}, {}, person('not-owner'), 'nobody: admin, person not-owner'],
    [{}, {}, person('near-lockout'), 'nobody: later, person near-lockout'],
    [{}, {}, person('locked'), 'nobody: later, person locked'],
    [{}, {}, { ...person('not-owner'), others }, 'person: nothing-saved of bert, clara'],
    [{}, {}, { ...person('no-token'), others }, 'person: nothing-saved of bert, clara'],
    [{}, {}, { ...person('not-owner'), others: [] }, 'nobody: admin, person not-owner'],
    // Whoever could type their own, now or later, is never asked for somebody else's.
    [{}, {}, { ...person('ready'), others }, 'person: nothing-saved'],
    [{}, {}, { ...person('near-lockout'), others }, 'nobody: later, person near-lockout'],
    [{}, {}, { ...person('locked'), others }, 'nobody: later, person locked'],
    [{}, {}, { ...person('screen-locked'), others }, 'nobody: later, person screen-locked'],
    [{}, {}, { ...person('nobody'), others }, 'nobody: later, person nobody'],
    [{}, {}, { ...person('unknown'), others }, 'nobody: later, person unknown'],
    // Failover decides whether anybody is asked, whosever password it would be.
    [
      { [LOCAL]: 'not-owner' },
      {},
      { ...person('not-owner'), others },
      'nobody: admin, person not-asked −local-account(not-owner)',
    ],
    [
      { [LOCAL]: 'not-owner' },
      ask,
      { ...person('not-owner'), others },
      'person: credential of bert, clara −local-account(not-owner)',
    ],
    [{ [LOCAL]: null }, {}, { ...person('not-owner'), others }, LOCAL],
    [{}, {}, person('asked-enough'), 'nobody: later, person asked-enough'],
    [{}, {}, person('unknown'), 'nobody: later, person unknown'],
    [{ [LOCAL]: 'not-owner' }, ask, person('nobody'), 'nobody: later, person nobody −local-account(not-owner)'],
    [{ [LOCAL]: 'not-owner' }, ask, person('not-owner'), 'nobody: admin, person not-owner −local-account(not-owner)'],
    [{ [LOCAL]: 'locked' }, ask, person('not-owner'), 'nobody: later, person not-owner −local-account(locked)'],
  ];
  test.each(rows)('%j %j %j', (methods, own, rest, expected) => {
    const choice = chooseAuthority({
      ...usual,
      ...rest,
      methods: { ...none, ...methods },
      rules: { ...rules, ...own },
    });
    expect(words(choice)).toBe(expected);
  });
});

describe('several methods, and Intel', () => {
  const rows: Row[] = [
    [{ [SAVED]: null }, {}, {}, SAVED],
    [{ [LOCAL]: null }, {}, {}, LOCAL],
    [{ [SERVICE]: null }, {}, {}, SERVICE],
    [{ mdm: null }, {}, {}, 'mdm'],
    [{ [SERVICE]: null }, {}, { person: 'nobody' }, SERVICE],
    [{ [SAVED]: null, [SERVICE]: null }, {}, {}, SAVED],
    [{ [SAVED]: null, [SERVICE]: null }, { order: [SERVICE, SAVED] }, {}, SERVICE],
    [{ [SAVED]: null }, { order: [SERVICE] }, {}, 'person: nothing-saved'],
    [
      { [LOCAL]: 'wrong-password', [SERVICE]: null },
      {},
      {},
      'nobody: admin, person not-asked −local-account(wrong-password) −service-account(second-saved)',
    ],
    [
      { [LOCAL]: 'wrong-password', [SERVICE]: null },
      { severalSaved: true },
      {},
      'service-account −local-account(wrong-password)',
    ],
    [
      { [LOCAL]: 'wrong-password', mdm: 'bootstrap-token' },
      { severalSaved: true, mdmFailover: ['bootstrap-token'] },
      {},
      'person: bootstrap-token −local-account(wrong-password) −mdm(bootstrap-token)',
    ],
    [
      { [LOCAL]: 'wrong-password', mdm: 'bootstrap-token' },
      { mdmFailover: ['bootstrap-token'] },
      {},
      'nobody: admin, person not-asked −local-account(wrong-password) −mdm(second-saved)',
    ],
    [{ [LOCAL]: 'wrong-password' }, {}, { appleSilicon: { known: true, value: false } }, 'root'],
    [{}, {}, { appleSilicon: { known: true, value: false }, person: 'nobody' }, 'root'],
    [
      { [SERVICE]: null },
      {},
      { appleSilicon: { known: false, why: 'sysctl hung' } },
      'nobody: later, person not-asked',
    ],
  ];
  test.each(rows)('%j %j %j', (methods, own, rest, expected) => {
    const choice = chooseAuthority({
      ...usual,
      ...rest,
      methods: { ...none, ...methods },
      rules: { ...rules, ...own },
    });
    expect(words(choice)).toBe(expected);
  });
});

const anySituation = fc.record({
  appleSilicon: fc.constantFrom<AuthoritySituation['appleSilicon']>(
    { known: true, value: true },
    { known: false, why: 'x' },
  ),
  methods: fc.record(
    Object.fromEntries(
      AUTH_METHODS.map((method) => [
        method,
        fc.constantFrom<MethodTrouble | null>(
          null,
          'not-set',
          'unknown',
          'wrong-password',
          'server-unreachable',
          'bootstrap-token',
        ),
      ]),
    ) as Record<AuthMethod, fc.Arbitrary<MethodTrouble | null>>,
  ),
  person: fc.constantFrom<PersonState>(
    'ready',
    'nobody',
    'screen-locked',
    'not-owner',
    'no-token',
    'locked',
    'unknown',
  ),
  others: fc.constantFrom([], [{ name: 'bert', fullName: 'Bert' }]),
  stage: fc.constantFrom<AuthoritySituation['stage']>('open', 'past-focus', 'past-soft', 'past-hard'),
  installNow: fc.boolean(),
  rules: fc.record({
    order: fc.shuffledSubarray([...AUTH_METHODS]),
    severalSaved: fc.boolean(),
    savedFailover: fc.boolean(),
    mdmFailover: fc.subarray([...MDM_FAILOVERS]),
  }),
});

test('nothing that is not sound is ever used, and nobody is asked who is not there', () => {
  fc.assert(
    fc.property(anySituation, (situation) => {
      const choice = chooseAuthority(situation);
      if (choice.by === 'person' && choice.others === undefined) expect(situation.person).toBe('ready');
      else if (choice.by === 'person') {
        expect(['not-owner', 'no-token']).toContain(situation.person);
        expect(choice.others).toEqual(situation.others);
        expect(choice.others).not.toEqual([]);
      } else if (choice.by !== 'root' && choice.by !== 'nobody') {
        expect(situation.methods[choice.by]).toBeNull();
        expect(situation.rules.order).toContain(choice.by);
      }
      if (!situation.appleSilicon.known) expect(choice.by).toBe('nobody');
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['ALWAYS', ['always']],
  ['NOSERVICE', ['server-unreachable']],
  ['Bootstrap', ['bootstrap-token']],
  ['hard', ['hard-deadline']],
  ['SOFT', ['soft-deadline']],
  ['INSTALLNOW', ['install-now']],
  ['install-now', ['install-now']],
  ['ERROR', ['server-unreachable', 'bootstrap-token']],
  ['DEADLINE', ['soft-deadline', 'hard-deadline']],
  ['server-unreachable', ['server-unreachable']],
  ['DIALOG', null],
  ['', null],
])('the failover called %j', (name, expected) => {
  expect(mdmFailoverNamed(name)).toEqual(expected);
});
