import { z } from 'zod';
import type { Instant } from '../../../domain/instant.ts';
import { ActiveFaults } from '../active-faults.ts';
import { ROUTE_NAMES } from './route-names.ts';

/** `times`: how often it strikes before it is used up (without it: always). Instants are those of the server's clock. */
const usual = { times: z.int().min(1).optional(), from: z.number().optional(), until: z.number().optional() };
/** `on`: only this call. */
const onCall = { ...usual, on: z.enum(ROUTE_NAMES).optional() };
const seconds = z.number().min(0);

/** The faults these two servers can have; docs/mdm-nanomdm.md explains each. */
export const nanoFaultSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('unauthorized'), ...usual, by: z.enum(['nanomdm', 'kmfddm']).optional() }),
  z.strictObject({ name: z.literal('kmfddm-absent'), ...usual }),
  z.strictObject({ name: z.literal('command-error'), ...usual }),
  z.strictObject({ name: z.literal('push-error'), ...usual }),
  z.strictObject({ name: z.literal('partial'), ...usual }),
  z.strictObject({ name: z.literal('push-lost'), ...usual }),
  z.strictObject({ name: z.literal('declaration-invalid'), ...usual }),
  z.strictObject({ name: z.literal('declarations-lost'), ...usual }),
  z.strictObject({ name: z.literal('codes-reversed'), ...usual }),
  z.strictObject({ name: z.literal('server-error'), ...onCall }),
  z.strictObject({ name: z.literal('rate-limited'), ...onCall, retryAfter: seconds.optional() }),
  z.strictObject({
    name: z.literal('status'),
    ...onCall,
    status: z.int().min(200).max(599),
    html: z.boolean().default(false),
  }),
  z.strictObject({ name: z.literal('not-json'), ...onCall }),
  z.strictObject({ name: z.literal('huge'), ...onCall, megabytes: z.int().min(1).max(64).default(16) }),
  z.strictObject({ name: z.literal('slow'), ...onCall, seconds: seconds.default(30) }),
  z.strictObject({ name: z.literal('cut-off'), ...onCall }),
  z.strictObject({ name: z.literal('answer-lost'), ...onCall }),
  z.strictObject({ name: z.literal('unreachable'), ...usual }),
]);

export type NanoFault = z.output<typeof nanoFaultSchema>;
export type NanoFaultInput = z.input<typeof nanoFaultSchema>;
export type NanoFaultName = NanoFault['name'];

export const NANO_FAULT_NAMES = nanoFaultSchema.options.map(({ shape }) => shape.name.value) as NanoFaultName[];

/** What is wrong with these servers. */
export class NanoFaults extends ActiveFaults<NanoFault, NanoFaultInput> {
  constructor(now: () => Instant) {
    super((fault) => nanoFaultSchema.parse(fault), now);
  }
}
