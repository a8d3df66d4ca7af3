import { SECOND_MS } from '../../../domain/instant.ts';
import type { Declaration } from '../managed-mac.ts';
import type { Base } from './base.ts';
import type { Computer } from './computers.ts';
import type { ErrorReason } from './faults.ts';

export const UPDATE_ACTIONS = [
  'DOWNLOAD_ONLY',
  'DOWNLOAD_INSTALL',
  'DOWNLOAD_INSTALL_ALLOW_DEFERRAL',
  'DOWNLOAD_INSTALL_RESTART',
  'DOWNLOAD_INSTALL_SCHEDULE',
  'UNKNOWN',
] as const;

export const VERSION_TYPES = [
  'LATEST_MAJOR',
  'LATEST_MINOR',
  'LATEST_ANY',
  'SPECIFIC_VERSION',
  'CUSTOM_VERSION',
  'UNKNOWN',
] as const;

export type PlanConfig = {
  updateAction: (typeof UPDATE_ACTIONS)[number];
  versionType: (typeof VERSION_TYPES)[number];
  specificVersion: string;
  buildVersion: string | null;
  maxDeferrals: number;
  forceInstallLocalDateTime: string | null;
};

export const TERMINAL_STATES = ['PlanCompleted', 'PlanFailed', 'PlanCanceled', 'PlanException'] as const;

export type UpdateStatus = {
  id: number;
  computer: Computer;
  productKey: string;
  downloadPercentComplete: number;
  downloaded: boolean;
  status: string;
  deferralsRemaining: number;
  maxDeferrals: number;
  nextScheduledInstall: string | null;
  pastNotifications: string[];
  createdAt: number;
  updatedAt: number;
};

export type Plan = {
  uuid: string;
  computer: Computer;
  /** As it was when the plan was made; a computer enrolled anew has another. */
  deviceId: number;
  config: PlanConfig;
  state: string;
  errorReasons: ErrorReason[];
  createdAt: number;
  /** Which node of the cluster made it. */
  node: number;
  events: Record<string, unknown>[];
  declarations: Declaration[];
  /** What the fault it was struck by makes of it. */
  doom: { reason: ErrorReason; afterMs: number; late: boolean } | 'completes-unseen' | 'stuck' | null;
  /** Shown instead of its state while it is under way. */
  odd: string | null;
  /** The feature was switched off, and the plan is no more. */
  cleared: boolean;
};

export const isOver = ({ state }: Plan): boolean => TERMINAL_STATES.some((terminal) => terminal === state);

/** The plans there are, and what the Macs said about their updates. */
export class Plans {
  /** What each Mac said about its updates, by their product keys. */
  readonly updateStatuses = new Map<Computer, Map<string, UpdateStatus>>();
  readonly #base: Base;
  readonly #byUuid = new Map<string, Plan>();
  readonly #byComputer = new Map<Computer, Plan[]>();
  readonly #cleared: ((plan: Plan) => void)[] = [];

  constructor(base: Base) {
    this.#base = base;
  }

  statusesOf(computer: Computer): UpdateStatus[] {
    return [...(this.updateStatuses.get(computer)?.values() ?? [])];
  }

  all(): Plan[] {
    return [...this.#byUuid.values()];
  }

  of(computer: Computer): readonly Plan[] {
    return this.#byComputer.get(computer) ?? [];
  }

  byUuid(uuid: string): Plan | null {
    return this.#byUuid.get(uuid) ?? null;
  }

  underWay(computer: Computer): Plan | null {
    return this.of(computer).find((plan) => !isOver(plan)) ?? null;
  }

  /** `left` is one that nobody carries out, and that no fault of plans is meant for. */
  add(computer: Computer, config: PlanConfig, node: number, left = false): Plan {
    const { doom, odd } = left ? { doom: null, odd: null } : this.#fate();
    const plan: Plan = {
      uuid: this.#base.uuid().toLowerCase(),
      computer,
      deviceId: computer.id,
      config,
      state: 'Init',
      errorReasons: [],
      createdAt: this.#base.now(),
      node,
      events: [],
      declarations: [],
      doom,
      odd,
      cleared: false,
    };
    this.#byUuid.set(plan.uuid, plan);
    this.#byComputer.set(computer, [...this.of(computer), plan]);
    return plan;
  }

  /** What the faults there are make of the next plan. */
  #fate(): Pick<Plan, 'doom' | 'odd'> {
    const { faults } = this.#base;
    const failing = faults.strikes('plan-fails');
    const odd = faults.strikes('plan-state-unknown')?.state ?? null;
    if (failing !== null) {
      const { reason, afterSeconds, late } = failing;
      return { doom: { reason, afterMs: afterSeconds * SECOND_MS, late }, odd };
    }
    if (faults.strikes('plan-completes-unseen') !== null) return { doom: 'completes-unseen', odd };
    return { doom: faults.strikes('plan-stuck') === null ? null : 'stuck', odd };
  }

  /** Whether a node of the cluster, or a server that is slow to note it down, can tell of a plan yet. */
  visible(plan: Plan, node: number): boolean {
    const age = this.#base.now() - plan.createdAt;
    const lags = this.#base.faults.standing('plan-lags');
    if (lags !== null && age < lags.seconds * SECOND_MS) return false;
    const cluster = this.#base.faults.standing('cluster');
    return cluster === null || plan.node === node || age >= cluster.seconds * SECOND_MS;
  }

  onCleared(listener: (plan: Plan) => void): void {
    this.#cleared.push(listener);
  }

  clear(): void {
    for (const plan of this.#byUuid.values()) {
      plan.cleared = true;
      for (const listener of this.#cleared) listener(plan);
    }
    this.#byUuid.clear();
    this.#byComputer.clear();
  }
}
