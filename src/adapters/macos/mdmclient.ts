import type { Printed } from '../commands/command.ts';
import { unreadable } from '../commands/unreadable.ts';
import { type OldStyleDictionary, type OldStyleValue, oldStyleValueAt } from './old-style-plist.ts';

/**
 * What the Mac would tell its MDM server about itself, as far as it concerns upkeep; null where it does not say. All of it
 * is Apple's own affair and may change with any release, so nothing is taken for granted.
 */
export type DeviceInformation = {
  OSVersion: string | null;
  BuildVersion: string | null;
  SupplementalBuildVersion: string | null;
  SupplementalOSVersionExtra: string | null;
  IsAppleSilicon: boolean | null;
  IsSupervised: boolean | null;
  /** Whether the Mac could erase itself, which takes the bootstrap token; from macOS 13.3 on. */
  EACSPreflight: string | null;
  IsDefaultCatalog: boolean | null;
  AvailableDeviceCapacity: number | null;
  DeviceCapacity: number | null;
  /** The short name of whoever is logged in; null where nobody answered for them. */
  agent: string | null;
};

const TOOL = 'mdmclient QueryDeviceInformation';

/** Reads `mdmclient QueryDeviceInformation`. What the daemon says counts; the agent's answer may be missing. */
export function readDeviceInformation(printed: Printed): DeviceInformation {
  const daemon = responseOf('Daemon', printed);
  if (daemon === null) throw unreadable(TOOL, printed, whyNone(printed));
  const answers = daemon.get('QueryResponses');
  if (!(answers instanceof Map)) throw unreadable(TOOL, printed, 'the daemon answered nothing');
  const text = (key: string) => textOf(answers.get(key));
  const settings = answers.get('OSUpdateSettings');
  const agent = responseOf('Agent', printed)?.get('QueryResponses');
  return {
    OSVersion: text('OSVersion'),
    BuildVersion: text('BuildVersion'),
    SupplementalBuildVersion: text('SupplementalBuildVersion'),
    SupplementalOSVersionExtra: text('SupplementalOSVersionExtra'),
    IsAppleSilicon: truthOf(text('IsAppleSilicon')),
    IsSupervised: truthOf(text('IsSupervised')),
    EACSPreflight: text('EACSPreflight'),
    IsDefaultCatalog: settings instanceof Map ? truthOf(textOf(settings.get('IsDefaultCatalog'))) : null,
    AvailableDeviceCapacity: numberOf(text('AvailableDeviceCapacity')),
    DeviceCapacity: numberOf(text('DeviceCapacity')),
    agent: agent instanceof Map ? textOf(agent.get('UserShortName')) : null,
  };
}

/** The dictionary after `Daemon response:` or `Agent response:`; null where it is not there or `(null)`. */
function responseOf(who: 'Daemon' | 'Agent', printed: Printed): OldStyleDictionary | null {
  const begin = new RegExp(`^${who} response:[ \\t]*`, 'm').exec(printed.stdout);
  if (begin === null) return null;
  const value = oldStyleValueAt(printed.stdout, begin.index + begin[0].length, TOOL, printed);
  return value instanceof Map ? value : null;
}

/** A release that does not know a question prints how it is used. */
function whyNone({ stdout, stderr }: Printed): string {
  return /^usage:/im.test(`${stdout}\n${stderr}`)
    ? 'this macOS does not know the question'
    : 'there is no answer of the daemon';
}

function textOf(value: OldStyleValue | undefined): string | null {
  return typeof value === 'string' && value !== '(null)' ? value : null;
}

function truthOf(text: string | null): boolean | null {
  return text === '1' ? true : text === '0' ? false : null;
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null;
}
