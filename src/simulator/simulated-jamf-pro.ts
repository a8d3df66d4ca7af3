import type { ThisMac } from '../adapters/mdm/jamf-pro/computer.ts';
import { JamfPro } from '../adapters/mdm/jamf-pro/jamf-pro.ts';
import type { PushAction } from '../domain/push.ts';
import { Secret } from '../domain/secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http } from '../ports/http.ts';
import { noPushServer, type PushServer } from '../ports/push-service.ts';
import type { VirtualMac } from './mac/virtual-mac.ts';
import type { JamfFaultInput } from './mdm/jamf-pro/faults.ts';
import type { PlanConfig } from './mdm/jamf-pro/plans.ts';
import { type JamfCall, JamfProServer } from './mdm/jamf-pro/server.ts';
import type { JamfServerSpec } from './mdm/jamf-pro/server-spec.ts';
import { type ServerRecord, ServerWorld, type SimulatedServer, type TimedFault } from './simulated-server.ts';

/** The Jamf Pro of a simulation. What is left out is as on an ordinary one. */
export type JamfProInput = Omit<JamfServerSpec, 'faults'> & {
  service: 'jamf-pro';
  faults?: readonly TimedFault<JamfFaultInput>[];
  /** The secret or password that the agent was given; one made for this run where left out. */
  secret?: string;
};

export class SimulatedJamfPro implements SimulatedServer {
  readonly service = 'jamf-pro';
  readonly server: JamfProServer;
  readonly #world: ServerWorld;
  readonly #input: JamfProInput;
  readonly #firstId: number;

  constructor(mac: VirtualMac, input: JamfProInput, seed: number) {
    const { credential = 'client', tokenSeconds, privileges } = input;
    this.#world = new ServerWorld(mac, seed, input.secret);
    const { address: url, secret } = this.#world;
    this.#input = input;
    this.server = new JamfProServer({
      clock: mac.world,
      seed,
      url,
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
        secret,
        ...given,
        ...(tokenSeconds === undefined ? {} : { lifetimeSeconds: tokenSeconds }),
      });
    if (credential === 'account') this.server.addAccount({ name: NAME, password: secret, ...given });
    mac.enrolment.takeInventory = () => this.server.recon(mac.enrolment.udid);
    this.#firstId = this.server.enrol(this.#world.enrolled()).id;
    for (const fault of input.faults ?? []) this.server.faults.add(this.#world.timed(fault));
  }

  get record(): ServerRecord {
    return this.#world.record;
  }

  networkOf(clock: Clock): Http {
    return this.#world.networkOf(clock, (request) => this.server.handle(request));
  }

  forAgent(clock: Clock, recon: ThisMac['recon'] = null): PushServer {
    const { credential = 'client', computerIdKnown = false } = this.#input;
    if (credential === null) return noPushServer;
    const { mac, secret } = this.#world;
    const wire = this.#world.wireOf(clock, (request) => this.server.handle(request));
    const { udid } = mac.enrolment;
    return {
      trouble: async () => null,
      open: async () =>
        new JamfPro({
          ...wire,
          credential:
            credential === 'client'
              ? { kind: 'client', id: NAME, secret: new Secret(secret) }
              : { kind: 'account', name: NAME, password: new Secret(secret) },
          mac: { udid, computerId: computerIdKnown ? String(this.#firstId) : null, recon },
        }),
    };
  }

  secrets(): Set<string> {
    // Of tokens there can be thousands; no text holds one without the beginning that they all have.
    const short = [...this.server.secrets()].map((secret) => (secret.startsWith(TOKEN) ? TOKEN : secret));
    return new Set([this.#world.secret, ...short]);
  }

  close(): void {
    this.server.close();
  }

  #note(call: JamfCall): void {
    const { requests, ordered } = this.record;
    requests.push(call);
    const { at, route, status } = call;
    if (status < 200 || status > 299) return;
    const plan = route === 'plan-create' ? this.server.parts.plans.all().at(-1) : undefined;
    if (plan !== undefined) ordered.push({ at, action: actionOf(plan.config) });
    // What it was is not to be seen any more; at worst it was an install.
    if (route === 'legacy-send') ordered.push({ at, action: { kind: 'install-and-restart' } });
  }
}

function actionOf({ updateAction, forceInstallLocalDateTime: by }: PlanConfig): PushAction {
  if (updateAction === 'DOWNLOAD_ONLY') return { kind: 'download' };
  return by === null ? { kind: 'install-and-restart' } : { kind: 'enforce', by };
}

const NAME = 'upkeep';
/** How a JWT begins. */
const TOKEN = Buffer.from('{"alg":').toString('base64url').slice(0, -1);

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
