import type { Instant } from '../../../domain/instant.ts';
import type {
  Declaration,
  ManagedMac,
  MdmChannel,
  MdmReply,
  MdmReport,
  QueuedCommand,
  StatusReport,
} from '../managed-mac.ts';
import type { NanoFaults } from './faults.ts';

/** What the webhook is told: the API itself never gives the result of a command. */
export type CommandResult = { udid: string; commandUuid: string; requestType: string; status: MdmReport['Status'] };

type Waiting = QueuedCommand & { notNow: boolean };
type DeclarationStatus = {
  identifier: string;
  active: boolean;
  valid: string;
  'server-token': string;
  reasons?: unknown;
};
type Value = { path: string; value: string; at: Instant };

export type Enrollment = {
  readonly udid: string;
  readonly mac: ManagedMac;
  queue: Waiting[];
  bootstrapToken: string | null;
  declared: { all: DeclarationStatus[]; at: Instant } | null;
  /** Every value that was ever reported, each with the last time: an old one stays beside the new. */
  values: Value[];
  errors: { path: string; error: unknown; at: Instant }[];
  lastReport: StatusReport | null;
};

type Parts = {
  now(): Instant;
  faults: NanoFaults;
  declarationsFor(udid: string): Declaration[];
  onResult(result: CommandResult): void;
};

const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';
const SUBSCRIPTIONS = 'com.apple.configuration.management.status-subscriptions';
const ACTIVATION = 'com.apple.activation.simple';

/** The Macs that are enrolled: what waits for each, and what each reported. */
export class Enrollments {
  readonly #parts: Parts;
  readonly #all = new Map<string, Enrollment>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  enrol(mac: ManagedMac): void {
    const { udid } = mac.facts();
    const enrollment: Enrollment = {
      udid,
      mac,
      queue: [],
      bootstrapToken: null,
      declared: null,
      values: [],
      errors: [],
      lastReport: null,
    };
    this.#all.set(udid, enrollment);
    mac.enrolled(this.#channelOf(enrollment));
  }

  get(id: string): Enrollment | null {
    return this.#all.get(id) ?? null;
  }

  all(): Enrollment[] {
    return [...this.#all.values()];
  }

  /** Null where the queue cannot have it: nobody is enrolled under the id, or a command of that UUID is there. */
  enqueue(id: string, command: QueuedCommand): Enrollment | null {
    const enrollment = this.get(id);
    if (enrollment === null || enrollment.queue.some(({ CommandUUID }) => CommandUUID === command.CommandUUID))
      return null;
    enrollment.queue.push({ ...command, notNow: false });
    return enrollment;
  }

  /** Has Apple notify the Mac; false where Apple does not take it. */
  push(enrollment: Enrollment): boolean {
    const { faults } = this.#parts;
    if (faults.strikes('push-error') !== null) return false;
    if (faults.strikes('push-lost') === null) enrollment.mac.notify();
    return true;
  }

  /**
   * What a Mac acts on. A Mac has use for a configuration only where an activation names it, which the simulated ones do not
   * look at.
   */
  activeFor(udid: string): Declaration[] {
    const all = this.#parts.declarationsFor(udid);
    const activated = new Set(
      all.filter(({ Type }) => Type === ACTIVATION).flatMap(({ Payload }) => textsIn(Payload.StandardConfigurations)),
    );
    return all.filter(
      ({ Type, Identifier }) => !Type.startsWith('com.apple.configuration.') || activated.has(Identifier),
    );
  }

  #channelOf(enrollment: Enrollment): MdmChannel {
    const reached = (): boolean =>
      this.#parts.faults.standing('unreachable') === null && this.get(enrollment.udid) === enrollment;
    return {
      connect: (report) => (reached() ? this.#answer(enrollment, report) : { kind: 'unreachable' }),
      declarations: () => (reached() ? structuredClone(this.activeFor(enrollment.udid)) : 'unreachable'),
      reportStatus: (report) => {
        if (!reached()) return 'unreachable';
        this.#takeStatus(enrollment, report);
        return 'taken';
      },
      setBootstrapToken: (token) => {
        if (!reached()) return 'unreachable';
        enrollment.bootstrapToken = token === '' ? null : token;
        return 'taken';
      },
      bootstrapToken: () => (reached() ? { token: enrollment.bootstrapToken } : 'unreachable'),
    };
  }

  #answer(enrollment: Enrollment, report: MdmReport): MdmReply {
    if (report.Status !== 'Idle') this.#settle(enrollment, report);
    const next = enrollment.queue.find(({ notNow }) => !notNow || report.Status === 'Idle');
    if (next === undefined) return { kind: 'nothing' };
    const { CommandUUID, Command } = next;
    return { kind: 'command', command: { CommandUUID, Command } };
  }

  #settle(enrollment: Enrollment, { Status, CommandUUID }: Exclude<MdmReport, { Status: 'Idle' }>): void {
    const sent = enrollment.queue.find((one) => one.CommandUUID === CommandUUID);
    if (sent === undefined) return;
    if (Status === 'NotNow') sent.notNow = true;
    else enrollment.queue = enrollment.queue.filter((one) => one !== sent);
    this.#parts.onResult({
      udid: enrollment.udid,
      commandUuid: CommandUUID,
      requestType: sent.Command.RequestType,
      status: Status,
    });
  }

  #takeStatus(enrollment: Enrollment, report: StatusReport): void {
    const at = this.#parts.now();
    enrollment.lastReport = report;
    const subscribed = new Set(
      this.activeFor(enrollment.udid)
        .filter(({ Type }) => Type === SUBSCRIPTIONS)
        .flatMap(({ Payload }) => (Array.isArray(Payload.StatusItems) ? Payload.StatusItems : []))
        .flatMap((item) => textsIn([(item as { Name?: unknown }).Name])),
    );
    for (const [path, value] of valuesIn(report.StatusItems, '.StatusItems')) {
      if (path.startsWith(DECLARATIONS)) continue;
      // A Mac reports by itself what is subscribed to; the simulated ones report all that they have.
      const isWanted = [...subscribed].some((name) => `${path}.`.startsWith(`.StatusItems.${name}.`));
      if (!isWanted) continue;
      enrollment.values = enrollment.values.filter((one) => one.path !== path || one.value !== value);
      // The newest is not the last of a list: a storage has an order of its own.
      enrollment.values.unshift({ path, value, at });
    }
    const { management } = report.StatusItems as { management?: { declarations?: { configurations?: unknown } } };
    const configurations = management?.declarations?.configurations;
    if (!Array.isArray(configurations)) return;
    const all = (configurations as DeclarationStatus[]).map((one) => this.#told(enrollment, one));
    enrollment.declared = { all, at };
    for (const one of all)
      if (one.valid !== 'valid' && !one.active)
        enrollment.errors.push({ path: `${DECLARATIONS}.configurations`, error: one, at });
  }

  #told(enrollment: Enrollment, one: DeclarationStatus): DeclarationStatus {
    const declared = this.#parts
      .declarationsFor(enrollment.udid)
      .find(({ Identifier }) => Identifier === one.identifier);
    if (declared?.Type !== ENFORCEMENT || this.#parts.faults.strikes('declaration-invalid') === null) return one;
    return {
      ...one,
      active: false,
      valid: 'invalid',
      reasons: [
        {
          code: 'Error.ConfigurationCannotBeApplied',
          description: 'Configuration cannot be applied',
          details: { Error: 'It was made not to be.' },
        },
      ],
    };
  }
}

const DECLARATIONS = '.StatusItems.management.declarations';

const textsIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];

/** Every simple value with its place; the members of a list have the place of the list. */
function valuesIn(value: unknown, path: string): [path: string, value: string][] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesIn(one, path));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) => valuesIn(one, `${path}.${key}`));
  return value === null || value === undefined ? [] : [[path, String(value)]];
}
