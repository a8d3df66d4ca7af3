import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { escaped, unreadable } from '../commands/unreadable.ts';
import { findFailure, type UpdateError, type UpdateFailure } from './parse-errors.ts';

type Transfer = {
  /** The title in `Downloading …` or in the error, which is not the label. */
  item: string | null;
  /** How many percentages were printed, the first and the last. */
  readings: number;
  first: number | null;
  last: number | null;
  error: UpdateError | null;
  failure: UpdateFailure | null;
};

/** What a download or install of macOS came to, as far as text can tell; only a look at the Mac proves more. */
export type MacosTransfer = Transfer & {
  kind: 'macos';
  state: 'downloaded' | 'unfinished' | 'error';
  /** The title whose bits are on disk. */
  downloaded: string | null;
  /** Ready to be installed, which on Apple silicon takes an owner; null where the text does not show it. */
  prepared: boolean | null;
  authenticated: boolean | null;
  /** Never true: macOS is installed by the restart, and nobody is there to say so. */
  installed: false;
  /** A restart was asked for and the update was accepted: the Mac goes down within minutes. */
  restarting: boolean;
  /** Titles of other items of the same run. */
  others: string[];
};

/** What became of items that need no restart. */
export type ItemsTransfer = Transfer & {
  kind: 'items';
  state: 'installed' | 'downloaded' | 'unfinished' | 'error';
  downloaded: string[];
  installed: string[];
  done: boolean;
  authenticated: boolean | null;
  restarting: false;
};

export type TransferOutcome = MacosTransfer | ItemsTransfer;

/** The percentage in one line of progress, else null. */
export function readPercentage(line: string): number | null {
  const percent = Number(
    /^\s*(?:Downloading|Installing|Preparing): (\d{1,3}(?:\.\d+)?)%\s*$/.exec(line)?.[1] ?? Number.NaN,
  );
  return percent <= 100 ? percent : null;
}

/** Reads what `--download` or `--install` printed, from both streams. */
export function readTransfer(printed: Printed): TransferOutcome {
  const seen = whatIsSaid(printed);
  const failure = findFailure(printed);
  const titles = [seen.macos, seen.ends, seen.installed].flat();
  const saysSomething = seen.item !== null || seen.done || seen.percentages.length + titles.length > 0;
  if (!saysSomething && failure === null) {
    throw unreadable('softwareupdate', printed, 'it tells neither progress nor a known error');
  }
  const transfer: Transfer = {
    item: seen.item ?? failure?.item ?? null,
    readings: seen.percentages.length,
    first: seen.percentages[0] ?? null,
    last: seen.percentages.at(-1) ?? null,
    error: failure?.error ?? null,
    failure,
  };
  const concernsMacos =
    seen.macos.length > 0 || [seen.item, ...printed.args].some((text) => text?.startsWith('macOS '));
  return concernsMacos ? macosTransfer(transfer, seen, printed) : itemsTransfer(transfer, seen, printed);
}

/** Whether a run that had to be stopped had told its outcome: the tool sometimes says its last word and stays. */
export function transferIsSettled(printed: Printed): boolean {
  const seen = whatIsSaid(printed);
  return seen.done || seen.macos.length > 0 || findFailure(printed) !== null;
}

function macosTransfer(transfer: Transfer, seen: Seen, printed: Printed): MacosTransfer {
  const downloaded = seen.macos.at(-1) ?? null;
  const refused = transfer.error !== null && REFUSALS.has(transfer.error);
  const accepted = downloaded !== null && transfer.error === null;
  return {
    ...transfer,
    kind: 'macos',
    state: downloaded !== null ? 'downloaded' : transfer.error !== null ? 'error' : 'unfinished',
    downloaded,
    prepared: refused || downloaded === null ? false : accepted && printed.exitCode === 0 ? true : null,
    authenticated: authenticated(refused, accepted, printed),
    installed: false,
    restarting: accepted && (printed.args.includes('--restart') || printed.args.includes('-R')),
    others: seen.ends,
  };
}

function itemsTransfer(transfer: Transfer, seen: Seen, printed: Printed): ItemsTransfer {
  const refused = transfer.error !== null && REFUSALS.has(transfer.error);
  const finished =
    seen.installed.length > 0 && seen.done ? 'installed' : seen.ends.length > 0 ? 'downloaded' : 'unfinished';
  return {
    ...transfer,
    kind: 'items',
    state: transfer.error === null ? finished : 'error',
    downloaded: seen.ends,
    installed: seen.installed,
    done: seen.done,
    authenticated: authenticated(refused, seen.ends.length > 0 && transfer.error === null, printed),
    restarting: false,
  };
}

const REFUSALS: ReadonlySet<UpdateError> = new Set([
  'authentication',
  'passwordPrompt',
  'interactiveAuthorizationRequired',
]);

function authenticated(refused: boolean, accepted: boolean, printed: Printed): boolean | null {
  if (refused) return false;
  // A refusal comes after `Downloaded:`, so only a run that ended well shows that the password was taken.
  return accepted && printed.exitCode === 0 && printed.args.includes('--stdinpass') ? true : null;
}

type Seen = {
  item: string | null;
  percentages: number[];
  /** Titles after `Downloaded:`; the colon is there only for macOS. */
  macos: string[];
  /** Titles after `Downloaded` without a colon. */
  ends: string[];
  installed: string[];
  done: boolean;
};

function whatIsSaid(printed: Pick<Printed, 'stdout' | 'stderr'>): Seen {
  const seen: Seen = { item: null, percentages: [], macos: [], ends: [], installed: [], done: false };
  for (const line of [...splitLines(printed.stdout), ...splitLines(printed.stderr)]) {
    const percent = readPercentage(line.text);
    if (percent !== null) seen.percentages.push(percent);
    if (/^\s*Done\.\s*$/.test(line.text)) seen.done = true;
    const [, verb, colon, said] = /^\s*(Downloading|Downloaded|Done with)(:?) (\S.*?)\s*$/.exec(line.text) ?? [];
    if (verb === undefined || said === undefined || percent !== null) continue;
    const title = escaped(said);
    // A title at the end of cut text may be cut itself; it counts only when it repeats the one announced.
    if (!line.ended && title !== seen.item) continue;
    if (verb === 'Downloading' && colon === '') seen.item = title;
    if (verb === 'Downloaded') (colon === ':' ? seen.macos : seen.ends).push(title);
    if (verb === 'Done with' && colon === '') seen.installed.push(title);
  }
  return seen;
}
