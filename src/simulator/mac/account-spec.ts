import { z } from 'zod';
import { FILE_VAULT_STATES } from './file-vault.ts';

/** The part of a Mac's description that is about accounts, rules for passwords, FileVault and enrolment, with words for each key. */
const NAME = /^[a-z_][a-z0-9_.-]*$/;
const RECOVERY_KEY = /^[A-Z0-9]{4}(-[A-Z0-9]{4}){5}$/;
const rule = z.int().min(1).nullable();

export const policySchema = z.strictObject({
  lockoutAfter: rule.default(null),
  lockoutMinutes: rule.default(null),
  minLength: rule.default(null),
  maxLength: rule.default(null),
  classes: z.int().min(1).max(4).nullable().default(null),
  history: rule.default(null),
});

export const accountSchema = z.strictObject({
  name: z.string().regex(NAME),
  fullName: z.string().optional(),
  uid: z.int().min(200).max(100_000).optional(),
  password: z.string().optional(),
  cryptoPassword: z.string().optional(),
  keychainPassword: z.string().optional(),
  admin: z.boolean().optional(),
  hidden: z.boolean().optional(),
  home: z.string().startsWith('/').optional(),
  shell: z.string().startsWith('/').optional(),
  secureToken: z.boolean().optional(),
  volumeOwner: z.boolean().optional(),
  disabled: z.boolean().optional(),
  neverLoggedIn: z.boolean().optional(),
  failedLogins: z.int().min(0).optional(),
  passwordPolicy: policySchema.optional(),
});

export const fileVaultSchema = z.strictObject({
  state: z.enum(FILE_VAULT_STATES).default('on'),
  users: z.array(z.string().regex(NAME)).nullable().default(null),
  recoveryKey: z.string().regex(RECOVERY_KEY).nullable().default(null),
  institutionalKey: z.boolean().default(false),
  destroyKeyOnStandby: z.boolean().default(false),
});

export const enrolmentSchema = z.strictObject({
  server: z.url({ protocol: /^https$/ }).default('https://mdm.example.com/mdm/ServerURL'),
  dep: z.boolean().default(true),
  userApproved: z.boolean().default(true),
  supervised: z.boolean().default(true),
});

export type EnrolmentSpec = z.output<typeof enrolmentSchema>;
export type AccountSpec = z.output<typeof accountSchema>;
export type FileVaultSpec = z.output<typeof fileVaultSchema>;

const POLICY_ALLOWED: Record<keyof z.output<typeof policySchema>, string> = {
  lockoutAfter: 'the number of wrong passwords that lock an account, or null',
  lockoutMinutes: 'the minutes a locked account stays locked, or null for ever',
  minLength: 'the fewest characters of a password, or null',
  maxLength: 'the most characters of a password, or null',
  classes: 'how many of the four kinds of characters a password has, from 1 to 4, or null',
  history: 'the number of earlier passwords that may not come back, or null',
};

const ACCOUNT_ALLOWED: Record<keyof AccountSpec, string> = {
  name: 'a short account name: lower-case letters, digits, "_", "-", "."',
  fullName: 'text',
  uid: 'a number from 200 to 100000 that no other account has',
  password: 'text',
  cryptoPassword: 'text: the password that opens the disk, where it is not the same',
  keychainPassword: 'text: the password of the login keychain, where it is not the same',
  admin: 'true or false',
  hidden: 'true or false',
  home: 'an absolute path',
  shell: 'an absolute path',
  secureToken: 'true or false',
  volumeOwner: 'true or false: whether the account may authorise updates on Apple silicon',
  disabled: 'true or false',
  neverLoggedIn: 'true or false',
  failedLogins: 'a whole number from 0 on',
  passwordPolicy: 'an object such as {"lockoutAfter": 5, "lockoutMinutes": 15}',
};

const FILE_VAULT_ALLOWED: Record<keyof FileVaultSpec, string> = {
  state: `one of: ${FILE_VAULT_STATES.join('; ')}`,
  users: 'a list of short account names, or null for everybody with a secure token',
  recoveryKey: 'a key such as "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ", or null',
  institutionalKey: 'true or false',
  destroyKeyOnStandby: 'true or false: whether the Mac forgets the key when it sleeps',
};

const ENROLMENT_ALLOWED: Record<keyof EnrolmentSpec, string> = {
  server: 'an https address such as "https://mdm.example.com/mdm/ServerURL"',
  dep: 'true or false: whether it was enrolled by Automated Device Enrollment',
  userApproved: 'true or false',
  supervised: 'true or false',
};

/** The keys a place in the description may hold, with words for each; null where the place is not one of these. */
export function allowedAt(path: readonly string[]): Record<string, string> | null {
  const [top] = path;
  const own = path.at(-1) === 'passwordPolicy';
  if (top === 'passwordPolicy' || (top === 'accounts' && path.length === 3 && own)) return POLICY_ALLOWED;
  if (top === 'accounts' && path.length === 2) return ACCOUNT_ALLOWED;
  if (top === 'enrolment') return ENROLMENT_ALLOWED;
  return top === 'fileVault' ? FILE_VAULT_ALLOWED : null;
}
