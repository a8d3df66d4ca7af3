import { z } from 'zod';
import type { Instant } from '../../../domain/instant.ts';
import { ActiveFaults } from '../active-faults.ts';
import { CONNECTION_OPTIONS, connectionFaults, usual } from '../connection-faults.ts';
import { ROUTE_NAMES } from './route-names.ts';

/** The faults these two servers can have; docs/mdm-nanomdm.md explains each. */
export const nanoFaultSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('unauthorized'), ...usual, by: z.enum(['nanomdm', 'kmfddm']).optional() }),
  z.strictObject({ name: z.literal('kmfddm-absent'), ...usual }),
  z.strictObject({ name: z.literal('command-error'), ...usual }),
  z.strictObject({ name: z.literal('push-error'), ...usual }),
  z.strictObject({ name: z.literal('partial'), ...usual }),
  z.strictObject({ name: z.literal('declaration-invalid'), ...usual }),
  z.strictObject({ name: z.literal('declarations-lost'), ...usual }),
  z.strictObject({ name: z.literal('codes-reversed'), ...usual }),
  ...connectionFaults(ROUTE_NAMES),
]);

export type NanoFault = z.output<typeof nanoFaultSchema>;
export type NanoFaultInput = z.input<typeof nanoFaultSchema>;
export type NanoFaultName = NanoFault['name'];

/** Each fault with the option that a word behind its name is for, null where it takes none. */
export const NANO_MAIN_OPTIONS: Readonly<Record<NanoFaultName, string | null>> = {
  unauthorized: 'by',
  'kmfddm-absent': null,
  'command-error': null,
  'push-error': null,
  partial: null,
  'declaration-invalid': null,
  'declarations-lost': null,
  'codes-reversed': null,
  ...CONNECTION_OPTIONS,
};

export const NANO_FAULT_NAMES = Object.keys(NANO_MAIN_OPTIONS) as NanoFaultName[];

/** What is wrong with these servers. */
export class NanoFaults extends ActiveFaults<NanoFault, NanoFaultInput> {
  constructor(now: () => Instant) {
    super((fault) => nanoFaultSchema.parse(fault), now);
  }
}
