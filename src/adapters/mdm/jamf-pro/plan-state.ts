import type { PushState, PushTrouble } from '../../../domain/push.ts';
import type { ServerPlan } from './plan-schema.ts';

/** The states that end a plan. Any other, also one never heard of, is waited out. */
const ENDS = new Set(['PlanCompleted', 'PlanFailed', 'PlanCanceled', 'PlanException']);
/** The declaration is made and the Mac has the time until its moment. */
const SCHEDULED = new Set(['DDMPlanScheduled', 'WaitingToStartDDMUpdate']);

export const isUnderWay = ({ status }: ServerPlan): boolean => !ENDS.has(status?.state ?? '');

/** Where a plan stands. Reasons of a plan that has not ended mean nothing. */
export function stateOf({ status, forceInstallLocalDateTime }: ServerPlan): PushState {
  const state = status?.state ?? 'Unknown';
  if (state === 'PlanCompleted') return { state: 'completed' };
  const reasons = [...new Set(status?.errorReasons ?? [])];
  if (state === 'PlanFailed') return { state: 'failed', trouble: troubleOf(reasons), detail: failedWords(reasons) };
  if (state === 'PlanCanceled') return { state: 'failed', trouble: 'command-failed', detail: 'the plan was cancelled' };
  if (state === 'PlanException')
    return {
      state: 'failed',
      trouble: 'server-failed',
      detail: `the server could not go on with the plan${named(reasons)}`,
    };
  if (SCHEDULED.has(state)) return { state: 'scheduled', by: forceInstallLocalDateTime?.slice(0, 19) ?? null };
  return { state: 'under-way', phase: state };
}

const failedWords = (reasons: readonly string[]): string => `the plan failed${named(reasons)}`;
const named = (reasons: readonly string[]): string => (reasons.length === 0 ? '' : `: ${reasons.join(', ')}`);

/** The reason that tells most about what to mend, of those given: the first in this order. */
function troubleOf(reasons: readonly string[]): PushTrouble {
  const found = TROUBLES.find(([, names]) => reasons.some((reason) => names.includes(reason)));
  if (found !== undefined) return found[0];
  return reasons.some((reason) => reason.startsWith(NO_DECLARATIONS)) ? 'not-supported' : 'not-understood';
}

const NO_DECLARATIONS = 'DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED';

const TROUBLES: readonly (readonly [PushTrouble, readonly string[]])[] = [
  ['bootstrap-token', ['APPLE_SILICON_NO_ESCROW_KEY']],
  ['not-managed', ['NOT_MANAGED']],
  ['not-supervised', ['NOT_SUPERVISED']],
  ['no-disk-space', ['NO_DISK_SPACE']],
  ['plan-in-progress', ['EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS']],
  [
    'version-unavailable',
    [
      'NO_UPDATES_AVAILABLE',
      'SPECIFIC_VERSION_UNAVAILABLE',
      'SPECIFIC_VERSION_UNAVAILABLE_FOR_DEVICE_MODEL',
      'UNABLE_TO_FIND_UPDATES_AND_OUT_OF_RETRIES',
      'DOWNGRADE_NOT_SUPPORTED',
    ],
  ],
  ['not-supported', ['ACTION_NOT_SUPPORTED_FOR_DEVICE_TYPE']],
  [
    'declaration-failed',
    [
      'DECLARATIVE_SERVICE_ERROR',
      'INVALID_CONFIGURATION_DECLARATION',
      'DECLARATIVE_DEVICE_MANAGEMENT_STATUS_RESPONSE_FAILURE_REASON_RECEIVED',
      'NO_DEVICE_STATUS_BY_GRACE_PERIOD',
    ],
  ],
  ['lost', ['PLAN_NOT_FOUND']],
  [
    'server-failed',
    [
      'APPLE_SOFTWARE_LOOKUP_SERVICE_ERROR',
      'ACCEPT_PLAN_FAILURE',
      'REJECT_PLAN_FAILURE',
      'SCHEDULE_PLAN_FAILURE',
      'START_PLAN_FAILURE',
      'DATA_INTEGRITY_VIOLATION_EXCEPTION',
      'ILLEGAL_ARGUMENT_EXCEPTION',
    ],
  ],
  [
    'command-failed',
    [
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
      'IS_LATEST_FAILURE',
      'IS_SPECIFIC_VERSION_FAILURE',
      'IS_MAC_OS_UPDATE_FAILURE',
      'VERIFY_INSTALLATION_FAILURE',
    ],
  ],
];
