import type { ThisMac } from '../adapters/mdm/jamf-pro/computer.ts';
import { JamfPro } from '../adapters/mdm/jamf-pro/jamf-pro.ts';
import { PacedHttp } from '../adapters/mdm/paced-http.ts';
import { HOUR_MS, type Instant } from '../domain/instant.ts';
import { Secret } from '../domain/secret.ts';
import { REQUEST_GAP_MS } from '../policy/push-pace.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http } from '../ports/http.ts';
import { noPushServer, type PushServer } from '../ports/push-service.ts';
import type { MacSpec } from './mac/mac-spec.ts';
import type { VirtualMac } from './mac/virtual-mac.ts';
import { HttpOfMac } from './mdm/http-of-mac.ts';
import { InProcessHttp } from './mdm/in-process-http.ts';
import type { JamfFaultInput } from './mdm/jamf-pro/faults.ts';
import type { PlanConfig } from './mdm/jamf-pro/plans.ts';
import { type JamfCall, JamfProServer } from './mdm/jamf-pro/server.ts';
import { overheard, type Told } from './mdm/overheard.ts';
import type { ServerSpec } from './mdm/server-spec.ts';
import { type Random, random } from './random.ts';

export const MDM_SERVICES = ['jamf-pro'] as const;

/** A fault, and so many hours after the start from which on, and until which, it is there. */
export type TimedFault = { fault: JamfFaultInput; fromHour?: number; untilHour?: number };

/** The management server of a simulation. What is left out is as on an ordinary one. */
export type SimulatedMdmInput = Omit<ServerSpec, 'faults'> & {
  service: (typeof MDM_SERVICES)[number];
  faults?: readonly TimedFault[];
  /** The secret or password that the agent was given; one made for this run where left out. */
  secret?: string;
};

/** An order that reached the server through its API, whoever sent it. */
export type Ordered = { at: Instant; config: Pick<PlanConfig, 'updateAction'> & Partial<PlanConfig> };

/** What went between agent, server and Mac, in order. Nothing in it is secret. */
export type MdmRecord = { requests: JamfCall[]; ordered: Ordered[]; told: Told[] };

/**
 * A management server in the world of one Mac, which is enrolled with it. It lives in true time and outlives the agent; what
 * the agent has of it, it gets anew in each of its lives.
 */
export class SimulatedMdm {
  readonly service: SimulatedMdmInput['service'];
  readonly server: JamfProServer;
  readonly record: MdmRecord = { requests: [], ordered: [], told: [] };
  readonly #mac: VirtualMac;
  /** Where the Mac is enrolled. */
  readonly #address: string;
  readonly #input: SimulatedMdmInput;
  readonly #secret: string;
  readonly #firstId: number;
  /** What the retries of the agent are spread by, in all of its lives. */
  readonly #jitter: Random;

  constructor(mac: VirtualMac, input: SimulatedMdmInput, seed: number) {
    const { credential = 'client', tokenSeconds, privileges } = input;
    const { world } = mac;
    this.service = input.service;
    this.#mac = mac;
    this.#address = new URL(mac.enrolment.terms?.server ?? 'https://jamf.example.com').origin;
    this.#input = input;
    this.#jitter = random(`${seed}/retries`);
    this.#secret = input.secret ?? madeUp(random(`${seed}/secret of the server`));
    this.server = new JamfProServer({
      clock: world,
      seed,
      url: this.#address,
      available: offeredBy(mac),
      onCall: (call) => this.#note(call),
      ...(input.version === undefined ? {} : { version: input.version }),
      ...(input.featureOn === undefined ? {} : { featureOn: input.featureOn }),
      ...(tokenSeconds === undefined ? {} : { userTokenMinutes: tokenSeconds / 60 }),
    });
    const given = privileges === undefined ? {} : { privileges };
    if (credential === 'client')
      this.server.addClient({
        id: NAME,
        secret: this.#secret,
        ...given,
        ...(tokenSeconds === undefined ? {} : { lifetimeSeconds: tokenSeconds }),
      });
    if (credential === 'account') this.server.addAccount({ name: NAME, password: this.#secret, ...given });
    const now = (): Instant => world.now();
    mac.enrolment.takeInventory = () => this.server.recon(mac.enrolment.udid);
    this.#firstId = this.server.enrol(overheard(mac.mdm, now, (told) => this.record.told.push(told))).id;
    for (const { fault, fromHour, untilHour } of input.faults ?? [])
      this.server.faults.add({
        ...fault,
        ...(fromHour === undefined ? {} : { from: now() + fromHour * HOUR_MS }),
        ...(untilHour === undefined ? {} : { until: now() + untilHour * HOUR_MS }),
      });
  }

  /** The way from one process on the Mac to the server. */
  networkOf(clock: Clock): Http {
    const mac = this.#mac;
    const wait = { now: () => mac.world.now(), after: clock.after };
    return new HttpOfMac(new InProcessHttp(wait, this.#address, (request) => this.server.handle(request)), {
      clock,
      now: wait.now,
      online: () => mac.online(),
      answered: () => !mac.faults.mdmServerDown(),
    });
  }

  /** The server as one process on the Mac has it, by that process’s clock; `recon` is what it runs on the Mac. */
  forAgent(clock: Clock, recon: ThisMac['recon'] = null): PushServer {
    const { credential = 'client', computerIdKnown = false } = this.#input;
    if (credential === null) return noPushServer;
    const mac = this.#mac;
    const http = new PacedHttp(this.networkOf(clock), clock, REQUEST_GAP_MS);
    const { udid } = mac.enrolment;
    return {
      trouble: async () => null,
      open: async () =>
        new JamfPro({
          http,
          clock,
          random: () => this.#jitter.next(),
          address: this.#address,
          credential:
            credential === 'client'
              ? { kind: 'client', id: NAME, secret: new Secret(this.#secret) }
              : { kind: 'account', name: NAME, password: new Secret(this.#secret) },
          mac: { udid, computerId: computerIdKnown ? String(this.#firstId) : null, recon },
        }),
    };
  }

  /** Everything that may stand nowhere in the open. */
  secrets(): Set<string> {
    // Of tokens there can be thousands; no text holds one without the beginning that they all have.
    const short = [...this.server.secrets()].map((secret) => (secret.startsWith(TOKEN) ? TOKEN : secret));
    return new Set([this.#secret, ...short]);
  }

  /** Ends everything it waits for. */
  close(): void {
    this.server.close();
  }

  #note(call: JamfCall): void {
    this.record.requests.push(call);
    const { at, route, status } = call;
    if (status < 200 || status > 299) return;
    const plan = route === 'plan-create' ? this.server.parts.plans.all().at(-1) : undefined;
    if (plan !== undefined) this.record.ordered.push({ at, config: plan.config });
    // What it was is not to be seen any more; at worst it was an install.
    if (route === 'legacy-send') this.record.ordered.push({ at, config: { updateAction: 'DOWNLOAD_INSTALL_RESTART' } });
  }
}

/** The description of a Mac that is managed: as most are, where it says nothing of it. */
export function managedSpec(spec: MacSpec): MacSpec {
  return spec.enrolment === null && spec.bootstrapToken === false ? { ...spec, bootstrapToken: true } : spec;
}

const NAME = 'upkeep';
/** How a JWT begins. */
const TOKEN = Buffer.from('{"alg":').toString('base64url').slice(0, -1);

/** The server as the description of its Mac has it, with what an option adds to that. */
export function withServerSpec(input: SimulatedMdmInput, { mdm }: MacSpec): SimulatedMdmInput {
  const { faults = [], ...server } = mdm ?? {};
  return { ...server, ...input, faults: [...faults.map((fault) => ({ fault })), ...(input.faults ?? [])] };
}

/** What Apple has on offer at each moment, whatever the Mac runs. */
function offeredBy({ catalogue, world }: VirtualMac): { readonly macOS: readonly string[]; iOS: readonly string[] } {
  const before = { version: '0', build: null };
  return {
    get macOS() {
      const offers = catalogue.offersFor(world.now(), before, new Set());
      return offers.flatMap(({ kind, version }) => (kind === 'macos' ? [version] : []));
    },
    iOS: [],
  };
}

function madeUp(dice: Random): string {
  return Array.from({ length: 40 }, () => dice.whole(0, 35).toString(36)).join('');
}
