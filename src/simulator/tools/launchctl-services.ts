import { compareVersions, majorOf } from '../../domain/os-version.ts';
import type { JobFacts } from '../mac/job-service.ts';
import type { Mac } from '../mac/mac.ts';
import type { ToolIo } from './tool.ts';

const NOT_FOUND = 113;
const PROTECTED = 'Operation not permitted while System Integrity Protection is engaged';
const WORDS: Readonly<Record<number, string>> = {
  3: 'No such process',
  5: 'Input/output error',
  119: 'Service is disabled',
  150: PROTECTED,
};

/** The verbs about services of the system domain; null for any other verb. Apple's own services are protected. */
export function serviceVerb(argv: readonly string[], io: ToolIo, mac: Mac): number | null {
  const [verb, ...rest] = argv;
  switch (verb) {
    case 'bootstrap':
      return bootstrap(rest, io, mac);
    case 'bootout':
      return bootout(rest, io, mac);
    case 'kickstart':
      return kickstart(rest, io, mac);
    case 'enable':
    case 'disable':
      return override(verb, rest[0], io, mac);
    case 'print-disabled':
      return printDisabled(rest[0], io, mac);
    default:
      return null;
  }
}

/** `print system/LABEL`: the text is no interface, the exit code is. */
export function printService(label: string, io: ToolIo, mac: Mac): number {
  const facts = mac.jobs.facts(label);
  if (isApples(label)) {
    io.print(`system/${label} = {\n\tactive count = 1\n\ttype = LaunchDaemon\n\tstate = running\n}\n`);
    return 0;
  }
  if (facts === null) return notFound(label, io);
  io.print(serviceText(facts));
  return 0;
}

function bootstrap([domain, path]: string[], io: ToolIo, mac: Mac): number {
  if (domain !== 'system' || path === undefined) return usage('bootstrap <domain-target> [service-path, ...]', io);
  if (io.caller.uid !== 0) {
    io.printErr('Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors.\n');
    return 5;
  }
  return result('Bootstrap failed', mac.jobs.bootstrap(path), io);
}

function bootout([target]: string[], io: ToolIo, mac: Mac): number {
  const label = labelIn(target);
  if (label === null) return usage('bootout <domain-target> | <service-target>', io);
  if (isApples(label)) return result('Boot-out failed', 150, io);
  if (io.caller.uid !== 0) {
    io.printErr('Boot-out failed: 1: Operation not permitted\n');
    return 1;
  }
  return result('Boot-out failed', mac.jobs.bootout(label), io);
}

function kickstart(args: string[], io: ToolIo, mac: Mac): number {
  const flags = args.filter((arg) => arg.startsWith('-')).join('');
  const label = labelIn(args.find((arg) => !arg.startsWith('-')));
  if (label === null) return usage('kickstart [-k] [-p] <service-target>', io);
  if (isApples(label)) {
    if (compareVersions(mac.os.version, '14.4') < 0) return 0;
    return result('Could not kickstart service', 150, io);
  }
  if (io.caller.uid !== 0) {
    io.printErr('Could not kickstart service: 1: Operation not permitted\n');
    return 1;
  }
  if (!mac.jobs.kickstart(label, flags.includes('k'))) return notFound(label, io);
  const pid = mac.jobs.facts(label)?.pid ?? null;
  if (flags.includes('p') && pid !== null) io.print(`service spawned with pid: ${pid}\n`);
  return 0;
}

function override(verb: 'enable' | 'disable', target: string | undefined, io: ToolIo, mac: Mac): number {
  const label = labelIn(target);
  if (label === null) return usage(`${verb} <service-target>`, io);
  if (isApples(label)) return result(`Could not ${verb} service`, 150, io);
  if (io.caller.uid !== 0) {
    io.printErr(`Could not ${verb} service: 1: Operation not permitted\n`);
    return 1;
  }
  mac.jobs.override(label, `${verb}d`);
  return 0;
}

function printDisabled(domain: string | undefined, io: ToolIo, mac: Mac): number {
  if (domain !== 'system') return usage('print-disabled <domain-target>', io);
  const inWords = (majorOf(mac.os.version) ?? 0) >= 13;
  const lines = [...mac.jobs.overrides].map(
    ([label, state]) => `\t\t"${label}" => ${inWords ? state : state === 'disabled'}\n`,
  );
  io.print(`\n\tdisabled services = {\n${lines.join('')}\t}\n`);
  return 0;
}

function serviceText({ label, path, program, pid, runs, lastExitCode }: JobFacts): string {
  const lines = [
    `active count = ${pid === null ? 0 : 1}`,
    `path = ${path}`,
    'type = LaunchDaemon',
    `state = ${pid === null ? 'not running' : 'running'}`,
    `program = ${program}`,
    `runs = ${runs}`,
    ...(pid === null ? [] : [`pid = ${pid}`]),
    `last exit code = ${runs === 0 || (runs === 1 && pid !== null) ? '(never exited)' : (lastExitCode ?? 0)}`,
  ];
  return `system/${label} = {\n${lines.map((line) => `\t${line}\n`).join('')}}\n`;
}

function labelIn(target: string | undefined): string | null {
  return /^system\/(.+)$/.exec(target ?? '')?.[1] ?? null;
}

function isApples(label: string): boolean {
  return label.startsWith('com.apple.');
}

function notFound(label: string, io: ToolIo): number {
  io.printErr(`Could not find service "${label}" in domain for system\n`);
  return NOT_FOUND;
}

function result(what: string, number: number, io: ToolIo): number {
  if (number !== 0) io.printErr(`${what}: ${number}: ${WORDS[number] ?? 'Unknown error'}\n`);
  return number;
}

function usage(text: string, io: ToolIo): number {
  io.printErr(`Usage: launchctl ${text}\n`);
  return 64;
}
