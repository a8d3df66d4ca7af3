import { describe, expect, test } from 'vitest';
import { withLimits } from '../../src/adapters/commands/limits.ts';
import type { ToolCall, ToolEvent, ToolLimits } from '../../src/ports/commands.ts';
import { VirtualClock } from '../../src/simulator/virtual-clock.ts';
import { awakeClock, ScriptedCommands, type Step } from './scripted-commands.ts';

const call = (limits: Partial<ToolLimits>): ToolCall => ({
  name: 'test.tool',
  effect: 'probe',
  path: '/usr/bin/true',
  args: [],
  stdin: null,
  outlivesAgent: false,
  limits: { timeoutMs: 60_000, silenceMs: null, outputBytes: 1_000, ...limits },
});

async function play(steps: readonly Step[], limits: Partial<ToolLimits>) {
  const clock = new VirtualClock(0);
  const tool = new ScriptedCommands(clock, steps);
  const seen: { atMs: number; event: ToolEvent }[] = [];
  let completed = 0;
  withLimits(tool, awakeClock(clock))
    .start(call(limits))
    .subscribe({ next: (event) => seen.push({ atMs: clock.now(), event }), complete: () => completed++ });
  await clock.runUntil(1_000_000);
  const last = seen.at(-1);
  const ending = last?.event.kind === 'ended' ? last.event.ending : null;
  const text = seen.map(({ event }) => (event.kind === 'output' ? event.text : '')).join('');
  return {
    ending,
    endedAtMs: last?.atMs,
    text,
    completed,
    letGo: tool.letGo,
    nextDue: clock.nextDue(),
    count: seen.length,
  };
}

describe('limits', () => {
  test('a tool within them is passed on unchanged, and no timer stays behind', async () => {
    const steps = [
      { afterMs: 10, says: 'a' },
      { afterMs: 10, onStderr: 'b' },
      { afterMs: 10, ends: { exitCode: 3 } },
    ];
    const played = await play(steps, { silenceMs: 1_000 });
    expect(played).toMatchObject({ text: 'ab', endedAtMs: 30, completed: 1, letGo: 1, nextDue: null, count: 3 });
    expect(played.ending).toEqual({ exitCode: 3, signal: null, stoppedBy: null, spawnError: null });
  });

  test('a tool that goes on too long is stopped, however much it says', async () => {
    const chatter = Array.from({ length: 100 }, () => ({ afterMs: 1_000, says: '.' }));
    const played = await play(chatter, { timeoutMs: 5_500, silenceMs: 2_000 });
    expect(played.ending?.stoppedBy).toBe('timeout');
    expect(played).toMatchObject({ endedAtMs: 5_500, text: '.....', letGo: 1, completed: 1, nextDue: null });
  });

  test('silence is counted from the last word, not from the start', async () => {
    const steps = [
      { afterMs: 900, says: 'a' },
      { afterMs: 900, onStderr: 'b' },
      { afterMs: 5_000, says: 'too late' },
    ];
    const played = await play(steps, { silenceMs: 1_000 });
    expect(played.ending?.stoppedBy).toBe('silence');
    expect(played).toMatchObject({ endedAtMs: 2_800, text: 'ab', letGo: 1 });
  });

  test('silence means nothing where no limit is set for it', async () => {
    const played = await play([{ afterMs: 59_000, ends: { exitCode: 0 } }], {});
    expect(played.ending).toMatchObject({ exitCode: 0, stoppedBy: null });
  });

  test('both streams together are bounded, and what came before the bound is kept', async () => {
    const steps = [
      { afterMs: 1, says: 'x'.repeat(600) },
      { afterMs: 1, onStderr: 'y'.repeat(600) },
      { afterMs: 1, says: 'z' },
    ];
    const played = await play(steps, {});
    expect(played.ending?.stoppedBy).toBe('output');
    expect(played.text).toBe('x'.repeat(600) + 'y'.repeat(400));
  });

  test('bytes are counted, not characters', async () => {
    expect(
      (
        await play(
          [
            { afterMs: 1, says: 'ä'.repeat(500) },
            { afterMs: 1, ends: { exitCode: 0 } },
          ],
          {},
        )
      ).ending?.stoppedBy,
    ).toBeNull();
    expect(
      (
        await play(
          [
            { afterMs: 1, says: 'ä'.repeat(501) },
            { afterMs: 1, ends: { exitCode: 0 } },
          ],
          {},
        )
      ).ending?.stoppedBy,
    ).toBe('output');
  });

  test('unsubscribing lets the tool go and leaves no timer', () => {
    const clock = new VirtualClock(0);
    const tool = new ScriptedCommands(clock, [{ afterMs: 10, says: 'a' }]);
    withLimits(tool, awakeClock(clock))
      .start(call({ silenceMs: 100 }))
      .subscribe()
      .unsubscribe();
    expect(tool.letGo).toBe(1);
    expect(clock.nextDue()).toBeNull();
  });
});
