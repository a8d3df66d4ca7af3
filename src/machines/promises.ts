import { emptyLedger, type Ledger } from '../domain/ledger.ts';
import type { AgentContext } from './context.ts';

/** What is kept a second time beside the database: all that people were promised and all that is counted. */
export function promisesOf({ ledger }: AgentContext): Ledger {
  // The list of offers is bulky and asked for again.
  return { ...ledger, lastScan: null };
}

/** The context that follows from a saved ledger alone: an install that was under way is awaited, never ordered again. */
export function withPromises(saved: Ledger | null): Partial<AgentContext> & { ledger: Ledger } {
  const ledger = typeof saved === 'object' && saved !== null ? { ...emptyLedger, ...saved } : emptyLedger;
  const { install } = ledger;
  const waiting: Partial<AgentContext> =
    install === null
      ? {}
      : { wakeAt: install.restartExpectedBy, because: [{ code: 'restart-expected', by: install.restartExpectedBy }] };
  return { ledger, ...waiting };
}
