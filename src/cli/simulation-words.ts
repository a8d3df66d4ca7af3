import { count, lengthWords, localWords, MINUTE_MS } from '../domain/instant.ts';
import { releaseWords } from '../domain/os-version.ts';
import { type Reason, reasonInWords } from '../domain/reason.ts';
import type { MdmReport } from '../simulator/mdm-report.ts';
import type { SimulationReport, TimelineEntry } from '../simulator/report.ts';
import type { Colour, Paint } from './colour.ts';

const COLOURS: Record<string, Colour> = {
  found: 'cyan',
  gone: 'cyan',
  download: 'dim',
  prompt: 'blue',
  warning: 'yellow',
  password: 'blue',
  install: 'magenta',
  restart: 'magenta',
  mdm: 'magenta',
  updated: 'green',
  failed: 'red',
  halted: 'red',
  paused: 'yellow',
  request: 'cyan',
  recovered: 'yellow',
  'no-update': 'green',
  waiting: 'dim',
};

/** One thing that happened as one line: local time, what, and the reason that tells most. */
export function timelineLine(entry: TimelineEntry, zone: string, paint: Paint): string {
  const at = Temporal.Instant.from(entry.at).epochMilliseconds;
  const time = localWords(at, zone).replace(',', '').padEnd(22);
  const kind = entry.kind.padEnd(9);
  const colour = COLOURS[entry.kind];
  const why = mainReason(entry);
  const because = why === null ? '' : paint('dim', ` — ${reasonInWords(why, zone)}`);
  return `${paint('dim', time)} ${colour === undefined ? kind : paint(colour, kind)} ${entry.text}${because}`;
}

/** The reason worth a place on the line; the whole list is in the JSON and in `explain`. */
function mainReason({ kind, text, because }: TimelineEntry): Reason | null {
  const of = (...codes: Reason['code'][]) => because.find((reason) => codes.includes(reason.code)) ?? null;
  const deadline = (...names: string[]) => {
    const found = names.map((name) => because.find((reason) => 'deadline' in reason && reason.deadline === name));
    return found.find((reason) => reason !== undefined) ?? null;
  };
  switch (kind) {
    case 'download':
      return of('download-gone', 'not-downloaded');
    case 'prompt':
      return deadline('soft', 'hard') ?? of('no-deadline');
    case 'warning':
      return of('in-a-meeting', 'warning-lapsed', 'time-chosen') ?? deadline('hard');
    case 'password':
      if (!text.startsWith('Asked')) return null;
      return of('method-refused') ?? of('chose-now', 'warning-shown', 'needs-password');
    case 'install':
      return of('chose-now', 'password-typed', 'warning-shown', 'nobody-logged-in');
    default:
      return null;
  }
}

/** What a month came to, for somebody who reads only the end. */
export function summaryLines(report: SimulationReport, paint: Paint): string[] {
  const shown = report.prompts.filter((prompt) => prompt.shown);
  const kinds = new Map<string, number>();
  for (const { kind } of shown) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const { invariants, commands } = report;
  const broken = invariants.violated.map(({ invariant, at, text }) =>
    paint('red', `             ${invariant} at ${at}: ${text}`),
  );
  return [
    paint('bold', 'In short'),
    line(
      'outcome',
      paint(
        report.outcome === 'updated' || report.outcome === 'up-to-date'
          ? 'green'
          : report.outcome === 'halted'
            ? 'red'
            : 'yellow',
        OUTCOMES[report.outcome],
      ),
    ),
    ...whyLines(report),
    line('macOS', `${releaseWords(report.os.before)} before, ${releaseWords(report.os.after)} after`),
    line(
      'prompts',
      shown.length === 0
        ? 'none'
        : `${shown.length} shown (${[...kinds].map(([kind, n]) => `${n} ${kind}`).join(', ')})`,
    ),
    line('deferrals', `${report.deferrals}`),
    line('restarts', restartWords(report)),
    line(
      'promises',
      invariants.violated.length === 0
        ? `${count(invariants.checked, 'check')}, none broken`
        : paint('red', `${invariants.violated.length} BROKEN of ${invariants.checked}`),
    ),
    ...broken,
    ...(report.mdm === null ? [] : [line('server', serverWords(report.mdm))]),
    line(
      'work',
      `${count(report.wakes, 'wake')}, ${count(report.events, 'event')}, ${count(commands.total, 'command')} (${commands.probes} that look, ${commands.acts} that act)`,
    ),
  ];
}

const OUTCOMES: Record<SimulationReport['outcome'], string> = {
  updated: 'updated',
  'up-to-date': 'nothing was to be installed',
  waiting: 'still waiting at the end',
  halted: 'halted: a limit was reached',
};

/** What it was still waiting for, or which limit was reached. */
function whyLines({ outcome, because, zone }: SimulationReport): string[] {
  if (outcome === 'updated' || outcome === 'up-to-date') return [];
  const telling = because.filter(
    ({ code }) => !['offer-found', 'downloaded', 'no-deadline'].includes(code) && !code.startsWith('deadline-'),
  );
  return telling.slice(0, 2).map((reason, index) => line(index === 0 ? 'because' : '', reasonInWords(reason, zone)));
}

/** What the agent asked of the management server, and what that told the Mac. */
function serverWords({ requests, orders, commands }: MdmReport): string {
  if (requests.total === 0 && Object.keys(commands).length === 0) return 'nothing was asked of it';
  const told = Object.entries(commands).map(([name, times]) => (times === 1 ? name : `${name} ${times} times`));
  return [
    requests.total === 0 ? 'nothing was asked of it' : count(requests.total, 'request'),
    ...(orders === 0 ? [] : [count(orders, 'order')]),
    told.length === 0 ? 'it told the Mac nothing' : `it told the Mac: ${told.join(', ')}`,
  ].join('; ');
}

function restartWords({ restarts }: SimulationReport): string {
  if (restarts.length === 0) return 'none';
  const minutes = restarts.flatMap(({ warning }) => (warning === null ? [] : [warning.minutes])).sort((a, b) => a - b);
  const chosen = restarts.filter((restart) => restart.by === 'person').length;
  const words = [`${restarts.length} (${[...new Set(restarts.map((restart) => restart.by))].join(', ')})`];
  if (chosen > 0) words.push(`${chosen} chosen by the person there and then`);
  const [shortest] = minutes;
  const longest = minutes.at(-1);
  if (shortest !== undefined && shortest === longest) {
    words.push(`warned ${lengthWords(shortest * MINUTE_MS)} before`);
  } else if (shortest !== undefined && longest !== undefined) {
    words.push(
      `warned ${lengthWords(shortest * MINUTE_MS)} before at the shortest, ${lengthWords(longest * MINUTE_MS)} at the longest`,
    );
  }
  return words.join('; ');
}

const line = (name: string, text: string): string => `  ${name.padEnd(10)} ${text}`;
