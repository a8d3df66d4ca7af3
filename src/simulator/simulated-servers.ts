import { UpkeepError } from '../domain/problem.ts';
import { MDM_SERVICES } from '../domain/settings.ts';
import type { MacSpec } from './mac/mac-spec.ts';
import type { VirtualMac } from './mac/virtual-mac.ts';
import type { FaultRead, FaultWordProblem } from './mdm/fault-words.ts';
import { readJamfFault } from './mdm/jamf-pro/fault-words.ts';
import { readNanoFault } from './mdm/nanomdm/fault-words.ts';
import { type JamfProInput, SimulatedJamfPro } from './simulated-jamf-pro.ts';
import { type NanoMdmInput, SimulatedNanoMdm } from './simulated-nanomdm.ts';
import type { SimulatedServer, TimedFault } from './simulated-server.ts';

/** The management server of a simulation, of either sort. */
export type ServerInput = JamfProInput | NanoMdmInput;

/** Every service that the settings know has one that stands in for it. */
export const SIMULATED_SERVICES = MDM_SERVICES.filter((one) => one !== 'none');

export function simulatedServer(mac: VirtualMac, input: ServerInput, seed: number): SimulatedServer {
  switch (input.service) {
    case 'jamf-pro':
      return new SimulatedJamfPro(mac, input, seed);
    case 'nanomdm':
      return new SimulatedNanoMdm(mac, input, seed);
  }
}

/** `refuse` is told of words that are no fault of that server, and throws. */
type Refuse = (words: string, problem: FaultWordProblem) => never;

/** A server and its faults as they are written on a command line. */
export function serverNamed(
  service: ServerInput['service'],
  faults: readonly TimedFault<string>[],
  refuse: Refuse,
): ServerInput {
  switch (service) {
    case 'jamf-pro':
      return { service, faults: faults.map((one) => readTimed(one, readJamfFault, refuse)) };
    case 'nanomdm':
      return { service, faults: faults.map((one) => readTimed(one, readNanoFault, refuse)) };
  }
}

function readTimed<Fault>(
  one: TimedFault<string>,
  read: (words: string) => FaultRead<Fault>,
  refuse: Refuse,
): TimedFault<Fault> {
  const fault = read(one.fault);
  return fault.ok ? { ...one, fault: fault.fault } : refuse(one.fault, fault);
}

/** The description of a Mac that is managed: as most are, where it says nothing of it. */
export function managedSpec(spec: MacSpec): MacSpec {
  return spec.enrolment === null && spec.bootstrapToken === false ? { ...spec, bootstrapToken: true } : spec;
}

/** The server as the description of its Mac has it, with what an option adds to that. Throws `usage.wrong`. */
export function withServerSpec(input: ServerInput, { mdm }: Pick<MacSpec, 'mdm'>): ServerInput {
  if (mdm === null) return input;
  if (input.service === 'nanomdm' && mdm.service === 'nanomdm')
    return { ...mdm, ...input, faults: together(mdm.faults, input.faults) };
  if (input.service === 'jamf-pro' && mdm.service !== 'nanomdm')
    return { ...mdm, ...input, faults: together(mdm.faults, input.faults) };
  const { service = 'jamf-pro' } = mdm;
  throw new UpkeepError('usage.wrong', `--mdm ${input.service}, and the file of the Mac describes a ${service}.`, {
    remedy: `Write --mdm ${service}, or "service": "${input.service}" into "mdm" of the file.`,
  });
}

const together = <Fault>(
  described: readonly Fault[] = [],
  named: readonly TimedFault<Fault>[] = [],
): TimedFault<Fault>[] => [...described.map((fault) => ({ fault })), ...named];
