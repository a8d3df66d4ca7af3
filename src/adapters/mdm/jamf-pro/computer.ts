import { z } from 'zod';
import { compareVersions } from '../../../domain/os-version.ts';
import type { PushDevice, PushFailure } from '../../../domain/push.ts';
import { isFault, isMissing } from '../fault.ts';
import { idSchema, orNull } from '../json.ts';
import type { Call, Calls } from './calls.ts';
import type { Recon } from './recon.ts';

/** This Mac in the server’s inventory. Everything but the id is as of the last inventory. */
export type Computer = {
  id: string;
  /** Needed for commands and blank pushes of newer servers. */
  managementId: string | null;
  macos: string | null;
  device: PushDevice;
};

/** Who this Mac is. `computerId` was filled in by the server in a profile, and can be old or never filled in. */
export type ThisMac = {
  udid: string;
  computerId: string | null;
  /** Has the Mac send its inventory: slow, so it is the last thing tried. Null where that is not to be done. */
  recon: ((signal?: AbortSignal) => Promise<Recon>) | null;
};

export type Found = { computer: Computer } | { failed: PushFailure };

/** Finds this Mac. What was given is believed only where the record is of this very hardware. */
export async function findComputer(
  calls: Calls,
  mac: ThisMac,
  serverVersion: string | null,
  signal?: AbortSignal,
): Promise<Found> {
  if (!/^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/.test(mac.udid))
    return unknown('the hardware UUID of this Mac is not known');
  const ask = inventory(calls, serverVersion, signal);
  const isThis = (one: Item): boolean => one.udid.toUpperCase() === mac.udid.toUpperCase();
  const byId = async (id: string | null): Promise<Found | null> => {
    if (id === null || !/^\d{1,18}$/.test(id)) return null;
    const items = await ask(`id==${id}`);
    if ('failed' in items) return items;
    const [item] = items.filter((one) => one.id === id && isThis(one));
    return item === undefined ? null : { computer: computerOf(item) };
  };

  const given = await byId(mac.computerId);
  if (given !== null) return given;
  const items = await ask(`udid=="${mac.udid}"`);
  if ('failed' in items) return items;
  const [item, ...others] = items.filter(isThis);
  if (others.length > 0)
    return {
      failed: { trouble: 'computer-ambiguous', detail: `it has ${others.length + 1} records of this Mac’s hardware` },
    };
  if (item !== undefined) return { computer: computerOf(item) };
  if (mac.recon === null || signal?.aborted) return unknown(NO_RECORD);
  const sent = await mac.recon(signal);
  if ('why' in sent) return unknown(`${NO_RECORD}; sending the inventory did not help (${sent.why})`);
  const told = await byId(sent.id);
  return told ?? unknown(`${NO_RECORD}, not even under the id that \`jamf recon\` names`);
}

const NO_RECORD = 'it has no record of this Mac’s hardware';

const unknown = (detail: string): Found => ({ failed: { trouble: 'computer-unknown', detail } });

/** Asks the newest inventory that the server has. What is wanted of it is the same in all. */
function inventory(calls: Calls, serverVersion: string | null, signal: AbortSignal | undefined) {
  const newest = serverVersion !== null && compareVersions(serverVersion, FOURTH_SINCE) < 0 ? 3 : 4;
  let version = newest;
  return async (filter: string): Promise<Item[] | { failed: PushFailure }> => {
    for (; ; version -= 1) {
      const call = inventoryCall(version, filter);
      const asked = await calls.read(call, answerSchema, signal);
      if (!isFault(asked)) return asked.value.results;
      if (!isMissing(asked) || version === 1) return calls.failure(asked.fault, call);
    }
  };
}

const FOURTH_SINCE = '11.30';

function inventoryCall(version: number, filter: string): Call {
  return {
    name: 'inventory',
    method: 'GET',
    path: `/api/v${version}/computers-inventory`,
    query: [
      ['section', 'GENERAL'],
      ['section', 'OPERATING_SYSTEM'],
      ['page', '0'],
      ['page-size', '10'],
      ['filter', filter],
    ],
    repeatable: true,
  };
}

const flag = orNull(z.boolean());
/** Sections that were not asked for are null, and older servers lack members. */
const itemSchema = z.object({
  id: idSchema,
  udid: orNull(z.string()).transform((udid) => udid ?? ''),
  general: orNull(
    z.object({
      managementId: orNull(z.string().regex(/^[0-9A-Za-z-]{1,64}$/)),
      supervised: flag,
      declarativeDeviceManagementEnabled: flag,
      remoteManagement: orNull(z.object({ managed: flag })),
    }),
  ),
  operatingSystem: orNull(z.object({ version: orNull(z.string()) })),
});
type Item = z.infer<typeof itemSchema>;
const answerSchema = z.object({ results: z.array(itemSchema) });

function computerOf({ id, general, operatingSystem }: Item): Computer {
  return {
    id,
    managementId: general?.managementId ?? null,
    macos: operatingSystem?.version ?? null,
    device: {
      managed: general?.remoteManagement?.managed ?? null,
      supervised: general?.supervised ?? null,
      declarative: general?.declarativeDeviceManagementEnabled ?? null,
    },
  };
}
