import { nearest } from '../simulator/mac/nearest.ts';
import type { TimedFault } from '../simulator/simulated-server.ts';
import { type ServerInput, SIMULATED_SERVICES, serverNamed } from '../simulator/simulated-servers.ts';
import type { Values } from './command.ts';
import { textOption, wrongOption } from './options.ts';

const ALLOWED = `SERVICE or SERVICE:FAULT, with commas between several faults; SERVICE is one of: ${SIMULATED_SERVICES.join(', ')}; a FAULT is its name or NAME:VALUE, and may end with @HOURS or @HOURS-HOURS after the start`;

/** The management server of a simulation: `jamf-pro:plan-fails:NO_DISK_SPACE,unreachable@24-48`. Throws `usage.wrong`. */
export function mdmOption(values: Values): ServerInput | null {
  const text = textOption(values, 'mdm', ALLOWED);
  if (text === null) return null;
  const [name = '', ...rest] = text.split(':');
  const service = SIMULATED_SERVICES.find((one) => one === name.trim());
  if (service === undefined) throw wrongOption('mdm', text, ALLOWED, nearest(name, SIMULATED_SERVICES) ?? null);
  const faults = rest.length === 0 ? [] : rest.join(':').split(',').map(timedFault);
  return serverNamed(service, faults, (words, problem) => {
    throw wrongOption('mdm', words, problem.allowed, problem.nearest ?? null);
  });
}

/** From which hour after the start on, and until which, if it is written behind an at sign. */
const TIMES = /@(\d{1,4}(?:\.\d+)?)(?:-(\d{1,4}(?:\.\d+)?))?$/;

function timedFault(text: string): TimedFault<string> {
  const words = text.trim();
  const [times = '', from, until] = TIMES.exec(words) ?? [];
  if (until !== undefined && Number(until) <= Number(from))
    throw wrongOption('mdm', words, 'an end that comes after its beginning');
  return {
    fault: words.slice(0, words.length - times.length),
    ...(from === undefined ? {} : { fromHour: Number(from) }),
    ...(until === undefined ? {} : { untilHour: Number(until) }),
  };
}
