import type { ThisMac } from '../adapters/mdm/jamf-pro/computer.ts';
import { PacedHttp } from '../adapters/mdm/paced-http.ts';
import type { WireParts } from '../adapters/mdm/wire.ts';
import { HOUR_MS, type Instant } from '../domain/instant.ts';
import type { PushAction } from '../domain/push.ts';
import { REQUEST_GAP_MS } from '../policy/push-pace.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http } from '../ports/http.ts';
import type { PushServer } from '../ports/push-service.ts';
import type { VirtualMac } from './mac/virtual-mac.ts';
import { HttpOfMac } from './mdm/http-of-mac.ts';
import { InProcessHttp } from './mdm/in-process-http.ts';
import type { ManagedMac } from './mdm/managed-mac.ts';
import type { Incoming, ServerAnswer } from './mdm/messages.ts';
import { overheard, type Told } from './mdm/overheard.ts';
import { type Random, random } from './random.ts';

/** A request that reached the server, by the name that it has for it. */
export type ServerCall = { at: Instant; method: string; path: string; route: string | null; status: number };

/** An order that the server took through its API, whoever sent it. */
export type Ordered = { at: Instant; action: PushAction };

/** What went between agent, server and Mac, in order. Nothing in it is secret. */
export type ServerRecord = { requests: ServerCall[]; ordered: Ordered[]; told: Told[] };

/** A fault, and so many hours after the start from which on, and until which, it is there. */
export type TimedFault<Fault> = { fault: Fault; fromHour?: number; untilHour?: number };

/**
 * A management server in the world of one Mac, which is enrolled with it. It lives in true time and outlives the agent; what
 * the agent has of it, it gets anew in each of its lives.
 */
export interface SimulatedServer {
  readonly service: string;
  readonly record: ServerRecord;
  /** The way from one process on the Mac to the server. */
  networkOf(clock: Clock): Http;
  /** The server as one process on the Mac has it, by that process’s clock; `recon` is what it may run there to be found. */
  forAgent(clock: Clock, recon?: ThisMac['recon']): PushServer;
  /** Everything that may stand nowhere in the open. */
  secrets(): Set<string>;
  /** Ends everything it waits for. */
  close(): void;
}

/** What any server has to do with the world of its Mac. */
export class ServerWorld {
  readonly record: ServerRecord = { requests: [], ordered: [], told: [] };
  readonly mac: VirtualMac;
  /** Where the Mac is enrolled. */
  readonly address: string;
  /** The secret or password that the agent was given. */
  readonly secret: string;
  /** What the retries of the agent are spread by, in all of its lives. */
  readonly #jitter: Random;

  constructor(mac: VirtualMac, seed: number, secret: string | undefined) {
    this.mac = mac;
    this.address = new URL(mac.enrolment.terms?.server ?? 'https://mdm.example.com').origin;
    this.secret = secret ?? madeUp(random(`${seed}/secret of the server`));
    this.#jitter = random(`${seed}/retries`);
  }

  /** The Mac, for the server to enrol. */
  enrolled(): ManagedMac {
    const { mac, record } = this;
    return overheard(
      mac.mdm,
      () => mac.world.now(),
      (told) => record.told.push(told),
    );
  }

  /** A fault by the server’s clock. */
  timed<Fault extends object>({ fault, fromHour, untilHour }: TimedFault<Fault>): Fault {
    const start = this.mac.world.now();
    return {
      ...fault,
      ...(fromHour === undefined ? {} : { from: start + fromHour * HOUR_MS }),
      ...(untilHour === undefined ? {} : { until: start + untilHour * HOUR_MS }),
    };
  }

  /** Whether anybody answers at the other end of the network. */
  answered(): boolean {
    return !this.mac.faults.mdmServerDown();
  }

  networkOf(clock: Clock, handle: (request: Incoming) => ServerAnswer): Http {
    const { mac } = this;
    const wait = { now: () => mac.world.now(), after: clock.after };
    return new HttpOfMac(new InProcessHttp(wait, this.address, handle), {
      clock,
      now: wait.now,
      online: () => mac.online(),
      answered: () => this.answered(),
    });
  }

  /** What a client of the agent’s needs to talk to the server. */
  wireOf(clock: Clock, handle: (request: Incoming) => ServerAnswer): WireParts {
    const http = new PacedHttp(this.networkOf(clock, handle), clock, REQUEST_GAP_MS);
    return { http, clock, random: () => this.#jitter.next(), address: this.address };
  }
}

function madeUp(dice: Random): string {
  return Array.from({ length: 40 }, () => dice.whole(0, 35).toString(36)).join('');
}
