// Lines of `log stream` become observations, or nothing: what only looks like a message is none.
import { describe, expect, test } from 'vitest';
import { readLogLine } from '../../../src/adapters/unified-log/read-line.ts';

const UUID = '8efca891-a98d-42ef-80a6-257c1d130f2c';
const mdm = (message: string) =>
  JSON.stringify({
    subsystem: 'com.apple.ManagedClient',
    category: 'HTTPUtil',
    eventMessage: `[0:MDMDaemon:HTTPUtil:<0x5f4e>] ${message}`,
  });
const progress = (message: string, processImagePath = '/x/softwareupdated') =>
  JSON.stringify({
    subsystem: 'com.apple.SoftwareUpdateMacController',
    category: 'SU',
    processImagePath,
    eventMessage: message,
  });

describe('what the Mac and the server say', () => {
  test.each([
    ['Acknowledged', 'acknowledged'],
    ['NotNow', 'not-now'],
    ['Error', 'error'],
    ['CommandFormatError', 'format-error'],
  ])('%s, on its way and taken', (word, answer) => {
    const message = { kind: 'answer', answer, command: 'ScheduleOSUpdate', uuid: UUID };
    const said = `${word}(ScheduleOSUpdate):${UUID}`;
    expect(readLogLine(mdm(`>>>>> Sending HTTP request (PUT) [${said}] >>>>>`))).toEqual({ kind: 'sent', message });
    expect(readLogLine(mdm(`<<<<< Received HTTP response (200) [${said}] <<<<<`))).toEqual({
      kind: 'answered',
      status: 200,
      message,
    });
  });

  test('an error without a name is an error of nobody knows what', () => {
    expect(readLogLine(mdm('<<<<< Received HTTP response (200) [Error] <<<<<'))).toMatchObject({
      message: { kind: 'answer', answer: 'error', command: null, uuid: null },
    });
  });

  test('the bootstrap token is fetched', () => {
    expect(readLogLine(mdm('<<<<< Received HTTP response (404) [MDM_GetBootstrapToken] <<<<<'))).toEqual({
      kind: 'answered',
      status: 404,
      message: { kind: 'bootstrap-token' },
    });
  });
});

test('how far softwareupdated is', () => {
  const line =
    '[SUMacControllerProgressManager] Reported progress (inter): phase:PREPARING_UPDATE stalled:YES portionComplete:0.504500 estimatedTimeRemaining:-1.000000';
  const wanted = { kind: 'progress', edge: 'inter', phase: 'PREPARING_UPDATE', portion: 0.5045, stalled: true };
  expect(readLogLine(progress(line))).toEqual(wanted);
  expect(readLogLine(`2023-05-03 15:43:05.016 Df softwareupdated[5145:5fa6] [com.apple.x:SU] ${line}`)).toEqual(wanted);
  expect(readLogLine(progress(line, '/usr/bin/logger'))).toBeNull();
});

test.each([
  [
    'the first line',
    'Filtering the log data using "x" softwareupdated: Reported progress (end): phase:APPLYING stalled:NO portionComplete:0.1',
  ],
  ['a header', 'Timestamp               Ty Process[PID:TID]'],
  ['a scan', progress('Scan reported progress (end): phase:APPLYING stalled:NO portionComplete:1.000000')],
  ['more than all', progress('Reported progress (end): phase:APPLYING stalled:NO portionComplete:19.000000')],
  ['a cut line', mdm('<<<<< Received HTTP response (200) [Idle] <<<<<').slice(0, -3)],
  ['a cut message', mdm('<<<<< Received HTTP response (200) [Acknowledged(ScheduleOSUp')],
  [
    'another program',
    'x Df other[1:2] [com.apple.ManagedClient:HTTPUtil] <<<<< Received HTTP response (200) [Idle] <<<<<',
  ],
  ['JSON of another kind', 'null'],
  ['nothing', ''],
])('%s is no message', (_, line) => {
  expect(readLogLine(line)).toBeNull();
});
