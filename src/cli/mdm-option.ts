import { nearest } from '../simulator/mac/nearest.ts';
import { readJamfFault } from '../simulator/mdm/jamf-pro/fault-words.ts';
import { MDM_SERVICES, type SimulatedMdmInput, type TimedFault } from '../simulator/simulated-mdm.ts';
import type { Values } from './command.ts';
import { textOption, wrongOption } from './options.ts';

const ALLOWED = `SERVICE or SERVICE:FAULT, with commas between several faults; SERVICE is one of: ${MDM_SERVICES.join(', ')}; a FAULT is written as for \`upkeep lab jamf\`, and may end with @HOURS or @HOURS-HOURS after the start`;

/** The management server of a simulation: `jamf-pro:plan-fails:NO_DISK_SPACE,unreachable@24-48`. Throws `usage.wrong`. */
export function mdmOption(values: Values): SimulatedMdmInput | null {
  const text = textOption(values, 'mdm', ALLOWED);
  if (text === null) return null;
  const [name = '', ...rest] = text.split(':');
  const service = MDM_SERVICES.find((one) => one === name.trim());
  if (service === undefined) throw wrongOption('mdm', text, ALLOWED, nearest(name, MDM_SERVICES) ?? null);
  const faults = rest.length === 0 ? [] : rest.join(':').split(',').map(timedFault);
  return { service, faults };
}

/** From which hour after the start on, and until which, if it is written behind an at sign. */
const TIMES = /@(\d{1,4}(?:\.\d+)?)(?:-(\d{1,4}(?:\.\d+)?))?$/;

function timedFault(text: string): TimedFault {
  const words = text.trim();
  const [times = '', from, until] = TIMES.exec(words) ?? [];
  const read = readJamfFault(words.slice(0, words.length - times.length));
  if (!read.ok) throw wrongOption('mdm', words, read.allowed, read.nearest ?? null);
  if (until !== undefined && Number(until) <= Number(from))
    throw wrongOption('mdm', words, 'an end that comes after its beginning');
  return {
    fault: read.fault,
    ...(from === undefined ? {} : { fromHour: Number(from) }),
    ...(until === undefined ? {} : { untilHour: Number(until) }),
  };
}
