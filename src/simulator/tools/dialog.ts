import { SECOND_MS } from '../../domain/instant.ts';
import type { ButtonName, DialogEnd } from '../mac/happenings.ts';
import type { DialogAnswer } from '../mac/screen.ts';
import { answerText } from './dialog-answer.ts';
import { readDialogOptions } from './dialog-options.ts';
import type { Tool } from './tool.ts';

/** A countdown keeps the first button shut for its first moments, so that nobody answers with a stray Return. */
const TIMER_GUARD_MS = 3 * SECOND_MS;
const TERMINATED = 40;

/** swiftDialog: a window in the console user's session; the exit code says which way it was left. */
export const dialog: Tool = async (argv, io, mac) => {
  const options = readDialogOptions(argv, (path) => mac.files.get(path) ?? null);
  if (!options.ok) {
    io.print(`ERROR: ${options.text}\n`);
    return 202;
  }
  const { shows } = options;
  const user = mac.consoleUser();
  // Started by root outside any session the wrapper changes over to whoever is at the screen; with nobody it cannot.
  if (!user || (io.caller.sessionUid !== null && io.caller.sessionUid !== user.uid)) {
    io.printErr('ERROR: no window server session\n');
    return 1;
  }
  io.rename('Dialog');
  io.exitsOnTerm(TERMINATED);
  const crash = mac.faults.strikes('dialog-crashes');
  await io.sleep(mac.random.whole(300, 1_500));
  if (mac.consoleUser()?.uid !== user.uid) return 1;
  const timerMs = secondsOf(shows.timer);
  const openedMs = mac.awake.ms();
  const remainingMs = (): number | null => (timerMs === null ? null : Math.max(0, openedMs + timerMs - mac.awake.ms()));
  return new Promise<number>((leave) => {
    let id = 0;
    let stopTimer: () => void = () => undefined;
    let open = true;
    const close = (why: DialogEnd, exitCode: number | null): void => {
      if (!open) return;
      open = false;
      stopTimer();
      mac.screen.close(id, why, exitCode);
    };
    const vanish = (why: DialogEnd): void => {
      close(why, why === 'log-out' ? TERMINATED : null);
      if (why === 'log-out') leave(TERMINATED);
    };
    const answered = (answer: DialogAnswer): void => {
      if (answer.button === 'button1' && timerMs !== null && mac.awake.ms() - openedMs < TIMER_GUARD_MS) return;
      const exitCode = exitCodeOf(answer.button, shows);
      if (exitCode === null || (answer.button === 'button1' && lacksRequired(shows, answer))) return;
      close('answered', exitCode);
      if (exitCode === 0 || shows.alwaysreturninput === true) io.print(answerText(shows, answer));
      leave(exitCode);
    };
    id = mac.screen.open({
      call: io.call,
      user: user.name,
      shows,
      remainingMs,
      answered,
      vanish,
    });
    io.onEnded((why) => close(why, null));
    const closesByItself = crash ? mac.random.whole(500, 6_000) : timerMs;
    if (closesByItself === null) return;
    stopTimer = mac.awake.after(closesByItself, () => {
      close(crash ? 'crashed' : 'timer', crash ? (crash.exitCode ?? 134) : 4);
      if (crash) io.printErr('dialog: Abort trap: 6\n');
      leave(crash ? (crash.exitCode ?? 134) : 4);
    });
  });
};

/** Null where the button leaves the window open: it is not there, or only opens a page. */
function exitCodeOf(button: ButtonName, shows: Record<string, unknown>): number | null {
  if (button === 'button1') return 0;
  if (button === 'button2') return shows.button2text === undefined && shows.button2 !== true ? null : 2;
  if (button === 'info') return truthy(shows.quitoninfo) ? 3 : null;
  return 10;
}

function lacksRequired(shows: Record<string, unknown>, answer: DialogAnswer): boolean {
  const fields = Array.isArray(shows.textfield) ? shows.textfield : [];
  return fields.some(
    (field) =>
      typeof field === 'object' &&
      field !== null &&
      truthy(field.required) &&
      (answer.typed[String(field.title)] ?? '') === '',
  );
}

/** A timer without a number is no timer: the dialog stays. */
function secondsOf(timer: unknown): number | null {
  const seconds = Number(timer);
  return (typeof timer === 'number' || typeof timer === 'string') && seconds > 0 ? seconds * SECOND_MS : null;
}

function truthy(value: unknown): boolean {
  return value === true || value === 1 || value === 'true' || value === '1';
}
