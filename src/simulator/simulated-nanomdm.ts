import { NanoMdm } from '../adapters/mdm/nanomdm/nano-mdm.ts';
import { Secret } from '../domain/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http } from '../ports/http.ts';
import { noPushServer, type PushServer } from '../ports/push-service.ts';
import type { VirtualMac } from './mac/virtual-mac.ts';
import type { NanoFaultInput } from './mdm/nanomdm/faults.ts';
import { type NanoCall, NanoMdmServer } from './mdm/nanomdm/server.ts';
import type { NanoServerSpec } from './mdm/nanomdm/server-spec.ts';
import { enforcedBy } from './mdm/overheard.ts';
import { type ServerRecord, ServerWorld, type SimulatedServer, type TimedFault } from './simulated-server.ts';

/** The NanoMDM of a simulation, with KMFDDM. What is left out is as on an ordinary one. */
export type NanoMdmInput = Omit<NanoServerSpec, 'faults'> & {
  faults?: readonly TimedFault<NanoFaultInput>[];
  /** The key that the agent was given; one made for this run where left out. */
  secret?: string;
};

/** Both are asked under one name, as through a broker that knows this Mac by it. */
const NAME = 'upkeep';

export class SimulatedNanoMdm implements SimulatedServer {
  readonly service = 'nanomdm';
  readonly server: NanoMdmServer;
  readonly #world: ServerWorld;
  readonly #hasKey: boolean;
  /** The commands, and the deadlines, that were there before the last request. */
  #commands = new Set<string>();
  #deadlines = new Set<string>();

  constructor(mac: VirtualMac, input: NanoMdmInput, seed: number) {
    this.#world = new ServerWorld(mac, seed, input.secret);
    this.#hasKey = input.credential !== null;
    this.server = new NanoMdmServer({
      clock: mac.world,
      seed,
      url: this.#world.address,
      apiKey: this.#world.secret,
      names: { nanomdm: NAME, kmfddm: NAME },
      onCall: (call) => this.#note(call),
      ...(input.version === undefined ? {} : { version: input.version }),
    });
    this.server.enrol(this.#world.enrolled());
    for (const fault of input.faults ?? []) this.server.faults.add(this.#world.timed(fault));
  }

  get record(): ServerRecord {
    return this.#world.record;
  }

  networkOf(clock: Clock): Http {
    return this.#world.networkOf(clock, (request) => this.server.handle(request));
  }

  forAgent(clock: Clock): PushServer {
    if (!this.#hasKey) return noPushServer;
    const { mac, secret } = this.#world;
    const wire = this.#world.wireOf(clock, (request) => this.server.handle(request));
    return {
      trouble: async () => null,
      open: async () =>
        new NanoMdm({
          ...wire,
          declarationsAddress: null,
          credential: { kind: 'account', name: NAME, password: new Secret(secret) },
          mac: { udid: mac.enrolment.udid },
        }),
    };
  }

  secrets(): Set<string> {
    return new Set([this.#world.secret, ...this.server.secrets()]);
  }

  close(): void {
    this.server.close();
  }

  /** What a request was for is seen by what it left: an order that is there already is none anew. */
  #note(call: NanoCall): void {
    const { requests, ordered } = this.record;
    requests.push(call);
    const { udid } = this.#world.mac.enrolment;
    const { at } = call;
    const queue = this.server.enrollments.get(udid)?.queue ?? [];
    for (const { CommandUUID, Command } of queue) {
      if (Command.RequestType !== 'ScheduleOSUpdate' || this.#commands.has(CommandUUID)) continue;
      const onlyLoads = Command.Updates.every(({ InstallAction }) => InstallAction === 'DownloadOnly');
      ordered.push({ at, action: { kind: onlyLoads ? 'download' : 'install-and-restart' } });
    }
    this.#commands = new Set(queue.map(({ CommandUUID }) => CommandUUID));
    const deadlines = this.server.enrollments.activeFor(udid).flatMap(enforcedBy);
    for (const { version, by } of deadlines)
      if (!this.#deadlines.has(`${version} ${by}`)) ordered.push({ at, action: { kind: 'enforce', by } });
    this.#deadlines = new Set(deadlines.map(({ version, by }) => `${version} ${by}`));
  }
}
