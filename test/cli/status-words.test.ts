// The status for people: what is promised first, one screen, no line wider than the terminal.
import { describe, expect, test } from 'vitest';
import { painter } from '../../src/cli/colour.ts';
import { statusWords } from '../../src/cli/status-words.ts';
import { firstContext } from '../../src/machines/context.ts';
import { explain } from '../../src/machines/explain.ts';
import type { Status } from '../../src/machines/status.ts';
import { statusWith } from '../../src/machines/status-health.ts';
import { everyStatus, poorHealth } from '../support/every-status.ts';
import { MONDAY_NINE } from '../support/situations.ts';

const wordsOf = (status: Status, columns: number | null = null) =>
  statusWords(status, { paint: painter(false), columns });
const plain: Status = { ...explain('resting.upToDate', firstContext, MONDAY_NINE), zone: 'Europe/Berlin' };

describe('the status in words', () => {
  test('names a restart that people were shown before everything that is ahead', () => {
    const words = wordsOf({ ...plain, warningRestartAt: '2026-11-09T11:00:00Z' });
    expect(words.split('\n')[1]).toBe('Restart   Mon 9 Nov 2026, 12:00: people were shown this time, and it is kept');
  });

  test('says of each deadline what it means', () => {
    const deadlines = { focus: '2026-11-05T11:00:00Z', soft: '2026-11-09T11:00:00Z', hard: '2026-11-12T11:00:00Z' };
    expect(wordsOf({ ...plain, deadlines })).toContain(`
Deadlines Thu 5 Nov 2026, 12:00: focus, a call or presentation no longer holds the question back
          Mon 9 Nov 2026, 12:00: soft, it can no longer be put off, only set for a time
          Thu 12 Nov 2026, 12:00: hard, the Mac restarts by itself, after a warning
`);
  });

  test('tells what was asked, a pause, and the health in one line', () => {
    const words = wordsOf(
      statusWith(
        {
          ...plain,
          pausedUntil: '2026-11-20T08:00:00Z',
          lastRequest: {
            kind: 'defer',
            by: { kind: 'user', uid: 501 },
            at: '2026-11-04T08:00:00Z',
            accepted: true,
            words: 'put off for an hour',
          },
        },
        {
          ...poorHealth,
          launchd: { agentLoaded: true, wakeLoaded: true, nextWake: '2026-11-06T08:00:00Z', armed: true },
          store: { ...poorHealth.store, lastBackupAt: '2026-11-05T08:00:00Z' },
        },
      ),
    );
    expect(words).toContain('\nPaused    until Fri 20 Nov 2026, 09:00\n');
    expect(words).toContain('\nAsked     Wed 4 Nov 2026, 09:00 by user 501: put off for an hour\n');
    expect(words).toContain(
      '\nHealth    launchd armed for Fri 6 Nov 2026, 09:00, backup of Thu 5 Nov 2026, 09:00, 2 requests waiting\n',
    );
    expect(words).toMatch(/\nWritten {3}.* by upkeep 0\.1\.0, which rests until then\n$/);
  });

  test('of every status is no wider than the terminal, and not one word is lost', async () => {
    for (const status of await everyStatus()) {
      const wide = wordsOf(status);
      const narrow = wordsOf(status, 60);
      // A single word, such as a path, is not broken.
      const tooWide = narrow.split('\n').filter((line) => line.length > 60 && line.slice(10).includes(' '));
      expect(tooWide).toEqual([]);
      expect(narrow.split(/\s+/)).toEqual(wide.split(/\s+/));
    }
  });

  test('what is broken over lines goes on under itself', () => {
    expect(wordsOf({ ...plain, why: ['one two three four five six seven eight'] }, 32)).toContain(`
Why       one two three four
          five six seven eight
`);
  });
});
