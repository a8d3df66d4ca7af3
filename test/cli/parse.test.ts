import { describe, expect, test } from 'vitest';
import { parseCommandNames, parseOutput } from '../../src/cli/parse-output.ts';
import { UpkeepError } from '../../src/domain/problem.ts';

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
    const parsed = parseOutput({ ...text, stdout: '{"Password" : "pass phrase"}', exitCode: 0, argv });
    expect(parsed).toEqual({ end: 'button1', exitCode: 0, values: { Password: '[secret]' } });
  });

  test('lists the commands it knows', () => {
    const names = parseCommandNames();
    expect(names).toHaveLength(19);
    expect(names).toContainEqual({
      name: 'sysctl.boottime',
      invocation: '/usr/sbin/sysctl -n kern.boottime',
      summary: 'When the Mac was started.',
    });
  });
});
