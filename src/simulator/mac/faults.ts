import { z } from 'zod';
import type { Instant } from '../../domain/instant.ts';
import type { Random } from '../random.ts';

const times = z.int().min(1).optional();

/**
 * The faults this Mac can have, and therefore what an agent on it has to survive; docs/simulated-mac.md explains each.
 * `times` is how often a fault strikes before it is used up (without it: always); instants are true time.
 */
export const faultSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('offline'), from: z.number().optional(), until: z.number().optional() }),
  z.strictObject({ name: z.literal('slow'), factor: z.number().min(1) }),
  z.strictObject({
    name: z.literal('install-fails'),
    times,
    text: z.string().optional(),
    exitCode: z.int().optional(),
  }),
  z.strictObject({ name: z.literal('queued-but-never-happens'), times }),
  z.strictObject({
    name: z.literal('dialog-crashes'),
    times,
    chance: z.number().min(0).max(1).optional(),
    exitCode: z.int().optional(),
  }),
  z.strictObject({ name: z.literal('dialog-missing') }),
  z.strictObject({ name: z.literal('list-hangs'), times }),
  z.strictObject({ name: z.literal('list-garbage'), times }),
  z.strictObject({ name: z.literal('list-fails'), times, text: z.string().optional() }),
  z.strictObject({ name: z.literal('staged-vanishes'), times, afterHours: z.number().min(0).optional() }),
  z.strictObject({ name: z.literal('download-stalls'), times, atPercent: z.number().min(0).max(100).optional() }),
  z.strictObject({ name: z.literal('wake-missed'), times }),
  z.strictObject({ name: z.literal('token-grant-lies'), times }),
  z.strictObject({ name: z.literal('sysadminctl-refuses'), times, text: z.string().optional() }),
  z.strictObject({ name: z.literal('dscl-hangs'), times }),
  z.strictObject({ name: z.literal('no-full-disk-access') }),
  z.strictObject({ name: z.literal('keychain-locked'), times }),
  z.strictObject({ name: z.literal('keychain-write-lost'), times }),
  z.strictObject({ name: z.literal('prompt-needs-terminal') }),
  z.strictObject({ name: z.literal('authrestart-fails'), times }),
  z.strictObject({ name: z.literal('mdm-server-down'), from: z.number().optional(), until: z.number().optional() }),
  z.strictObject({ name: z.literal('preflight-refuses'), text: z.string().optional() }),
  z.strictObject({ name: z.literal('escrow-lies'), times }),
  z.strictObject({
    name: z.literal('update-raises-failures'),
    times,
    account: z.string().optional(),
    failures: z.int().min(1).optional(),
  }),
  z.strictObject({
    name: z.literal('recovery-key-fails'),
    times,
    text: z.string().optional(),
    exitCode: z.int().optional(),
    changed: z.boolean().optional(),
  }),
  z.strictObject({ name: z.literal('mdm-not-now'), times }),
  z.strictObject({ name: z.literal('mdm-update-ignored'), times }),
  z.strictObject({ name: z.literal('log-stream-ends'), times }),
  z.strictObject({
    name: z.literal('password-rotated'),
    account: z.string().optional(),
    password: z.string().min(1),
    afterDays: z.number().min(0).optional(),
    cryptoToo: z.boolean().optional(),
  }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type FaultName = Fault['name'];
export type FaultOf<Name extends FaultName> = Extract<Fault, { name: Name }>;

export const FAULT_NAMES: readonly FaultName[] = [
  'offline',
  'slow',
  'install-fails',
  'queued-but-never-happens',
  'dialog-crashes',
  'dialog-missing',
  'list-hangs',
  'list-garbage',
  'list-fails',
  'staged-vanishes',
  'download-stalls',
  'wake-missed',
  'token-grant-lies',
  'sysadminctl-refuses',
  'dscl-hangs',
  'no-full-disk-access',
  'keychain-locked',
  'keychain-write-lost',
  'prompt-needs-terminal',
  'authrestart-fails',
  'mdm-server-down',
  'preflight-refuses',
  'escrow-lies',
  'update-raises-failures',
  'recovery-key-fails',
  'mdm-not-now',
  'mdm-update-ignored',
  'log-stream-ends',
  'password-rotated',
];

/** What is wrong with this Mac. A tool asks whether a fault strikes now; asking uses a counted fault up. */
export class Faults {
  readonly #random: Random;
  readonly #now: () => Instant;
  readonly #struck: (name: FaultName) => void;
  #active: { fault: Fault; left: number }[] = [];

  constructor(random: Random, now: () => Instant, struck: (name: FaultName) => void) {
    this.#random = random;
    this.#now = now;
    this.#struck = struck;
  }

  add(fault: Fault): void {
    this.#active.push({ fault, left: 'times' in fault ? (fault.times ?? Infinity) : Infinity });
  }

  /** The Mac is cured of a fault, or of all. */
  clear(name?: FaultName): void {
    this.#active = name === undefined ? [] : this.#active.filter((one) => one.fault.name !== name);
  }

  /** The fault if it strikes this time. */
  strikes<Name extends FaultName>(name: Name): FaultOf<Name> | null {
    for (const entry of this.#active) {
      if (entry.fault.name !== name || entry.left <= 0) continue;
      if ('chance' in entry.fault && entry.fault.chance !== undefined && !this.#random.chance(entry.fault.chance))
        continue;
      entry.left -= 1;
      this.#struck(name);
      return entry.fault as FaultOf<Name>;
    }
    return null;
  }

  has(name: FaultName): boolean {
    return this.#active.some((one) => one.fault.name === name && one.left > 0);
  }

  offline(): boolean {
    return this.#lasts('offline');
  }

  mdmServerDown(): boolean {
    return this.#lasts('mdm-server-down');
  }

  /** By how much everything takes longer. */
  slowness(): number {
    return this.#active.reduce((factor, { fault }) => (fault.name === 'slow' ? factor * fault.factor : factor), 1);
  }

  #lasts(name: 'offline' | 'mdm-server-down'): boolean {
    const now = this.#now();
    return this.#active.some(
      ({ fault }) => fault.name === name && now >= (fault.from ?? -Infinity) && now < (fault.until ?? Infinity),
    );
  }
}
