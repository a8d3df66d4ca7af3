import { MINUTE_MS } from '../../../domain/instant.ts';
import { compareVersions } from '../../../domain/os-version.ts';
import type { PushAbilities, PushMeans, PushOrder, PushPlan, PushState } from '../../../domain/push.ts';
import { jamfMeans, PLANS_SINCE } from '../../../policy/choose-push.ts';
import type { Failed, PushService } from '../../../ports/push-service.ts';
import { isFault, isMissing } from '../fault.ts';
import { MinutePolls } from '../minute-polls.ts';
import type { WireParts } from '../wire.ts';
import { blankPush, CLASSIC_UNTIL } from './blank-push.ts';
import { Calls } from './calls.ts';
import { checkPrivileges, type PrivilegeCheck } from './check-privileges.ts';
import { type Computer, findComputer, type ThisMac } from './computer.ts';
import type { JamfCredential } from './credential.ts';
import { readFeatures, readVersion } from './features.ts';
import { orderOf, planConfig } from './plan-config.ts';
import { isUnderWay, stateOf } from './plan-state.ts';
import { Plans } from './plans.ts';
import { sendUpdates } from './send-updates.ts';

export type JamfProParts = WireParts & { credential: JamfCredential; mac: ThisMac };

/** How long a plan may be unknown to a node before it counts as lost. */
const NODES_AGREE_MS = 2 * MINUTE_MS;

/** Jamf Pro, as far as it can bring updates to this one Mac. It serves one workflow and is closed after it. */
export class JamfPro implements PushService {
  readonly #calls: Calls;
  readonly #plans: Plans;
  readonly #mac: ThisMac;
  #version: { value: string | null } | null = null;
  #computer: Computer | null = null;
  #pushing: Promise<unknown> = Promise.resolve();
  readonly #polls: MinutePolls;
  readonly #missingSinceMs = new Map<string, number>();

  constructor({ credential, mac, ...wire }: JamfProParts) {
    this.#calls = new Calls(wire, credential);
    this.#plans = new Plans(this.#calls);
    this.#polls = new MinutePolls(wire.clock);
    this.#mac = mac;
  }

  async look(signal?: AbortSignal): Promise<PushAbilities | Failed> {
    const version = await this.#serverVersion(signal);
    if ('failed' in version) return version;
    const features = await readFeatures(this.#calls, version.value, signal);
    if (isFault(features)) return this.#calls.failure(features.fault, features.call);
    const computer = await this.#findComputer(signal);
    if ('failed' in computer) return computer;
    if (features.value.plans === 'on') {
      const refused = await this.#plans.mayRead(computer.id, signal);
      if (refused !== null) return refused;
    }
    return { ...jamfMeans(features.value), serverVersion: version.value, device: computer.device };
  }

  async current(signal?: AbortSignal): Promise<{ plan: PushPlan; order: PushOrder | null } | null | Failed> {
    const version = await this.#serverVersion(signal);
    if ('failed' in version) return version;
    const features = await readFeatures(this.#calls, version.value, signal);
    if (isFault(features)) return this.#calls.failure(features.fault, features.call);
    // Turning the feature off ends all plans. While it is being turned, the server is asked all the same.
    if (features.value.plans === 'off' || features.value.plans === 'missing') return null;
    const computer = await this.#findComputer(signal);
    if ('failed' in computer) return computer;
    const plans = await this.#plans.all(computer.id, signal);
    if ('failed' in plans) return plans;
    const plan = plans.find(isUnderWay);
    if (plan === undefined) return null;
    const means = plan.updateAction === 'DOWNLOAD_INSTALL_SCHEDULE' ? 'declaration' : 'plan';
    return { plan: { means, id: plan.planUuid }, order: orderOf(plan, computer.macos) };
  }

  /** One after the other, so that each looks at what the one before it made. */
  push(order: PushOrder, means: PushMeans, signal?: AbortSignal): Promise<{ plan: PushPlan } | Failed> {
    const pushed = this.#pushing.then(() => this.#push(order, means, signal));
    this.#pushing = pushed.catch(() => {});
    return pushed;
  }

  async follow({ id }: PushPlan, signal?: AbortSignal): Promise<PushState | Failed> {
    if (id === null) return { state: 'under-way', phase: 'known to the Mac alone' };
    if (!/^[A-Za-z0-9-]{1,64}$/.test(id))
      return { failed: { trouble: 'not-understood', detail: 'the id of the plan is none' } };
    const asked = await this.#polls.ask(() => this.#plans.read(id, signal), signal);
    if (isFault(asked))
      return isMissing(asked) ? this.#missing(id) : this.#plans.failure(asked.fault, asked.call, signal);
    this.#missingSinceMs.delete(id);
    const state = stateOf(asked.value);
    if (state.state === 'scheduled' && state.by === null)
      return { ...state, by: await this.#declaredMoment(id, signal) };
    if (state.state === 'failed' && state.trouble === 'not-understood') {
      const last = await this.#lastEvent(id, signal);
      return last === null ? state : { ...state, detail: `${state.detail}; its last event is ${last}` };
    }
    return state;
  }

  async nudge(signal?: AbortSignal): Promise<null | Failed> {
    const version = await this.#serverVersion(signal);
    if ('failed' in version) return version;
    const computer = await this.#findComputer(signal);
    return 'failed' in computer ? computer : blankPush(this.#calls, computer, version.value, signal);
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  /** Which privileges of those that the workflow needs are missing. Changes nothing. */
  async privileges(signal?: AbortSignal): Promise<PrivilegeCheck | Failed> {
    const version = await this.#serverVersion(signal);
    if ('failed' in version) return version;
    const withPlans = version.value === null || compareVersions(version.value, PLANS_SINCE) >= 0;
    const classicBlankPush = version.value !== null && compareVersions(version.value, CLASSIC_UNTIL) < 0;
    return checkPrivileges(this.#calls, { withPlans, classicBlankPush }, signal);
  }

  async #push(order: PushOrder, means: PushMeans, signal?: AbortSignal): Promise<{ plan: PushPlan } | Failed> {
    if (means === 'raw-command' || (means === 'declaration') !== (order.action.kind === 'enforce'))
      return {
        failed: { trouble: 'not-supported', detail: `it does not bring such an order by ${MEANS_WORDS[means]}` },
      };
    const computer = await this.#findComputer(signal);
    if ('failed' in computer) return computer;
    if (means === 'legacy-command') {
      const refused = await sendUpdates(this.#calls, this.#plans, computer.id, order, signal);
      if (refused !== null) this.#forgetComputer();
      return refused ?? { plan: { means, id: null } };
    }
    const features = await readFeatures(this.#calls, null, signal);
    if (isFault(features)) return this.#calls.failure(features.fault, features.call);
    const { plans, customVersionEnabled } = features.value;
    const offered = jamfMeans(features.value);
    if (!offered.means.includes(means))
      return {
        failed: { trouble: offered.lacks ?? 'not-supported', detail: `its update plans are ${PLANS_WORDS[plans]}` },
      };
    const config = planConfig(order, { offered: await this.#plans.offered(signal), customVersionEnabled });
    if ('failed' in config) return config;
    const made = await this.#plans.make(computer.id, config, signal);
    if ('failed' in made) this.#forgetComputer();
    return 'failed' in made ? made : { plan: { means, id: made.id } };
  }

  /** The record may be an old one: a Mac that was enrolled anew has another. Before the next order it is looked for again. */
  #forgetComputer(): void {
    this.#computer = null;
  }

  async #serverVersion(signal?: AbortSignal): Promise<{ value: string | null } | Failed> {
    if (this.#version !== null) return this.#version;
    const asked = await readVersion(this.#calls, signal);
    if (isFault(asked)) return this.#calls.failure(asked.fault, { name: 'version' });
    this.#version = asked;
    return asked;
  }

  async #findComputer(signal?: AbortSignal): Promise<Computer | Failed> {
    if (this.#computer !== null) return this.#computer;
    const version = await this.#serverVersion(signal);
    if ('failed' in version) return version;
    const found = await findComputer(this.#calls, this.#mac, version.value, signal);
    if ('failed' in found) return found;
    this.#computer = found.computer;
    return found.computer;
  }

  #missing(id: string): PushState {
    const nowMs = this.#calls.wire.clock.monotonicMs();
    const sinceMs = this.#missingSinceMs.get(id) ?? nowMs;
    this.#missingSinceMs.set(id, sinceMs);
    if (nowMs - sinceMs < NODES_AGREE_MS) return { state: 'under-way', phase: 'not to be seen yet' };
    return { state: 'failed', trouble: 'lost', detail: 'it no longer knows the plan' };
  }

  async #declaredMoment(id: string, signal?: AbortSignal): Promise<string | null> {
    const asked = await this.#plans.declarations(id, signal);
    if (isFault(asked)) return null;
    return asked.value.find(({ type, by }) => type === ENFORCEMENT && by !== null)?.by ?? null;
  }

  async #lastEvent(id: string, signal?: AbortSignal): Promise<string | null> {
    const asked = await this.#plans.events(id, signal);
    return isFault(asked) ? null : (asked.value.at(-1)?.type ?? null);
  }
}

const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';

const MEANS_WORDS: Readonly<Record<PushMeans, string>> = {
  declaration: 'a declaration',
  plan: 'a plan',
  'legacy-command': 'the older call',
  'raw-command': 'a raw command',
};
const PLANS_WORDS = {
  on: 'on, but cannot do this',
  off: 'off',
  switching: 'being turned on or off',
  missing: 'not there',
};
