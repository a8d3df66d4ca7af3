import type {
  Declaration,
  MacFacts,
  ManagedMac,
  MdmChannel,
  MdmCommand,
  MdmError,
  MdmReply,
  MdmReport,
  StatusReport,
} from '../managed-mac.ts';
import type { Base } from './base.ts';

export type CommandState = 'PENDING' | 'ACKNOWLEDGED' | 'NOT_NOW' | 'ERROR' | 'COMMAND_FORMAT_ERROR';

/** A report that ends a command: anything but `Idle` and `NotNow`. */
export type FinalReport = Extract<MdmReport, { Status: 'Acknowledged' | 'Error' | 'CommandFormatError' }>;

export type SentCommand = {
  uuid: string;
  command: MdmCommand;
  sentAt: number;
  completedAt: number | null;
  state: CommandState;
  error: MdmError | null;
  done: (report: FinalReport) => void;
};

/** One record of inventory. `facts` are those of the last inventory; what the Mac is like now only the Mac knows. */
export type Computer = {
  readonly mac: ManagedMac;
  readonly udid: string;
  id: number;
  managementId: string;
  managed: boolean;
  facts: MacFacts;
  inventoryAt: number;
  enrolledAt: number;
  lastContactAt: number;
  bootstrapToken: string | null;
  escrowedAtInventory: boolean;
  declarations: Declaration[];
  /** The identifiers of declarations that the Mac called invalid. */
  refusedDeclarations: Set<string>;
  statusItems: Map<string, { value: string; at: number }>;
  /** How many status reports have come in so far. */
  reports: number;
  statusListeners: Set<() => void>;
  commands: SentCommand[];
  extensionAttributes: Map<string, string[]>;
};

/** How many finished commands of a computer are remembered. */
const COMMANDS_KEPT = 50;

/** What this server subscribes to; a value may be an object and is kept as JSON. */
export const SUBSCRIBED_ITEMS = [
  'device.operating-system.version',
  'device.operating-system.build-version',
  'softwareupdate.install-state',
  'softwareupdate.install-reason',
  'softwareupdate.failure-reason',
  'softwareupdate.pending-version',
  'softwareupdate.device-id',
  'softwareupdate.beta-enrollment',
] as const;

/** The computers this server manages: their records, what is queued for them, what they report. */
export class Computers {
  readonly #base: Base;
  readonly #byId = new Map<number, Computer>();
  readonly #byUdid = new Map<string, Computer>();
  readonly #byManagementId = new Map<string, Computer>();
  readonly #bySerial = new Map<string, Computer[]>();
  #nextId = 12;

  constructor(base: Base) {
    this.#base = base;
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): Computer[] {
    return [...this.#byId.values()];
  }

  byId(id: number): Computer | null {
    return this.#byId.get(id) ?? null;
  }

  byUdid(udid: string): Computer | null {
    return this.#byUdid.get(udid) ?? null;
  }

  bySerial(serial: string): readonly Computer[] {
    return this.#bySerial.get(serial) ?? [];
  }

  byManagementId(managementId: string): Computer | null {
    return this.#byManagementId.get(managementId) ?? null;
  }

  enrol(mac: ManagedMac): Computer {
    const facts = mac.facts();
    const old = this.#byUdid.get(facts.udid);
    if (old !== undefined) this.#forget(old);
    const now = this.#base.now();
    const computer: Computer = {
      mac,
      udid: facts.udid,
      id: this.#nextId,
      managementId: this.#base.uuid().toLowerCase(),
      managed: true,
      facts,
      inventoryAt: now,
      enrolledAt: now,
      lastContactAt: now,
      bootstrapToken: null,
      escrowedAtInventory: false,
      declarations: [],
      refusedDeclarations: new Set(),
      statusItems: new Map(),
      reports: 0,
      statusListeners: new Set(),
      commands: [],
      extensionAttributes: new Map(),
    };
    this.#nextId += 1;
    this.#byId.set(computer.id, computer);
    this.#byUdid.set(computer.udid, computer);
    this.#byManagementId.set(computer.managementId, computer);
    this.#bySerial.set(facts.serialNumber, [...this.bySerial(facts.serialNumber), computer]);
    mac.enrolled(this.#channelOf(computer));
    // A Mac that has a bootstrap token sends it as it enrols, which is before this inventory.
    computer.escrowedAtInventory = computer.bootstrapToken !== null;
    return computer;
  }

  /** Every computer is enrolled anew and gets another record; the old ids are nobody's. */
  enrolAllAnew(): void {
    for (const computer of this.all()) this.enrol(computer.mac);
  }

  /** What `jamf recon` brings: the record is up to date. */
  takeInventory(computer: Computer): void {
    computer.facts = computer.mac.facts();
    computer.inventoryAt = this.#base.now();
    computer.escrowedAtInventory = computer.bootstrapToken !== null;
  }

  /** Queues a command and has Apple notify the Mac. */
  send(computer: Computer, command: MdmCommand, done: SentCommand['done'] = () => {}): SentCommand {
    const sent: SentCommand = {
      uuid: this.#base.uuid().toLowerCase(),
      command,
      sentAt: this.#base.now(),
      completedAt: null,
      state: 'PENDING',
      error: null,
      done,
    };
    computer.commands.push(sent);
    if (computer.commands.length > COMMANDS_KEPT) {
      const oldest = computer.commands.findIndex(({ completedAt }) => completedAt !== null);
      if (oldest >= 0) computer.commands.splice(oldest, 1);
    }
    if (this.#base.faults.strikes('push-lost') === null) computer.mac.notify();
    return sent;
  }

  /** Commands nobody waits for any more. */
  withdraw(computer: Computer, sent: SentCommand): void {
    computer.commands = computer.commands.filter((one) => one !== sent);
  }

  declare(computer: Computer, declarations: Declaration[]): void {
    computer.declarations = declarations;
    this.send(computer, { RequestType: 'DeclarativeManagement' });
  }

  /** What the Mac gets when it asks for its bootstrap token: another Mac’s, where the fault has it so. */
  #givenBack({ bootstrapToken }: Computer): string | null {
    if (bootstrapToken === null || this.#base.faults.strikes('bootstrap-token-wrong') === null) return bootstrapToken;
    return this.#base.uuid();
  }

  #forget(computer: Computer): void {
    this.#byId.delete(computer.id);
    this.#byUdid.delete(computer.udid);
    this.#byManagementId.delete(computer.managementId);
    const serial = computer.facts.serialNumber;
    this.#bySerial.set(
      serial,
      this.bySerial(serial).filter((one) => one !== computer),
    );
    computer.managed = false;
  }

  #channelOf(computer: Computer): MdmChannel {
    const base = this.#base;
    const reached = (): boolean => {
      if (base.faults.standing('unreachable') !== null || !computer.managed) return false;
      computer.lastContactAt = base.now();
      return true;
    };
    return {
      connect: (report) => (reached() ? this.#answer(computer, report) : { kind: 'unreachable' }),
      declarations: () => (reached() ? structuredClone(computer.declarations) : 'unreachable'),
      reportStatus: (report) => {
        if (!reached()) return 'unreachable';
        this.#takeStatus(computer, report);
        return 'taken';
      },
      setBootstrapToken: (token) => {
        if (!reached()) return 'unreachable';
        computer.bootstrapToken = token === '' ? null : token;
        return 'taken';
      },
      bootstrapToken: () => (reached() ? { token: this.#givenBack(computer) } : 'unreachable'),
    };
  }

  #answer(computer: Computer, report: MdmReport): MdmReply {
    if (report.Status !== 'Idle') this.#settle(computer, report);
    const waiting = computer.commands.find(
      ({ state }) => state === 'PENDING' || (state === 'NOT_NOW' && report.Status === 'Idle'),
    );
    if (waiting === undefined) return { kind: 'nothing' };
    return { kind: 'command', command: { CommandUUID: waiting.uuid, Command: waiting.command } };
  }

  #settle(computer: Computer, report: Exclude<MdmReport, { Status: 'Idle' }>): void {
    const sent = computer.commands.find(({ uuid }) => uuid === report.CommandUUID);
    if (sent === undefined || sent.completedAt !== null) return;
    if (report.Status === 'NotNow') {
      sent.state = 'NOT_NOW';
      return;
    }
    sent.completedAt = this.#base.now();
    if (report.Status === 'Acknowledged') sent.state = 'ACKNOWLEDGED';
    else {
      sent.state = report.Status === 'Error' ? 'ERROR' : 'COMMAND_FORMAT_ERROR';
      sent.error = report.ErrorChain[0] ?? null;
    }
    sent.done(report);
  }

  #takeStatus(computer: Computer, report: StatusReport): void {
    for (const key of SUBSCRIBED_ITEMS) {
      const value = valueAt(report.StatusItems, key);
      if (value === undefined) continue;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      computer.statusItems.set(key, { value: text, at: this.#base.now() });
    }
    const configurations = valueAt(report.StatusItems, 'management.declarations.configurations');
    for (const one of Array.isArray(configurations) ? configurations : []) {
      const { identifier, valid } = one as { identifier?: unknown; valid?: unknown };
      if (valid === 'invalid' && typeof identifier === 'string') computer.refusedDeclarations.add(identifier);
    }
    computer.reports += 1;
    for (const listener of [...computer.statusListeners]) listener();
  }
}

function valueAt(items: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (place, part) =>
        typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[part] : undefined,
      items,
    );
}
