import { localWords, readInstant } from '../../domain/instant.ts';
import type { CheckupFacts } from './checkup-facts.ts';
import { attention, broken, type Finding, notKnown, ok } from './finding.ts';

/** With one of these nothing happens any more. */
const STOPPED = ['health.agent-not-loaded', 'health.agent-overdue'];

/** How upkeep itself fares, by what its own status says. */
export function examineUpkeep({ own, zone }: CheckupFacts): Finding[] {
  if (!own.known) {
    return [
      notKnown(
        'upkeep.unknown',
        'It is not known how upkeep itself fares.',
        own.why,
        '`upkeep log` shows what happened.',
      ),
    ];
  }
  if (own.value === null) {
    return [
      attention(
        'upkeep.never-ran',
        'upkeep has never written a status on this Mac.',
        'It is not installed, or has not run yet.',
        'Put it to work: `sudo upkeep install`.',
      ),
    ];
  }
  const { problems, writtenAt } = own.value;
  const at = readInstant(writtenAt, 'UTC');
  const when = at === null ? writtenAt : localWords(at, zone);
  if (problems.length === 0) {
    return [
      ok(
        'upkeep.well',
        'launchd, the state, the settings and the backup of upkeep are well.',
        `So says its status of ${when}.`,
      ),
    ];
  }
  return problems.map(({ code, text, remedy }) => {
    const means = `So says its status of ${when} (${code}).`;
    return STOPPED.includes(code)
      ? broken('upkeep.stopped', text, means, remedy)
      : attention('upkeep.unwell', text, means, remedy);
  });
}
