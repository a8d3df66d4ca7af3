import { MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import { majorOf } from '../../domain/os-version.ts';
import type {
  MacFacts,
  ManagedMac,
  MdmChannel,
  MdmCommand,
  MdmError,
  MdmReport,
  QueuedCommand,
} from '../mdm/managed-mac.ts';
import type { Random } from '../random.ts';
import type { Mac } from './mac.ts';
import { ManagedUpdates, type Target } from './managed-updates.ts';
import { deviceAnswers, factsOf, securityAnswers } from './mdm-answers.ts';

type Items = Record<string, unknown>;
type Answered = Exclude<MdmReport, { Status: 'Idle' }>;

const GONE_IN_27: readonly string[] = [
  'ScheduleOSUpdateScan',
  'AvailableOSUpdates',
  'ScheduleOSUpdate',
  'OSUpdateStatus',
];
const NEEDS_SUPERVISION: readonly string[] = ['ScheduleOSUpdateScan', 'ScheduleOSUpdate', 'OSUpdateStatus'];
/** A command that was put off, and a server that was not there, are tried again after this. */
const AGAIN_AFTER_MS = 5 * MINUTE_MS;
/** Apple delivers what it kept soon after the network is back. */
const LOOKS_FOR_NETWORK_EVERY_MS = MINUTE_MS;
/** A Mac that has just woken puts commands off. */
const WAKING_MS = 20 * SECOND_MS;

/** mdmclient: what the Mac and its MDM server say to each other, every word of it in the log. */
export class MdmClient implements ManagedMac {
  readonly #mac: Mac;
  readonly #declaredListeners: (() => void)[] = [];
  readonly #random: Random;
  readonly #updates: ManagedUpdates;
  readonly #serialNumber: string;
  #channel: MdmChannel | null = null;
  /** From macOS 14 on an enrolment brings it along. */
  #declarative: boolean;
  #isTalking = false;
  #again = false;
  #putOff = false;
  #missed = false;
  #wokeAtMs = Number.NEGATIVE_INFINITY;
  #thread = 0x44f7;
  /** Status reports that the server has not got yet. */
  #owed: Items[] = [];

  constructor(mac: Mac, random: Random) {
    this.#mac = mac;
    this.#random = random;
    this.#declarative = mac.enrolment.terms !== null && (majorOf(mac.os.version) ?? 0) >= 14;
    this.#serialNumber = `Z${random.fork('serial').whole(100_000_000, 999_999_999)}`;
    this.#updates = new ManagedUpdates(
      mac,
      (items) => this.#report(items),
      () => {
        for (const listener of this.#declaredListeners) listener();
      },
    );
    mac.onBoot(() => this.#started());
    mac.onSleepWake((asleep) => {
      if (!asleep) this.#woke();
    });
  }

  /** Whenever that changes. */
  onDeclared(listener: () => void): void {
    this.#declaredListeners.push(listener);
  }

  /** What macOS is to enforce by itself. */
  declared(): readonly Readonly<Target>[] {
    return this.#updates.declared();
  }

  facts(): MacFacts {
    return factsOf(this.#mac, { serialNumber: this.#serialNumber, declarative: this.#declarative });
  }

  enrolled(channel: MdmChannel): void {
    if (this.#mac.enrolment.terms === null) throw new Error('this Mac is described as one that is not enrolled');
    this.#channel = channel;
    this.#mac.enrolment.managedBy({
      get: () => {
        const kept = channel.bootstrapToken();
        return kept === 'unreachable' ? { answers: false } : { answers: true, token: kept.token };
      },
      set: (_, token) => channel.setBootstrapToken(token) === 'taken',
    });
  }

  notify(): void {
    const { on, asleep } = this.#mac;
    if (!on || asleep) this.#missed = true;
    else this.#hear();
  }

  /** The Mac goes down, and whatever was under way with it. */
  goDown(): void {
    this.#isTalking = false;
    this.#again = false;
    this.#updates.goDown();
  }

  #started(): void {
    if (this.#channel === null) return;
    this.#missed = false;
    this.#connectIn(this.#random.whole(4, 20) * SECOND_MS);
    this.#updates.started();
  }

  #woke(): void {
    this.#wokeAtMs = this.#mac.awake.ms();
    if (this.#missed) this.#hear();
    this.#updates.woke();
  }

  #hear(): void {
    this.#missed = !this.#mac.online();
    const [ms, then] = this.#missed
      ? [LOOKS_FOR_NETWORK_EVERY_MS, () => this.#missed && this.#hear()]
      : [this.#random.whole(700, 2_000), () => this.#connect()];
    this.#mac.awake.after(ms, then);
  }

  #connectIn(ms: number): void {
    this.#mac.awake.after(ms, () => this.#connect());
  }

  #connect(): void {
    if (this.#channel === null) return;
    if (this.#isTalking) {
      this.#again = true;
      return;
    }
    this.#isTalking = true;
    this.#thread += 1;
    this.#say({ Status: 'Idle' }, 'Idle');
  }

  /** One exchange, and from its answer the next. */
  #say(report: MdmReport, words: string): void {
    this.#request(words, () => {
      const reply = this.#channel?.connect(report) ?? { kind: 'unreachable' };
      if (reply.kind === 'unreachable') return null;
      return () => {
        if (reply.kind === 'command') this.#mac.awake.after(this.#workMs(reply.command), () => this.#do(reply.command));
        else this.#hangUp();
      };
    });
  }

  /** A request as the log shows it. `ask` gives what follows the answer, and null where none comes. */
  #request(words: string, ask: () => (() => void) | null): void {
    this.#log(`>>>>> Sending HTTP request (PUT) [${words}] >>>>>`);
    this.#mac.awake.after(this.#random.whole(65, 350), () => {
      const reachable = this.#mac.online() && !this.#mac.faults.mdmServerDown();
      const then = reachable ? ask() : null;
      if (then === null) {
        this.#isTalking = false;
        this.#connectIn(AGAIN_AFTER_MS);
        return;
      }
      this.#log(`<<<<< Received HTTP response (200) [${words}] <<<<<`);
      then();
    });
  }

  #hangUp(): void {
    this.#isTalking = false;
    this.#flush();
    if (this.#again) this.#connectIn(100);
    this.#again = false;
    if (this.#putOff) this.#connectIn(AGAIN_AFTER_MS);
    this.#putOff = false;
  }

  #workMs({ Command: { RequestType } }: QueuedCommand): number {
    const isLong = RequestType === 'AvailableOSUpdates' || RequestType === 'ScheduleOSUpdate';
    return isLong ? this.#random.whole(2_500, 4_500) : this.#random.whole(10, 60);
  }

  #do(queued: QueuedCommand): void {
    const answer = (): void => {
      const report = this.#answer(queued);
      this.#say(report, `${report.Status}(${queued.Command.RequestType}):${queued.CommandUUID}`);
    };
    const needsToken = queued.Command.RequestType === 'ScheduleOSUpdate' && this.#mac.spec.appleSilicon;
    // What it gets is looked at when the update is prepared.
    if (needsToken && this.#refusalOf(queued.Command) === null) this.#request('MDM_GetBootstrapToken', () => answer);
    else answer();
  }

  #answer({ CommandUUID, Command }: QueuedCommand): Answered {
    const justWoke = this.#mac.awake.ms() - this.#wokeAtMs < WAKING_MS;
    if (justWoke || this.#mac.faults.strikes('mdm-not-now') !== null) {
      this.#putOff = true;
      return { Status: 'NotNow', CommandUUID };
    }
    const refusal = this.#refusalOf(Command);
    if (refusal !== null) return { Status: 'Error', CommandUUID, ErrorChain: [refusal] };
    return { Status: 'Acknowledged', CommandUUID, ...this.#done(Command) };
  }

  #refusalOf({ RequestType }: MdmCommand): MdmError | null {
    const { os, enrolment } = this.#mac;
    if ((majorOf(os.version) ?? 0) >= 27 && GONE_IN_27.includes(RequestType))
      return mdmError(12_021, `“${RequestType}” is not a valid request type.`);
    if (NEEDS_SUPERVISION.includes(RequestType) && enrolment.terms?.supervised !== true)
      return mdmError(12_034, `“${RequestType}” needs a supervised Mac.`);
    return null;
  }

  #done(command: MdmCommand): Omit<Extract<MdmReport, { Status: 'Acknowledged' }>, 'Status' | 'CommandUUID'> {
    switch (command.RequestType) {
      case 'ScheduleOSUpdateScan':
        this.#mac.awake.after(this.#random.whole(20, 120) * SECOND_MS, () => this.#updates.scan());
        return { ScanInitiated: true };
      case 'AvailableOSUpdates':
        return { AvailableOSUpdates: this.#updates.available() };
      case 'ScheduleOSUpdate':
        return { UpdateResults: this.#updates.schedule(command.Updates) };
      case 'OSUpdateStatus':
        return { OSUpdateStatus: this.#updates.status() };
      case 'DeviceInformation':
        return { QueryResponses: deviceAnswers(this.#mac, this.facts(), command.Queries) };
      case 'SecurityInfo':
        return { SecurityInfo: securityAnswers(this.#mac, this.facts()) };
      case 'DeclarativeManagement':
        this.#declarative = true;
        this.#readDeclarationsIn(SECOND_MS);
        return {};
      case 'RestartDevice':
        // Asked to tell the person, it leaves the restart to them.
        if (!command.NotifyUser) this.#mac.awake.after(5 * SECOND_MS, () => this.#mac.restart('mdm', null));
        return {};
    }
  }

  #readDeclarationsIn(ms: number): void {
    this.#mac.awake.after(ms, () => {
      const reachable = this.#mac.online() && !this.#mac.faults.mdmServerDown();
      const declared = reachable ? this.#channel?.declarations() : 'unreachable';
      if (declared === undefined) return;
      if (declared === 'unreachable') this.#readDeclarationsIn(AGAIN_AFTER_MS);
      else this.#updates.declare(declared);
    });
  }

  /** Only a Mac that was told to by a declaration reports by itself. */
  #report(items: Items): void {
    if (!this.#declarative || this.#channel === null) return;
    this.#owed.push(items);
    this.#flush();
  }

  #flush(): void {
    const reachable = this.#mac.on && this.#mac.online() && !this.#mac.faults.mdmServerDown();
    while (this.#owed.length > 0) {
      const [StatusItems = {}] = this.#owed;
      const taken = reachable && this.#channel?.reportStatus({ StatusItems, Errors: [] }) === 'taken';
      if (!taken) {
        this.#connectIn(AGAIN_AFTER_MS);
        return;
      }
      this.#owed.shift();
    }
  }

  #log(message: string): void {
    const thread = this.#thread;
    this.#mac.systemLog.write({
      subsystem: 'com.apple.ManagedClient',
      category: 'HTTPUtil',
      process: '/usr/libexec/mdmclient',
      pid: 5_121,
      thread,
      message: `[0:MDMDaemon:HTTPUtil:<0x${thread.toString(16)}>] ${message}`,
    });
  }
}

const mdmError = (ErrorCode: number, text: string): MdmError => ({
  ErrorCode,
  ErrorDomain: 'MCMDMErrorDomain',
  LocalizedDescription: text,
  USEnglishDescription: text,
});
