import type { Account, CryptoUser } from '../../../src/domain/accounts.ts';
import { known } from '../../../src/domain/facts.ts';
import type { CheckupFacts, ServiceAccountFacts } from '../../../src/policy/examine/checkup-facts.ts';
import { defaultSettings } from '../../../src/policy/schema.ts';

const GUID = {
  anna: '11111111-0000-4000-8000-000000000001',
  bert: '22222222-0000-4000-8000-000000000002',
  carl: '33333333-0000-4000-8000-000000000003',
} as const;
export type Name = keyof typeof GUID;

export function accountOf(name: Name, changes: Partial<Account> = {}): Account {
  return {
    name,
    otherNames: [],
    fullName: null,
    uid: { anna: 501, bert: 502, carl: 503 }[name],
    guid: GUID[name],
    home: `/Users/${name}`,
    shell: '/bin/zsh',
    hidden: false,
    token: 'enabled',
    authorities: ['ShadowHash'],
    disabled: false,
    ...changes,
  };
}

export const localUser = (name: Name, owner: boolean | null = true): CryptoUser => ({
  uuid: GUID[name],
  kind: 'local',
  owner,
});

export const keyUser = (kind: CryptoUser['kind']): CryptoUser => ({
  uuid: `44444444-0000-4000-8000-0000000000${kind.length}`,
  kind,
  owner: true,
});

export const AT = Date.UTC(2026, 10, 23, 8);

/** An Apple silicon Mac on which nothing is wrong: anna is logged in, bert is the administrator. */
export function healthyFacts(changes: Partial<CheckupFacts> = {}): CheckupFacts {
  const { order, severalSaved, savedFailover, mdmFailover } = defaultSettings.authentication;
  return {
    at: AT,
    zone: 'Europe/Berlin',
    tools: known({ needed: 18, missing: [], dialog: true, dialogOpen: known(null) }),
    appleSilicon: known(true),
    consoleUser: known({ name: 'anna', uid: 501 }),
    accounts: known([accountOf('anna'), accountOf('bert')]),
    administrators: known({ names: ['root', 'bert'], guids: [] }),
    tokens: { anna: known('enabled'), bert: known('enabled') },
    cryptoUsers: known([localUser('anna'), localUser('bert'), keyUser('personal-recovery')]),
    logins: { anna: loginOf(0), bert: loginOf(0) },
    methods: known({
      'saved-password': 'not-set',
      'local-account': 'not-set',
      'service-account': 'not-set',
      mdm: 'not-set',
    }),
    rules: known({ order, severalSaved, savedFailover, mdmFailover }),
    fileVault: known({ active: true, waitsForRestart: false, percent: null, deferred: false }),
    recoveryKey: known(true),
    authRestart: known(true),
    jamfLog: known([]),
    own: known({ writtenAt: '2026-11-23T07:30:00Z', problems: [] }),
    ...changes,
  };
}

/** upkeep's own account, as it is to be. */
export function ownAccount(name: Name, changes: Partial<Extract<ServiceAccountFacts, { state: 'ready' }>> = {}) {
  const ready = { name, renamedFrom: null, altered: [], rotating: false, rotationDue: AT + 1, ...changes };
  return known<ServiceAccountFacts>({ state: 'ready', ...ready });
}

export function loginOf(
  failures: number,
  attempts = 10,
  failedAt: number | null = AT - 60_000,
): CheckupFacts['logins'][string] {
  return {
    lockout: known({ state: 'limited', attempts, resetMinutes: 15 }),
    failures: known(failures),
    failedAt: failures === 0 ? null : failedAt,
  };
}
