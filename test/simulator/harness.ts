import { HOUR_MS } from '../../src/domain/instant.ts';
import type { Ending, ToolCall, ToolInput } from '../../src/ports/commands.ts';
import { type MacSpecInput, readMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { VirtualClock } from '../../src/simulator/virtual-clock.ts';
import { canary } from '../support/canary.ts';

/** Monday 23 November 2026, 09:00 in Berlin. */
export const MONDAY_NINE = Date.UTC(2026, 10, 23, 8);

export type Ran = { stdout: string; stderr: string; all: string; ending: Ending | null };

export function macWith(raw: MacSpecInput = {}, seed: number | string = 1, start = MONDAY_NINE) {
  const read = readMacSpec({ password: PASSWORD, ...raw });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const clock = new VirtualClock(start);
  return { clock, mac: new VirtualMac({ spec: read.spec, clock, seed }) };
}

export function toolCall(path: string, args: readonly string[], stdin: ToolInput = null): ToolCall {
  const limits = { timeoutMs: HOUR_MS, silenceMs: null, outputBytes: 1_000_000 };
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    effect: 'probe',
    path,
    args,
    stdin,
    limits,
    outlivesAgent: false,
  };
}

/** Runs a tool to its end, to the end of the boot, or for as long as given; `ending` is null unless it ended. */
export async function run(
  mac: VirtualMac,
  path: string,
  args: readonly string[] = [],
  stdin: ToolInput = null,
  forMs = 12 * HOUR_MS,
) {
  const ran: Ran = { stdout: '', stderr: '', all: '', ending: null };
  const subscription = mac.commands.start(toolCall(path, args, stdin)).subscribe((event) => {
    if (event.kind === 'ended') ran.ending = event.ending;
    else {
      ran[event.stream] += event.text;
      ran.all += event.text;
    }
  });
  await mac.world.runUntil(mac.world.now() + forMs, () => ran.ending !== null || !mac.on);
  subscription.unsubscribe();
  return ran;
}

/** softwareupdate with these arguments, a password on stdin where one is given. */
export function softwareupdate(
  mac: VirtualMac,
  args: readonly string[],
  password: string | null = null,
  forMs?: number,
) {
  return run(mac, '/usr/sbin/softwareupdate', args, password === null ? null : [`${password}\n`], forMs);
}

export const OWNER = ['--user', 'anna', '--stdinpass'];
export const PASSWORD = canary('anna');

export function installArgs(label: string): string[] {
  return ['--install', label, '--restart', '--force', '--no-scan', '--agree-to-license', ...OWNER];
}

/** swiftDialog in anna's session, as a daemon starts it. */
export function dialogCall(shows: Record<string, unknown>): ToolCall {
  const dialog = ['/usr/local/bin/dialog', '--json', '--jsonstring', JSON.stringify(shows)];
  return toolCall('/bin/launchctl', ['asuser', '501', '/usr/bin/sudo', '-u', 'anna', ...dialog]);
}

/** Starts a dialog and returns what becomes of it. */
export function openDialog(mac: VirtualMac, shows: Record<string, unknown>): Ran {
  const ran: Ran = { stdout: '', stderr: '', all: '', ending: null };
  mac.commands.start(dialogCall(shows)).subscribe((event) => {
    if (event.kind === 'ended') ran.ending = event.ending;
    else {
      ran[event.stream] += event.text;
      ran.all += event.text;
    }
  });
  return ran;
}

/** The dialogs an update agent shows. */
export const DIALOGS = {
  choice: {
    title: 'macOS 26.6.2 is ready',
    message: 'Restart to install it.',
    button1text: 'Remind me later',
    button2text: 'Restart now',
    infobuttontext: 'Choose a time…',
    quitoninfo: true,
    selectitems: [{ title: 'Remind me in', values: ['1 hour', '4 hours', '1 day'], default: '1 hour' }],
    timer: 900,
  },
  soft: {
    title: 'Time to restart',
    message: 'm',
    button1text: 'Restart now',
    infobuttontext: 'Choose a time…',
    quitoninfo: true,
    timer: 900,
  },
  schedule: {
    title: 'When?',
    message: 'm',
    selectitems: [
      { title: 'Restart at', values: ['Mon 23 Nov 2026, 12:00', 'Mon 23 Nov 2026, 18:00', 'Tue 24 Nov 2026, 09:00'] },
    ],
    button1text: 'Schedule',
    button2text: 'Back',
  },
  warning: { title: 'Restart at 18:00', message: 'm', button1text: 'OK', button2text: 'Restart now', timer: 3600 },
  password: {
    title: 'Password needed',
    message: 'm',
    textfield: [{ title: 'Password', secure: true, required: true }],
    button1text: 'Continue',
    button2text: 'Not now',
    timer: 900,
  },
} as const;
