// The help texts as a reader sees them, and that they name every option there is.
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../src/cli/run-cli.ts';
import { upkeep } from './terminal.ts';

const OVERVIEW = `upkeep ${packageJson.version}: gets macOS updates installed without ever ambushing the person at the Mac.

Usage: upkeep COMMAND [options]

  simulate        Play a policy on a simulated Mac, day by day, on any computer.
  run             One wake of the agent; launchd starts it.
  status          Say what upkeep is doing, what comes next, and what stands in the way.
  explain         Tell from the journal what upkeep did and why, decision by decision.
  doctor          Examine this Mac for what stands in the way of updates, and say what to do.
  log             Show what upkeep wrote down, as it happens if you like.
  parse           Show what upkeep reads out of a tool’s output.
  check           Ask the agent to look for updates now.
  install-now     Ask the agent to install as soon as it can.
  defer           Put the update off for a while.
  schedule        Choose the time of the restart.
  pause           Have the agent do nothing but look for a while.
  resume          End a pause.
  reset           Have the agent forget failed attempts and waiting times.
  auth            Save, verify, list and delete the password that installs are authorised with.
  service-account An account of upkeep’s own that authorises installs: make, examine, rotate, delete.
  secure-token    Give somebody a secure token, by the service account.
  filevault       Make a new recovery key of FileVault.
  bootstrap-token Say whether the MDM server can authorise installs, and escrow the token it takes.
  install         Put upkeep to work on this Mac, or repair what is there.
  uninstall       Take upkeep off this Mac.
  db              Check the state on the disk, without changing it.
  lab             Run a simulated Mac of real programs, or a simulated Jamf Pro, for trying things by hand.

  --help          this page; \`upkeep help COMMAND\` for one command
  --version       the version

Exit codes: docs/exit-codes.md. Only auth to uninstall change this computer; check to reset ask the agent.
`;

const PARSE = `upkeep parse FILE|- [--stderr FILE] [--exit N] [--macos VERSION] -- TOOL ARGS…
upkeep parse --list

Prints as JSON what upkeep reads out of FILE (- for standard input), as if TOOL ARGS had just printed it.

  --stderr FILE     what the tool printed on standard error
  --exit N          its exit code, 0 to 255 (0)
  --macos VERSION   the macOS it ran on, where it matters
  --list            the commands whose output can be read

Exit code 64 for a command upkeep does not run, 65 where the output cannot be read.

Example: softwareupdate --list | upkeep parse - -- softwareupdate --list
`;

const SIMULATE = `upkeep simulate [--policy FILE] [--mac FILE] [--offers FILE] [--persona NAME] [--days N]
                [--start ISO] [--zone IANA] [--seed N] [--saved WAYS] [--mdm SERVICE[:FAULT,...]]
                [--state DIR] [--json]

Lets the real agent live on a simulated Mac and tells what happens, when and why.
Nothing on this computer is changed.

  --policy FILE    a configuration profile (.mobileconfig, XML or binary) or JSON; without it the defaults
  --mac FILE       the Mac, as JSON (docs/simulated-mac.md); without it a MacBook just below the offered macOS
  --offers FILE    the text a real \`softwareupdate --list\` printed; without it macOS 26.6.2
  --persona NAME   who sits there: agreeable, procrastinator, absent, nine-to-five, forgetful (procrastinator)
  --days N         how long, 1 to 366 (21)
  --start ISO      when it begins, local time of the Mac unless it names an offset (2026-11-02T08:00)
  --zone IANA      where the Mac is (that of --mac, else Europe/Berlin)
  --seed N         another seed, another course of small chances (1); same seed and input, same output
  --saved WAYS     passwords that are saved, such as local-account or service-account=drifted (docs/simulation.md)
  --mdm SERVICE    the management server, jamf-pro or nanomdm, and what is wrong with it: jamf-pro:FAULT,FAULT (docs/simulation.md)
  --state DIR      keep the agent's state there (a new or empty directory), for \`upkeep status\` and \`upkeep explain\`
  --json           one JSON object (schema upkeep.simulation/1) instead of a story

Example: upkeep simulate --policy examples/three-weeks.mobileconfig --persona absent --days 30
`;

const STATUS = `upkeep status [--state DIR | --root DIR] [--json] [--watch]

Reads what the agent wrote at its last rest; no running agent is needed, and anybody may ask.

  --state DIR   the state directory of a simulation (/Library/Application Support/Upkeep/state)
  --root DIR    the status of a simulated Mac below this folder
  --json        the same as one JSON object (schema upkeep.status/1, docs/status.schema.json)
  --watch       go on with each new status, until Control-C; with --json one line each
`;

const EXPLAIN = `upkeep explain [--last N] [--state DIR] [--json]

Reads the journal, plays it through the update workflow again and tells each step with all its reasons.

  --last N      only the last N things that happened (20; 0 for all)
  --state DIR   the state directory of a simulation (/Library/Application Support/Upkeep/state)
  --json        one JSON object (schema upkeep.explanation/1)
`;

describe('help goes to standard output and ends well', () => {
  test.each<[string, string]>([
    ['help', OVERVIEW],
    ['--help', OVERVIEW],
    ['-h', OVERVIEW],
    ['help help', OVERVIEW],
    ['help simulate', SIMULATE],
    ['simulate --help', SIMULATE],
    ['simulate --days nonsense -h', SIMULATE],
    ['help status', STATUS],
    ['status --help', STATUS],
    ['help explain', EXPLAIN],
    ['help parse', PARSE],
    ['parse --help', PARSE],
    ['--help parse', PARSE],
    ['--version', `upkeep ${packageJson.version}\n`],
    ['-V', `upkeep ${packageJson.version}\n`],
    ['version', `upkeep ${packageJson.version}\n`],
  ])('upkeep %s', async (line, out) => {
    expect(await upkeep(...line.split(' '))).toEqual({ code: 0, out, err: '' });
  });

  test('without a command the same page goes to standard error, for that is wrong usage', async () => {
    expect(await upkeep()).toEqual({ code: 64, out: '', err: OVERVIEW });
  });

  test('a --help after -- belongs to the tool', async () => {
    const { code, out } = await upkeep('parse', 'x', '--', 'softwareupdate', '--help');
    expect({ code, out }).toEqual({ code: expect.not.toBeOneOf([0]), out: '' });
  });
});

test('each option of each command has a line in its help, and no line is without its option', async () => {
  for (const { load } of COMMANDS) {
    const { name, help, options } = await load();
    const lines = [...help.matchAll(/^ {2}--([a-z-]+)/gm)].map((found) => found[1]);
    expect({ name, lines: lines.sort() }).toEqual({ name, lines: Object.keys(options).sort() });
  }
});

test('parse --list names every command with what it is for', async () => {
  const { code, out, err } = await upkeep('parse', '--list');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('/usr/sbin/softwareupdate --list\n    Asks Apple which updates this Mac may have.\n');
  expect(out).toMatch(/^(?:\/\S.*\n {4}\S.*\n)+$/);
});
