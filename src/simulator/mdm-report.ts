import type { Instant } from '../domain/instant.ts';
import type { InstallAction } from './mdm/managed-mac.ts';
import type { SimulatedServer } from './simulated-server.ts';

export type MdmReport = {
  service: string;
  /** Requests of the agent, by what they asked. */
  requests: { total: number; byCall: Record<string, number> };
  /** Orders that were taken: plans, declarations, commands to update. */
  orders: number;
  /** Commands that the Mac was given, by their names in Apple’s protocol. */
  commands: Record<string, number>;
};

export function mdmReport({ service, record: { requests, ordered, told } }: SimulatedServer): MdmReport {
  return {
    service,
    requests: { total: requests.length, byCall: counted(requests.map(({ route }) => route ?? 'other')) },
    orders: ordered.length,
    commands: counted(told.flatMap((one) => (one.kind === 'command' ? [one.command] : []))),
  };
}

/** What the server told the Mac to do about its updates, in words. */
export function toldByServer({ record: { told } }: SimulatedServer): { at: Instant; text: string }[] {
  const lines: { at: Instant; text: string }[] = [];
  let before = '';
  for (const one of told) {
    if (one.kind === 'command') {
      const { at, action, version } = one;
      if (action !== null) lines.push({ at, text: `The server tells the Mac ${ACTIONS[action]} ${macOS(version)}` });
      continue;
    }
    const deadlines = one.enforced.map(({ version, by }) => `${macOS(version)} by ${by.replace('T', ' ')}`).join(', ');
    if (deadlines === before) continue;
    before = deadlines;
    const text =
      deadlines === '' ? 'The server withdraws its deadline' : `The server declares a deadline: ${deadlines}`;
    lines.push({ at: one.at, text });
  }
  return lines;
}

const ACTIONS: Record<InstallAction, string> = {
  Default: 'to do what it thinks best about',
  DownloadOnly: 'to download',
  NotifyOnly: 'to tell the person of',
  InstallASAP: 'to install, as soon as possible,',
  InstallLater: 'to install, when the person lets it,',
  InstallForceRestart: 'to install, with a restart,',
};

const macOS = (version: string | null): string => (version === null ? 'an update' : `macOS ${version}`);

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
