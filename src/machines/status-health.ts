import type { Health } from '../domain/health.ts';
import { DAY_MS, type Instant, localWords, MINUTE_MS, readInstant } from '../domain/instant.ts';
import { reasonInWords } from '../domain/reason.ts';
import { refusalRemedy } from '../domain/refusal-remedies.ts';
import { capitalized } from '../domain/words.ts';
import type { Status, StatusProblem } from './status.ts';

/** What stands in the way of upkeep itself (docs/problems.md). */
export type HealthCode =
  | 'health.agent-not-loaded'
  | 'health.wake-not-armed'
  | 'health.store-recovered'
  | 'health.settings-wrong'
  | 'health.password-refused'
  | 'health.backup-old'
  | 'health.agent-overdue';

/** A backup is made once a day by an agent that wakes; one this old means that something keeps it from that. */
const BACKUP_OLD_MS = 3 * DAY_MS;
/** A wake comes up to a minute late, and a Mac that was asleep needs its time. */
const OVERDUE_MS = 30 * MINUTE_MS;

/** The status with the health of upkeep itself, and what is wrong with that as problems after the others. Pure. */
export function statusWith(status: Status, health: Health): Status {
  const others = status.problems.filter(({ code }) => !code.startsWith('health.'));
  return { ...status, problems: [...others, ...problemsOf(status, health)], health };
}

/**
 * The status as it is to be read at `now`: with a problem more when its own next moment has long passed, or when the
 * process that was at work is gone (`isAlive`), and nobody wrote a newer one. Pure. Without health nobody is expected.
 */
export function statusReadAt(status: Status, now: Instant, isAlive: (pid: number) => boolean): Status {
  const expected = expectedAt(status, isAlive);
  if (expected === null || now - expected <= OVERDUE_MS) return status;
  const overdue = problem(
    'health.agent-overdue',
    `upkeep was to go on at ${localWords(expected, status.zone)} and has written nothing since.`,
    'If the Mac was not asleep until now: `launchctl print system/org.upkeep.agent` as root shows the job, `upkeep log` what happened, and `upkeep install` repairs it.',
  );
  return { ...status, problems: [...status.problems, overdue] };
}

function expectedAt({ health, next, writtenAt }: Status, isAlive: (pid: number) => boolean): Instant | null {
  const { run, pid } = health?.agent ?? {};
  if (run === undefined || run === null) return null;
  if (run === 'working') return pid === null || pid === undefined || isAlive(pid) ? null : instantOf(writtenAt);
  return instantOf(next?.at ?? null);
}

function problemsOf(
  { zone, writtenAt }: Status,
  { launchd, store, settings, passwords = [] }: Health,
): StatusProblem[] {
  const found: StatusProblem[] = [];
  if (launchd.agentLoaded === false) {
    found.push(
      problem(
        'health.agent-not-loaded',
        'launchd does not know the job org.upkeep.agent: nothing starts upkeep any more.',
        'Run `upkeep install` as root; it repairs what is missing.',
      ),
    );
  }
  if (launchd.armed === false || launchd.wakeLoaded === false) {
    found.push(
      problem(
        'health.wake-not-armed',
        'The next wake is not set in launchd; upkeep starts later than it should, by the safety net.',
        'Nothing at first: it is tried again at each wake. If it goes on, `upkeep install` as root repairs the job.',
      ),
    );
  }
  if (store.recovered !== null) {
    const { at, how, why } = store.recovered;
    const when = localWords(instantOf(at) ?? 0, zone);
    const from = how === 'backup' ? 'taken from a backup' : 'begun anew with what people were promised';
    found.push(
      problem(
        'health.store-recovered',
        `The state was damaged and was ${from} on ${when}: ${why}`,
        'Look whether the disk is healthy. The damaged file is kept beside the state for whoever wants to look into it.',
      ),
    );
  }
  if (settings.problems !== null && settings.problems.length > 0) {
    found.push(
      problem(
        'health.settings-wrong',
        `The settings are not in force; those from before are. ${someOf(settings.problems)}`,
        'Mend them where they come from; docs/settings.md has what is allowed.',
      ),
    );
  }
  for (const { method, account, trouble } of passwords) {
    const words = reasonInWords({ code: 'method-refused', method, why: trouble }, zone);
    const text = `${capitalized(words)} (“${account}”).`;
    found.push(problem('health.password-refused', text, refusalRemedy(trouble, account)));
  }
  const [backup, written] = [instantOf(store.lastBackupAt), instantOf(writtenAt)];
  if (backup !== null && written !== null && written - backup > BACKUP_OLD_MS) {
    found.push(
      problem(
        'health.backup-old',
        `The last backup of the state is of ${localWords(backup, zone)}.`,
        'Check that the disk has room; `upkeep log --level warn` shows what keeps upkeep from making one.',
      ),
    );
  }
  return found;
}

/** A profile may have any number of mistakes, and a status is one screen; `health` has them all. */
function someOf(texts: readonly string[]): string {
  const more = texts.length - 3;
  return `${texts.slice(0, 3).join(' ')}${more > 0 ? ` … and ${more} more.` : ''}`;
}

const problem = (code: HealthCode, text: string, remedy: string): StatusProblem => ({ code, text, remedy });

const instantOf = (iso: string | null): Instant | null => (iso === null ? null : readInstant(iso, 'UTC'));
