import type { AuthMethod, MethodTrouble, ToldWhy } from '../domain/authority.ts';
import type { Decision } from '../domain/decision.ts';
import type { Facts } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import { emptyLedger, type Ledger } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';

/** What the chart remembers: plain JSON, saved whole with every commit. */
export type AgentContext = {
  /** Null until the first wake brought them; nothing is decided before. */
  settings: Settings | null;
  ledger: Ledger;
  facts: Facts | null;
  decision: Decision | null;
  /** The next instant at which anything is due, while resting. */
  wakeAt: Instant | null;
  because: Reason[];
  /** Stands for a password in the runner's memory; worthless after a crash. */
  credential: { handle: string; user: string; method?: AuthMethod } | null;
  /** Saved ways that were refused in this wake, which the next look at them may not know. */
  refusals?: { method: AuthMethod; why: MethodTrouble }[];
  /** Wrong passwords that were typed within a day of the last one. */
  passwordAttempts: number;
  wrongAt?: Instant;
  /** The last answer to the password dialog was a wrong password, and it is asked for again at once. */
  again?: boolean;
  /** What the person has to be told of a password they typed. */
  telling?: { why: ToldWhy; account: string; closesAt: Instant } | null;
  /** Decisions taken since the agent woke: a bound against loops nobody thought of. */
  steps: number;
};

/** What a record leaves in the context: the fields that change. Every one is pure: context and event in, changes out. */
export type Change = Partial<AgentContext>;

export const firstContext: AgentContext = {
  settings: null,
  ledger: emptyLedger,
  facts: null,
  decision: null,
  wakeAt: null,
  because: [{ code: 'never-looked' }],
  credential: null,
  passwordAttempts: 0,
  steps: 0,
};
