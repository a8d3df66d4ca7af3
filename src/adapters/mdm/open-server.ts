import { randomInt } from 'node:crypto';
import type { MdmCredential } from '../../domain/mdm-credential.ts';
import { isExpected } from '../../domain/problem.ts';
import { serverAddress } from '../../domain/server-address.ts';
import type { MdmService, MdmSettings } from '../../domain/settings.ts';
import { REQUEST_GAP_MS } from '../../policy/push-pace.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Http } from '../../ports/http.ts';
import type { PushService } from '../../ports/push-service.ts';
import { hardware, jamfServer } from '../commands/fact-commands.ts';
import { runCommand } from '../commands/run-command.ts';
import type { ThisMac } from './jamf-pro/computer.ts';
import type { JamfPro } from './jamf-pro/jamf-pro.ts';
import { PacedHttp } from './paced-http.ts';

export type ServerParts = {
  commands: Commands;
  clock: Clock;
  /** Null: no server can be asked, as for a simulated Mac. */
  http: Http | null;
  random?: () => number;
  /** Has the Mac send its inventory where Jamf Pro does not find it otherwise; left out by whoever only looks. */
  recon?: ThisMac['recon'];
};

/** A server that may also be asked which privileges its credential lacks, where it has such a thing. */
export type OpenedServer = { service: PushService & Partial<Pick<JamfPro, 'privileges'>>; address: string };

/** Why a server cannot even be asked; `why` continues a sentence and holds no secret. */
export type NotOpened = { why: string };

/** Everything that a sort of server is made from. */
export type ServiceParts = {
  http: Http;
  clock: Clock;
  random: () => number;
  address: string;
  credential: MdmCredential;
  settings: MdmSettings;
  udid: string;
  recon: ThisMac['recon'];
};

/** Of each sort of server how to talk to it. Loaded only when one is asked: most wakes ask none, and all begin sooner. */
const SERVICES: Readonly<
  Record<Exclude<MdmService, 'none'>, (parts: ServiceParts) => Promise<OpenedServer['service'] | NotOpened>>
> = {
  'jamf-pro': async ({ udid, recon, settings, ...wire }) => {
    const { JamfPro } = await import('./jamf-pro/jamf-pro.ts');
    return new JamfPro({ ...wire, mac: { udid, computerId: settings.computerId, recon } });
  },
  nanomdm: async ({ udid, recon: _, settings, credential, ...wire }) => {
    if (credential.kind === 'client')
      return { why: 'NanoMDM has no API clients: save an account (`upkeep auth set mdm --account NAME`)' };
    const { NanoMdm } = await import('./nanomdm/nano-mdm.ts');
    return new NanoMdm({ ...wire, declarationsAddress: settings.declarationsUrl, credential, mac: { udid } });
  },
};

/** Makes the server of the settings ready to be asked. Sends nothing yet; whoever opened it closes it. */
export async function openServer(
  { commands, clock, http, random = chance, recon = null }: ServerParts,
  settings: MdmSettings,
  credential: MdmCredential,
  signal?: AbortSignal,
): Promise<OpenedServer | NotOpened> {
  if (settings.service === 'none') return { why: 'no management server is named (mdm.service)' };
  const make = SERVICES[settings.service];
  if (http === null) return { why: 'no server is asked for a simulated Mac' };
  try {
    const found = await addressOf(settings, commands, signal);
    if ('why' in found) return found;
    const { address } = found;
    const { uuid: udid } = await runCommand(commands, hardware, undefined, signal === undefined ? {} : { signal });
    const paced = new PacedHttp(http, clock, REQUEST_GAP_MS);
    const service = await make({ http: paced, clock, random, address, credential, settings, udid, recon });
    return 'why' in service ? service : { service, address };
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { why: error.message.replace(/\.$/, '') };
  }
}

/** From 0 to below 1, for how long a try waits for the next. */
const chance = (): number => randomInt(FINE) / FINE;
const FINE = 2 ** 32;

/** The address that is set, else the one that the management of this Mac left here. Only one of https is ever taken. */
export async function addressOf(
  { service, url, discoverUrl }: MdmSettings,
  commands: Commands,
  signal?: AbortSignal,
): Promise<{ address: string } | NotOpened> {
  if (url !== null) return { address: url };
  if (!discoverUrl || service !== 'jamf-pro') return { why: 'its address is not set (mdm.url)' };
  const found = await runCommand(commands, jamfServer, undefined, signal === undefined ? {} : { signal });
  if (found.address === null) return { why: 'its address is not set (mdm.url), and Jamf Pro does not manage this Mac' };
  const address = serverAddress(found.address);
  return address === null ? { why: 'the address that Jamf Pro left on this Mac is not one of https' } : { address };
}
