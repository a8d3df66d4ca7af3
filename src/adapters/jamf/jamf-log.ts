/** One line of `/var/log/jamf.log`. The time has no year and stays as it is written. */
export type JamfLogEntry = { when: string; computer: string; pid: number; text: string };

export type JamfLog = {
  entries: JamfLogEntry[];
  /** The policies that ran and what was installed, by name. */
  policies: string[];
  installed: string[];
  /** The processes that wrote, in their order. */
  pids: number[];
  /** Lines that are none of its own: cut ones, and what other programs wrote in between. */
  unread: number;
};

/**
 * Reads the log, or the end of it. The name of the computer may hold anything, so a line is read from its two ends: the
 * time stands at the beginning, and the text follows the first `jamf[…]:`.
 */
export function readJamfLog(text: string): JamfLog {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const entries = lines.map(entryOf).filter((entry) => entry !== null);
  const named = (pattern: RegExp) =>
    entries.map(({ text: said }) => pattern.exec(said)?.[1]).filter((name) => name !== undefined);
  return {
    entries,
    policies: named(/^Executing Policy (.+)$/),
    installed: named(/^Successfully installed (.+?)\.?$/),
    pids: [...new Set(entries.map(({ pid }) => pid))],
    unread: lines.length - entries.length,
  };
}

const LINE =
  /^((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d) (.*?) ?jamf\[(\d{1,10})\]: ?(.*)$/u;

function entryOf(line: string): JamfLogEntry | null {
  const [, when = '', computer = '', pid = '', text = ''] = LINE.exec(line) ?? [];
  if (pid === '') return null;
  return { when, computer, pid: Number(pid), text: readable(text) };
}

const LONGEST = 400;

/** For showing: nothing in it may look like a password, steer a terminal or fill the screen. */
function readable(text: string): string {
  const plain = text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\b(pass(?:word|phrase|code)?|secret|token)(\s*[:=]\s*|\s+is\s+)\S+/giu, '$1$2[left out]')
    .trim();
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
