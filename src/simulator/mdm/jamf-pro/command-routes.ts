import { HOUR_MS } from '../../../domain/instant.ts';
import type { InstallAction, MdmCommand } from '../managed-mac.ts';
import { type Answer, apiError, cause, empty, html, invalidField, json, notFound, xml } from './answers.ts';
import { jamfTime } from './base.ts';
import { idIn, isObject, objectIn } from './body.ts';
import type { CommandState, Computer, SentCommand } from './computers.ts';
import { filterIn, pageOf } from './pages.ts';
import type { Call, Route } from './parts.ts';
import type { Privilege } from './privileges.ts';
import { passes } from './rsql.ts';

/** Commands by the names of the API. Those for updates cannot be sent through it; it only lists them. */
const TYPES: Readonly<Record<MdmCommand['RequestType'], string>> = {
  ScheduleOSUpdateScan: 'SCHEDULE_OS_UPDATE_SCAN',
  AvailableOSUpdates: 'AVAILABLE_OS_UPDATES',
  ScheduleOSUpdate: 'SCHEDULE_OS_UPDATE',
  OSUpdateStatus: 'OS_UPDATE_STATUS',
  DeviceInformation: 'DEVICE_INFORMATION',
  SecurityInfo: 'SECURITY_INFO',
  DeclarativeManagement: 'DECLARATIVE_MANAGEMENT',
  RestartDevice: 'RESTART_DEVICE',
};

/** What may be sent through the API, as far as the Macs here know it. */
const SENDABLE: Readonly<Record<string, (data: Readonly<Record<string, unknown>>) => MdmCommand>> = {
  DEVICE_INFORMATION: () => ({ RequestType: 'DeviceInformation', Queries: ['OSVersion', 'BuildVersion'] }),
  SECURITY_INFO: () => ({ RequestType: 'SecurityInfo' }),
  DECLARATIVE_MANAGEMENT: () => ({ RequestType: 'DeclarativeManagement' }),
  RESTART_DEVICE: ({ notifyUser }) => ({ RequestType: 'RestartDevice', NotifyUser: notifyUser === true }),
};

/** The Classic one; its path takes several ids. */
function classicBlankPush({ parts: { base, computers }, params }: Call): Answer {
  const gone = base.faults.strikes('classic-blank-push-gone');
  if (gone !== null) return html(gone.status, 'Not Found');
  const ids = (params.ids ?? '').split(',').map(idIn);
  const found = ids.map((id) => (id === null ? null : computers.byId(id)));
  if (found.some((computer) => computer === null)) return html(404, 'Not Found');
  const commands = found.map((computer) => {
    computer?.mac.notify();
    return `<command><name>BlankPush</name><command_uuid>${base.uuid()}</command_uuid><computer_id>${computer?.id}</computer_id></command>`;
  });
  return xml(201, `<computer_command>${commands.join('')}</computer_command>`);
}

function blankPush(call: Call): Answer {
  const { base, computers } = call.parts;
  const read = objectIn(call);
  if (!read.ok) return read.answer;
  const ids = read.value.clientManagementIds;
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string'))
    return invalidField('clientManagementIds', 'At least one management id is needed');
  const refused = base.faults.strikes('blank-push-refused') !== null;
  const errorUuids = ids.filter((id) => {
    const computer = refused ? null : computers.byManagementId(id);
    computer?.mac.notify();
    return computer === null;
  });
  return json(200, { errorUuids });
}

function createCommand(call: Call): Answer {
  const { computers } = call.parts;
  const read = objectIn(call);
  if (!read.ok) return read.answer;
  const { clientData, commandData } = read.value;
  if (clientData === undefined && commandData === undefined) return apiError(500);
  const { commandType } = isObject(commandData) ? commandData : {};
  const command =
    typeof commandType === 'string' && Object.hasOwn(SENDABLE, commandType) ? SENDABLE[commandType] : undefined;
  if (command === undefined) return invalidField('commandData.commandType', 'There is no such command');
  const clients = (Array.isArray(clientData) ? clientData : []).map((client) => {
    const { managementId } = isObject(client) ? client : {};
    return typeof managementId === 'string' ? computers.byManagementId(managementId) : null;
  });
  const found = clients.filter((computer) => computer !== null);
  if (found.length === 0 || found.length < clients.length) return invalidField('clientData', 'There is no such client');
  const sent = found.map((computer) => computers.send(computer, command(isObject(commandData) ? commandData : {})));
  return json(
    201,
    sent.map(({ uuid }) => ({ id: uuid, href: `/v2/mdm/commands?filter=uuid==${uuid}` })),
  );
}

type Sent = { computer: Computer; sent: SentCommand };

const FIELDS: Readonly<Record<string, (one: Sent) => string | null>> = {
  uuid: ({ sent }) => sent.uuid,
  clientManagementId: ({ computer }) => computer.managementId,
  command: ({ sent }) => TYPES[sent.command.RequestType],
  status: ({ sent }) => sent.state,
  clientType: () => 'COMPUTER',
  dateSent: ({ sent }) => jamfTime(sent.sentAt),
  validAfter: () => null,
  dateCompleted: ({ sent }) => (sent.completedAt === null ? null : jamfTime(sent.completedAt)),
  profileId: () => null,
  profileIdentifier: () => null,
  active: ({ sent }) => String(sent.completedAt === null),
};

function listCommands({ parts: { computers }, query }: Call): Answer {
  const read = filterIn(query, Object.keys(FIELDS));
  if (!read.ok) return read.answer;
  const { filter } = read;
  if (filter === null) return invalidField('filter', 'A filter is needed');
  const found = computers
    .all()
    .flatMap((computer) => computer.commands.map((sent) => ({ computer, sent })))
    .filter((one) => passes(filter, (field) => FIELDS[field]?.(one)));
  return pageOf(query, found, shownCommand);
}

/** The older list: by uuids, at most 40 of them. */
function listCommandsV1({ parts: { computers }, query }: Call): Answer {
  const uuids = query.getAll('uuids').flatMap((text) => text.split(','));
  if (uuids.length === 0 || uuids.length > 40) return invalidField('uuids', 'Give 1 to 40 of them');
  const all = computers.all().flatMap((computer) => computer.commands.map((sent) => ({ computer, sent })));
  return json(200, all.filter(({ sent }) => uuids.includes(sent.uuid)).map(shownCommand));
}

function shownCommand({ computer, sent }: Sent): Record<string, unknown> {
  const error = sent.error;
  const state: CommandState = sent.state;
  return {
    uuid: sent.uuid,
    dateSent: jamfTime(sent.sentAt),
    dateCompleted: sent.completedAt === null ? null : jamfTime(sent.completedAt),
    client: { managementId: computer.managementId, clientType: 'COMPUTER' },
    commandState: state,
    commandType: TYPES[sent.command.RequestType],
    commandError:
      error === null
        ? null
        : {
            errorCode: error.ErrorCode,
            errorDomain: error.ErrorDomain,
            errorLocalizedDescription: error.LocalizedDescription,
            errorEnglishDescription: error.USEnglishDescription ?? null,
          },
    profileId: null,
  };
}

function ddmSync({ parts: { computers }, params }: Call): Answer {
  const computer = computers.byManagementId(params.managementId ?? '');
  if (computer === null) return notFound('The client');
  computers.send(computer, { RequestType: 'DeclarativeManagement' });
  return empty(204);
}

function statusItems({ parts: { computers }, params }: Call): Answer {
  const computer = computers.byManagementId(params.managementId ?? '');
  if (computer === null) return notFound('The client');
  const items = [...computer.statusItems]
    .filter(([key]) => params.key === undefined || key === params.key)
    .map(([key, { value, at }]) => ({ key, value, lastUpdateTime: jamfTime(at) }));
  if (params.key !== undefined && items.length === 0) return notFound(`The status item ${params.key}`);
  return json(200, { statusItems: items });
}

/** Sends what a plan would, without any way to follow it. A good answer can carry errors. */
function sendUpdates(call: Call): Answer {
  const { base, computers } = call.parts;
  const read = objectIn(call);
  if (!read.ok) return read.answer;
  const { deviceIds, version, updateAction, forceRestart, applyMajorUpdate } = read.value;
  if (!Array.isArray(deviceIds) || deviceIds.length === 0)
    return invalidField('deviceIds', 'At least one device is needed');
  const errors = [];
  const processManagerUuids = [];
  const action: InstallAction =
    updateAction === 'DOWNLOAD_ONLY' ? 'DownloadOnly' : forceRestart === true ? 'InstallForceRestart' : 'InstallASAP';
  for (const deviceId of deviceIds) {
    const id = idIn(deviceId);
    const computer = id === null ? null : computers.byId(id);
    if (computer === null || base.faults.strikes('legacy-errors') !== null) {
      errors.push(cause('INVALID_ID', `No update could be sent to computer ${String(deviceId)}`, 'deviceIds'));
      continue;
    }
    processManagerUuids.push(base.uuid());
    sendLegacy(call, computer, typeof version === 'string' ? version : null, applyMajorUpdate === true, action);
  }
  return json(200, { processManagerUuids, errors });
}

/** Scan, five minutes, list, order: the same that a plan does, and as silent in between. */
function sendLegacy(
  { parts: { base, computers } }: Call,
  computer: Computer,
  version: string | null,
  major: boolean,
  action: InstallAction,
): void {
  const late = base.faults.strikes('plan-late');
  base.clock.after((late?.hours ?? 0) * HOUR_MS, () => {
    computers.send(computer, { RequestType: 'ScheduleOSUpdateScan', Force: false }, () => {
      base.clock.after(300_000, () => {
        computers.send(computer, { RequestType: 'AvailableOSUpdates' }, (report) => {
          const offered = report.Status === 'Acknowledged' ? (report.AvailableOSUpdates ?? []) : [];
          const update = offered.find(({ Version, IsMajorOSUpdate, RestartRequired }) => {
            return RestartRequired && (version === null ? major || !IsMajorOSUpdate : Version === version);
          });
          if (update === undefined) return;
          const { ProductKey, Version } = update;
          computers.send(computer, {
            RequestType: 'ScheduleOSUpdate',
            Updates: [{ ProductKey, ProductVersion: Version, InstallAction: action }],
          });
        });
      });
    });
  });
}

const VIEW: readonly Privilege[] = ['View MDM command information in Jamf Pro API'];
const OLD_COMMANDS = '2023-10-16';
const LEGACY = '/api/v1/macos-managed-software-updates';

export const commandRoutes: readonly Route[] = [
  {
    name: 'blank-push-classic',
    method: 'POST',
    path: '/JSSResource/computercommands/command/BlankPush/id/{ids}',
    until: '11.28',
    needs: ['Send Blank Pushes to Computers'],
    deprecated: '2025-05-27',
    answer: classicBlankPush,
  },
  // It is in the schema of 11.23.2; since when is not known.
  {
    name: 'blank-push',
    method: 'POST',
    path: '/api/v2/mdm/blank-push',
    since: '11.23',
    needs: VIEW,
    answer: blankPush,
  },
  // The older list was deprecated when this one came: about 11.0.
  { name: 'commands', method: 'GET', path: '/api/v2/mdm/commands', since: '11.0', needs: VIEW, answer: listCommands },
  {
    name: 'command-create',
    method: 'POST',
    path: '/api/v2/mdm/commands',
    since: '11.0',
    needs: VIEW,
    answer: createCommand,
  },
  {
    name: 'commands-v1',
    method: 'GET',
    path: '/api/v1/mdm/commands',
    needs: VIEW,
    deprecated: OLD_COMMANDS,
    answer: listCommandsV1,
  },
  {
    name: 'ddm-sync',
    method: 'POST',
    path: '/api/v1/ddm/{managementId}/sync',
    since: '11.0',
    needs: ['Send Declarative Management Command'],
    answer: ddmSync,
  },
  {
    name: 'status-items',
    method: 'GET',
    path: '/api/v1/ddm/{managementId}/status-items',
    since: '11.0',
    needs: ['Read Computers', 'Read Mobile Devices'],
    answer: statusItems,
  },
  {
    name: 'status-items',
    method: 'GET',
    path: '/api/v1/ddm/{managementId}/status-items/{key}',
    since: '11.0',
    needs: ['Read Computers', 'Read Mobile Devices'],
    answer: statusItems,
  },
  {
    name: 'legacy-available',
    method: 'GET',
    path: `${LEGACY}/available-updates`,
    since: '10.36',
    needs: ['Read Computers'],
    deprecated: '2022-12-14',
    answer: ({ parts }) => json(200, { availableUpdates: parts.base.settings.available.macOS }),
  },
  {
    name: 'legacy-send',
    method: 'POST',
    path: `${LEGACY}/send-updates`,
    since: '10.36',
    feature: 'off',
    needs: ['Send Computer Remote Command to Download and Install OS X Update'],
    deprecated: '2022-10-17',
    answer: sendUpdates,
  },
];
