import type { Health } from '../domain/health.ts';
import { count, localWords, readInstant } from '../domain/instant.ts';
import { releaseWords } from '../domain/os-version.ts';
import type { Status } from '../machines/status.ts';
import type { Paint } from './colour.ts';

/** How it is shown: colours, and the width lines are broken at; null for as long as they come. */
export type StatusLook = { paint: Paint; columns: number | null };

/** The status for people: what upkeep does, a promised restart first, then what is ahead, why, what stands in the way. */
export function statusWords(status: Status, { paint, columns }: StatusLook): string {
  const time = (iso: string): string => timeWords(iso, status.zone);
  const rows: Row[] = [
    ...restartRows(status, time),
    { name: 'Next', texts: [status.next?.text ?? 'nothing is planned'] },
    { name: 'Then', texts: status.later === null ? [] : [status.later.text] },
    { name: 'Why', texts: status.why },
    { name: 'Problems', texts: status.problems.length === 0 ? ['none'] : status.problems.flatMap(problemTexts) },
    { name: 'Deadlines', texts: deadlineTexts(status, time) },
    { name: 'MDM', texts: status.management?.words ?? [] },
    { name: 'Deferred', texts: status.target === null ? [] : [count(status.deferralCount, 'time')] },
    { name: 'Paused', texts: isSet(status.pausedUntil) ? [`until ${time(status.pausedUntil)}`] : [] },
    { name: 'Asked', texts: isSet(status.lastRequest) ? [requestText(status.lastRequest, time)] : [] },
    { name: 'Runs', texts: [status.os === null ? 'unknown' : releaseWords(status.os)] },
    { name: 'Health', texts: status.health === undefined ? [] : [healthText(status.health, time)] },
    { name: 'Written', texts: [writtenText(status, time)] },
  ];
  const problems = new Set(status.problems.map(({ text }) => text));
  const lines = rows.flatMap(({ name, texts }) =>
    texts.flatMap((text, index) => {
      const colour = problems.has(text) ? 'yellow' : name === 'Restart' ? 'bold' : null;
      const label = (index === 0 ? name : '').padEnd(LABEL);
      return broken(text, columns === null ? null : columns - LABEL - 1).map(
        (line, part) => `${part === 0 ? label : ' '.repeat(LABEL)} ${colour === null ? line : paint(colour, line)}`,
      );
    }),
  );
  return `${[...broken(status.what, columns).map((line) => paint('bold', line)), ...lines].join('\n')}\n`;
}

type Row = { name: string; texts: readonly string[] };
type Time = (iso: string) => string;

const LABEL = 9;
/** Narrower than this a text is no longer broken: it would be one word a line. */
const NARROWEST = 20;

function restartRows({ warningRestartAt }: Status, time: Time): Row[] {
  if (!isSet(warningRestartAt)) return [];
  return [{ name: 'Restart', texts: [`${time(warningRestartAt)}: people were shown this time, and it is kept`] }];
}

const DEADLINES = {
  focus: 'a call or presentation no longer holds the question back',
  soft: 'it can no longer be put off, only set for a time',
  hard: 'the Mac restarts by itself, after a warning',
} as const;

const BY_MACOS = 'macOS itself restarts the Mac, after a warning';

function deadlineTexts({ deadlines, management }: Status, time: Time): string[] {
  const isMacos = management?.declared?.counts === true;
  return (['focus', 'soft', 'hard'] as const).flatMap((name) => {
    const at = deadlines[name];
    return at === null ? [] : [`${time(at)}: ${name}, ${name === 'hard' && isMacos ? BY_MACOS : DEADLINES[name]}`];
  });
}

const problemTexts = ({ text, remedy }: Status['problems'][number]): string[] => [text, remedy];

function requestText({ by, at, words }: NonNullable<Status['lastRequest']>, time: Time): string {
  const who = by.kind === 'admin' ? 'an administrator' : `user ${by.uid}`;
  return `${time(at)} by ${who}: ${words}`;
}

function healthText({ launchd, store, inbox }: Health, time: Time): string {
  const { nextWake, armed } = launchd;
  const said = [
    armed === true ? `launchd armed${nextWake === null ? '' : ` for ${time(nextWake)}`}` : null,
    armed === false ? 'launchd not armed' : null,
    store.lastBackupAt === null ? null : `backup of ${time(store.lastBackupAt)}`,
    inbox.waiting === null || inbox.waiting === 0 ? null : `${count(inbox.waiting, 'request')} waiting`,
  ].filter((part) => part !== null);
  return said.length === 0 ? 'not known' : said.join(', ');
}

function writtenText({ writtenAt, health }: Status, time: Time): string {
  const version = health?.agent.version ?? null;
  const run = health?.agent.run ?? null;
  return `${time(writtenAt)}${version === null ? '' : ` by upkeep ${version}`}${run === null ? '' : `, ${RUN[run]}`}`;
}

const RUN = {
  working: 'which is at work',
  resting: 'which rests until then',
  stopped: 'which was told to stop and goes on at its next wake',
} as const;

const isSet = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** Local time where the text is a moment; else the text as it is. */
function timeWords(iso: string, zone: string): string {
  const at = readInstant(iso, zone);
  return at === null ? iso : localWords(at, zone);
}

/** The text in lines of at most so many characters, broken between words. */
export function broken(text: string, columns: number | null): string[] {
  if (columns === null || columns < NARROWEST) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
