import type { Mac } from '../mac/mac.ts';
import type { Tool } from './tool.ts';

/** The registry root as a property list (`-n Root -d1 -a`), the input system with its idle time, and the hardware. */
export const ioreg: Tool = (argv, io, mac) => {
  if (argv.includes('IOHIDSystem')) io.print(inputSystem(mac));
  else if (argv.includes('IOPlatformExpertDevice')) io.print(hardware(mac));
  else if (argv.includes('-a')) io.print(rootPlist(mac));
  else io.print('+-o Root  <class IORegistryEntry, id 0x100000100, retain 33>\n');
  return 0;
};

function inputSystem(mac: Mac): string {
  const since = mac.somebodyThere && !mac.asleep ? mac.world.now() - 1_840 : mac.lastInputAt;
  const idle = Math.max(0, mac.world.now() - since) * 1_000_000 + 793_708;
  return `    | |   {\n    | |     "HIDIdleTime" = ${idle}\n    | |     "HIDParameters" = {}\n    | |   }\n    | |   \n`;
}

function hardware(mac: Mac): string {
  return [
    '+-o Mac  <class IOPlatformExpertDevice, id 0x100000247, registered, matched, active, busy 0 (32 ms), retain 39>',
    '    {',
    '      "manufacturer" = <"Apple Inc.">',
    `      "IOPlatformUUID" = "${mac.enrolment.udid}"`,
    '      "IOPlatformSerialNumber" = "C02SIMULATED"',
    '    }',
    '    ',
    '',
  ].join('\n');
}

function rootPlist(mac: Mac): string {
  const user = mac.consoleUser();
  const locked = mac.screenLocked();
  const session =
    user === null
      ? ['\t<array/>']
      : [
          '\t<array>',
          '\t\t<dict>',
          // The key is there only while it is true.
          ...(locked ? ['\t\t\t<key>CGSSessionScreenIsLocked</key>', '\t\t\t<true/>'] : []),
          ...keyed('CGSSessionUniqueSessionUUID', `<string>${mac.boot.session}</string>`),
          ...keyed('kCGSSessionAuditIDKey', '<integer>100017</integer>'),
          ...keyed('kCGSSessionGroupIDKey', '<integer>20</integer>'),
          ...keyed('kCGSSessionIDKey', '<integer>257</integer>'),
          ...keyed('kCGSSessionLoginwindowSafeLogin', '<false/>'),
          ...keyed('kCGSSessionOnConsoleKey', '<true/>'),
          ...keyed('kCGSSessionSystemSafeBoot', '<false/>'),
          ...keyed('kCGSSessionUserIDKey', `<integer>${user.uid}</integer>`),
          ...keyed('kCGSSessionUserNameKey', `<string>${escaped(user.name)}</string>`),
          ...keyed('kCGSessionLoginDoneKey', '<true/>'),
          ...keyed('kCGSessionLongUserNameKey', `<string>${escaped(user.fullName)}</string>`),
          '\t\t</dict>',
          '\t</array>',
        ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    '\t<key>IOConsoleLocked</key>',
    `\t<${locked || user === null}/>`,
    '\t<key>IOConsoleUsers</key>',
    ...session,
    '\t<key>IORegistryEntryName</key>',
    '\t<string>Root</string>',
    '\t<key>IORegistryPlanes</key>',
    '\t<dict>',
    '\t\t<key>IOService</key>',
    '\t\t<string>IOService</string>',
    '\t</dict>',
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

function keyed(key: string, value: string): string[] {
  return [`\t\t\t<key>${key}</key>`, `\t\t\t${value}`];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
