// When a new bootstrap token is sent, and by whom: before anybody is asked, once a day, and never where a way works.
import { describe, expect, test } from 'vitest';
import { type AuthorityFacts, NOTHING_SAVED } from '../../src/domain/authority.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { emptyLedger } from '../../src/domain/ledger.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { TokenRepair } from '../../src/domain/token-repair.ts';
import { firstContext } from '../../src/machines/context.ts';
import { tokenRepaired } from '../../src/machines/push-records.ts';
import { withTokenRepair } from '../../src/policy/decide-token-repair.ts';
import { MONDAY_NINE as AT, factsAt, settings } from '../support/situations.ts';

const rest = (state: Extract<Decision, { kind: 'rest' }>['state'] = 'waiting', forMs = HOUR_MS): Decision => ({
  kind: 'rest',
  state,
  wakeAt: AT + forMs,
  because: [{ code: 'no-deadline' }],
});
const byPerson: Decision = { kind: 'authorize', closesAt: AT + HOUR_MS, by: 'person', because: [] };
const tell: Decision = { kind: 'tell', why: 'no-token', closesAt: AT + HOUR_MS, because: [] };
const install: Decision = { kind: 'install', by: 'person', because: [] };
const failed = (at: number, by: TokenRepair['by'] = 'saved'): TokenRepair => ({
  at,
  by,
  trouble: { why: 'nobody', detail: 'nobody' },
});

type Case = {
  decision?: Decision;
  allowed?: Settings['mdm']['repairBootstrapToken'];
  mdm?: AuthorityFacts['methods']['mdm'];
  order?: Settings['authentication']['order'];
  last?: TokenRepair | null;
  admin?: boolean;
};
const decided = ({
  decision = byPerson,
  allowed = 'saved',
  mdm = 'bootstrap-token',
  order = ['mdm'],
  last = null,
  admin,
}: Case) =>
  withTokenRepair(
    decision,
    {
      ...settings,
      authentication: { ...settings.authentication, order },
      mdm: { ...settings.mdm, repairBootstrapToken: allowed },
    },
    factsAt(AT, {
      authority: {
        methods: { ...NOTHING_SAVED, mdm },
        person: 'ready',
        ...(admin === undefined ? {} : { personIsAdmin: admin }),
      },
    }),
    { ...emptyLedger, tokenRepair: last },
  );

describe('a saved administrator', () => {
  test.each<[string, Case, boolean]>([
    ['before the person is asked', {}, true],
    ['before the person is told that nobody can', { decision: tell }, true],
    ['in place of a long rest', { decision: rest() }, true],
    ['not before a restart or a look that is near', { decision: rest('scheduled', 9 * MINUTE_MS) }, false],
    ['not in a pause', { decision: rest('paused') }, false],
    ['not after too many failures', { decision: rest('halted') }, false],
    ['not where a saved way works', { decision: { ...byPerson, via: 'local-account' } }, false],
    ['not where root installs', { decision: install }, false],
    ['not where the settings say off', { allowed: 'off' }, false],
    ['not for another trouble of the server', { mdm: 'server-unreachable' }, false],
    ['not where the server works', { mdm: null }, false],
    ['not where the server is no way', { order: ['saved-password'] }, false],
    ['not within a day of one that failed', { last: failed(AT - DAY_MS + 1) }, false],
    ['a day after one that failed', { last: failed(AT - DAY_MS) }, true],
    ['not within a day of one that went well', { last: { at: AT - 1, by: 'saved', trouble: null } }, false],
    ['after a clock was set back', { last: failed(AT + HOUR_MS) }, true],
    ['also where the person would be next', { allowed: 'person', admin: true }, true],
  ])('%s', (_, input, repairs) => {
    expect(decided(input).kind === 'repair-token').toBe(repairs);
  });

  test('one that failed is told while it is not tried again', () => {
    const last = failed(AT - HOUR_MS);
    expect(decided({ decision: rest(), last }).because.at(-1)).toEqual({
      code: 'token-repair-failed',
      why: 'nobody',
      detail: 'nobody',
      nextAt: AT - HOUR_MS + DAY_MS,
    });
  });
});

describe('the person', () => {
  const last = failed(AT - MINUTE_MS);
  test.each<[string, Case, boolean]>([
    ['an administrator, after the saved ones', { allowed: 'person', admin: true, last }, true],
    ['not where the settings say saved', { allowed: 'saved', admin: true, last }, false],
    ['not who is no administrator', { allowed: 'person', admin: false, last }, false],
    ['not of whom it is not known', { allowed: 'person', last }, false],
    ['not twice a day', { allowed: 'person', admin: true, last: failed(AT - MINUTE_MS, 'person') }, false],
    [
      'not the password of somebody else',
      { allowed: 'person', admin: true, last, decision: { ...byPerson, others: [{ name: 'bert', fullName: 'Bert' }] } },
      false,
    ],
  ])('%s', (_, input, repairs) => {
    const decision = decided(input);
    expect(decision.kind === 'authorize' && decision.repairsToken === true).toBe(repairs);
  });
});

describe('what came of it', () => {
  const server = { at: AT, until: AT + HOUR_MS, failures: 2, why: 'bootstrap-token', detail: 'none' } as const;
  const stamp = { at: AT + MINUTE_MS, monotonicMs: 1 };
  const record = (decision: Decision, outcome: Parameters<typeof tokenRepaired>[1]) =>
    tokenRepaired({ ...firstContext, decision, ledger: { ...emptyLedger, server } }, outcome, stamp).ledger;
  const repair: Decision = { kind: 'repair-token', because: [] };

  test('repaired by a saved administrator: the server is asked again at once', () => {
    const ledger = record(repair, { result: 'repaired', by: 'itadmin' });
    expect(ledger).toMatchObject({ server: null, tokenRepair: { at: stamp.at, by: 'saved', trouble: null } });
  });

  test('repaired by the person: what they typed installs, and the server is left alone', () => {
    const ledger = record({ ...byPerson, repairsToken: true }, { result: 'repaired', by: 'anna' });
    expect(ledger).toMatchObject({ server, tokenRepair: { by: 'person', trouble: null } });
  });

  test('failed: the server is left alone as long as before, and the reason is kept', () => {
    const ledger = record(repair, { result: 'failed', why: 'unfit', detail: 'no administrator' });
    expect(ledger).toMatchObject({ server, tokenRepair: { trouble: { why: 'unfit', detail: 'no administrator' } } });
  });
});
