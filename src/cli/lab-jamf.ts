import { randomBytes } from 'node:crypto';
import { systemClock } from '../adapters/clock/system-clock.ts';
import { readJamfFault } from '../simulator/mdm/jamf-pro/fault-words.ts';
import type { JamfFault } from '../simulator/mdm/jamf-pro/faults.ts';
import { type JamfCall, JamfProServer } from '../simulator/mdm/jamf-pro/server.ts';
import { atLeast, isServerVersion, NEWEST_VERSION } from '../simulator/mdm/jamf-pro/server-version.ts';
import { serveOnLoopback } from '../simulator/mdm/loopback.ts';
import { availableMacOS, ScriptedMac } from '../simulator/mdm/scripted-mac.ts';
import type { Io, Values } from './command.ts';
import { visible } from './complain.ts';
import { listOption, textOption, wholeNumberOption, wrongOption } from './options.ts';
import { untilStopped } from './until-stopped.ts';

const OLDEST_VERSION = '10.30';
const CLIENT = 'upkeep-lab';
const OFFERED = availableMacOS('26.6.2', '25G83');

/** Serves a simulated Jamf Pro on the loopback until somebody has had enough. */
export async function labJamf(values: Values, io: Io): Promise<number> {
  const port = wholeNumberOption(values, 'port', { min: 0, max: 65_535, otherwise: 0 });
  const version = versionOf(values);
  const faults = listOption(values, 'fault').map(faultNamed);
  const zone = systemClock.zone();
  const server = new JamfProServer({
    clock: systemClock,
    // Tokens come from the seed, and nobody shall guess one, made up as it all is.
    seed: randomBytes(16).toString('hex'),
    version,
    available: { macOS: [OFFERED.Version], iOS: [] },
    onCall: (call) => io.out(`${callLine(call, zone)}\n`),
  });
  const secret = randomBytes(24).toString('base64url');
  server.addClient({ id: CLIENT, secret });
  const mac = new ScriptedMac(systemClock, { script: { offered: [OFFERED], zone } });
  const enrolled = server.enrol(mac);
  for (const fault of faults) server.faults.add(fault);
  const stopped = untilStopped();
  try {
    const door = await listening(server, port);
    const { udid, version: macOS } = mac.facts();
    io.out(
      `A simulated Jamf Pro, version ${version}, listens at ${door.url}
  API client ${CLIENT}, with every privilege. Its secret, made for this run and shown only here: ${secret}
  Computer ${enrolled.id} is a Mac on macOS ${macOS}, offered ${OFFERED.Version}; UDID ${udid}, management id ${enrolled.managementId}
  Wrong with it: ${faults.length === 0 ? 'nothing' : faults.map(({ name }) => name).join(', ')}

In a shell (the first line waits for the secret, so that it stands on no command line and in no history):
${examples(door.url, enrolled.id)}
Control-C ends it.

`,
    );
    await stopped.stopped;
    await door.close();
  } finally {
    stopped.forget();
    mac.stop();
    server.close();
  }
  io.out('The server is gone.\n');
  return 0;
}

/** Secrets go to curl by its standard input: what stands on a command line everybody on a computer can read. */
function examples(url: string, computer: number): string {
  const plan = `{"devices":[{"objectType":"COMPUTER","deviceId":"${computer}"}],"config":{"updateAction":"DOWNLOAD_ONLY","versionType":"LATEST_MINOR"}}`;
  const call = (more: string): string =>
    `printf 'header = "Authorization: Bearer %s"' "$TOKEN" | curl -s --config - ${more}`;
  return [
    'read -rs SECRET',
    `TOKEN=$(printf 'grant_type=client_credentials&client_id=${CLIENT}&client_secret=%s' "$SECRET" | curl -s --data @- ${url}/api/oauth/token | sed -n 's/.*"access_token" : "\\([^"]*\\)".*/\\1/p')`,
    call(`${url}/api/v1/computers-inventory`),
    call(`-H 'Content-Type: application/json' --data '${plan}' ${url}/api/v1/managed-software-updates/plans`),
  ]
    .map((line) => `  ${line}\n`)
    .join('');
}

async function listening(server: JamfProServer, port: number): ReturnType<typeof serveOnLoopback> {
  try {
    return await serveOnLoopback(server, port);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE')
      throw wrongOption('port', port, 'another port, or none', null, ': something listens there');
    if (code === 'EACCES')
      throw wrongOption('port', port, 'a port from 1024 on', null, ': that port is not for everybody');
    throw error;
  }
}

function versionOf(values: Values): string {
  const allowed = `a version from ${OLDEST_VERSION} to ${NEWEST_VERSION}`;
  const version = textOption(values, 'version', allowed) ?? NEWEST_VERSION;
  if (isServerVersion(version) && atLeast(version, OLDEST_VERSION) && atLeast(NEWEST_VERSION, version)) return version;
  throw wrongOption('version', version, allowed);
}

function faultNamed(words: string): JamfFault {
  const read = readJamfFault(words);
  if (read.ok) return read.fault;
  throw wrongOption('fault', words, read.allowed, read.nearest ?? null);
}

function callLine({ at, method, path, status }: JamfCall, zone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainTime();
  return visible(
    `${time.toString({ smallestUnit: 'second' })}  ${method} ${path} → ${status === 0 ? 'no answer' : status}`,
  );
}
