// What goes over the wire between a Jamf Pro server and whoever asks it, written from the published API description and
// from what real servers were seen to answer, not from any code here: a client’s requests and a server’s answers are both
// held against it. Strict where the description is definite, loose where it is not.
import { z } from 'zod';
import type { HttpRequest } from '../../../src/ports/http.ts';

/** A request as it is sent, nothing hidden. `url` may be a whole address or a path. */
export type WireRequest = {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
};

export type WireAnswer = { status: number; headers: Readonly<Record<string, string>>; body: string };

/** A request of the port with its secrets revealed, for a test only. */
export function wireOf({ method, url, headers, body }: HttpRequest): WireRequest {
  const plain = (text: HttpRequest['body']): string =>
    text === null
      ? ''
      : typeof text === 'string'
        ? text
        : text.map((part) => (typeof part === 'string' ? part : part.expose((value) => value))).join('');
  return {
    method,
    url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), plain(value)])),
    body: plain(body),
  };
}

// ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const ACTIONS = [
  'DOWNLOAD_ONLY',
  'DOWNLOAD_INSTALL',
  'DOWNLOAD_INSTALL_ALLOW_DEFERRAL',
  'DOWNLOAD_INSTALL_RESTART',
  'DOWNLOAD_INSTALL_SCHEDULE',
] as const;
const VERSION_TYPES = ['LATEST_MAJOR', 'LATEST_MINOR', 'LATEST_ANY', 'SPECIFIC_VERSION', 'CUSTOM_VERSION'] as const;

export const PLAN_STATES = [
  ...['Init', 'PendingPlanValidation', 'AcceptingPlan', 'RejectingPlan', 'ProcessingPlanType', 'ProcessingPlanTypeMdm'],
  ...['StartingPlan', 'SchedulingScanForOSUpdates', 'ProcessingScheduleOSUpdateScanResponse'],
  ...['WaitingForScheduledOSUpdateScanToComplete', 'CollectingAvailableOSUpdates'],
  ...['ProcessingAvailableOSUpdatesResponse', 'ProcessingSchedulingType', 'SchedulingMDM', 'MDMPlanScheduled'],
  ...['SchedulingOSUpdate', 'ProcessingScheduleOSUpdateResponse', 'CollectingOSUpdateStatus'],
  ...['ProcessingOSUpdateStatusResponse', 'WaitingToCollectOSUpdateStatus', 'SchedulingDDM', 'DDMPlanScheduled'],
  ...['WaitingToStartDDMUpdate', 'CollectingDDMStatus', 'ProcessingDDMStatusResponse', 'VerifyingInstallation'],
  ...['ProcessingInstallationVerification', 'PlanCompleted', 'PlanFailed', 'PlanCanceled', 'PlanException', 'Unknown'],
] as const;

export const PLAN_ERROR_REASONS = [
  ...['APPLE_SILICON_NO_ESCROW_KEY', 'NOT_SUPERVISED', 'NOT_MANAGED', 'NO_DISK_SPACE'],
  ...['ACTION_NOT_SUPPORTED_FOR_DEVICE_TYPE', 'DOWNGRADE_NOT_SUPPORTED'],
  'DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_OS_VERSION',
  'DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_TYPE',
  ...['NO_UPDATES_AVAILABLE', 'SPECIFIC_VERSION_UNAVAILABLE', 'SPECIFIC_VERSION_UNAVAILABLE_FOR_DEVICE_MODEL'],
  ...['APPLE_SOFTWARE_LOOKUP_SERVICE_ERROR', 'UNABLE_TO_FIND_UPDATES_AND_OUT_OF_RETRIES', 'IS_LATEST_FAILURE'],
  ...['IS_SPECIFIC_VERSION_FAILURE', 'IS_MAC_OS_UPDATE_FAILURE', 'EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS'],
  ...['PLAN_NOT_FOUND', 'ACCEPT_PLAN_FAILURE', 'REJECT_PLAN_FAILURE', 'SCHEDULE_PLAN_FAILURE', 'START_PLAN_FAILURE'],
  ...['MDM_EXCEPTION', 'MDM_CLIENT_EXCEPTION', 'QUEUE_SCHEDULED_OS_UPDATE_SCAN_FAILURE', 'SCAN_WAIT_FINISHED_FAILURE'],
  ...['QUEUE_AVAILABLE_OS_UPDATE_COMMAND_FAILURE', 'QUEUE_SCHEDULE_OS_UPDATE_FAILURE'],
  ...['QUEUE_OS_UPDATE_STATUS_COMMAND_FAILURE', 'HANDLE_COMMAND_QUEUE_FAILURE', 'STILL_IN_PROGRESS_FAILURE'],
  ...['WAIT_TO_COLLECT_OS_UPDATE_STATUS_FAILURE', 'IS_DOWNLOADED_AND_NEEDS_INSTALL_FAILURE', 'IS_INSTALLED_FAILURE'],
  ...['IS_DOWNLOAD_ONLY_AND_DOWNLOADED_FAILURE', 'VERIFY_INSTALLATION_FAILURE', 'DECLARATIVE_SERVICE_ERROR'],
  ...['INVALID_CONFIGURATION_DECLARATION', 'NO_DEVICE_STATUS_BY_GRACE_PERIOD'],
  'DECLARATIVE_DEVICE_MANAGEMENT_STATUS_RESPONSE_FAILURE_REASON_RECEIVED',
  ...['DATA_INTEGRITY_VIOLATION_EXCEPTION', 'ILLEGAL_ARGUMENT_EXCEPTION', 'INSTALL_REASON_UNKNOWN', 'UNKNOWN'],
] as const;

const UPDATE_STATUSES = [
  ...['DOWNLOADING', 'IDLE', 'INSTALLING', 'INSTALLED', 'ERROR', 'DOWNLOAD_FAILED', 'DOWNLOAD_REQUIRES_COMPUTER'],
  ...['DOWNLOAD_INSUFFICIENT_SPACE', 'DOWNLOAD_INSUFFICIENT_POWER', 'DOWNLOAD_INSUFFICIENT_NETWORK'],
  ...['INSTALL_INSUFFICIENT_SPACE', 'INSTALL_INSUFFICIENT_POWER', 'INSTALL_PHONE_CALL_IN_PROGRESS', 'INSTALL_FAILED'],
  'UNKNOWN',
] as const;

const COMMAND_TYPES = [
  ...['APPLY_REDEMPTION_CODE', 'CANCEL_ENHANCED_LOG_COLLECTION', 'CERTIFICATE_LIST', 'CLEAR_PASSCODE'],
  ...['CLEAR_RESTRICTIONS_PASSWORD', 'DECLARATIVE_MANAGEMENT', 'DELETE_USER', 'DEVICE_INFORMATION', 'DEVICE_LOCATION'],
  ...['DEVICE_LOCK', 'DISABLE_LOST_MODE', 'DISABLE_REMOTE_DESKTOP', 'ENABLE_LOST_MODE', 'ENABLE_REMOTE_DESKTOP'],
  ...['ERASE_DEVICE', 'INSTALLED_APPLICATION_LIST', 'LOG_OUT_USER', 'MANAGED_APPLICATION_LIST', 'MANAGED_MEDIA_LIST'],
  ...['PLAY_LOST_MODE_SOUND', 'PROFILE_LIST', 'PROVISIONING_PROFILE_LIST', 'REFRESH_CELLULAR_PLANS'],
  ...['REQUEST_MIRRORING', 'RESTART_DEVICE', 'SECURITY_INFO', 'SETTINGS', 'SET_AUTO_ADMIN_PASSWORD'],
  ...['SET_RECOVERY_LOCK', 'SHUT_DOWN_DEVICE', 'STOP_MIRRORING', 'TRIGGER_ENHANCED_LOG_COLLECTION'],
  ...['UNLOCK_USER_ACCOUNT', 'VALIDATE_APPLICATIONS', 'VERIFY_RECOVERY_LOCK'],
] as const;

const SECTIONS = [
  ...['GENERAL', 'DISK_ENCRYPTION', 'PURCHASING', 'APPLICATIONS', 'STORAGE', 'USER_AND_LOCATION'],
  ...['CONFIGURATION_PROFILES', 'PRINTERS', 'SERVICES', 'HARDWARE', 'LOCAL_USER_ACCOUNTS', 'CERTIFICATES'],
  ...['ATTACHMENTS', 'PACKAGE_RECEIPTS', 'SECURITY', 'OPERATING_SYSTEM', 'LICENSED_SOFTWARE', 'IBEACONS'],
  ...['SOFTWARE_UPDATES', 'EXTENSION_ATTRIBUTES', 'CONTENT_CACHING', 'GROUP_MEMBERSHIPS'],
];

// ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Text, but numbers stand in some of the vendor’s own examples. Requests send text. */
const id = z.union([z.string().regex(/^\d+$/), z.int().min(0)]);
const sentId = z.string().regex(/^\d+$/);
const uuid = z.string().regex(/^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/);
const localTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
const text = z.string();
const secretText = z.string().min(1);

export const apiError = z.strictObject({
  httpStatus: z.int().min(400).max(599),
  errors: z.array(z.strictObject({ code: text, description: text, id: text.nullable(), field: text.nullable() })),
});

const oauthError = z.strictObject({
  error: z.enum(['invalid_client', 'invalid_scope', 'invalid_request', 'unsupported_grant_type']),
  error_description: text.optional(),
  error_uri: text.optional(),
});

const oauthToken = z.strictObject({
  access_token: secretText,
  token_type: z.literal('Bearer'),
  scope: text,
  expires_in: z.int().min(1),
});

const userToken = z.strictObject({ token: secretText, expires: instant });

const page = <One extends z.ZodType>(one: One) => z.strictObject({ totalCount: z.int().min(0), results: z.array(one) });

const AUTHENTICATION_TYPES = [
  ...['JSS', 'LDAP', 'SAML', 'INVITE', 'NATIVE_APP_API_INTEGRATION', 'DEVICE_SIGNATURE', 'CLOUD_CONNECTOR'],
  ...['SYSTEM_ACCOUNT', 'USER_ENROLLMENT', 'CLIENT_CREDENTIALS', 'OIDC', 'M2M'],
] as const;

const auth = z.strictObject({
  account: z.looseObject({ privilegesBySite: z.record(text, z.array(text)) }),
  accountGroups: z.array(z.unknown()),
  sites: z.array(z.unknown()),
  authenticationType: z.enum(AUTHENTICATION_TYPES),
});

const general = z.looseObject({
  name: text,
  managementId: uuid,
  supervised: z.boolean(),
  userApprovedMdm: z.boolean(),
  declarativeDeviceManagementEnabled: z.boolean(),
  remoteManagement: z.looseObject({ managed: z.boolean() }),
  mdmCapable: z.looseObject({ capable: z.boolean() }),
  mdmProfileExpiration: instant.nullable(),
});

const hardware = z.looseObject({ serialNumber: text, appleSilicon: z.boolean(), modelIdentifier: text });

const operatingSystem = z.looseObject({
  version: text,
  build: text,
  supplementalBuildVersion: text.nullable(),
  rapidSecurityResponse: text.nullable(),
  softwareUpdateDeviceId: text.nullable(),
  fileVault2Status: text.nullable(),
});

const security = z.looseObject({
  bootstrapTokenAllowed: z.boolean(),
  bootstrapTokenEscrowedStatus: z.enum(['ESCROWED', 'NOT_ESCROWED', 'NOT_SUPPORTED']),
  secureBootLevel: z.enum(['NO_SECURITY', 'MEDIUM_SECURITY', 'FULL_SECURITY', 'NOT_SUPPORTED', 'UNKNOWN']),
});

const camel = (section: string) =>
  section.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
const sectionsOf = (version: number) => (version === 1 ? [...SECTIONS, 'PLUGINS', 'FONTS'] : SECTIONS);

/** One computer: each section of this version is there, and null unless it was asked for. */
function computer(version: number, asked: readonly string[] | 'all') {
  const contact = version < 4 ? { lastContactTime: instant } : { lastCheckIn: instant, lastContact: instant };
  const known: Record<string, z.ZodType> = {
    general: general.extend(contact).superRefine((shown, context) => {
      const stranger = version < 4 ? ['lastCheckIn', 'lastContact'] : ['lastContactTime'];
      for (const name of stranger) if (name in shown) context.addIssue(`${name} is not of v${version}`);
    }),
    hardware,
    operatingSystem,
    security,
    extensionAttributes: z.array(z.looseObject({ definitionId: text, values: z.array(text) })),
  };
  const sections = sectionsOf(version).map((section) => {
    const wanted = asked === 'all' || asked.includes(section);
    return [camel(section), wanted ? (known[camel(section)] ?? z.looseObject({}).or(z.array(z.unknown()))) : z.null()];
  });
  return z.strictObject({ id, udid: text, ...(Object.fromEntries(sections) as Record<string, z.ZodType>) });
}

const device = z.strictObject({
  deviceId: id,
  objectType: z.enum(['COMPUTER', 'MOBILE_DEVICE', 'APPLE_TV']),
  href: z.string().startsWith('/v'),
});

export const toggle = z.strictObject({
  toggle: z.boolean(),
  forceInstallLocalDateEnabled: z.boolean().optional(),
  customVersionEnabled: z.boolean().optional(),
  dssEnabled: z.boolean().optional(),
  recipeEnabled: z.boolean().optional(),
});

const job = z.strictObject({
  startTime: localTime.nullable(),
  endTime: localTime.nullable(),
  elapsedTime: z.int().min(0),
  state: z.enum(['NOT_RUNNING', 'RUNNING', 'NEVER_RAN']),
  totalRecords: z.int().min(0),
  processedRecords: z.int().min(0),
  percentComplete: z.number().min(0).max(100),
  formattedPercentComplete: text,
  exitState: z.enum(['UNKNOWN', 'EXECUTING', 'COMPLETED', 'NOOP', 'FAILED', 'STOPPED']),
  exitMessage: text.nullable(),
});

export const toggleStatus = z.strictObject({ toggleOn: job, toggleOff: job });

const planRequest = z
  .strictObject({
    devices: z
      .array(z.strictObject({ objectType: z.enum(['COMPUTER', 'MOBILE_DEVICE', 'APPLE_TV']), deviceId: sentId }))
      .min(1),
    config: z.strictObject({
      updateAction: z.enum(ACTIONS),
      versionType: z.enum(VERSION_TYPES),
      specificVersion: z.string().min(1).optional(),
      buildVersion: z
        .string()
        .regex(/^\d+[A-Z]\d+[a-z]?$/)
        .nullable()
        .optional(),
      maxDeferrals: z.int().min(0).optional(),
      forceInstallLocalDateTime: localTime.nullable().optional(),
    }),
  })
  .superRefine(({ devices, config }, context) => {
    const names = devices.map(({ objectType, deviceId }) => `${objectType} ${deviceId}`);
    if (new Set(names).size < names.length) context.addIssue('a device is named twice');
    const specific = config.specificVersion !== undefined && config.specificVersion !== 'NO_SPECIFIC_VERSION';
    const needsVersion = ['SPECIFIC_VERSION', 'CUSTOM_VERSION'].includes(config.versionType);
    if (specific !== needsVersion) context.addIssue(`specificVersion does not go with ${config.versionType}`);
    if (specific && !/^\d+(?:\.\d+){0,2}(?: \([a-z]\))?$/.test(config.specificVersion ?? ''))
      context.addIssue('specificVersion is no version');
    if (typeof config.buildVersion === 'string' && config.versionType !== 'CUSTOM_VERSION')
      context.addIssue('buildVersion goes with CUSTOM_VERSION only');
    if (config.updateAction === 'DOWNLOAD_INSTALL_ALLOW_DEFERRAL' && config.maxDeferrals === undefined)
      context.addIssue('maxDeferrals is needed');
    const by = config.forceInstallLocalDateTime ?? null;
    if ((by !== null) !== (config.updateAction === 'DOWNLOAD_INSTALL_SCHEDULE'))
      context.addIssue('forceInstallLocalDateTime goes with DOWNLOAD_INSTALL_SCHEDULE, which needs it');
  });

export const planCreated = z.strictObject({
  plans: z.array(
    z.strictObject({ device, planId: uuid, href: z.string().startsWith('/v1/managed-software-updates/plans/') }),
  ),
});

export const plan = z.strictObject({
  planUuid: uuid,
  device,
  updateAction: z.enum([...ACTIONS, 'UNKNOWN']),
  versionType: z.enum([...VERSION_TYPES, 'UNKNOWN']),
  specificVersion: text.nullable().optional(),
  buildVersion: text.nullable().optional(),
  maxDeferrals: z.int().min(0),
  forceInstallLocalDateTime: localTime.nullable().optional(),
  recipeId: text.nullable().optional(),
  status: z.strictObject({ state: z.enum(PLAN_STATES), errorReasons: z.array(z.enum(PLAN_ERROR_REASONS)).nullable() }),
});

const availableUpdate = z.strictObject({
  build: text,
  version: text,
  productKey: text,
  productName: text,
  humanReadableName: text,
  downloadSize: z.int(),
  installSize: z.int(),
  majorOSUpdate: z.boolean(),
  firmwareUpdate: z.boolean(),
  configurationDataUpdate: z.boolean(),
  restartRequired: z.boolean(),
  critical: z.boolean(),
  preview: z.boolean(),
  allowsInstallLater: z.boolean(),
  appIdentifiersToClose: z.array(text),
});

/** Not uniform: a type with a dot in front, and when it was sent or received in milliseconds. */
const planEvent = z
  .looseObject({
    type: z.string().startsWith('.'),
    eventSentEpoch: z.int().optional(),
    eventReceivedEpoch: z.int().optional(),
    availableOSUpdateDelay: z.int().min(0).optional(),
    availableOSUpdatesDto: z.looseObject({ availableOsUpdates: z.array(availableUpdate) }).optional(),
  })
  .refine((event) => (event.eventSentEpoch === undefined) !== (event.eventReceivedEpoch === undefined), {
    error: 'an event is either sent or received',
  });

const eventList = z.strictObject({ events: z.array(planEvent) });

/** A string that holds JSON, empty at first; some say an array. */
export const planEvents = z.strictObject({
  events: z.union([
    z.string().superRefine((held, context) => {
      if (held === '') return;
      const read = eventList.safeParse(parsed(held));
      for (const issue of read.error?.issues ?? []) context.addIssue(`${issue.path.join('.')}: ${issue.message}`);
    }),
    z.array(planEvent),
  ]),
});

export const planDeclarations = z.strictObject({
  declarations: z.array(
    z.strictObject({
      uuid,
      payloadJson: z
        .string()
        .refine((held) => parsed(held) !== undefined, { error: 'not JSON' })
        .nullable(),
      type: z.string().startsWith('com.apple.'),
      group: z.enum(['ACTIVATION', 'ASSET', 'CONFIGURATION', 'MANAGEMENT']),
    }),
  ),
});

export const updateStatuses = page(
  z.strictObject({
    osUpdatesStatusId: id,
    device,
    downloadPercentComplete: z.number().min(0).max(1),
    downloaded: z.boolean(),
    productKey: text,
    status: z.enum(UPDATE_STATUSES),
    deferralsRemaining: z.int().min(0),
    maxDeferrals: z.int().min(0),
    nextScheduledInstall: instant.nullable(),
    pastNotifications: z.array(instant),
    created: instant,
    updated: instant,
  }),
);

const legacyRequest = z
  .strictObject({
    deviceIds: z.array(sentId).min(1).optional(),
    groupId: sentId.optional(),
    version: z.string().min(1).optional(),
    skipVersionVerification: z.boolean().optional(),
    applyMajorUpdate: z.boolean().optional(),
    updateAction: z.enum(['DOWNLOAD_AND_INSTALL', 'DOWNLOAD_ONLY']),
    forceRestart: z.boolean().optional(),
    maxDeferrals: z.int().min(0).optional(),
    priority: z.enum(['HIGH', 'LOW']).optional(),
  })
  .refine(({ deviceIds, groupId }) => (deviceIds === undefined) !== (groupId === undefined), {
    error: 'either deviceIds or groupId',
  });

const legacyAnswer = z.strictObject({
  processManagerUuids: z.array(uuid),
  errors: z.array(apiError.shape.errors.element),
});

const commandRequest = z.strictObject({
  clientData: z.array(z.strictObject({ managementId: uuid })).min(1),
  commandData: z.looseObject({ commandType: z.enum(COMMAND_TYPES) }),
});

const command = z.strictObject({
  uuid,
  dateSent: instant,
  dateCompleted: instant.nullable(),
  client: z.strictObject({ managementId: uuid, clientType: text }),
  commandState: z.enum(['PENDING', 'ACKNOWLEDGED', 'NOT_NOW', 'ERROR', 'COMMAND_FORMAT_ERROR']),
  commandType: text,
  commandError: z
    .strictObject({
      errorCode: z.int(),
      errorDomain: text,
      errorLocalizedDescription: text,
      errorEnglishDescription: text.nullable(),
    })
    .nullable(),
  profileId: id.nullable(),
});

const availableUpdates = z.strictObject({
  availableUpdates: z.strictObject({ macOS: z.array(text), iOS: z.array(text) }),
});

// ── Calls ────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Fields = readonly string[];

type CallRule = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  path: RegExp;
  by: 'bearer' | 'basic' | 'nobody';
  /** The parameters a request may have; `filter` may name these fields. */
  query?: readonly string[];
  filter?: Fields;
  filterNeeded?: boolean;
  body?: z.ZodType | 'form';
  /** The good answers: a schema, nothing, or XML. */
  good: Readonly<Record<number, Schema | 'empty' | 'xml'>>;
  /** Errors of RFC 6749 instead of ApiError. */
  oauth?: true;
};

type Schema = z.ZodType | ((query: URLSearchParams) => z.ZodType);

const MSU = '/api/v1/managed-software-updates';
const PAGED = ['page', 'page-size', 'sort', 'filter'];
const PLAN_FIELDS = [
  ...['planUuid', 'device.deviceId', 'device.objectType', 'updateAction', 'versionType', 'specificVersion'],
  ...['maxDeferrals', 'recipeId', 'forceInstallLocalDateTime', 'state'],
];
const COMPUTER_FIELDS = ['udid', 'hardware.serialNumber', 'id', 'general.managementId', 'general.name'];
const COMMAND_FIELDS = [
  ...['uuid', 'clientManagementId', 'command', 'status', 'clientType', 'dateSent', 'validAfter', 'dateCompleted'],
  ...['profileId', 'profileIdentifier', 'active'],
];

const exactly = (path: string): RegExp => new RegExp(`^${path.replaceAll('{}', '[^/]+')}$`);

const askedSections = (query: URLSearchParams): string[] => {
  const asked = query.getAll('section').flatMap((section) => section.split(','));
  return asked.length === 0 ? ['GENERAL'] : asked;
};

const inventory = [1, 2, 3, 4].flatMap((version): CallRule[] => [
  {
    method: 'GET',
    path: exactly(`/api/v${version}/computers-inventory`),
    by: 'bearer',
    query: ['section', ...PAGED],
    filter: COMPUTER_FIELDS,
    good: { 200: (query) => page(computer(version, askedSections(query))) },
  },
  {
    method: 'GET',
    path: exactly(`/api/v${version}/computers-inventory/{}`),
    by: 'bearer',
    query: ['section'],
    good: { 200: (query) => computer(version, askedSections(query)) },
  },
  {
    method: 'GET',
    path: exactly(`/api/v${version}/computers-inventory-detail/{}`),
    by: 'bearer',
    good: { 200: computer(version, 'all') },
  },
  {
    method: 'PATCH',
    path: exactly(`/api/v${version}/computers-inventory-detail/{}`),
    by: 'bearer',
    body: z.strictObject({
      extensionAttributes: z.array(z.strictObject({ definitionId: sentId, values: z.array(text) })),
    }),
    good: { 200: computer(version, 'all') },
  },
]);

const RULES: readonly CallRule[] = [
  {
    method: 'POST',
    path: exactly('/api(?:/v1)?/oauth/token'),
    by: 'nobody',
    body: 'form',
    oauth: true,
    good: { 200: oauthToken },
  },
  { method: 'POST', path: exactly('/api(?:/v1/auth/token|/auth/tokens)'), by: 'basic', good: { 200: userToken } },
  { method: 'POST', path: exactly('/api/v1/auth/keep-alive'), by: 'bearer', good: { 200: userToken } },
  { method: 'POST', path: exactly('/api/v1/auth/invalidate-token'), by: 'bearer', good: { 204: 'empty' } },
  { method: 'GET', path: exactly('/api/v1/auth'), by: 'bearer', good: { 200: auth } },
  {
    method: 'GET',
    path: exactly('/api/v1/jamf-pro-version'),
    by: 'bearer',
    good: { 200: z.strictObject({ version: z.string().regex(/^\d+\.\d+(?:\.\d+)?-t\d+$/) }) },
  },
  { method: 'GET', path: exactly('/api/v1/health-check'), by: 'nobody', good: { 204: 'empty' } },
  {
    method: 'GET',
    path: exactly('/api/v1/api-role-privileges(?:/search)?'),
    by: 'bearer',
    query: ['name'],
    good: { 200: z.strictObject({ privileges: z.array(text) }) },
  },
  ...inventory,
  { method: 'GET', path: exactly(`${MSU}/available-updates`), by: 'bearer', good: { 200: availableUpdates } },
  {
    method: 'GET',
    path: exactly(`${MSU}/plans`),
    by: 'bearer',
    query: PAGED,
    filter: PLAN_FIELDS,
    good: { 200: page(plan) },
  },
  { method: 'POST', path: exactly(`${MSU}/plans`), by: 'bearer', body: planRequest, good: { 201: planCreated } },
  { method: 'GET', path: exactly(`${MSU}/plans/feature-toggle`), by: 'bearer', good: { 200: toggle } },
  {
    method: 'PUT',
    path: exactly(`${MSU}/plans/feature-toggle`),
    by: 'bearer',
    body: z.strictObject({ toggle: z.boolean() }),
    good: { 200: toggle },
  },
  { method: 'GET', path: exactly(`${MSU}/plans/feature-toggle/status`), by: 'bearer', good: { 200: toggleStatus } },
  { method: 'POST', path: exactly(`${MSU}/plans/feature-toggle/abandon`), by: 'bearer', good: { 204: 'empty' } },
  { method: 'GET', path: exactly(`${MSU}/plans/{}`), by: 'bearer', good: { 200: plan } },
  { method: 'GET', path: exactly(`${MSU}/plans/{}/events`), by: 'bearer', good: { 200: planEvents } },
  { method: 'GET', path: exactly(`${MSU}/plans/{}/declarations`), by: 'bearer', good: { 200: planDeclarations } },
  {
    method: 'GET',
    path: exactly(`${MSU}/update-statuses(?:/computers/{})?`),
    by: 'bearer',
    query: PAGED,
    filter: ['osUpdatesStatusId', 'device.deviceId', 'device.objectType', 'downloaded', 'productKey', 'status'],
    good: { 200: updateStatuses },
  },
  {
    method: 'GET',
    path: exactly('/api/v1/macos-managed-software-updates/available-updates'),
    by: 'bearer',
    good: { 200: z.strictObject({ availableUpdates: z.array(text) }) },
  },
  {
    method: 'POST',
    path: exactly('/api/v1/macos-managed-software-updates/send-updates'),
    by: 'bearer',
    body: legacyRequest,
    good: { 200: legacyAnswer, 201: legacyAnswer },
  },
  {
    method: 'POST',
    path: exactly('/JSSResource/computercommands/command/BlankPush/id/\\d+(?:,\\d+)*'),
    by: 'bearer',
    good: { 201: 'xml' },
  },
  {
    method: 'POST',
    path: exactly('/api/v2/mdm/blank-push'),
    by: 'bearer',
    body: z.strictObject({ clientManagementIds: z.array(uuid).min(1) }),
    good: { 200: z.strictObject({ errorUuids: z.array(text) }) },
  },
  {
    method: 'POST',
    path: exactly('/api/v2/mdm/commands'),
    by: 'bearer',
    body: commandRequest,
    good: { 201: z.array(z.strictObject({ id: text, href: text })) },
  },
  {
    method: 'GET',
    path: exactly('/api/v2/mdm/commands'),
    by: 'bearer',
    query: PAGED,
    filter: COMMAND_FIELDS,
    filterNeeded: true,
    good: { 200: page(command) },
  },
  {
    method: 'GET',
    path: exactly('/api/v1/mdm/commands'),
    by: 'bearer',
    query: ['uuids'],
    good: { 200: z.array(z.unknown()) },
  },
  { method: 'POST', path: exactly('/api/v1/ddm/{}/sync'), by: 'bearer', good: { 204: 'empty' } },
  {
    method: 'GET',
    path: exactly('/api/v1/ddm/{}/status-items(?:/{})?'),
    by: 'bearer',
    good: {
      200: z.strictObject({
        statusItems: z.array(z.strictObject({ key: text, value: text.nullable(), lastUpdateTime: instant })),
      }),
    },
  },
];

/** What is wrong with a request; empty where nothing is. */
export function requestFlaws(request: WireRequest): string[] {
  const { path, query } = placeOf(request);
  const rule = RULES.find((one) => one.method === request.method && one.path.test(path));
  if (rule === undefined) return [`there is no call ${request.method} ${path}`];
  return [
    ...credentialFlaws(rule, request.headers.authorization ?? ''),
    ...queryFlaws(rule, query),
    ...bodyFlaws(rule, request),
    ...(/token|secret|password|bearer/i.test(`${query}`) ? ['something secret seems to stand in the address'] : []),
  ];
}

/** What is wrong with an answer to this request. HTML and ApiErrors of undeclared statuses are part of life and no flaw. */
export function answerFlaws(request: WireRequest, { status, headers, body }: WireAnswer): string[] {
  const { path, query } = placeOf(request);
  const rule = RULES.find((one) => one.method === request.method && one.path.test(path));
  const type = headers['content-type'] ?? '';
  const good = rule?.good[status];
  if (good === 'empty') return body === '' ? [] : [`${status} has a body`];
  if (good === 'xml') return /xml/.test(type) && body.startsWith('<?xml') ? [] : [`${status} is not XML`];
  if (good !== undefined) {
    if (!type.startsWith('application/json')) return [`${status} is not JSON but ${type}`];
    const value = parsed(body);
    return value === undefined
      ? [`${status} cannot be read as JSON`]
      : issuesOf(typeof good === 'function' ? good(query) : good, value);
  }
  if (status < 400) return [`${status} is no answer of this call`];
  if (/html/.test(type)) return body.trimStart().startsWith('<') ? [] : [`${status} is not HTML`];
  if (body === '') return [];
  if (!type.startsWith('application/json')) return [`${status} is neither JSON nor HTML but ${type}`];
  const value = parsed(body);
  if (value === undefined) return [`${status} cannot be read as JSON`];
  const isOwnError = rule?.oauth === true && [400, 401].includes(status);
  const flaws = issuesOf(isOwnError ? oauthError : apiError, value);
  const repeats = isOwnError || (value as { httpStatus?: unknown }).httpStatus === status;
  return repeats ? flaws : [...flaws, `httpStatus does not repeat ${status}`];
}

function credentialFlaws({ by }: CallRule, header: string): string[] {
  const wanted = { bearer: /^Bearer [\w.~+/=-]+$/, basic: /^Basic [A-Za-z0-9+/]+={0,2}$/, nobody: /^$/ }[by];
  return wanted.test(header) ? [] : [`the authorization is not that of ${by}`];
}

const COMPARISON = /^[A-Za-z][\w.]*(?:(?:==|!=)(?:"[^"]*"|'[^']*'|[^\s"'();,<>=!~]+)|=(?:in|out)=\([^()]+\))$/;

function queryFlaws(rule: CallRule, query: URLSearchParams): string[] {
  const flaws = [...new Set(query.keys())]
    .filter((name) => !(rule.query ?? []).includes(name))
    .map((name) => `there is no parameter ${name}`);
  const version = Number(/v(\d)/.exec(rule.path.source)?.[1]);
  for (const section of query.getAll('section').flatMap((one) => one.split(',')))
    if (!sectionsOf(version).includes(section)) flaws.push(`there is no section ${section}`);
  for (const name of ['page', 'page-size'])
    if (query.has(name) && !/^\d+$/.test(query.get(name) ?? '')) flaws.push(`${name} is no number`);
  if (query.has('sort') && !/^[A-Za-z][\w.]*:(?:asc|desc)$/.test(query.get('sort') ?? '')) flaws.push('sort is wrong');
  const filter = query.get('filter');
  if (filter === null) return rule.filterNeeded === true ? [...flaws, 'filter is missing'] : flaws;
  // Neither `;` nor `,` stands within a value of any filter a client needs, but for a list in brackets.
  for (const part of filter.split(/[;,](?![^(]*\))/)) {
    const bare = part.replace(/^\(+(?=[A-Za-z])/, '').replace(/(?<!=in=\([^)]*)\)+$/, '');
    if (!COMPARISON.test(bare)) flaws.push(`the filter cannot be read at ${part}`);
    const field = /^[\w.]+/.exec(bare)?.[0] ?? '';
    if (!(rule.filter ?? []).includes(field)) flaws.push(`the filter names ${field}`);
  }
  return flaws;
}

function bodyFlaws(rule: CallRule, { headers, body }: WireRequest): string[] {
  const type = headers['content-type'] ?? '';
  if (rule.body === undefined) return body === '' ? [] : ['this call takes no body'];
  if (rule.body === 'form') {
    const form = new URLSearchParams(body);
    const flaws = type.startsWith('application/x-www-form-urlencoded') ? [] : ['the body is not declared as a form'];
    if (form.get('grant_type') !== 'client_credentials') flaws.push('grant_type is wrong');
    for (const name of ['client_id', 'client_secret']) if (!form.get(name)) flaws.push(`${name} is missing`);
    for (const name of form.keys())
      if (!['grant_type', 'client_id', 'client_secret', 'scope'].includes(name)) flaws.push(`there is no ${name}`);
    return flaws;
  }
  const value = parsed(body);
  if (value === undefined) return ['the body is not JSON'];
  return [
    ...(type.startsWith('application/json') ? [] : ['the body is not declared as JSON']),
    ...issuesOf(rule.body, value),
  ];
}

const issuesOf = (schema: z.ZodType, value: unknown): string[] =>
  (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

function placeOf({ url }: WireRequest): { path: string; query: URLSearchParams } {
  const { pathname, searchParams } = new URL(url, 'https://server.example');
  return { path: pathname, query: searchParams };
}

function parsed(held: string): unknown {
  try {
    return JSON.parse(held) as unknown;
  } catch {
    return undefined;
  }
}
