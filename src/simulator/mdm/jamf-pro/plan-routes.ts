import { isLocalTime, MINUTE_MS, SECOND_MS } from '../../../domain/instant.ts';
import { type Answer, apiError, cause, empty, invalidField, json, notFound } from './answers.ts';
import { type Base, jamfTime } from './base.ts';
import { idIn, isObject, type Members, objectIn } from './body.ts';
import type { Computer } from './computers.ts';
import { jackson } from './jackson.ts';
import { filterIn, pageOf, sorted } from './pages.ts';
import type { Call, Route } from './parts.ts';
import { isOver, type Plan, type PlanConfig, UPDATE_ACTIONS, type UpdateStatus, VERSION_TYPES } from './plans.ts';
import type { Privilege } from './privileges.ts';
import { demanded, passes } from './rsql.ts';

const BASE = '/api/v1/managed-software-updates';

function create(call: Call): Answer {
  const { parts, node } = call;
  const read = objectIn(call);
  if (!read.ok) return read.answer;
  const computers = devicesIn(read.value.devices, (id) => parts.computers.byId(id));
  if (!Array.isArray(computers)) return computers;
  const config = configIn(read.value.config);
  if ('status' in config) return config;
  const plans = computers.map((computer) => parts.plans.add(computer, config, node));
  for (const plan of plans) parts.life.begin(plan);
  cycleFeature(parts);
  return json(201, {
    plans: plans.map((plan) => ({
      device: shownDevice(parts.base, plan.deviceId),
      planId: plan.uuid,
      href: `/v1/managed-software-updates/plans/${plan.uuid}`,
    })),
  });
}

/** Somebody turns the feature off a minute after a plan was made, and on again later. Both are jobs in the background. */
function cycleFeature({ base, feature }: Call['parts']): void {
  const cycled = base.faults.strikes('feature-cycled');
  if (cycled === null) return;
  base.clock.after(MINUTE_MS, () => {
    feature.set(false);
    base.clock.after(cycled.minutes * MINUTE_MS + base.settings.switchingSeconds * SECOND_MS, () => feature.set(true));
  });
}

function devicesIn(given: unknown, find: (id: number) => Computer | null): Computer[] | Answer {
  if (!Array.isArray(given) || given.length === 0) return invalidField('devices', 'At least one device is needed');
  const computers: Computer[] = [];
  for (const device of given) {
    const { objectType, deviceId } = isObject(device) ? device : {};
    const id = idIn(deviceId);
    const computer = objectType === 'COMPUTER' && id !== null ? find(id) : null;
    if (computer === null) return invalidField('devices', 'There is no such device');
    if (computers.includes(computer)) return invalidField('devices', 'A device is named twice');
    computers.push(computer);
  }
  return computers;
}

/** A word that is none of a list counts as unknown and is not refused: a slip of the client’s shows only in the plan. */
function configIn(given: unknown): PlanConfig | Answer {
  if (!isObject(given)) return invalidField('config', 'config is missing');
  for (const field of ['updateAction', 'versionType'])
    if (typeof given[field] !== 'string') return invalidField(`config.${field}`, `${field} is missing`);
  const updateAction = UPDATE_ACTIONS.find((action) => action === given.updateAction) ?? 'UNKNOWN';
  const deferrals = given.maxDeferrals ?? null;
  if (deferrals !== null && !(Number.isInteger(deferrals) && Number(deferrals) >= 0))
    return invalidField('config.maxDeferrals', 'maxDeferrals must be a whole number from 0 on');
  if (updateAction === 'DOWNLOAD_INSTALL_ALLOW_DEFERRAL' && deferrals === null)
    return invalidField('config.maxDeferrals', 'maxDeferrals is missing');
  const by = textIn(given, 'forceInstallLocalDateTime');
  if (by !== null && !isLocalTime(by))
    return invalidField('config.forceInstallLocalDateTime', 'Not a local date and time such as 2026-12-25T21:09:31');
  return {
    updateAction,
    versionType: VERSION_TYPES.find((type) => type === given.versionType) ?? 'UNKNOWN',
    specificVersion: textIn(given, 'specificVersion') ?? 'NO_SPECIFIC_VERSION',
    buildVersion: textIn(given, 'buildVersion'),
    maxDeferrals: Number(deferrals ?? 0),
    forceInstallLocalDateTime: by,
  };
}

const textIn = (given: Members, field: string): string | null => {
  const value = given[field];
  return typeof value === 'string' && value !== '' ? value : null;
};

const FIELDS: Readonly<Record<string, (plan: Plan) => string | null>> = {
  planUuid: ({ uuid }) => uuid,
  'device.deviceId': ({ deviceId }) => String(deviceId),
  'device.objectType': () => 'COMPUTER',
  updateAction: ({ config }) => config.updateAction,
  versionType: ({ config }) => config.versionType,
  specificVersion: ({ config }) => config.specificVersion,
  maxDeferrals: ({ config }) => String(config.maxDeferrals),
  recipeId: () => '-1',
  forceInstallLocalDateTime: ({ config }) => config.forceInstallLocalDateTime,
  state: (plan) => stateOf(plan),
};

function list({ parts: { base, computers, plans }, query, node }: Call): Answer {
  const read = filterIn(query, Object.keys(FIELDS));
  if (!read.ok) return read.answer;
  const { filter } = read;
  const ids = filter === null ? null : demanded(filter, 'device.deviceId');
  const known = (ids ?? []).map((id) => computers.byId(Number(id))).filter((computer) => computer !== null);
  const near = ids === null ? plans.all() : [...new Set(known)].flatMap((computer) => plans.of(computer));
  const found = near.filter((plan) => {
    return plans.visible(plan, node) && (filter === null || passes(filter, (field) => FIELDS[field]?.(plan)));
  });
  const keys = Object.entries(FIELDS).map(([field, read]) => [field, (plan: Plan) => read(plan) ?? ''] as const);
  return pageOf(query, sorted(query, found, Object.fromEntries(keys)), (plan) => shownPlan(base, plan));
}

function withPlan(answer: (plan: Plan, base: Base) => Answer) {
  return ({ parts: { base, plans }, params, node }: Call): Answer => {
    const plan = plans.byUuid((params.id ?? '').toLowerCase());
    return plan === null || !plans.visible(plan, node) ? notFound(`Plan ${params.id}`) : answer(plan, base);
  };
}

/** A string that holds JSON, empty as long as nothing has happened. */
function events(plan: Plan, base: Base): Answer {
  const shape = base.faults.standing('events-shape')?.shape ?? 'string';
  if (shape === 'array') return json(200, { events: plan.events });
  if (shape === 'empty' || plan.events.length === 0) return json(200, { events: '' });
  return json(200, { events: JSON.stringify({ events: plan.events }) });
}

const declarations = (plan: Plan): Answer =>
  json(200, {
    declarations: plan.declarations.map(({ Type, Identifier, Payload }) => ({
      uuid: Identifier,
      payloadJson: jackson(Payload),
      type: Type,
      group: Type.startsWith('com.apple.activation.') ? 'ACTIVATION' : 'CONFIGURATION',
    })),
  });

function setToggle(call: Call): Answer {
  const read = objectIn(call);
  if (!read.ok) return read.answer;
  const { toggle } = read.value;
  if (typeof toggle !== 'boolean') return invalidField('toggle', 'toggle must be true or false');
  call.parts.feature.set(toggle);
  return json(200, call.parts.feature.shown());
}

const STATUS_FIELDS: Readonly<Record<string, (status: UpdateStatus) => string>> = {
  osUpdatesStatusId: ({ id }) => String(id),
  'device.deviceId': ({ computer }) => String(computer.id),
  'device.objectType': () => 'COMPUTER',
  downloaded: ({ downloaded }) => String(downloaded),
  productKey: ({ productKey }) => productKey,
  status: ({ status }) => status,
};

function statuses({ parts: { base, plans }, query }: Call): Answer {
  const read = filterIn(query, Object.keys(STATUS_FIELDS));
  if (!read.ok) return read.answer;
  const { filter } = read;
  const all = [...plans.updateStatuses.keys()].flatMap((computer) => plans.statusesOf(computer));
  const found = all.filter((status) => filter === null || passes(filter, (field) => STATUS_FIELDS[field]?.(status)));
  return pageOf(query, found, (status) => shownStatus(base, status));
}

function statusesOfOne({ parts: { base, plans, computers }, params, query }: Call): Answer {
  const computer = computers.byId(Number(params.id));
  if (computer === null) return notFound(`Computer ${params.id}`);
  return pageOf(query, plans.statusesOf(computer), (status) => shownStatus(base, status));
}

const READ: readonly Privilege[] = ['Read Managed Software Updates', 'Read Computers', 'Read Mobile Devices'];
const CREATE: readonly Privilege[] = [
  'Create Managed Software Updates',
  'Read Computers',
  'Read Mobile Devices',
  'Send Computer Remote Command to Download and Install OS X Update',
  'Send Mobile Device Remote Command to Download and Install iOS Update',
];
const SWITCH: readonly Privilege[] = [
  'Read Managed Software Updates',
  'Create Managed Software Updates',
  'Update Managed Software Updates',
];

const whileOn = { since: '10.48', feature: 'on' } as const;

export const planRoutes: readonly Route[] = [
  {
    name: 'available-updates',
    method: 'GET',
    path: `${BASE}/available-updates`,
    ...whileOn,
    answer: ({ parts }) => json(200, { availableUpdates: parts.base.settings.available }),
  },
  { name: 'plans', method: 'GET', path: `${BASE}/plans`, ...whileOn, needs: READ, answer: list },
  { name: 'plan-create', method: 'POST', path: `${BASE}/plans`, ...whileOn, needs: CREATE, answer: create },
  {
    name: 'toggle',
    method: 'GET',
    path: `${BASE}/plans/feature-toggle`,
    since: '10.48',
    needs: ['Read Managed Software Updates'],
    answer: ({ parts }) => json(200, parts.feature.shown()),
  },
  {
    name: 'toggle-set',
    method: 'PUT',
    path: `${BASE}/plans/feature-toggle`,
    since: '10.48',
    needs: SWITCH,
    answer: setToggle,
  },
  {
    name: 'toggle-status',
    method: 'GET',
    path: `${BASE}/plans/feature-toggle/status`,
    since: '10.48',
    needs: ['Read Managed Software Updates'],
    answer: ({ parts }) => json(200, parts.feature.status()),
  },
  {
    name: 'toggle-abandon',
    method: 'POST',
    path: `${BASE}/plans/feature-toggle/abandon`,
    since: '10.48',
    needs: SWITCH,
    answer: ({ parts }) => {
      parts.feature.abandon();
      return empty(204);
    },
  },
  {
    name: 'plan',
    method: 'GET',
    path: `${BASE}/plans/{id}`,
    ...whileOn,
    needs: READ,
    answer: withPlan((plan, base) => json(200, shownPlan(base, plan))),
  },
  {
    name: 'plan-events',
    method: 'GET',
    path: `${BASE}/plans/{id}/events`,
    ...whileOn,
    needs: READ,
    answer: withPlan(events),
  },
  {
    name: 'plan-declarations',
    method: 'GET',
    path: `${BASE}/plans/{id}/declarations`,
    ...whileOn,
    needs: READ,
    answer: withPlan(declarations),
  },
  {
    name: 'update-statuses',
    method: 'GET',
    path: `${BASE}/update-statuses`,
    ...whileOn,
    needs: ['Read Computers'],
    answer: statuses,
  },
  {
    name: 'update-statuses',
    method: 'GET',
    path: `${BASE}/update-statuses/computers/{id}`,
    ...whileOn,
    needs: ['Read Computers'],
    answer: statusesOfOne,
  },
];

/** The legacy call says this whatever its body is; the calls of plans say the other half. */
export const featureAnswer = (is: 'on' | 'off'): Answer =>
  apiError(
    503,
    cause('SERVICE_UNAVAILABLE', `This endpoint cannot be used if the Managed Software Update Plans toggle is ${is}.`),
  );

const stateOf = (plan: Plan): string => (plan.odd !== null && !isOver(plan) ? plan.odd : plan.state);

const shownDevice = (base: Base, id: number) => ({
  deviceId: base.id(id),
  objectType: 'COMPUTER',
  href: `/v1/computers-inventory/${id}`,
});

function shownPlan(base: Base, plan: Plan): Record<string, unknown> {
  const { config } = plan;
  return {
    planUuid: plan.uuid,
    device: shownDevice(base, plan.deviceId),
    updateAction: config.updateAction,
    versionType: config.versionType,
    specificVersion: config.specificVersion,
    buildVersion: config.buildVersion,
    maxDeferrals: config.maxDeferrals,
    forceInstallLocalDateTime: config.forceInstallLocalDateTime,
    recipeId: '-1',
    status: { state: stateOf(plan), errorReasons: plan.errorReasons },
  };
}

function shownStatus(base: Base, status: UpdateStatus): Record<string, unknown> {
  return {
    osUpdatesStatusId: String(status.id),
    device: shownDevice(base, status.computer.id),
    downloadPercentComplete: status.downloadPercentComplete,
    downloaded: status.downloaded,
    productKey: status.productKey,
    status: status.status,
    deferralsRemaining: status.deferralsRemaining,
    maxDeferrals: status.maxDeferrals,
    nextScheduledInstall: status.nextScheduledInstall,
    pastNotifications: status.pastNotifications,
    created: jamfTime(status.createdAt),
    updated: jamfTime(status.updatedAt),
  };
}
