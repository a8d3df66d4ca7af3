// The table “Which deadline counts” of docs/mdm.md, cell by cell, each row with what it is played with. hand-over.test.ts plays
// them; test/docs/mdm.test.ts holds the document against them.
import { nextDeclared } from '../../src/adapters/macos/declared-updates.ts';
import { NOTHING_SAVED } from '../../src/domain/authority.ts';
import { type Facts, known } from '../../src/domain/facts.ts';
import { DAY_MS, HOUR_MS, type Instant, localTimeOf, MINUTE_MS } from '../../src/domain/instant.ts';
import type { HandOver, Ledger, Warning } from '../../src/domain/ledger.ts';
import { methodTroubleOf, type PushTrouble } from '../../src/domain/push.ts';
import { decide } from '../../src/policy/decide.ts';
import { enforcementObserved } from '../../src/policy/hand-over.ts';
import { withServerKnown } from '../../src/policy/pending-push.ts';
import { scheduleForTarget } from '../../src/policy/situation.ts';
import {
  BOOT,
  berlin,
  factsAt,
  ledgerWith,
  MONDAY_NINE,
  settings,
  targetFoundAt,
  ZONE,
} from '../support/situations.ts';

const OWN = berlin('2026-11-16T12:00');
const BEFORE = OWN - 2 * DAY_MS;
const TO = { version: '26.6.2', build: '25G83' };
const RUNS = { version: '26.6', build: '25G72' };

/** What macOS says that it was told, with what of it counts. */
const declared = (at: Instant, to: { version: string; build: string | null } = TO): Partial<Facts> => {
  const enforcements = [{ ...to, by: localTimeOf(at, ZONE) }];
  return { declared: known(nextDeclared(enforcements, RUNS, ZONE)) };
};
const nothingDeclared: Partial<Facts> = { declared: known(null) };
const handOver = (changes: Partial<HandOver> = {}): HandOver => ({
  label: 'macOS Tahoe 26.6.2-25G83',
  to: TO,
  by: OWN,
  plan: { means: 'declaration', id: 'plan-1' },
  at: BEFORE - HOUR_MS,
  seen: true,
  ...changes,
});

/** `server`: what its last answer to an order was. */
export type Play = { facts?: Partial<Facts>; ledger?: Partial<Ledger>; at?: Instant; server?: PushTrouble };
export type DeadlineRow = { there: string; told: string; restarts: string; plays: readonly Play[] };

export const DEADLINE_ROWS: readonly DeadlineRow[] = [
  {
    there: 'upkeep’s deadline alone',
    told: 'upkeep’s',
    restarts: 'upkeep, by the first way that works',
    plays: [{ facts: nothingDeclared }, {}],
  },
  {
    there: 'upkeep’s deadline, handed over',
    told: 'upkeep’s',
    restarts: 'macOS',
    plays: [
      { facts: declared(OWN), ledger: { handOver: handOver() } },
      { facts: nothingDeclared, ledger: { handOver: handOver({ seen: false }) } },
    ],
  },
  {
    there: 'a declaration of somebody else, earlier than upkeep’s',
    told: 'the declared one',
    restarts: 'macOS',
    plays: [{ facts: declared(OWN - DAY_MS) }, { facts: declared(OWN - HOUR_MS), ledger: { handOver: handOver() } }],
  },
  {
    there: 'a declaration of somebody else, later than upkeep’s',
    told: 'upkeep’s',
    restarts: 'upkeep, by the first way that works',
    plays: [{ facts: declared(OWN + DAY_MS) }],
  },
  {
    there: 'a declaration that was withdrawn, or that the Mac has not heard of within a day',
    told: 'upkeep’s own again; it is not handed over for a day',
    restarts: 'upkeep',
    plays: [
      { facts: nothingDeclared, ledger: { handOver: handOver() } },
      { facts: nothingDeclared, ledger: { handOver: handOver({ seen: false, at: BEFORE - DAY_MS }) } },
    ],
  },
  {
    there: 'a declaration for a release that already runs',
    told: 'upkeep’s; the declaration does not count',
    restarts: 'upkeep',
    plays: [{ facts: declared(OWN - DAY_MS, RUNS) }],
  },
  {
    there: 'Apple’s deferral hides the release',
    told: 'nothing but in `status`: what is not offered is no target',
    restarts: 'nobody; a declaration made by an administrator is carried out by macOS all the same',
    plays: [
      { facts: nothingDeclared, ledger: { target: null } },
      { facts: declared(OWN - DAY_MS), ledger: { target: null } },
    ],
  },
  {
    there: 'a plan of somebody else is under way on the server',
    told: 'upkeep’s',
    restarts:
      'upkeep, but not by the server: the order is refused (“another plan is under way”); another way follows, or the server is asked again later',
    plays: [{ facts: nothingDeclared, server: 'plan-in-progress' }],
  },
  {
    there: 'the person chooses “now” after the hand-over',
    told: 'now',
    restarts: 'upkeep, but not by the server: Jamf Pro makes no second plan',
    plays: [
      {
        facts: declared(OWN),
        ledger: { handOver: handOver(), consent: { at: BEFORE - MINUTE_MS, by: 'person', uid: 501 } },
      },
    ],
  },
  {
    there: 'macOS has not restarted an hour and a half after its deadline',
    told: 'the warning is repeated',
    restarts: 'upkeep, but not by the server: the first other way that works; macOS may still do it',
    plays: [
      {
        at: OWN + 2 * HOUR_MS,
        facts: declared(OWN),
        ledger: {
          handOver: handOver(),
          push: { plan: null, to: TO, since: OWN, askAt: OWN + 8 * HOUR_MS },
        },
      },
    ],
  },
];

/** What a cell says at its beginning. */
export const wordOf = (cell: string): string | undefined => WORDS.find((word) => cell.startsWith(word));
/** Of two that begin alike the longer one first. */
const WORDS = [
  'upkeep’s',
  'upkeep, but not by the server',
  'upkeep',
  'the declared one',
  'nothing',
  'nobody',
  'now',
  'macOS',
  'the warning is repeated',
];

/** Plays one: how the two cells begin, by what is decided. */
export function played({ facts = {}, ledger = {}, at = BEFORE, server }: Play): { told: string; restarts: string } {
  const mdm = server === undefined ? null : methodTroubleOf({ trouble: server, detail: '' });
  const asIs = (now: Instant): Facts =>
    factsAt(now, {
      appleSilicon: known(true),
      authority: { methods: { ...NOTHING_SAVED, mdm }, person: 'ready' },
      ...facts,
    });
  const seen = enforcementObserved({ ...ledgerWith({ target: targetFoundAt(MONDAY_NINE) }), ...ledger }, asIs(at));
  const decided = (now: Instant, more: Partial<Ledger> = {}) => {
    const known = { ...seen, ...more };
    return decide(settings, withServerKnown(asIs(now), known), known);
  };
  const restarts = (now: Instant, more: Partial<Ledger> = {}): string => {
    const decision = decided(now, more);
    if (decision.kind !== 'authorize') return `nobody (${decision.kind})`;
    if (decision.because.some(({ code }) => code === 'macos-enforces')) return 'macOS';
    const isRefused = decision.because.some((one) => one.code === 'method-refused' && one.method === 'mdm');
    return isRefused ? 'upkeep, but not by the server' : 'upkeep';
  };
  if (seen.target === null) return { told: 'nothing', restarts: decided(at).kind === 'rest' ? 'nobody' : 'upkeep' };
  if (seen.consent !== null) return { told: 'now', restarts: restarts(at) };
  const { hard } = scheduleForTarget(settings, seen.target);
  const due = hard.at ?? Number.NaN;
  if (at > due) {
    const again = decided(at);
    const told = again.kind === 'warn' ? 'the warning is repeated' : again.kind;
    const restartAt = again.kind === 'warn' ? again.restartAt : at;
    return { told, restarts: restarts(restartAt, { warning: warned(restartAt) }) };
  }
  const told = hard.at === OWN ? 'upkeep’s' : hard.by === 'declaration' ? 'the declared one' : String(hard.at);
  return { told, restarts: restarts(due, { warning: warned(due) }) };
}

const warned = (restartAt: Instant): Warning => ({
  promptId: 1,
  restartAt,
  why: 'deadline',
  openedAt: restartAt - 61 * MINUTE_MS,
  openedMonotonicMs: restartAt - 61 * MINUTE_MS - BOOT.startedAt,
  seen: 'unlocked',
  boot: BOOT,
  uid: 501,
  told: true,
});
