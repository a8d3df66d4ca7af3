import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import { Secret } from '../../domain/secret.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { readRecon } from '../macos/jamf-recon.ts';
import { readDeviceInformation } from '../macos/mdmclient.ts';
import { readEnrolment, readEscrow, readEscrowStatus, readValidation } from '../macos/profiles.ts';
import type { Credential } from './account-change-commands.ts';
import { defineCommand } from './command.ts';
import { bytesOf, onATerminal } from './on-a-terminal.ts';
import { sameArguments } from './options.ts';
import { argumentsOf } from './user-session.ts';
import { positional } from './words.ts';

const PROFILES = '/usr/bin/profiles';
const MDMCLIENT = '/usr/libexec/mdmclient';
// The tool itself. The link to it in /usr/local/bin lies where, on some Macs, people may write, and it is run as root.
const JAMF = '/usr/local/jamf/bin/jamf';

const QUICK: ToolLimits = { timeoutMs: 30 * SECOND_MS, silenceMs: null, outputBytes: 1_000_000 };
// These talk to the server, and wait for it.
const SLOW: ToolLimits = { ...QUICK, timeoutMs: 3 * MINUTE_MS };

// It runs whatever extension attributes there are, and tells of each thing that it finds.
const VERY_SLOW: ToolLimits = { timeoutMs: 10 * MINUTE_MS, silenceMs: null, outputBytes: 16_000_000 };

const PROBE = { effect: 'probe', recovery: 'probe', secret: 'none' } as const;

export const enrolmentStatus = defineCommand({
  ...PROBE,
  name: 'profiles.enrolment',
  tool: PROFILES,
  summary: 'Whether and how the Mac is enrolled, and in which MDM server.',
  privilege: 'anyone',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['status', '-type', 'enrollment'], stdin: null }),
  recognise: (argv) => asksProfiles(argv, ['status', '-type', 'enrollment']),
  read: readEnrolment,
});

export const escrowStatus = defineCommand({
  ...PROBE,
  name: 'profiles.bootstrap-token',
  tool: PROFILES,
  summary: 'Whether the MDM server takes a bootstrap token, and whether one was sent.',
  privilege: 'root',
  limits: QUICK,
  example: undefined,
  build: (_: undefined) => ({ args: ['status', '-type', 'bootstraptoken'], stdin: null }),
  recognise: (argv) => asksProfiles(argv, ['status', '-type', 'bootstraptoken']),
  read: readEscrowStatus,
});

export const deviceInformation = defineCommand({
  ...PROBE,
  name: 'mdmclient.device-information',
  tool: MDMCLIENT,
  summary:
    'What the Mac would tell its MDM server; in it, whether the bootstrap token can be fetched and used (13.3 on).',
  privilege: 'root',
  limits: SLOW,
  example: undefined,
  build: (_: undefined) => ({ args: ['QueryDeviceInformation'], stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, MDMCLIENT) ?? [], ['QueryDeviceInformation']),
  read: readDeviceInformation,
});

export const sendInventory = defineCommand({
  name: 'jamf.recon',
  tool: JAMF,
  summary: 'Sends the inventory of this Mac to Jamf Pro, and tells under which id it keeps that.',
  privilege: 'root',
  effect: 'act',
  recovery: 'idempotent',
  secret: 'none',
  limits: VERY_SLOW,
  example: undefined,
  build: (_: undefined) => ({ args: ['recon', '-verbose'], stdin: null }),
  recognise: (argv) => sameArguments(argumentsOf(argv, JAMF) ?? [], ['recon', '-verbose']),
  read: readRecon,
});

/** An order about the token, for which an administrator with a secure token has to give a name and a password. */
const ORDER = {
  tool: PROFILES,
  privilege: 'credential',
  effect: 'act',
  recovery: 'once',
  secret: 'terminal',
  limits: SLOW,
  example: { admin: { name: '{admin}', password: new Secret('{admin password}') } },
} as const;
type Ordered = { admin: Credential };

export const installBootstrapToken = defineCommand({
  ...ORDER,
  name: 'profiles.install-bootstrap-token',
  summary: 'Makes a new bootstrap token and sends it to the MDM server.',
  build: ({ admin }: Ordered) => asked('install', admin),
  recognise: (argv) => orders(argv, 'install'),
  read: readEscrow,
});

export const removeBootstrapToken = defineCommand({
  ...ORDER,
  name: 'profiles.remove-bootstrap-token',
  summary: 'Takes the bootstrap token off the Mac and the MDM server.',
  build: ({ admin }: Ordered) => asked('remove', admin),
  recognise: (argv) => orders(argv, 'remove'),
  read: readEscrow,
});

export const validateBootstrapToken = defineCommand({
  ...ORDER,
  name: 'profiles.validate-bootstrap-token',
  summary: 'Whether the bootstrap token of the MDM server is that of this Mac.',
  build: ({ admin }: Ordered) => asked('validate', admin),
  recognise: (argv) => orders(argv, 'validate'),
  read: readValidation,
});

/**
 * The tool also takes name and password as arguments, where everybody can read them. Left out, it asks for both; the second
 * question names whose password it wants, and at one that names somebody else nothing is typed.
 */
function asked(verb: string, admin: Credential) {
  const { name, password, fullName } = admin;
  const names = (fullName ? [name, fullName] : [name]).map(bytesOf).join('|');
  const quotes = '[^A-Za-z0-9_:\\n]{0,8}';
  return onATerminal(
    PROFILES,
    [verb, '-type', 'bootstraptoken'],
    [
      { ends: 'user name ?:', text: positional(name, 'profiles') },
      { ends: `password for user${quotes}(?:${names})${quotes}:`, secret: password },
    ],
  );
}

function asksProfiles(argv: readonly string[], wanted: readonly string[]): boolean {
  return sameArguments(argumentsOf(argv, PROFILES) ?? [], wanted);
}

function orders(argv: readonly string[], verb: string): boolean {
  const args = argumentsOf(argv, PROFILES) ?? [];
  return sameArguments(args.slice(0, 3), [verb, '-type', 'bootstraptoken']);
}
