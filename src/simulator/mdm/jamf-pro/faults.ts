import { z } from 'zod';
import type { Instant } from '../../../domain/instant.ts';
import { isLocalTime } from '../../../domain/instant.ts';
import { ActiveFaults } from '../active-faults.ts';
import { CONNECTION_OPTIONS, connectionFaults, onCallOf, seconds, usual } from '../connection-faults.ts';
import { PRIVILEGES } from './privileges.ts';
import { ROUTE_NAMES } from './route-names.ts';
import { isServerVersion } from './server-version.ts';

const onCall = onCallOf(ROUTE_NAMES);
const minutes = z.number().min(1);
const hours = z.number().min(0);

/** Every reason a plan can fail for, as the server names them. */
export const ERROR_REASONS = [
  'APPLE_SILICON_NO_ESCROW_KEY',
  'NOT_SUPERVISED',
  'NOT_MANAGED',
  'NO_DISK_SPACE',
  'ACTION_NOT_SUPPORTED_FOR_DEVICE_TYPE',
  'DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_OS_VERSION',
  'DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_TYPE',
  'DOWNGRADE_NOT_SUPPORTED',
  'NO_UPDATES_AVAILABLE',
  'SPECIFIC_VERSION_UNAVAILABLE',
  'SPECIFIC_VERSION_UNAVAILABLE_FOR_DEVICE_MODEL',
  'APPLE_SOFTWARE_LOOKUP_SERVICE_ERROR',
  'UNABLE_TO_FIND_UPDATES_AND_OUT_OF_RETRIES',
  'IS_LATEST_FAILURE',
  'IS_SPECIFIC_VERSION_FAILURE',
  'IS_MAC_OS_UPDATE_FAILURE',
  'EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS',
  'PLAN_NOT_FOUND',
  'ACCEPT_PLAN_FAILURE',
  'REJECT_PLAN_FAILURE',
  'SCHEDULE_PLAN_FAILURE',
  'START_PLAN_FAILURE',
  'MDM_EXCEPTION',
  'MDM_CLIENT_EXCEPTION',
  'QUEUE_SCHEDULED_OS_UPDATE_SCAN_FAILURE',
  'SCAN_WAIT_FINISHED_FAILURE',
  'QUEUE_AVAILABLE_OS_UPDATE_COMMAND_FAILURE',
  'QUEUE_SCHEDULE_OS_UPDATE_FAILURE',
  'QUEUE_OS_UPDATE_STATUS_COMMAND_FAILURE',
  'HANDLE_COMMAND_QUEUE_FAILURE',
  'STILL_IN_PROGRESS_FAILURE',
  'WAIT_TO_COLLECT_OS_UPDATE_STATUS_FAILURE',
  'IS_DOWNLOADED_AND_NEEDS_INSTALL_FAILURE',
  'IS_INSTALLED_FAILURE',
  'IS_DOWNLOAD_ONLY_AND_DOWNLOADED_FAILURE',
  'VERIFY_INSTALLATION_FAILURE',
  'DECLARATIVE_SERVICE_ERROR',
  'INVALID_CONFIGURATION_DECLARATION',
  'DECLARATIVE_DEVICE_MANAGEMENT_STATUS_RESPONSE_FAILURE_REASON_RECEIVED',
  'NO_DEVICE_STATUS_BY_GRACE_PERIOD',
  'DATA_INTEGRITY_VIOLATION_EXCEPTION',
  'ILLEGAL_ARGUMENT_EXCEPTION',
  'INSTALL_REASON_UNKNOWN',
  'UNKNOWN',
] as const;

export type ErrorReason = (typeof ERROR_REASONS)[number];

/**
 * The faults this server can have; docs/simulated-jamf-pro.md explains each. `main` in the table below is the option that
 * may stand behind a colon (`plan-fails:NO_DISK_SPACE`).
 */
export const jamfFaultSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('privilege-denied'),
    ...usual,
    privilege: z.enum(PRIVILEGES),
    status: z.union([z.literal(401), z.literal(403)]).default(403),
  }),
  z.strictObject({
    name: z.literal('secret-refused'),
    ...usual,
    status: z.union([z.literal(400), z.literal(401)]).default(401),
  }),
  z.strictObject({ name: z.literal('password-expired'), ...usual }),
  z.strictObject({ name: z.literal('token-ends'), ...usual, afterCalls: z.int().min(1).default(1) }),
  z.strictObject({ name: z.literal('token-short'), ...usual, seconds: z.int().min(1).default(20) }),
  z.strictObject({ name: z.literal('feature-off'), ...usual }),
  z.strictObject({ name: z.literal('feature-cycled'), ...usual, minutes: minutes.default(10) }),
  z.strictObject({ name: z.literal('feature-switching'), ...usual }),
  z.strictObject({ name: z.literal('server-version'), ...usual, version: z.string().refine(isServerVersion) }),
  z.strictObject({
    name: z.literal('classic-blank-push-gone'),
    ...usual,
    status: z.int().min(300).max(599).default(404),
  }),
  z.strictObject({ name: z.literal('inventory-gone'), ...usual, version: z.int().min(1).max(4).default(4) }),
  z.strictObject({ name: z.literal('computer-unmatched'), ...usual }),
  z.strictObject({ name: z.literal('computer-doubled'), ...usual }),
  z.strictObject({ name: z.literal('numeric-ids'), ...usual }),
  z.strictObject({ name: z.literal('re-enrolled'), ...usual }),
  z.strictObject({ name: z.literal('bootstrap-token-lost'), ...usual }),
  z.strictObject({ name: z.literal('bootstrap-token-wrong'), ...usual }),
  z.strictObject({
    name: z.literal('plan-fails'),
    ...usual,
    reason: z.enum(ERROR_REASONS),
    afterSeconds: seconds.default(20),
    /** Only after the Mac has been told what to do: it goes on by itself. */
    late: z.boolean().default(false),
  }),
  z.strictObject({ name: z.literal('plan-in-progress'), ...usual, minutes: minutes.optional() }),
  z.strictObject({ name: z.literal('declared-by-somebody'), ...usual, by: z.string().refine(isLocalTime) }),
  z.strictObject({ name: z.literal('declaration-withdrawn'), ...usual, hours: hours.default(1) }),
  z.strictObject({ name: z.literal('plan-late'), ...usual, hours: hours.default(8) }),
  z.strictObject({
    name: z.literal('plan-state-unknown'),
    ...usual,
    state: z.string().min(1).default('PonderingPlan'),
  }),
  z.strictObject({ name: z.literal('plan-completes-unseen'), ...usual }),
  z.strictObject({ name: z.literal('plan-stuck'), ...usual }),
  z.strictObject({ name: z.literal('plan-lags'), ...usual, seconds: seconds.default(10) }),
  z.strictObject({ name: z.literal('cluster'), ...usual, seconds: seconds.default(60) }),
  z.strictObject({ name: z.literal('events-shape'), ...usual, shape: z.enum(['string', 'array', 'empty']) }),
  z.strictObject({ name: z.literal('maintenance'), ...onCall, retryAfter: seconds.optional() }),
  ...connectionFaults(ROUTE_NAMES),
  z.strictObject({ name: z.literal('blank-push-refused'), ...usual }),
  z.strictObject({ name: z.literal('legacy-errors'), ...usual }),
  z.strictObject({ name: z.literal('commands-by-declaration'), ...usual }),
]);

export type JamfFault = z.output<typeof jamfFaultSchema>;
/** As somebody writes it: what has a default may be left out. */
export type JamfFaultInput = z.input<typeof jamfFaultSchema>;
export type JamfFaultName = JamfFault['name'];

/** Each fault with the option that a word behind its name is for, null where it takes none. */
export const MAIN_OPTIONS: Readonly<Record<JamfFaultName, string | null>> = {
  'privilege-denied': 'privilege',
  'secret-refused': 'status',
  'password-expired': null,
  'token-ends': 'afterCalls',
  'token-short': 'seconds',
  'feature-off': null,
  'feature-cycled': 'minutes',
  'feature-switching': null,
  'server-version': 'version',
  'classic-blank-push-gone': 'status',
  'inventory-gone': 'version',
  'computer-unmatched': null,
  'computer-doubled': null,
  'numeric-ids': null,
  're-enrolled': null,
  'bootstrap-token-lost': null,
  'bootstrap-token-wrong': null,
  'plan-fails': 'reason',
  'plan-in-progress': 'minutes',
  'declared-by-somebody': 'by',
  'declaration-withdrawn': 'hours',
  'plan-late': 'hours',
  'plan-state-unknown': 'state',
  'plan-completes-unseen': null,
  'plan-stuck': null,
  'plan-lags': 'seconds',
  cluster: 'seconds',
  'events-shape': 'shape',
  maintenance: 'retryAfter',
  ...CONNECTION_OPTIONS,
  'blank-push-refused': null,
  'legacy-errors': null,
  'commands-by-declaration': null,
};

export const JAMF_FAULT_NAMES = Object.keys(MAIN_OPTIONS) as JamfFaultName[];

/** What is wrong with this server. `begins` is told of each fault as it is added. */
export class JamfFaults extends ActiveFaults<JamfFault, JamfFaultInput> {
  readonly #begins: (fault: JamfFault) => void;

  constructor(now: () => Instant, begins: (fault: JamfFault) => void = () => {}) {
    super((fault) => jamfFaultSchema.parse(fault), now);
    this.#begins = begins;
  }

  override add(fault: JamfFaultInput): JamfFault {
    const added = super.add(fault);
    this.#begins(added);
    return added;
  }
}
