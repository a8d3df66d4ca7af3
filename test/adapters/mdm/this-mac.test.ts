// Which hardware this is and which Jamf Pro manages it, read out of what the tools print.
import { expect, test } from 'vitest';
import { hardware, jamfServer } from '../../../src/adapters/commands/fact-commands.ts';
import { runCommand } from '../../../src/adapters/commands/run-command.ts';
import { type Answer, scripted } from '../../support/scripted-commands.ts';

const UUID = '9353BC9A-5CF9-4C9E-9AD4-8D1E41D5FE3E';
const OTHER = 'B353BC9A-5CF9-4C9E-9AD4-8D1E41D5FE3E';
const line = (uuid: string) => `      "IOPlatformUUID" = "${uuid}"\n`;

const uuidIn = (stdout: string) =>
  runCommand(scripted({ 'ioreg.hardware': { stdout } }).commands, hardware, undefined).then(({ uuid }) => uuid);

test.each([
  ['as it is', `+-o J316sAP  <class IOPlatformExpertDevice>\n    {\n${line(UUID)}    }\n`],
  ['in small letters', line(UUID.toLowerCase())],
  ['behind the lines of a tree, as on macOS 27', `  |   "IOPlatformUUID" = "${UUID}"\n`],
  ['twice the same', line(UUID).repeat(2)],
])('the hardware, %s', async (_, text) => expect(await uuidIn(text)).toBe(UUID));

test.each([
  ['nothing', ''],
  ['another key', `"IOPlatformSerialNumber" = "C02XX"\n`],
  ['two of them', line(UUID) + line(OTHER)],
  ['half of one', line(UUID.slice(0, 30))],
])('no hardware out of %s', async (_, text) =>
  expect(uuidIn(text)).rejects.toMatchObject({ code: 'output.unreadable' }),
);

const serverIn = (answer: Answer) =>
  runCommand(scripted({ 'defaults.jamf-server': answer }).commands, jamfServer, undefined);
const ABSENT = {
  stderr: '2026-11-23 08:00:00.000 defaults[412:9] \nThe domain/default pair of (…, jss_url) does not exist\n',
  exitCode: 1,
};

test('the server, and that there is none', async () => {
  expect(await serverIn({ stdout: 'https://jamf.example.com:8443/\n' })).toEqual({
    address: 'https://jamf.example.com:8443/',
  });
  expect(await serverIn(ABSENT)).toEqual({ address: null });
});

test.each<[string, Answer]>([
  ['nothing', {}],
  ['two lines', { stdout: 'https://a.example.com/\nhttps://b.example.com/\n' }],
])('no server out of %s', async (_, answer) =>
  expect(serverIn(answer)).rejects.toMatchObject({ code: 'output.unreadable' }),
);
