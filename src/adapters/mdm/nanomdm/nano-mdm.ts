import { z } from 'zod';
import type { PushAbilities, PushFailure, PushMeans, PushOrder, PushPlan, PushState } from '../../../domain/push.ts';
import type { Failed, PushService } from '../../../ports/push-service.ts';
import { type Fault, isFault, isMissing, mayHaveActed } from '../fault.ts';
import { MinutePolls } from '../minute-polls.ts';
import type { WireParts } from '../wire.ts';
import { commandId, updateCommand } from './command-text.ts';
import {
  type Declaration,
  declarationsFor,
  type Enforcement,
  enforcementSchema,
  LOCAL_TIME,
  type OwnNames,
  orderOf,
  ownNames,
} from './declarations.ts';
import {
  COMMAND_ERROR,
  type NanoCall,
  NanoCalls,
  type NanoCredential,
  nanoFailure,
  resultSchema,
} from './nano-calls.ts';
import {
  isDone,
  namesSchema,
  type Report,
  reportOf,
  stateOf,
  type Verdict,
  valuesSchema,
  verdictsSchema,
} from './status.ts';

export type NanoMdmParts = WireParts & {
  /** Where KMFDDM is; null where it is behind the same address, if at all. */
  declarationsAddress: string | null;
  credential: NanoCredential;
  mac: { udid: string };
};

/**
 * NanoMDM and, for declarations, KMFDDM beside it, or a broker that speaks as they do. A command is queued and nothing more is
 * heard of it; a declaration can be read back and followed. There is one of ours for a Mac, under a name made of its UDID, so
 * that making it again makes no second.
 */
export class NanoMdm implements PushService {
  readonly #nano: NanoCalls;
  readonly #ddm: NanoCalls;
  readonly #random: () => number;
  readonly #udid: string;
  readonly #names: OwnNames;
  readonly #polls: MinutePolls;
  /** The commands of this workflow by what they order. One order goes out under one id, so that it is queued once at most. */
  readonly #commands = new Map<string, { id: string; state: 'new' | 'in doubt' | 'queued' }>();
  #pushing: Promise<unknown> = Promise.resolve();

  constructor({ declarationsAddress, credential, mac, ...wire }: NanoMdmParts) {
    this.#nano = new NanoCalls(wire, credential, 'nanomdm');
    this.#ddm = new NanoCalls({ ...wire, address: declarationsAddress ?? wire.address }, credential, 'kmfddm');
    this.#random = wire.random;
    this.#udid = mac.udid.toUpperCase();
    this.#names = ownNames(this.#udid);
    this.#polls = new MinutePolls(wire.clock);
  }

  async look(signal?: AbortSignal): Promise<PushAbilities | Failed> {
    const unknown = this.#unknownMac();
    if (unknown !== null) return unknown;
    const version = await this.#nano.read(get('/version'), versionSchema, signal);
    if (isFault(version)) return nanoFailure(version.fault);
    const declared = await this.#sets(signal);
    const trouble = 'failed' in declared ? declared.failed.trouble : null;
    // There is one key for both.
    if ('failed' in declared && (trouble === 'credential-refused' || trouble === 'privilege-missing')) return declared;
    return {
      means: 'failed' in declared ? ['raw-command'] : ['declaration', 'raw-command'],
      // Where there is no KMFDDM nothing is amiss.
      lacks: trouble === 'not-supported' ? null : trouble,
      serverVersion: version.value.version,
      // Neither of them keeps an inventory.
      device: { managed: null, supervised: null, declarative: null },
    };
  }

  async current(signal?: AbortSignal): Promise<{ plan: PushPlan; order: PushOrder | null } | null | Failed> {
    const unknown = this.#unknownMac();
    if (unknown !== null) return unknown;
    const sets = await this.#sets(signal);
    // A server without declarations keeps nothing that could be under way.
    if ('failed' in sets) return sets.failed.trouble === 'not-supported' ? null : sets;
    if (!sets.names.includes(this.#names.set)) return null;
    const target = await this.#target(signal);
    if (target === null || 'failed' in target) return target;
    const report = await this.#report(signal);
    if ('failed' in report) return report;
    if (isDone(target, report)) return null;
    return { plan: this.#plan(), order: orderOf(target, report.version) };
  }

  /** One after the other, so that each looks at what the one before it made. */
  push(order: PushOrder, means: PushMeans, signal?: AbortSignal): Promise<{ plan: PushPlan } | Failed> {
    const pushed = this.#pushing.then(() => this.#push(order, means, signal));
    this.#pushing = pushed.catch(() => {});
    return pushed;
  }

  async follow({ means, id }: PushPlan, signal?: AbortSignal): Promise<PushState | Failed> {
    if (means === 'raw-command' || id === null) return { state: 'under-way', phase: 'known to the Mac alone' };
    const unknown = this.#unknownMac();
    if (unknown !== null) return unknown;
    if (id !== this.#names.update)
      return { failed: { trouble: 'not-understood', detail: 'the id of the plan is none of this Mac’s' } };
    return this.#polls.ask(() => this.#stateNow(signal), signal);
  }

  async nudge(signal?: AbortSignal): Promise<null | Failed> {
    const unknown = this.#unknownMac();
    if (unknown !== null) return unknown;
    // A Mac that does not know what is declared for it is told to look at its declarations, which notifies it as well.
    if (await this.#isUntold(signal)) return this.#notify(signal);
    const asked = await this.#nano.read(get(`/v1/push/${this.#udid}`), resultSchema, signal);
    if (isFault(asked)) return codesOf(asked.fault).length > 0 ? NOT_NOTIFIED : nanoFailure(asked.fault);
    if (!asked.value.isKnown) return { failed: { trouble: 'not-understood', detail: 'it does not say what it did' } };
    return asked.value.pushFailed ? NOT_NOTIFIED : null;
  }

  async close(): Promise<void> {
    // Nothing was opened: each request has the key with it.
  }

  async #push(order: PushOrder, means: PushMeans, signal?: AbortSignal): Promise<{ plan: PushPlan } | Failed> {
    const unknown = this.#unknownMac();
    if (unknown !== null) return unknown;
    const { action } = order;
    if (means === 'raw-command' && action.kind !== 'enforce') return this.#queue(order, signal);
    if (means !== 'declaration' || action.kind !== 'enforce')
      return { failed: { trouble: 'not-supported', detail: 'it does not bring such an order by these means' } };
    if (!LOCAL_TIME.test(action.by))
      return { failed: { trouble: 'not-understood', detail: 'the moment to enforce it at is no local date and time' } };
    return this.#declare(declarationsFor(order, action.by, this.#names), signal);
  }

  /**
   * Puts the declarations and gives them to the Mac. Each step may be done again, and what is there already stays as it is, so
   * that a push that was cut off is finished by the next one. Until the set is given to the Mac nothing is declared for it.
   */
  async #declare(declarations: readonly Declaration[], signal?: AbortSignal): Promise<{ plan: PushPlan } | Failed> {
    const { set } = this.#names;
    const steps: NanoCall[] = [
      ...declarations.map((one) => put('/v1/declarations', [], one)),
      ...declarations.map(({ Identifier }) => put(`/v1/set-declarations/${set}`, [['declaration', Identifier]])),
    ];
    const given = put(`/v1/enrollment-sets/${this.#udid}`, [['set', set]]);
    for (const step of [...steps, given]) {
      const refused = await this.#ddm.change(step, signal);
      if (refused === null) continue;
      const { failed } = nanoFailure(refused.fault);
      if (step === given && mayHaveActed(refused.fault))
        return {
          failed: { trouble: 'lost', detail: `it is not known whether it declared the update: ${failed.detail}` },
        };
      const isRejected = refused.fault.kind === 'status' && refused.fault.status === 400;
      return { failed: isRejected ? { trouble: 'declaration-failed', detail: failed.detail } : failed };
    }
    // It is declared, whether or not the Mac could be told so already.
    await this.#notify(signal);
    return { plan: this.#plan() };
  }

  async #queue(order: PushOrder, signal?: AbortSignal): Promise<{ plan: PushPlan } | Failed> {
    const key = `${order.to.version} ${order.action.kind}`;
    const command = this.#commands.get(key) ?? { id: commandId(this.#random), state: 'new' };
    this.#commands.set(key, command);
    const plan: PushPlan = { means: 'raw-command', id: null };
    if (command.state === 'queued') return { plan };
    const refused = await this.#enqueue(updateCommand(order, command.id), signal);
    if (refused === null) {
      command.state = 'queued';
      return { plan };
    }
    // One that is there already is refused like any other, without a reason that could be told apart.
    if (refused.trouble !== 'lost' && command.state === 'new') return { failed: refused };
    command.state = 'in doubt';
    return {
      failed: { trouble: 'lost', detail: `it is not known whether it queued the command: ${refused.detail}` },
    };
  }

  /** Null where the command is queued, whether or not the Mac could be told so. */
  async #enqueue(text: string, signal?: AbortSignal): Promise<PushFailure | null> {
    const body = { type: 'application/xml', text };
    const call: NanoCall = { method: 'PUT', path: `/v1/enqueue/${this.#udid}`, body, once: true };
    const asked = await this.#nano.read(call, resultSchema, signal);
    if (!isFault(asked)) {
      if (asked.value.commandFailed) return NOT_QUEUED;
      return asked.value.isKnown ? null : { trouble: 'lost', detail: 'it does not say what it did' };
    }
    const codes = codesOf(asked.fault);
    if (codes.length > 0) return codes.includes(COMMAND_ERROR) ? NOT_QUEUED : null;
    const { failed } = nanoFailure(asked.fault);
    return mayHaveActed(asked.fault) ? { ...failed, trouble: 'lost' } : failed;
  }

  async #stateNow(signal?: AbortSignal): Promise<PushState | Failed> {
    const target = await this.#target(signal);
    if (target === null) return LOST;
    if ('failed' in target) return target;
    const report = await this.#report(signal);
    if ('failed' in report) return report;
    const verdict = await this.#verdict(signal);
    if (verdict !== null && 'failed' in verdict) return verdict;
    const state = stateOf(target, verdict, report);
    if (state.state === 'failed') return (await this.#takeBack(signal)) ?? state;
    if (verdict?.current || state.state === 'completed') return state;
    // The Mac knows nothing of it: perhaps it was taken away from it.
    const sets = await this.#sets(signal);
    if ('failed' in sets) return sets;
    if (sets.names.includes(this.#names.set)) return state;
    if (verdict === null) return LOST;
    return (await this.#notify(signal)) ?? STILL_THERE;
  }

  /** A Mac that could not do what is declared would try it again, at a time that nobody was told. */
  async #takeBack(signal?: AbortSignal): Promise<null | Failed> {
    const query = [['set', this.#names.set] as const, NO_NOTIFY];
    const call: NanoCall = { method: 'DELETE', path: `/v1/enrollment-sets/${this.#udid}`, query };
    const refused = await this.#ddm.change(call, signal);
    return refused === null ? this.#notify(signal) : nanoFailure(refused.fault);
  }

  async #isUntold(signal?: AbortSignal): Promise<boolean> {
    const sets = await this.#sets(signal);
    if ('failed' in sets || !sets.names.includes(this.#names.set)) return false;
    const verdict = await this.#verdict(signal);
    return verdict === null || (!('failed' in verdict) && !verdict.current);
  }

  async #notify(signal?: AbortSignal): Promise<null | Failed> {
    const call: NanoCall = { method: 'POST', path: '/v1/notify', query: [['id', this.#udid]] };
    const refused = await this.#ddm.change(call, signal);
    return refused === null ? null : nanoFailure(refused.fault);
  }

  async #sets(signal?: AbortSignal): Promise<{ names: string[] } | Failed> {
    const asked = await this.#ddm.read(get(`/v1/enrollment-sets/${this.#udid}`), namesSchema, signal);
    return isFault(asked) ? nanoFailure(asked.fault) : { names: asked.value };
  }

  /** Our own declaration; null where there is none. */
  async #target(signal?: AbortSignal): Promise<Enforcement | null | Failed> {
    const asked = await this.#ddm.read(get(`/v1/declarations/${this.#names.update}`), enforcementSchema, signal);
    if (!isFault(asked)) return asked.value;
    return isMissing(asked) ? null : nanoFailure(asked.fault);
  }

  /** All that was reported: what a prefix may look like depends on where KMFDDM keeps its values. */
  async #report(signal?: AbortSignal): Promise<Report | Failed> {
    const asked = await this.#ddm.read(get(`/v1/status-values/${this.#udid}`), valuesSchema, signal);
    return isFault(asked) ? nanoFailure(asked.fault) : reportOf(asked.value[this.#udid] ?? []);
  }

  async #verdict(signal?: AbortSignal): Promise<Verdict | null | Failed> {
    const asked = await this.#ddm.read(get(`/v1/declaration-status/${this.#udid}`), verdictsSchema, signal);
    if (isFault(asked)) return nanoFailure(asked.fault);
    return (asked.value[this.#udid] ?? []).find(({ identifier }) => identifier === this.#names.update) ?? null;
  }

  #plan(): PushPlan {
    return { means: 'declaration', id: this.#names.update };
  }

  #unknownMac(): Failed | null {
    if (/^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/.test(this.#udid)) return null;
    return { failed: { trouble: 'computer-unknown', detail: 'the hardware UUID of this Mac is not known' } };
  }
}

const versionSchema = z.object({ version: z.string().regex(/^[\w.+-]{1,64}$/) });

const get = (path: string): NanoCall => ({ method: 'GET', path });
const NO_NOTIFY = ['nonotify', '1'] as const;
/** KMFDDM tells the Mac of each change unless it is asked not to; it is told once, of all. */
const put = (path: string, query: NonNullable<NanoCall['query']>, json?: unknown): NanoCall => ({
  method: 'PUT',
  path,
  query: [...query, NO_NOTIFY],
  ...(json === undefined ? {} : { body: { type: 'application/json', text: JSON.stringify(json) } }),
});

const codesOf = (fault: Fault): readonly string[] =>
  fault.kind === 'status' && fault.form === 'result' ? fault.codes : [];

const NOT_QUEUED: PushFailure = { trouble: 'command-failed', detail: 'it did not queue the command' };
const NOT_NOTIFIED: Failed = { failed: { trouble: 'command-failed', detail: 'it could not push to this Mac' } };
const STILL_THERE: Failed = {
  failed: { trouble: 'command-failed', detail: 'the declaration was taken back, and the Mac has not heard of it' },
};
const LOST: PushState = { state: 'failed', trouble: 'lost', detail: 'it no longer has the declaration' };
