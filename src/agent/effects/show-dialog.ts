import {
  type DialogJson,
  findDialog,
  showDialog as showDialogCommand,
} from '../../adapters/commands/dialog-commands.ts';
import { screenLock } from '../../adapters/commands/fact-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import type { DialogAnswer, DialogEnd } from '../../adapters/macos/dialog.ts';
import type { ConsoleUser } from '../../domain/facts.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import type { DialogOutcome, PromptSpec } from '../../machines/effects.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { EffectBody, EffectIo } from '../effect-runner.ts';
import { dialogJson, MENU_TITLE, TIMES_TITLE } from './dialog-words.ts';
import { readBootSession } from './gather-facts.ts';

/** How long after its start a dialog is looked for, and how often before it counts as never shown. */
const LOOK_AFTER_MS = 3 * SECOND_MS;
const LOOKS = 5;

/** Puts a dialog on the screen, reports when it is open, and turns its end into an answer. */
export function showDialog(commands: Commands, clock: Clock): EffectBody<'showDialog'> {
  return {
    run: async (prompt, io) => {
      const answer = await dialogAnswer(
        commands,
        clock,
        prompt.user,
        dialogJson(prompt, clock.now()) as { [key: string]: DialogJson },
        prompt.id,
        io,
      );
      const tooLate = clock.now() > prompt.closesAt + MINUTE_MS;
      return outcomeOf(prompt, answer, tooLate);
    },
  };
}

/** Shows a dialog and looks meanwhile whether it is really open: a process that was started is not yet a window. */
export async function dialogAnswer(
  commands: Commands,
  clock: Clock,
  user: ConsoleUser,
  options: { [key: string]: DialogJson },
  promptId: number,
  io: EffectIo,
): Promise<DialogAnswer> {
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  const answer = runCommand(commands, showDialogCommand, { user, options }, { signal: io.signal });
  const watch = reportWhenOpen(commands, clock, user, promptId, { ...io, signal });
  try {
    return await answer;
  } finally {
    stop.abort();
    await watch;
  }
}

/** Looks a few times whether the dialog is open; reports it once, with whether somebody could see it. Never throws. */
async function reportWhenOpen(
  commands: Commands,
  clock: Clock,
  user: ConsoleUser,
  promptId: number,
  io: EffectIo,
): Promise<void> {
  for (let look = 1; look <= LOOKS; look += 1) {
    await elapsed(clock, look * LOOK_AFTER_MS, io.signal);
    if (io.signal.aborted) return;
    try {
      const { running } = await runCommand(commands, findDialog, { uid: user.uid }, { signal: io.signal });
      if (!running) continue;
      const lock = await runCommand(commands, screenLock, undefined, { signal: io.signal }).catch(() => null);
      const boot = await readBootSession(commands, io.signal);
      if (io.signal.aborted) return;
      io.report({
        type: 'dialog.opened',
        at: clock.now(),
        monotonicMs: clock.monotonicMs(),
        promptId,
        screenLocked: lock?.locked ?? null,
        boot: boot.known ? boot.value : null,
      });
      return;
    } catch {
      // Not known to be open is the same as not open: the next look, or none, decides.
    }
  }
}

function elapsed(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const takeBack = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = () => {
      takeBack();
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** What an end means for this dialog. Only a button that was offered is an answer; the rest is none, never consent. */
export function outcomeOf(
  prompt: PromptSpec,
  { end, values, exitCode }: DialogAnswer,
  tooLate: boolean,
): DialogOutcome {
  if (end === 'timer') return { answer: 'timed-out' };
  if (DISMISSED.has(end)) return { answer: 'no-answer', why: `the dialog was put away (${end})` };
  const button = end === 'button1' || end === 'button2' || end === 'info-button' ? end : null;
  if (button === null)
    return { answer: 'failed', why: `swiftDialog ended with ${exitCode ?? 'no exit code'} (${end})` };
  switch (prompt.kind) {
    case 'choice':
      if (button === 'button2') return tooLate ? stale : { answer: 'now' };
      return button === 'info-button' ? chooseTime(prompt) : deferralOf(prompt, chosen(values, MENU_TITLE));
    case 'soft':
      if (button === 'button1') return tooLate ? stale : { answer: 'now' };
      return button === 'info-button'
        ? chooseTime(prompt)
        : { answer: 'no-answer', why: 'a button that was not there' };
    case 'schedule':
      return button === 'button1' ? timeOf(prompt, chosen(values, TIMES_TITLE)) : { answer: 'back' };
    case 'notice':
      return { answer: 'acknowledged' };
    case 'warning':
      if (button === 'button2') return tooLate ? stale : { answer: 'now' };
      return { answer: 'acknowledged' };
  }
}

const DISMISSED: ReadonlySet<DialogEnd> = new Set(['quit-key', 'closed', 'told-to-quit']);

/** A click on a dialog whose time had passed (it stood there through sleep) was made about another moment. */
const stale: DialogOutcome = { answer: 'no-answer', why: 'the dialog was answered after its time had passed' };

function chooseTime(prompt: PromptSpec): DialogOutcome {
  return prompt.times.length > 0
    ? { answer: 'choose-time' }
    : { answer: 'no-answer', why: 'a button that was not there' };
}

function deferralOf(prompt: PromptSpec, label: string | null): DialogOutcome {
  // With one entry swiftDialog may return nothing chosen; a label we did not offer is no answer.
  const found =
    prompt.deferrals.find((choice) => choice.label === label) ?? (label === null ? prompt.deferrals[0] : undefined);
  return found === undefined
    ? { answer: 'no-answer', why: 'an entry that was not offered' }
    : { answer: 'defer', minutes: found.minutes };
}

function timeOf(prompt: PromptSpec, label: string | null): DialogOutcome {
  const found = prompt.times.find((choice) => choice.label === label);
  return found === undefined
    ? { answer: 'no-answer', why: 'a time that was not offered' }
    : { answer: 'time', at: found.at };
}

function chosen(values: DialogAnswer['values'], field: string): string | null {
  const value = values?.[field];
  return typeof value === 'object' && value !== null && 'value' in value ? value.value : null;
}
