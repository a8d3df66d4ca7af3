import { withLimits } from '../adapters/commands/limits.ts';
import { dailyRecon } from '../adapters/mdm/jamf-pro/recon.ts';
import { ReconFile } from '../adapters/mdm/jamf-pro/recon-file.ts';
import { allEffects } from '../agent/effects/all-effects.ts';
import { readBootSession, readDeclared, readRelease } from '../agent/effects/gather-facts.ts';
import { AgentWake } from '../agent/wake.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../domain/instant.ts';
import type { Offer } from '../domain/offer.ts';
import type { InboxEntry, Request, Requester } from '../domain/request.ts';
import type { Settings } from '../domain/settings.ts';
import type { Status } from '../machines/status.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { Http } from '../ports/http.ts';
import type { CheckpointRow, Commit, EffectRow, JournalRow, Store } from '../store/store.ts';
import type { MacSpec } from './mac/mac-spec.ts';
import { VirtualMac } from './mac/virtual-mac.ts';
import { FOLDER, filesIn, ownCredentials } from './own-credentials.ts';
import { Person } from './people/person.ts';
import type { Persona } from './people/persona.ts';
import { PERSONAS, type PersonaName } from './people/personas.ts';
import type { SimulatedServer } from './simulated-server.ts';
import { managedSpec, type ServerInput, simulatedServer } from './simulated-servers.ts';
import { VirtualClock } from './virtual-clock.ts';

export type SimulationInput = {
  settings: Settings;
  spec: MacSpec;
  /** What Apple offers, and from when on; `fromDay` counts from the start. */
  offers: readonly Offer[];
  persona: PersonaName;
  /** Somebody else than that, for stories. */
  somebody?: Persona;
  days: number;
  start: Instant;
  seed: number;
  store: Store;
  publish?: (status: Status) => void;
  onProgress?: (share: number) => void;
  /** Cuts the agent off before or after the n-th commit (counted from 1 over the whole run). */
  cuts?: readonly Cut[];
  /** What somebody asks of the agent, so long after the start. */
  requests?: readonly { afterMs: number; by: Requester; request: Request }[];
  /** The passwords of the Mac; those that its keychains and accounts have when left out. */
  credentials?: (parts: { commands: Commands; clock: Clock; http: Http | null }) => Credentials;
  /** What was done with the tools of the Mac before the agent begins to live on it. */
  prepare?: (mac: VirtualMac, parts: { commands: Commands; clock: Clock }) => Promise<void>;
  /** The management server the Mac is enrolled with; none when left out. */
  mdm?: ServerInput;
  /** Things done to the world on the way, for stories. */
  arrange?: (mac: VirtualMac, mdm: SimulatedServer | null) => void;
};

export type Cut = { commit: number; when: 'before' | 'after' };

export type SimulationRun = {
  mac: VirtualMac;
  mdm: SimulatedServer | null;
  journal: JournalRow[];
  endedAt: Instant;
  status: Status | null;
  wakes: number;
  commits: number;
  cutsMade: number;
  /** Wakes that came to rest without arming the next one: there must be none. */
  restsWithoutWake: number;
};

/** After the agent died, launchd starts it again this much later (the safety net of the real job is slower). */
const RELAUNCH_MS = 30 * SECOND_MS;
const SAFETY_NET_MS = 6 * HOUR_MS;

/**
 * Lets the real agent live on a virtual Mac for some days: the same reactor, effects, parsers and store, over virtual
 * tools and virtual time. Same input, same bytes.
 */
export async function simulate(input: SimulationInput): Promise<SimulationRun> {
  const clock = new VirtualClock(input.start);
  const spec = input.mdm === undefined ? input.spec : managedSpec(input.spec);
  const mac = new VirtualMac({ spec, clock, seed: input.seed });
  mac.publish(input.offers);
  const mdm = input.mdm === undefined ? null : simulatedServer(mac, input.mdm, input.seed);
  await prepared(mac, input);
  input.arrange?.(mac, mdm);
  new Person({ mac, persona: input.somebody ?? PERSONAS[input.persona], seed: input.seed }).begin();
  const agent = new SimulatedAgent(mac, mdm, input);
  agent.live();

  const end = input.start + input.days * DAY_MS;
  for (let day = 1; day <= Math.ceil(input.days); day += 1) {
    await clock.runUntil(Math.min(end, input.start + day * DAY_MS), () => agent.failure !== null);
    if (agent.failure !== null) throw agent.failure;
    input.onProgress?.(Math.min(1, day / input.days));
  }
  mdm?.close();
  return {
    mac,
    mdm,
    journal: input.store.journal(),
    endedAt: end,
    status: agent.status,
    wakes: agent.wakes,
    commits: agent.commits,
    cutsMade: agent.cutsMade,
    restsWithoutWake: agent.restsWithoutWake,
  };
}

async function prepared(mac: VirtualMac, { prepare }: SimulationInput): Promise<void> {
  if (prepare === undefined) return;
  const door = mac.door();
  let end: { error?: unknown } | null = null;
  prepare(mac, { commands: withLimits(door.commands, door.clock), clock: door.clock }).then(
    () => {
      end = {};
    },
    (error: unknown) => {
      end = { error };
    },
  );
  await mac.world.runUntil(mac.world.now() + HOUR_MS, () => end !== null);
  door.close();
  const { error = null } = (end as { error?: unknown } | null) ?? { error: new Error('it never ended') };
  if (error !== null) throw error;
}

/** launchd and the agent's process: started at boot and when due, dead when the Mac goes down or a cut says so. */
class SimulatedAgent {
  readonly #mac: VirtualMac;
  readonly #mdm: SimulatedServer | null;
  readonly #input: SimulationInput;
  readonly #cuts: Map<string, Cut>;
  /** The small files of the agent, which outlive it. */
  readonly #files = filesIn(new Map());
  #life = 0;
  #close: (() => void) | null = null;
  #wakeNow: AgentWake | null = null;
  status: Status | null = null;
  failure: unknown = null;
  wakes = 0;
  commits = 0;
  cutsMade = 0;
  restsWithoutWake = 0;

  constructor(mac: VirtualMac, mdm: SimulatedServer | null, input: SimulationInput) {
    this.#mac = mac;
    this.#mdm = mdm;
    this.#input = input;
    this.#cuts = new Map((input.cuts ?? []).map((cut) => [`${cut.commit} ${cut.when}`, cut]));
  }

  live(): void {
    const mac = this.#mac;
    mac.launchd.onDue(() => this.#wake());
    mac.onBoot(() => mac.awake.after(20 * SECOND_MS, () => this.#wake()));
    mac.onShutdown(() => this.#die());
    mac.awake.after(MINUTE_MS, () => this.#wake());
    // launchd watches the file, and so does the agent while it runs.
    mac.mdm.onDeclared(() =>
      mac.awake.after(SECOND_MS, () => {
        if (this.#wakeNow === null) this.#wake();
        else void this.#wakeNow.lookAtDeclarations();
      }),
    );
    this.#watchOver();
    for (const [index, { afterMs, by, request }] of (this.#input.requests ?? []).entries()) {
      mac.world.after(afterMs, () => {
        const user = by.kind === 'user' ? (mac.accounts.numbered(by.uid)?.name ?? `${by.uid}`) : null;
        mac.note({ kind: 'asked', user, what: request.kind });
        this.#input.store.append({ id: `request-${index}`, at: mac.world.wall(), by, request });
        if (this.#wakeNow === null) this.#wake();
        else this.#wakeNow.hear();
      });
    }
  }

  /** launchd's slow interval: whatever is armed or was lost, the agent is started four times a day. */
  #watchOver(): void {
    this.#mac.world.after(SAFETY_NET_MS, () => {
      if (this.wakes > 0) this.#wake();
      this.#watchOver();
    });
  }

  #die(): void {
    this.#life += 1;
    this.#close?.();
    this.#close = null;
    this.#wakeNow = null;
  }

  /** One run of the agent, unless one is running: the real one would find the lock held and leave. */
  #wake(): void {
    if (this.#close !== null || !this.#mac.on || this.#mac.asleep) return;
    const mac = this.#mac;
    const door = mac.door();
    this.#life += 1;
    this.wakes += 1;
    const life = this.#life;
    this.#close = () => door.close();
    const commands = withLimits(door.commands, door.clock);
    const parts = { commands, clock: door.clock, http: this.#mdm?.networkOf(door.clock) ?? null };
    const credentials = this.#input.credentials?.(parts) ?? ownCredentials(parts, this.#files);
    const recon = dailyRecon(parts, new ReconFile(FOLDER, this.#files));
    let armed = false;
    const wake = new AgentWake({
      store: this.#storeFor(life),
      clock: door.clock,
      wake: {
        arm: async (at) => {
          armed = true;
          mac.launchd.arm(at);
        },
      },
      effects: allEffects(commands, door.clock, credentials, this.#mdm?.forAgent(door.clock, recon)),
      lookAfter: async () => void (await credentials.check()),
      readBoot: async () => {
        const boot = await readBootSession(commands);
        return boot.known ? boot.value : null;
      },
      readOs: () => readRelease(commands),
      readDeclared: (os) => readDeclared(commands, os, door.clock.zone()),
      settings: this.#input.settings,
      publish: (status, atRest) => {
        if (!atRest) return;
        this.status = status;
        this.#input.publish?.(status);
      },
    });
    this.#wakeNow = wake;
    wake.run().then(
      () => {
        if (life !== this.#life) return;
        if (!armed) this.restsWithoutWake += 1;
        this.#die();
      },
      (error: unknown) => {
        if (error instanceof CutOff) {
          this.cutsMade += 1;
          this.#die();
          mac.awake.after(RELAUNCH_MS, () => this.#wake());
        } else if (life === this.#life) {
          this.failure = error;
        }
      },
    );
  }

  /** The store as one process sees it: dead processes write nothing, and a cut ends it before or after a commit. */
  #storeFor(life: number): Pick<Store, 'checkpoint' | 'commit' | 'openEffects' | 'keepAside' | 'waitingRequests'> {
    const { store } = this.#input;
    return {
      checkpoint: (): CheckpointRow | null => store.checkpoint(),
      openEffects: (): EffectRow[] => store.openEffects(),
      waitingRequests: (): InboxEntry[] => store.waitingRequests(),
      keepAside: (row: CheckpointRow, why: string) => store.keepAside(row, why),
      commit: (commit: Commit): number[] => {
        if (life !== this.#life) throw new CutOff();
        this.commits += 1;
        const number = this.commits;
        this.#cutIf(number, 'before');
        const keys = store.commit(commit);
        this.#cutIf(number, 'after');
        return keys;
      },
    };
  }

  #cutIf(commit: number, when: Cut['when']): void {
    if (this.#cuts.delete(`${commit} ${when}`)) throw new CutOff();
  }
}

/** The agent's process is no more. */
class CutOff extends Error {
  constructor() {
    super('the agent was cut off');
  }
}
