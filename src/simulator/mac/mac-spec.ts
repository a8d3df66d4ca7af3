import { z } from 'zod';
import { isZone } from '../../domain/instant.ts';
import { readBuild, readOsVersion } from '../../domain/os-version.ts';
import { serverAllowed, serverSchema } from '../mdm/server-spec.ts';
import { accountSchema, allowedAt, enrolmentSchema, fileVaultSchema, policySchema } from './account-spec.ts';
import { FAULT_NAMES, type Fault, faultSchema } from './faults.ts';
import { nearest } from './nearest.ts';

const A_FAULT = 'a fault such as {"name": "install-fails", "times": 2}';

/** What each key may hold, in words for whoever wrote the file. Also the list of keys there are. */
const ALLOWED = {
  model: 'a model identifier such as "Mac14,6"',
  appleSilicon: 'true or false',
  kind: '"laptop" or "desktop"',
  macOS: 'a macOS version from 11 on, such as "26.6"',
  build: 'the build of that version, such as "25G72"',
  user: 'a short account name: lower-case letters, digits, "_", "-", "."',
  fullName: 'text',
  password: 'text',
  admin: 'true or false',
  volumeOwner: 'true or false: whether the account may authorise updates on Apple silicon',
  lockoutAfter: 'the number of wrong passwords that lock the account, or null',
  accounts: 'a list of further accounts such as {"name": "bert", "admin": true}',
  passwordPolicy: 'an object such as {"lockoutAfter": 5, "lockoutMinutes": 15, "minLength": 12}',
  fileVault: 'an object such as {"state": "on", "recoveryKey": "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ"}, or null',
  enrolment: 'an object such as {"server": "https://mdm.example.com/mdm/ServerURL", "dep": true}, or null',
  bootstrapToken:
    'true or false: whether an MDM holds the bootstrap token of this Mac; or one of: "valid", "none", "lost", "foreign", "unsupported"',
  mdm: 'an object such as {"version": "11.27.1", "credential": "account"}, or null',
  zone: 'an IANA time zone such as "Europe/Berlin"',
  power: '"ac" or "battery"',
  batteryPercent: 'a number from 1 to 100',
  diskFreeGB: 'a number from 0 to 8000',
  network: 'true or false',
  loggedIn: 'true or false',
  locked: 'true or false (needs loggedIn)',
  dialogInstalled: 'true or false: whether swiftDialog is on the Mac',
  bufferedOutput: 'true or false: whether tools deliver their output late, as through a plain pipe',
  faults: 'a list of faults such as {"name": "install-fails", "times": 2}',
} as const;

/** The same for the fields of faults; `name` has a list of its own. */
const FAULT_ALLOWED: Record<Exclude<FieldOf<Fault>, 'name'>, string> = {
  times: 'a whole number from 1 on',
  from: 'an instant in milliseconds since 1970',
  until: 'an instant in milliseconds since 1970',
  factor: 'a number from 1 on',
  text: 'text',
  exitCode: 'a whole number',
  chance: 'a number from 0 to 1',
  afterHours: 'a number from 0 on',
  atPercent: 'a number from 0 to 100',
  account: 'a short account name',
  failures: 'a whole number from 1 on',
  password: 'text',
  afterDays: 'a number from 0 on',
  cryptoToo: 'true or false',
  changed: 'true or false: whether the old key is dead all the same',
};

/** Keys whose values are never repeated. */
const SECRET_KEY = /^(password|cryptoPassword|keychainPassword|recoveryKey)$/;

type FieldOf<One> = One extends unknown ? keyof One : never;

const schema = z.strictObject({
  model: z
    .string()
    .regex(/^[A-Za-z]+\d+,\d+$/)
    .default('Mac14,9'),
  appleSilicon: z.boolean().default(true),
  kind: z.enum(['laptop', 'desktop']).default('laptop'),
  macOS: z
    .string()
    .refine((text) => (readOsVersion(text)?.major ?? 0) >= 11)
    .default('26.6'),
  build: z
    .string()
    .refine((text) => readBuild(text) !== null)
    .default('25G72'),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_.-]*$/)
    .default('anna'),
  fullName: z.string().default('Anna Example'),
  password: z.string().default('correct horse'),
  admin: z.boolean().default(false),
  volumeOwner: z.boolean().default(true),
  lockoutAfter: z.int().min(1).nullable().default(null),
  accounts: z.array(accountSchema).default([]),
  passwordPolicy: policySchema.nullable().default(null),
  fileVault: fileVaultSchema.nullable().default(null),
  enrolment: enrolmentSchema.nullable().default(null),
  bootstrapToken: z.union([z.boolean(), z.enum(['valid', 'none', 'lost', 'foreign', 'unsupported'])]).default(false),
  mdm: serverSchema.nullable().default(null),
  zone: z.string().refine(isZone).default('Europe/Berlin'),
  power: z.enum(['ac', 'battery']).default('ac'),
  batteryPercent: z.number().min(1).max(100).default(83),
  diskFreeGB: z.number().min(0).max(8000).default(120),
  network: z.boolean().default(true),
  loggedIn: z.boolean().default(true),
  locked: z.boolean().default(false),
  dialogInstalled: z.boolean().default(true),
  bufferedOutput: z.boolean().default(false),
  faults: z.array(faultSchema).default([]),
});

export type MacSpec = z.output<typeof schema>;
/** As somebody writes it: every key optional, at every place. */
export type MacSpecInput = z.input<typeof schema>;
/** `allowed` is null where the key itself is unknown. */
export type MacSpecProblem = { key: string; given: string; allowed: string | null; nearest?: string };

/** The Mac that a file describes, every key optional; or everything that is wrong with the file at once. */
export function readMacSpec(raw: unknown): { ok: true; spec: MacSpec } | { ok: false; problems: MacSpecProblem[] } {
  const read = schema.safeParse(raw);
  if (!read.success) return { ok: false, problems: read.error.issues.flatMap((issue) => problemsOf(issue, raw)) };
  const mismatches = mismatchesIn(read.data, raw);
  return mismatches.length > 0 ? { ok: false, problems: mismatches } : { ok: true, spec: read.data };
}

/** An Apple silicon MacBook on macOS 26.6, plugged in, with anna logged in. */
export function defaultMacSpec(): MacSpec {
  return schema.parse({});
}

function problemsOf(issue: z.core.$ZodIssue, raw: unknown): MacSpecProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const choices = path.length === 0 ? Object.keys(ALLOWED) : keysAt(path, raw);
    return issue.keys.map((key) => problem([...path, key], raw, null, nearest(key, choices)));
  }
  const top = path[0];
  if (top === undefined) return [{ key: '', given: shown(raw), allowed: 'an object' }];
  if (top === 'faults' && path.at(-1) === 'name') {
    return [problem(path, raw, `one of: ${FAULT_NAMES.join(', ')}`, nearest(String(valueAt(path, raw)), FAULT_NAMES))];
  }
  if (top === 'faults' && path.length > 1) {
    const allowed = path[2] === undefined ? A_FAULT : (FAULT_ALLOWED as Record<string, string>)[path[2]];
    return [problem(path, raw, allowed ?? issue.message)];
  }
  const place = path.findLastIndex((key) => !/^\d+$/.test(key));
  const inside = wordsAt(path.slice(0, place), raw)?.[path[place] ?? ''];
  return [problem(path, raw, inside ?? (ALLOWED as Record<string, string>)[top] ?? issue.message)];
}

function wordsAt(path: string[], raw: unknown): Readonly<Record<string, string>> | null {
  return path.length === 1 && path[0] === 'mdm' ? serverAllowed(valueAt(path, raw)) : allowedAt(path);
}

function keysAt(path: string[], raw: unknown): string[] {
  const allowed = wordsAt(path, raw);
  return allowed === null ? fieldsOfFault(valueAt([...path, 'name'], raw)) : Object.keys(allowed);
}

function fieldsOfFault(name: unknown): string[] {
  const option = faultSchema.options.find(({ shape }) => shape.name.value === name);
  return option === undefined ? [] : Object.keys(option.shape);
}

/** Values that are fine alone but not together. */
function mismatchesIn(spec: MacSpec, raw: unknown): MacSpecProblem[] {
  const given = new Set(typeof raw === 'object' && raw !== null ? Object.keys(raw) : []);
  const problems: MacSpecProblem[] = [];
  if (given.has('macOS') !== given.has('build')) {
    const missing = given.has('macOS') ? 'build' : 'macOS';
    problems.push({ key: missing, given: 'nothing', allowed: `${ALLOWED[missing]}; version and build go together` });
  }
  if (spec.locked && !spec.loggedIn) problems.push(problem(['locked'], raw, ALLOWED.locked));
  if (spec.kind === 'desktop' && spec.power === 'battery') problems.push(problem(['power'], raw, '"ac" on a desktop'));
  if (!spec.appleSilicon && (readOsVersion(spec.macOS)?.major ?? 0) > 26) {
    problems.push(problem(['macOS'], raw, 'at most 26 on Intel'));
  }
  return [...problems, ...mismatchedAccounts(spec, raw)];
}

/** Names and numbers are each account's own; an entry with the name of `user` says more about that account. */
function mismatchedAccounts(spec: MacSpec, raw: unknown): MacSpecProblem[] {
  const known = new Set([spec.user, ...spec.accounts.map(({ name }) => name)]);
  const own = spec.accounts.find(({ name }) => name === spec.user);
  const uids = new Set(own?.uid === undefined ? [501] : []);
  const names = new Set<string>();
  const problems = spec.accounts.flatMap(({ name, uid }, place) => {
    const path = ['accounts', String(place)];
    const found: MacSpecProblem[] = [];
    if (names.has(name)) found.push(problem([...path, 'name'], raw, 'a name that no other account has'));
    if (uid !== undefined && uids.has(uid)) {
      found.push(problem([...path, 'uid'], raw, 'a number from 200 to 100000 that no other account has'));
    }
    names.add(name);
    if (uid !== undefined) uids.add(uid);
    return found;
  });
  const strangers = (spec.fileVault?.users ?? []).flatMap((name, place) =>
    known.has(name) ? [] : [problem(['fileVault', 'users', String(place)], raw, `one of: ${[...known].join(', ')}`)],
  );
  return [...problems, ...strangers];
}

function problem(path: string[], raw: unknown, allowed: string | null, near?: string): MacSpecProblem {
  const given = valueAt(path, raw);
  // A key that was meant for a secret holds one.
  const secret = [path.at(-1), near].some((key) => SECRET_KEY.test(key ?? '')) && typeof given !== 'object';
  const base = { key: path.join('.'), given: secret ? '[secret]' : shown(given), allowed };
  return near === undefined ? base : { ...base, nearest: near };
}

function valueAt(path: string[], raw: unknown): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), raw);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A value in which no password or key is repeated, however deep it stands. */
function shown(value: unknown): string {
  const hidden = (key: string, one: unknown): unknown =>
    SECRET_KEY.test(key) && typeof one !== 'object' ? '[secret]' : one;
  return value === undefined ? 'nothing' : JSON.stringify(value, hidden);
}
