/** What the Mac told its MDM server, as the brackets of an HTTPUtil message have it; null where they do not say. */
export type MdmMessage =
  | { kind: 'idle' }
  | { kind: 'bootstrap-token' }
  | {
      kind: 'answer';
      answer: 'acknowledged' | 'not-now' | 'error' | 'format-error';
      command: string | null;
      uuid: string | null;
    }
  | { kind: 'other'; text: string };

/**
 * One message of the unified log that concerns an update by MDM. `sent` is on its way to the server, `answered` is what the
 * server said to it. `portion` counts from 0 to 1 within one job of softwareupdated, of which there are several.
 */
export type LogObservation =
  | { kind: 'sent'; message: MdmMessage }
  | { kind: 'answered'; status: number; message: MdmMessage }
  | { kind: 'progress'; edge: 'start' | 'inter' | 'end'; phase: string; portion: number; stalled: boolean };

/**
 * Reads one line of `log stream`, in the style that upkeep asks for or in those of people (default, compact); null for
 * whatever else stands there. The first line repeats the predicate and is never a message.
 */
export function readLogLine(line: string): LogObservation | null {
  if (line.startsWith('Filtering the log data')) return null;
  const entry = line.trimStart().startsWith('{') ? entryOf(line) : entryOfText(line);
  if (entry === null) return null;
  return entry.from === 'mdm' ? readMdm(entry.text) : readProgress(entry.text);
}

type Entry = { from: 'mdm' | 'progress'; text: string };

/** One object of the ndjson style. A cut line is none. */
function entryOf(line: string): Entry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { eventMessage, subsystem, category, processImagePath } = value as Record<string, unknown>;
  if (typeof eventMessage !== 'string') return null;
  if (subsystem === 'com.apple.ManagedClient' && category === 'HTTPUtil') return { from: 'mdm', text: eventMessage };
  const elsewhere = typeof processImagePath === 'string' && !processImagePath.endsWith('/softwareupdated');
  return elsewhere ? null : { from: 'progress', text: eventMessage };
}

function entryOfText(line: string): Entry | null {
  const mdm = /\bmdmclient(?:\[[^\]]*\]|:) \[com\.apple\.ManagedClient:HTTPUtil\] (.*)$/.exec(line)?.[1];
  if (mdm !== undefined) return { from: 'mdm', text: mdm };
  const progress = /\bsoftwareupdated(?:\[[^\]]*\]|:) (.*)$/.exec(line)?.[1];
  return progress === undefined ? null : { from: 'progress', text: progress };
}

function readMdm(text: string): LogObservation | null {
  const sent = />>>>> Sending HTTP request \([A-Z]+\) \[(.*)\] >>>>>/.exec(text)?.[1];
  if (sent !== undefined) return { kind: 'sent', message: messageOf(sent) };
  const [, status, said] = /<<<<< Received HTTP response \((\d{3})\) \[(.*)\] <<<<</.exec(text) ?? [];
  if (status === undefined || said === undefined) return null;
  return { kind: 'answered', status: Number(status), message: messageOf(said) };
}

const ANSWERS = {
  Acknowledged: 'acknowledged',
  NotNow: 'not-now',
  Error: 'error',
  CommandFormatError: 'format-error',
} as const;

function messageOf(text: string): MdmMessage {
  if (text === 'Idle') return { kind: 'idle' };
  if (text === 'MDM_GetBootstrapToken') return { kind: 'bootstrap-token' };
  const [, word, command, uuid] =
    /^(Acknowledged|NotNow|Error|CommandFormatError)(?:\(([^()]*)\))?(?::(\S+))?/.exec(text) ?? [];
  if (word === undefined) return { kind: 'other', text };
  const answer = ANSWERS[word as keyof typeof ANSWERS];
  return { kind: 'answer', answer, command: command ?? null, uuid: uuid ?? null };
}

/** Not the lines of a scan, which begin `Scan reported progress` and count to 100. */
function readProgress(text: string): LogObservation | null {
  const [, edge, phase = '', stalled, portion] =
    /\bReported progress \((start|inter|end)\): phase:(\w+) stalled:(YES|NO) portionComplete:(\d+(?:\.\d+)?) /.exec(
      text,
    ) ?? [];
  if (edge === undefined || Number(portion) > 1) return null;
  return {
    kind: 'progress',
    edge: edge as 'start' | 'inter' | 'end',
    phase,
    portion: Number(portion),
    stalled: stalled === 'YES',
  };
}
