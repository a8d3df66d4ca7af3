import { describe, expect, test } from 'vitest';
import { macosHint, parseCommandNames, parseOutput } from '../../src/cli/parse-output.ts';
import { UpkeepError } from '../../src/domain/problem.ts';
import { canary } from '../support/canary.ts';

const text = { stdout: '', stderr: '', exitCode: null, macos: null };

describe('upkeep parse', () => {
  test('gives what a tool said as JSON', () => {
    const stdout =
      "Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t80%; AC attached; not charging present: true\n";
    expect(parseOutput({ ...text, stdout, argv: ['pmset', '-g', 'batt'] })).toMatchObject({
      source: 'ac',
      percent: 80,
      present: true,
    });
  });

  test('reads both streams', () => {
    const parsed = parseOutput({ ...text, stderr: 'No new software available.\n', argv: ['softwareupdate', '--list'] });
    expect(parsed).toEqual({ state: 'none', updates: [] });
  });

  test('refuses a tool it does not run, and says where to see those it does', () => {
    const refused = () => parseOutput({ ...text, argv: ['uname', '-m'] });
    expect(refused).toThrow(UpkeepError);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'command.unknown',
        remedy: expect.stringContaining('upkeep parse --list'),
      }),
    );
  });

  test('says so when the text cannot be read, instead of guessing', () => {
    const refused = () => parseOutput({ ...text, stdout: '<html>', argv: ['softwareupdate', '--list'] });
    expect(refused).toThrow(
      expect.objectContaining({ code: 'output.unreadable', facts: expect.objectContaining({ stdout: '<html>' }) }),
    );
  });

  test('never shows a typed password', () => {
    const argv = ['dialog', '--jsonstring', '{"textfield":[{"title":"Password","secure":true}]}', '--json'];
    const parsed = parseOutput({ ...text, stdout: JSON.stringify({ Password: canary('typed') }), exitCode: 0, argv });
    expect(parsed).toEqual({ end: 'button1', exitCode: 0, values: { Password: '[secret]' } });
  });

  test.each([
    ['13.3.1 (a)', '13.3.1 (a)'],
    ['12.6.1 (21G217)', '12.6.1'],
    ['14.4.x', '14.4'],
    ['26.x or 15.x', '26'],
    ['11/12', '11'],
    ['11+ (Apple silicon)', '11'],
    ['15 beta', '15'],
    [' 26.6', '26.6'],
    ['recent', null],
    ['to 13.2.1', null],
    ['Jamf Pro 11', null],
  ])('takes “%s” for macOS %s', (typed, hint) => expect(macosHint(typed)).toBe(hint));

  test('lists the commands it knows', () => {
    const names = parseCommandNames();
    expect(new Set(names.map(({ invocation }) => invocation)).size).toBe(names.length);
    expect(names).toContainEqual({
      name: 'sysctl.boottime',
      invocation: '/usr/sbin/sysctl -n kern.boottime',
      summary: 'When the Mac was started.',
    });
  });
});
