import { HOUR_MS } from '../../domain/instant.ts';
import { majorOf } from '../../domain/os-version.ts';
import type { Mac } from '../mac/mac.ts';
import { lengthHms, logTime, zoneOffset } from './local-time.ts';
import type { Tool } from './tool.ts';

/** `-g batt` (or `ps`) and `-g assertions`. */
export const pmset: Tool = (argv, io, mac) => {
  const [get, what] = argv;
  if (get !== '-g') {
    io.printErr('Usage: pmset <options>\n');
    return 64;
  }
  if (what === 'batt' || what === 'ps') io.print(battery(mac));
  else if (what === 'assertions') io.print(assertions(mac));
  else io.print(settings(mac));
  return 0;
};

/** What was never set for the whole Mac is not listed. */
function settings(mac: Mac): string {
  const key = mac.fileVault.destroysKey ? ' DestroyFVKeyOnStandby\t\t1\n' : '';
  return `System-wide power settings:\n${key}Currently in use:\n standby              1\n sleep                1\n`;
}

function battery(mac: Mac): string {
  const source = mac.battery.source();
  const head = `Now drawing from '${source === 'ac' ? 'AC Power' : 'Battery Power'}'\n`;
  if (mac.spec.kind === 'desktop') return head;
  const percent = Math.floor(mac.battery.percent());
  return `${head} -InternalBattery-0 (id=22806627)\t${percent}%; ${batteryState(mac, percent)} present: true\n`;
}

function batteryState(mac: Mac, percent: number): string {
  if (mac.battery.source() === 'battery')
    return `discharging; ${hoursMinutes((mac.battery.emptyInMs() ?? 0) / HOUR_MS)} remaining`;
  if (percent >= 100) return 'charged; 0:00 remaining';
  if (percent >= 96) return 'finishing charge; 0:10 remaining';
  return `charging; ${hoursMinutes((100 - percent) / mac.battery.perHour())} remaining`;
}

function hoursMinutes(hours: number): string {
  const minutes = Math.round(hours * 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

function assertions(mac: Mac): string {
  const now = mac.world.wall();
  const holders = [...mac.displayHolders];
  const held = holders.length > 0 ? 1 : 0;
  const active = mac.somebodyThere && !mac.asleep ? 1 : 0;
  const recent = (majorOf(mac.os.version) ?? 0) >= 11 ? '' : ' : Showing all currently held IOKit power assertions';
  const lines = [
    `${logTime(now, mac.zone)} ${zoneOffset(now, mac.zone)}${recent} `.trimEnd(),
    'Assertion status system-wide:',
    '   BackgroundTask                 0',
    '   ApplePushServiceTask           0',
    `   UserIsActive                   ${active}`,
    `   PreventUserIdleDisplaySleep    ${held}`,
    '   PreventSystemSleep             0',
    '   ExternalMedia                  0',
    `   PreventUserIdleSystemSleep     ${held}`,
    '   NetworkClientActive            0',
    'Listed by owning process:',
  ];
  if (active) {
    lines.push(
      '   pid 143(powerd): [0x0000000c00098000] 00:00:34 UserIsActive named: "com.apple.iohideventsystem.queue.tickle serviceID:1000003ac" ',
    );
  }
  holders.forEach(([program, { pid, since }], index) => {
    const id = (0x1234_0000 + index).toString(16).padStart(16, '0');
    const held = lengthHms(mac.world.now() - since);
    lines.push(`   pid ${pid}(${program}): [0x${id}] ${held} NoDisplaySleepAssertion named: "Video call in progress" `);
    lines.push(
      `   pid 158(coreaudiod): [0x${id}] ${held} PreventUserIdleSystemSleep named: "com.apple.audio.context.preventuseridlesleep" `,
    );
    lines.push(`   \tCreated for PID: ${pid}. `);
  });
  return `${lines.join('\n')}\nNo kernel assertions.\n`;
}
