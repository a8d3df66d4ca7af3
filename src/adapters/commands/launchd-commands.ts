import { SECOND_MS } from '../../domain/instant.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { readBootout, readBootstrap, readDone, readLoaded } from '../macos/launchctl.ts';
import { defineCommand } from './command.ts';
import { argumentsOf } from './user-session.ts';

const LAUNCHCTL = '/bin/launchctl';

// Each of them answers within a second, or launchd itself is stuck.
const QUICK: ToolLimits = { timeoutMs: 20 * SECOND_MS, silenceMs: null, outputBytes: 1_000_000 };

/** Done again it does no harm: what counts afterwards is `launchctl.print`. */
const ACT = { tool: LAUNCHCTL, privilege: 'root', effect: 'act', recovery: 'idempotent', secret: 'none' } as const;

export const bootstrapJob = defineCommand({
  ...ACT,
  name: 'launchctl.bootstrap',
  summary: 'Loads a job of launchd from its file.',
  limits: QUICK,
  example: { plist: '{plist}' },
  build: ({ plist }: { plist: string }) => ({ args: ['bootstrap', 'system', plist], stdin: null }),
  recognise: (argv) => asksLaunchctl(argv, 'bootstrap', 3),
  read: readBootstrap,
});

export const bootoutJob = defineCommand({
  ...ACT,
  name: 'launchctl.bootout',
  summary: 'Takes a job out of launchd and ends what it runs; launchd may still be at it afterwards.',
  limits: QUICK,
  example: { label: '{label}' },
  build: ({ label }: { label: string }) => ({ args: ['bootout', `system/${label}`], stdin: null }),
  recognise: (argv) => asksLaunchctl(argv, 'bootout', 2),
  read: readBootout,
});

export const printJob = defineCommand({
  tool: LAUNCHCTL,
  privilege: 'anyone',
  effect: 'probe',
  recovery: 'probe',
  secret: 'none',
  name: 'launchctl.print',
  summary: 'Whether launchd has a job loaded.',
  limits: QUICK,
  example: { label: '{label}' },
  build: ({ label }: { label: string }) => ({ args: ['print', `system/${label}`], stdin: null }),
  recognise: (argv) => asksLaunchctl(argv, 'print', 2),
  read: readLoaded,
});

export const kickstartJob = defineCommand({
  ...ACT,
  name: 'launchctl.kickstart',
  summary: 'Starts a job at once; nothing happens when it runs already.',
  limits: QUICK,
  example: { label: '{label}' },
  build: ({ label }: { label: string }) => ({ args: ['kickstart', `system/${label}`], stdin: null }),
  recognise: (argv) => asksLaunchctl(argv, 'kickstart', 2),
  read: readDone,
});

export const enableJob = defineCommand({
  ...ACT,
  name: 'launchctl.enable',
  summary: 'Lifts a lasting ban on a job, without which it could not be loaded.',
  limits: QUICK,
  example: { label: '{label}' },
  build: ({ label }: { label: string }) => ({ args: ['enable', `system/${label}`], stdin: null }),
  recognise: (argv) => asksLaunchctl(argv, 'enable', 2),
  read: readDone,
});

function asksLaunchctl(argv: readonly string[], verb: string, words: number): boolean {
  const args = argumentsOf(argv, LAUNCHCTL);
  return args?.[0] === verb && args.length === words;
}
