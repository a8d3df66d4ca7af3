import { DAY_MS } from '../../../domain/instant.ts';
import { type Answer, invalidField, json, notFound } from './answers.ts';
import { type Base, jamfTime } from './base.ts';
import { isObject, objectIn } from './body.ts';
import type { Computer, Computers } from './computers.ts';
import { filterIn, pageOf, sorted } from './pages.ts';
import type { Call, Route } from './parts.ts';
import { demanded, type Filter, passes } from './rsql.ts';

type Shown = Record<string, unknown>;

/** Sections of whose content nobody here knows anything: lists are empty, records have no members. */
const LISTS = [
  'applications',
  'configurationProfiles',
  'printers',
  'services',
  'localUserAccounts',
  'certificates',
  'attachments',
  'licensedSoftware',
  'ibeacons',
  'softwareUpdates',
  'groupMemberships',
] as const;
const RECORDS = ['purchasing', 'storage', 'userAndLocation', 'packageReceipts', 'contentCaching'] as const;

/** The fields a filter may name, each with its value as text. */
const FIELDS: Readonly<Record<string, (computer: Computer) => string>> = {
  id: ({ id }) => String(id),
  udid: ({ udid }) => udid,
  'general.name': ({ facts }) => facts.name,
  'general.managementId': ({ managementId }) => managementId,
  'hardware.serialNumber': ({ facts }) => facts.serialNumber,
  'operatingSystem.version': ({ facts }) => facts.version,
  'operatingSystem.build': ({ facts }) => facts.build,
};

function sectionsOf(version: number): Readonly<Record<string, (computer: Computer, base: Base) => unknown>> {
  const plain: Record<string, (computer: Computer, base: Base) => unknown> = {};
  for (const name of version === 1 ? [...LISTS, 'plugins', 'fonts'] : LISTS) plain[name] = () => [];
  for (const name of RECORDS) plain[name] = () => ({});
  return {
    ...plain,
    general: (computer) => general(computer, version),
    diskEncryption: ({ facts }) => ({ fileVault2Enabled: facts.fileVault }),
    hardware,
    operatingSystem,
    security: ({ facts, escrowedAtInventory }) => ({
      bootstrapTokenAllowed: facts.bootstrapTokenAllowed,
      bootstrapTokenEscrowedStatus: !facts.bootstrapTokenAllowed
        ? 'NOT_SUPPORTED'
        : escrowedAtInventory
          ? 'ESCROWED'
          : 'NOT_ESCROWED',
      secureBootLevel: facts.secureBootLevel,
    }),
    extensionAttributes: ({ extensionAttributes }) =>
      [...extensionAttributes].map(([definitionId, values]) => ({ definitionId, values })),
  };
}

const SECTIONS = [1, 2, 3, 4].map(sectionsOf);

function shownComputer(base: Base, version: number, asked: ReadonlySet<string> | 'all') {
  const sections = SECTIONS[version - 1] ?? {};
  return (computer: Computer): Shown => {
    const shown: Shown = { id: base.id(computer.id), udid: computer.udid };
    for (const [name, section] of Object.entries(sections))
      shown[name] = asked === 'all' || asked.has(name) ? section(computer, base) : null;
    return shown;
  };
}

/** The sections of a request by their names in the answer; null where one is unknown. */
function askedSections(query: URLSearchParams, version: number): ReadonlySet<string> | null {
  const words = query.getAll('section').flatMap((section) => section.split(','));
  const names = words.map((word) =>
    word.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
  );
  const known = SECTIONS[version - 1] ?? {};
  if (names.some((name) => !Object.hasOwn(known, name))) return null;
  return new Set(names.length === 0 ? ['general'] : names);
}

function list(version: number) {
  return ({ parts: { base, computers }, query }: Call): Answer => {
    const asked = askedSections(query, version);
    if (asked === null) return invalidField('section', 'There is no such section');
    const read = filterIn(query, Object.keys(FIELDS));
    if (!read.ok) return read.answer;
    const found = sorted(query, matching(computers, read.filter), FIELDS);
    return pageOf(query, doubledOrGone(base, found), shownComputer(base, version, asked));
  };
}

function matching(computers: Computers, filter: Filter | null): readonly Computer[] {
  if (filter === null) return computers.all();
  return candidates(computers, filter).filter((computer) => passes(filter, (field) => FIELDS[field]?.(computer)));
}

/** Among 10,000 computers the one that is asked for has to be found without looking at each. */
function candidates(computers: Computers, filter: Filter): readonly Computer[] {
  const byKey: [string, (value: string) => readonly (Computer | null)[]][] = [
    ['udid', (value) => [computers.byUdid(value)]],
    ['id', (value) => [computers.byId(Number(value))]],
    ['general.managementId', (value) => [computers.byManagementId(value)]],
    ['hardware.serialNumber', (value) => computers.bySerial(value)],
  ];
  for (const [field, find] of byKey) {
    const values = demanded(filter, field);
    if (values !== null) return [...new Set(values)].flatMap(find).filter((computer) => computer !== null);
  }
  return computers.all();
}

function doubledOrGone(base: Base, found: readonly Computer[]): readonly Computer[] {
  if (base.faults.strikes('computer-unmatched') !== null) return [];
  if (found.length > 0 && base.faults.strikes('computer-doubled') !== null)
    return found.flatMap((computer) => [computer, { ...computer, id: computer.id + 100_000 }]);
  return found;
}

function one(version: number, all: boolean) {
  return ({ parts: { base, computers }, params, query }: Call): Answer => {
    const computer = computers.byId(Number(params.id));
    if (computer === null) return notFound(`Computer ${params.id}`);
    const asked = all ? 'all' : askedSections(query, version);
    if (asked === null) return invalidField('section', 'There is no such section');
    return json(200, shownComputer(base, version, asked)(computer));
  };
}

/** Sets extension attributes, which is all that anybody on a Mac would change. */
function update(version: number) {
  return (call: Call): Answer => {
    const computer = call.parts.computers.byId(Number(call.params.id));
    if (computer === null) return notFound(`Computer ${call.params.id}`);
    const read = objectIn(call);
    if (!read.ok) return read.answer;
    const given = read.value.extensionAttributes ?? [];
    for (const attribute of Array.isArray(given) ? given : [null]) {
      const { definitionId, values } = isObject(attribute) ? attribute : {};
      const isText = Array.isArray(values) && values.every((value) => typeof value === 'string');
      if (typeof definitionId !== 'string' || !isText)
        return invalidField('extensionAttributes', 'Each needs a definitionId and values');
      computer.extensionAttributes.set(definitionId, values as string[]);
    }
    return json(200, shownComputer(call.parts.base, version, 'all')(computer));
  };
}

/** From which version of the server on each is there (the second one’s is a guess), and the day it was deprecated. */
const VERSIONS: readonly { version: number; since?: string; deprecated?: string }[] = [
  { version: 1, deprecated: '2025-06-30' },
  { version: 2, since: '11.18', deprecated: '2025-11-06' },
  { version: 3, since: '11.23', deprecated: '2026-07-14' },
  { version: 4, since: '11.30' },
];

export const inventoryRoutes: readonly Route[] = VERSIONS.flatMap(({ version, ...life }): Route[] => {
  const base = `/api/v${version}/computers-inventory`;
  const needs = ['Read Computers'] as const;
  return [
    { name: 'inventory', method: 'GET', path: base, needs, ...life, answer: list(version) },
    { name: 'inventory-one', method: 'GET', path: `${base}/{id}`, needs, ...life, answer: one(version, false) },
    {
      name: 'inventory-detail',
      method: 'GET',
      path: `${base}-detail/{id}`,
      needs,
      ...life,
      answer: one(version, true),
    },
    {
      name: 'inventory-update',
      method: 'PATCH',
      path: `${base}-detail/{id}`,
      needs: ['Update Computers'],
      ...life,
      answer: update(version),
    },
  ];
});

function general(computer: Computer, version: number): Shown {
  const { facts } = computer;
  const contact = jamfTime(computer.lastContactAt);
  return {
    name: facts.name,
    platform: 'Mac',
    reportDate: jamfTime(computer.inventoryAt),
    ...(version < 4 ? { lastContactTime: contact } : { lastCheckIn: contact, lastContact: contact }),
    lastEnrolledDate: jamfTime(computer.enrolledAt),
    managementId: computer.managementId,
    remoteManagement: { managed: computer.managed },
    supervised: facts.supervised,
    userApprovedMdm: facts.userApproved,
    mdmCapable: { capable: true, capableUsers: [] },
    mdmProfileExpiration: jamfTime(computer.enrolledAt + 2 * 365 * DAY_MS),
    declarativeDeviceManagementEnabled: facts.declarative,
  };
}

function hardware({ facts }: Computer): Shown {
  return {
    serialNumber: facts.serialNumber,
    modelIdentifier: facts.modelIdentifier,
    appleSilicon: facts.appleSilicon,
  };
}

function operatingSystem({ facts }: Computer): Shown {
  return {
    name: 'macOS',
    version: facts.version,
    build: facts.build,
    supplementalBuildVersion: facts.supplementalBuild,
    rapidSecurityResponse: null,
    softwareUpdateDeviceId: facts.softwareUpdateDeviceId,
    fileVault2Status: facts.fileVault ? 'ALL_ENCRYPTED' : 'NOT_ENCRYPTED',
  };
}
