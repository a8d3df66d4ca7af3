import { SECOND_MS } from '../../../domain/instant.ts';
import type { PushFailure } from '../../../domain/push.ts';
import { pause } from '../../pause.ts';
import { answers, type Fault, isFault, mayHaveActed } from '../fault.ts';
import { jsonIn } from '../json.ts';
import type { Asked, Call, Calls } from './calls.ts';
import { PLANS_PATH, readFeatures } from './features.ts';
import { isSamePlan, type PlanConfig } from './plan-config.ts';
import {
  declarationsSchema,
  eventsSchema,
  madeSchema,
  offeredSchema,
  type PlanDeclaration,
  type PlanEvent,
  planListSchema,
  planSchema,
  type ServerPlan,
} from './plan-schema.ts';
import { isUnderWay } from './plan-state.ts';

export type Failure = { failed: PushFailure };

const PAGE = 100;
const MOST_PAGES = 20;
const LIST_BYTES = 4 * 1024 * 1024;

/** When to look for a plan whose making was not confirmed: until the nodes of a cluster agree, and somewhat longer. */
const LOOKS_MS = [2, 8, 20, 45].map((seconds) => seconds * SECOND_MS);

const plansCall = (path: string, query: Call['query'] = []): Call => ({
  name: 'plans',
  method: 'GET',
  path: `${PLANS_PATH}${path}`,
  query,
  repeatable: true,
  answerBytes: LIST_BYTES,
});

/** How long after a POST every node knows what came of it: what is not to be seen then was not made. */
const SETTLED_MS = 75 * SECOND_MS;

/** A plan that may have been made: what it was to be, and the plans that were there before it. */
type Unsettled = { computer: string; config: PlanConfig; before: ReadonlySet<string> };

/** The update plans of a server, for one computer at a time. */
export class Plans {
  readonly #calls: Calls;
  #unsettled: Unsettled | null = null;
  #settledAtMs = 0;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** All plans for the computer, over and done or not, whoever made them. */
  async all(computer: string, signal?: AbortSignal): Promise<ServerPlan[] | Failure> {
    const seen = new Map<string, ServerPlan>();
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const call = listCall(computer, page, PAGE);
      const asked = await this.#calls.read(call, planListSchema, signal);
      if (isFault(asked)) return this.failure(asked.fault, call, signal);
      const { results, totalCount } = asked.value;
      const before = seen.size;
      for (const plan of results) seen.set(plan.planUuid, plan);
      if (totalCount === null ? results.length < PAGE : seen.size >= totalCount)
        return [...seen.values()].filter((plan) => isFor(plan, computer));
      // It may take no notice of pages. What cannot be seen whole must not count as empty.
      if (seen.size === before) break;
    }
    return { failed: { trouble: 'not-understood', detail: 'its plans for this Mac cannot all be looked through' } };
  }

  /** Whether plans can be read at all: asks for one. */
  async mayRead(computer: string, signal?: AbortSignal): Promise<null | Failure> {
    const call = listCall(computer, 0, 1);
    const asked = await this.#calls.read(call, planListSchema, signal);
    return isFault(asked) ? this.failure(asked.fault, call, signal) : null;
  }

  async offered(signal?: AbortSignal): Promise<readonly string[] | null> {
    const call = { ...plansCall(''), name: 'available-updates' as const, path: OFFERED_PATH };
    const asked = await this.#calls.read(call, offeredSchema, signal);
    if (isFault(asked)) return null;
    const versions = asked.value.availableUpdates.macOS;
    return versions.length === 0 ? null : versions;
  }

  /**
   * Makes the plan, or has the one that is there.
   *
   * INVARIANTS: the plans are looked through before the one POST, and a POST is never sent again unless it was surely not
   * acted on (its token was refused). After any answer that leaves doubt, only looking follows, now and at the next call.
   * No plan is made while a node may not yet know of the one before it.
   */
  async make(computer: string, config: PlanConfig, signal?: AbortSignal): Promise<{ id: string } | Failure> {
    const { clock } = this.#calls.wire;
    await pause(clock, this.#settledAtMs - clock.monotonicMs(), signal);
    const plans = await this.all(computer, signal);
    if ('failed' in plans) return plans;
    const earlier = this.#settle(computer, config, plans);
    if (earlier !== null) return { id: earlier };
    const underWay = plans.filter(isUnderWay);
    const same = underWay.find((plan) => isSamePlan(plan, config));
    if (same !== undefined) return { id: same.planUuid };
    const [other] = underWay;
    if (other !== undefined) return { failed: { trouble: 'plan-in-progress', detail: inProgress(other) } };

    const call = makeCall(computer, config);
    if (signal?.aborted) return { failed: { trouble: 'server-unreachable', detail: 'it was taken back' } };
    const before = new Set(plans.map(({ planUuid }) => planUuid));
    this.#unsettled = { computer, config, before };
    this.#settledAtMs = clock.monotonicMs() + SETTLED_MS;
    const asked = await this.#calls.ask(call, signal);
    if (isFault(asked)) return this.#afterFault(asked.fault, call, signal);
    const made = madeSchema.safeParse(jsonIn(asked.value.body));
    const ours = made.data?.plans.find(({ device }) => device === null || device.deviceId === computer);
    if (ours === undefined) return this.#search('it answers with something else than a plan', signal);
    this.#unsettled = null;
    return { id: ours.planId };
  }

  async read(id: string, signal?: AbortSignal): Promise<Asked<ServerPlan> & { call: Call }> {
    // Asking again at once would be polling: whoever follows comes back in a minute.
    const call = { ...plansCall(`/${id}`), repeatable: false };
    return { ...(await this.#calls.read(call, planSchema, signal)), call };
  }

  async events(id: string, signal?: AbortSignal): Promise<Asked<PlanEvent[]>> {
    return this.#calls.read(plansCall(`/${id}/events`), eventsSchema, signal);
  }

  async declarations(id: string, signal?: AbortSignal): Promise<Asked<PlanDeclaration[]>> {
    return this.#calls.read(plansCall(`/${id}/declarations`), declarationsSchema, signal);
  }

  /**
   * What a fault of a call about plans means. A 503 in Jamf Pro’s own form says that the feature is off, but only its words
   * say so: the feature is asked instead.
   */
  async failure(fault: Fault, call: Call, signal?: AbortSignal): Promise<Failure> {
    if (fault.kind !== 'status' || fault.status !== 503 || fault.form !== 'api-error')
      return this.#calls.failure(fault, call);
    const features = await readFeatures(this.#calls, null, signal);
    if (isFault(features)) return this.#calls.failure(features.fault, features.call);
    const { plans } = features.value;
    const of = call.name === 'send-updates' ? LEGACY_503 : PLANS_503;
    return of[plans] === undefined ? this.#calls.failure(fault, call) : { failed: of[plans] };
  }

  async #afterFault(fault: Fault, call: Call, signal?: AbortSignal): Promise<Failure | { id: string }> {
    if (!mayHaveActed(fault)) {
      this.#unsettled = null;
      return this.failure(fault, call, signal);
    }
    const { detail } = this.#calls.failure(fault, call).failed;
    return this.#search(fault.kind === 'status' ? answers(fault) : detail, signal);
  }

  /** Looks for the plan that may have been made. */
  async #search(why: string, signal?: AbortSignal): Promise<{ id: string } | Failure> {
    for (const waitMs of LOOKS_MS) {
      const { clock, random } = this.#calls.wire;
      await pause(clock, waitMs + (random() * waitMs) / 4, signal);
      if (signal?.aborted || this.#unsettled === null) break;
      const { computer, config } = this.#unsettled;
      const plans = await this.all(computer, signal);
      const found = 'failed' in plans ? null : this.#settle(computer, config, plans);
      if (found !== null) return { id: found };
    }
    return { failed: { trouble: 'lost', detail: `it is not known whether it made a plan: ${why}` } };
  }

  /** The id of the plan whose making was in doubt, where it is there by now and what is wanted. */
  #settle(computer: string, config: PlanConfig, plans: readonly ServerPlan[]): string | null {
    const open = this.#unsettled;
    if (open === null || open.computer !== computer) return null;
    const made = plans.find((plan) => !open.before.has(plan.planUuid) && isSamePlan(plan, open.config));
    if (made === undefined) return null;
    this.#unsettled = null;
    return isSamePlan(made, config) ? made.planUuid : null;
  }
}

const OFFERED_PATH = '/api/v1/managed-software-updates/available-updates';

function listCall(computer: string, page: number, size: number): Call {
  return plansCall('', [
    ['page', `${page}`],
    ['page-size', `${size}`],
    ['sort', 'planUuid:asc'],
    ['filter', `device.deviceId==${computer};device.objectType==COMPUTER`],
  ]);
}

function makeCall(computer: string, config: PlanConfig): Call {
  return {
    name: 'create-plan',
    method: 'POST',
    path: PLANS_PATH,
    json: { devices: [{ objectType: 'COMPUTER', deviceId: computer }], config },
    repeatable: false,
    writes: true,
  };
}

/** A filter may be ignored. A plan that does not say whose it is counts as ours, so as not to make a second one. */
const isFor = ({ device }: ServerPlan, computer: string): boolean =>
  device === null || (device.deviceId === computer && (device.objectType ?? 'COMPUTER') === 'COMPUTER');

const inProgress = ({ planUuid, updateAction, specificVersion, status }: ServerPlan): string =>
  `another plan is under way: ${planUuid}, ${[updateAction, specificVersion, status?.state].filter(Boolean).join(', ')}`;

type Told = Readonly<Partial<Record<'on' | 'off' | 'switching' | 'missing', PushFailure>>>;
const SWITCHING: PushFailure = { trouble: 'feature-switching', detail: 'it is turning its update plans on or off' };
const PLANS_503: Told = {
  off: { trouble: 'feature-off', detail: 'its update plans are turned off' },
  switching: SWITCHING,
};
const LEGACY_503: Told = {
  on: { trouble: 'not-supported', detail: 'its update plans are turned on, so that it refuses the older call' },
  switching: SWITCHING,
};
