// A client and the server that it meets, in virtual time: what is the same for all of them.
import { HOUR_MS } from '../../../src/domain/instant.ts';
import type { PushAction, PushMeans, PushOrder, PushPlan, PushState } from '../../../src/domain/push.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Http } from '../../../src/ports/http.ts';
import type { Failed, PushService } from '../../../src/ports/push-service.ts';
import type { VirtualClock } from '../../../src/simulator/virtual-clock.ts';
import { wireOf } from './jamf-schema.ts';

/** What the Mac of the harness is offered, and the moment to enforce it at. */
export const ORDER: Omit<PushOrder, 'action'> = {
  to: { version: '26.6.2', build: '25G83' },
  major: false,
  latest: false,
};
export const BY = '2026-11-23T21:00:00';
export const ACTIONS: Readonly<Record<PushAction['kind'], PushAction>> = {
  download: { kind: 'download' },
  'install-and-restart': { kind: 'install-and-restart' },
  enforce: { kind: 'enforce', by: BY },
};
export const orderTo = (kind: PushAction['kind'], to = ORDER.to): PushOrder => ({
  ...ORDER,
  to,
  action: ACTIONS[kind],
});

type WireRequest = ReturnType<typeof wireOf>;
type WireAnswer = { status: number; headers: Readonly<Record<string, string>>; body: string };

/** A schema, as far as it finds flaws. */
export type Schema = {
  request: (request: WireRequest) => string[];
  answer: (request: WireRequest, answer: WireAnswer) => string[];
};

/** Everything that goes by, and what is wrong with it. */
export class Witness {
  readonly requests: string[] = [];
  readonly flaws: string[] = [];
  readonly #schema: Schema;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** `passes` is told of each request before it goes on. */
  over(http: Http, passes: (what: string) => void = () => {}): Http {
    return {
      send: async (request, signal) => {
        const wire = wireOf(request);
        const what = `${wire.method} ${new URL(wire.url).pathname}`;
        this.requests.push(what);
        for (const flaw of this.#schema.request(wire)) this.flaws.push(`${what}: ${flaw}`);
        passes(what);
        const result = await http.send(request, signal);
        if (result.kind === 'failed') return result;
        const { status, headers, body } = result.answer;
        for (const flaw of body.expose((text) => this.#schema.answer(wire, { status, headers, body: text })))
          this.flaws.push(`${what} → ${status}: ${flaw}`);
        return result;
      },
    };
  }
}

/** The clock of the harness, as a client has it. */
export function portOf(clock: VirtualClock): Clock {
  const start = clock.now();
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.now() - start,
    zone: () => 'Europe/Berlin',
    after: (delayMs, callback) => clock.after(delayMs, callback),
  };
}

/** What is done with a client, with time passing until it is answered. A plan is asked about `most` times at most. */
export function dealings(clock: VirtualClock, client: Pick<PushService, 'push' | 'follow'>, most: number) {
  /** Six hours at most. */
  const live = async <T>(answer: Promise<T>): Promise<T> => {
    const settled: { value: T }[] = [];
    const wait = answer.then((value) => void settled.push({ value }));
    const ended = await clock.runUntil(clock.now() + 6 * HOUR_MS, () => settled.length > 0);
    if (ended !== 'stopped') throw new Error('it was not answered within six hours');
    await wait;
    const [first] = settled;
    if (first === undefined) throw new Error('it was not answered');
    return first.value;
  };
  const push = (kind: PushAction['kind'], means: PushMeans) => live(client.push(orderTo(kind), means));
  /** Until the plan is over, or for so many polls. */
  const follow = async (plan: PushPlan, polls = most) => {
    let state = await live(client.follow(plan));
    for (let n = 1; n < polls && !isEnd(state); n += 1) state = await live(client.follow(plan));
    return state;
  };
  return { live, push, follow };
}

const isEnd = (state: PushState | Failed): boolean =>
  'failed' in state || state.state === 'completed' || state.state === 'failed';
