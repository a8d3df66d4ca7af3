import { SECOND_MS } from '../../domain/instant.ts';
import type { ToolLimits } from '../../ports/commands.ts';
import { readAccountPolicies, readGlobalPolicy, readPoliciesOfAccount } from '../macos/pwpolicy.ts';
import { defineCommand } from './command.ts';
import { sameArguments } from './options.ts';
import { argumentsOf } from './user-session.ts';
import { positional } from './words.ts';

const PWPOLICY = '/usr/bin/pwpolicy';
const QUICK: ToolLimits = { timeoutMs: 30 * SECOND_MS, silenceMs: null, outputBytes: 1_000_000 };
const PROBE = { tool: PWPOLICY, effect: 'probe', recovery: 'probe', secret: 'none', limits: QUICK } as const;

export const accountPolicies = defineCommand({
  ...PROBE,
  name: 'pwpolicy.all',
  summary: 'From how many failed logins on an account is locked, and what a password must look like, on this Mac.',
  privilege: 'anyone',
  example: undefined,
  build: (_: undefined) => ({ args: ['-getaccountpolicies'], stdin: null }),
  recognise: (argv) => /^-?getaccountpolicies$/.test(only(argumentsOf(argv, PWPOLICY))),
  read: readAccountPolicies,
});

export const policiesOfAccount = defineCommand({
  ...PROBE,
  name: 'pwpolicy.of-account',
  summary: 'The same for one account; both hold.',
  // Whoever may not see them could be told as little as where there are none; root is told.
  privilege: 'root',
  example: { name: '{user}' },
  build: ({ name }: { name: string }) => ({
    args: ['-u', positional(name, 'pwpolicy'), '-getaccountpolicies'],
    stdin: null,
  }),
  recognise: (argv) => {
    const [option, , verb = '', ...more] = argumentsOf(argv, PWPOLICY) ?? [];
    return option === '-u' && /^-?getaccountpolicies$/.test(verb) && more.length === 0;
  },
  read: readPoliciesOfAccount,
});

const GLOBAL = ['-n', '/Local/Default', '-getglobalpolicy'];

export const globalPolicy = defineCommand({
  ...PROBE,
  name: 'pwpolicy.global',
  summary: 'The older form of the policy, where one was set with it.',
  privilege: 'anyone',
  example: undefined,
  build: (_: undefined) => ({ args: GLOBAL, stdin: null }),
  recognise: (argv) => {
    const args = argumentsOf(argv, PWPOLICY) ?? [];
    return sameArguments(args, GLOBAL) || /^-?getglobalpolicy$/.test(only(args));
  },
  read: readGlobalPolicy,
});

function only(args: readonly string[] | null): string {
  return args?.length === 1 ? (args[0] ?? '') : '';
}
