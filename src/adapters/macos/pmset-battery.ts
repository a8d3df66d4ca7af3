import type { Power } from '../../domain/facts.ts';
import type { Printed } from '../commands/command.ts';
import { type Line, splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';

/** One battery. `minutes` is null where macOS has no estimate, `present` where it does not say. */
export type Battery = { percent: number; state: BatteryState; minutes: number | null; present: boolean | null };

export type BatteryState = (typeof STATES)[number];

/** Where the power comes from, and the built-in battery; all its fields are null on a desktop. */
export type PowerReading = {
  source: Power['source'];
  percent: number | null;
  state: BatteryState | null;
  minutes: number | null;
  present: boolean | null;
  /** A UPS beside it; its charge says nothing about the Mac's own battery. */
  ups: Battery | null;
};

/** Reads `pmset -g batt`. */
export function readPower(printed: Printed): PowerReading {
  const lines = splitLines(printed.stdout);
  const sources = lines
    .map((line) => /^\s*Now drawing from '([^']+)'/.exec(line.text)?.[1])
    .filter((found) => found !== undefined);
  const source = SOURCES[sources[0] ?? ''];
  if (source === undefined || sources.length > 1)
    throw unreadable('pmset -g batt', printed, 'it names no power source');
  let internal: Battery | null = null;
  let ups: Battery | null = null;
  for (const line of lines) {
    const [, name, rest] = /^\s*-(.+?)\s*\t(.*)$/.exec(line.text) ?? [];
    if (name === undefined || rest === undefined) {
      if (/^\s*-/.test(line.text)) throw unreadable('pmset -g batt', printed, 'a battery line is not whole');
      continue;
    }
    const battery = batteryOf(rest, line);
    if (battery === null) throw unreadable('pmset -g batt', printed, 'a battery line is not whole');
    if (name.startsWith('InternalBattery')) internal ??= battery;
    else ups ??= battery;
  }
  if (source === 'battery' && internal === null)
    throw unreadable('pmset -g batt', printed, 'the battery it runs on is missing');
  const { percent, state, minutes, present } = internal ?? NO_BATTERY;
  return { source, percent, state, minutes, present, ups };
}

const SOURCES: Readonly<Record<string, Power['source']>> = {
  'AC Power': 'ac',
  'Battery Power': 'battery',
  'UPS Power': 'ups',
};

// The last one holds the separator and the word “charging”, so the states are matched whole, longest first.
const STATES = ['AC attached; not charging', 'finishing charge', 'discharging', 'charging', 'charged'] as const;

const NO_BATTERY = { percent: null, state: null, minutes: null, present: null };

function batteryOf(text: string, line: Line): Battery | null {
  const [, percent, rest] = /^(\d{1,3})%;\s*(.*)$/.exec(text) ?? [];
  const state = STATES.find((name) => rest?.startsWith(name) && !/^[A-Za-z]/.test(rest.slice(name.length)));
  if (state === undefined || rest === undefined || Number(percent) > 100) return null;
  const time = /; (\d+):(\d\d) remaining/.exec(rest);
  const present = /present: (true|false)\s*$/.exec(rest)?.[1];
  if (present === undefined && !line.ended) return null;
  return {
    percent: Number(percent),
    state,
    minutes: time ? Number(time[1]) * 60 + Number(time[2]) : null,
    present: present === undefined ? null : present === 'true',
  };
}
