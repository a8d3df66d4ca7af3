import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';

export type Assertions = {
  /** Who keeps the display awake: a call, a presentation, a film, `caffeinate`. */
  displaySleepHolders: { pid: number; process: string }[];
  /** Somebody used the Mac moments ago; null where it does not say. */
  userIsActive: boolean | null;
};

/** Reads `pmset -g assertions`. */
export function readAssertions(printed: Printed): Assertions {
  const lines = splitLines(printed.stdout).filter((line) => line.ended);
  if (!lines.some((line) => /^Assertion status system-wide:/.test(line.text))) {
    throw unreadable('pmset -g assertions', printed, 'it is not the list of assertions');
  }
  const totals = new Map<string, number>();
  const owners: Owner[] = [];
  for (const line of lines) {
    const [, type, total] = /^\s*(\w+)\s+(\d+)\s*$/.exec(line.text) ?? [];
    if (type !== undefined) totals.set(type, Number(total));
    const owner = ownerOf(line.text);
    if (owner !== null) owners.push(owner);
  }
  // The summary counts what the list must then show. Where it does not, the list was cut and nobody can be ruled out.
  const heldByTotal = (totals.get('PreventUserIdleDisplaySleep') ?? 0) > 0;
  const isListed = lines.some((line) => /Listed by owning process:/.test(line.text));
  if (!totals.has('PreventUserIdleDisplaySleep') && !isListed)
    throw unreadable('pmset -g assertions', printed, 'the summary is cut');
  if (heldByTotal && !owners.some((owner) => owner.type.includes('Display'))) {
    throw unreadable('pmset -g assertions', printed, 'somebody keeps the display awake, yet the list does not say who');
  }
  return { displaySleepHolders: holdersOf(owners), userIsActive: activityOf(totals, owners) };
}

type Owner = { pid: number; process: string; type: string };

const HOLDS_DISPLAY: ReadonlySet<string> = new Set(['NoDisplaySleepAssertion', 'PreventUserIdleDisplaySleep']);

/** One line of the list; process names hold blanks and brackets, hours go past 24, a duration may be missing. */
function ownerOf(text: string): Owner | null {
  const found = /^\s*pid (\d+)\((.+?)\): \[0x[0-9a-f]+\] (?:\d+:\d\d:\d\d )?(\w+) named:/i.exec(text);
  return found ? { pid: Number(found[1]), process: found[2] ?? '', type: found[3] ?? '' } : null;
}

function holdersOf(owners: readonly Owner[]): Assertions['displaySleepHolders'] {
  const byPid = new Map<number, string>();
  for (const owner of owners) {
    // coreaudiod keeps the display awake for whatever plays, which is no sign of a person in a call.
    if (HOLDS_DISPLAY.has(owner.type) && owner.process !== 'coreaudiod') byPid.set(owner.pid, owner.process);
  }
  return [...byPid].map(([pid, process]) => ({ pid, process }));
}

function activityOf(totals: ReadonlyMap<string, number>, owners: readonly Owner[]): boolean | null {
  if (owners.some((owner) => owner.type === 'UserIsActive')) return true;
  const total = totals.get('UserIsActive');
  return total === undefined ? null : total > 0;
}
