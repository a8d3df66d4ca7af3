// The client of NanoMDM and KMFDDM at the simulated ones, in virtual time, with everything between them held against the schema.
import { NanoMdm, type NanoMdmParts } from '../../../src/adapters/mdm/nanomdm/nano-mdm.ts';
import { HOUR_MS } from '../../../src/domain/instant.ts';
import type { PushAction, PushMeans, PushOrder, PushPlan } from '../../../src/domain/push.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Http } from '../../../src/ports/http.ts';
import { random } from '../../../src/simulator/random.ts';
import { API_KEY, ENFORCEMENT, nano } from '../../simulator/mdm/nano-harness.ts';
import { wireOf } from './jamf-schema.ts';
import { nanoAnswerFlaws, nanoRequestFlaws } from './nano-schema.ts';

export const CREDENTIAL = { kind: 'account', name: 'nanomdm', password: new Secret(API_KEY) } as const;

/** What the Mac of the harness is offered, and the moment to enforce it at. */
export const BY = '2026-11-23T21:00:00';
const ACTIONS: Readonly<Record<PushAction['kind'], PushAction>> = {
  download: { kind: 'download' },
  'install-and-restart': { kind: 'install-and-restart' },
  enforce: { kind: 'enforce', by: BY },
};
export const orderTo = (kind: PushAction['kind'], to = { version: '26.6.2', build: '25G83' }): PushOrder => ({
  to,
  major: false,
  latest: false,
  action: ACTIONS[kind],
});

/** Everything that goes by, and what is wrong with it. */
export class NanoWitness {
  readonly requests: string[] = [];
  readonly flaws: string[] = [];

  over(http: Http): Http {
    return {
      send: async (request, signal) => {
        const wire = wireOf(request);
        const what = `${wire.method} ${new URL(wire.url).pathname}`;
        this.requests.push(what);
        for (const flaw of nanoRequestFlaws(wire)) this.flaws.push(`${what}: ${flaw}`);
        const result = await http.send(request, signal);
        if (result.kind === 'failed') return result;
        const { status, headers, body } = result.answer;
        for (const flaw of body.expose((text) => nanoAnswerFlaws(wire, { status, headers, body: text })))
          this.flaws.push(`${what} → ${status}: ${flaw}`);
        return result;
      },
    };
  }
}

export function nanoPair(
  options: Parameters<typeof nano>[0] = {},
  mac: Parameters<typeof nano>[1] = {},
  parts: Partial<NanoMdmParts> = {},
) {
  const world = nano(options, mac);
  const { server, clock, udid } = world;
  const start = clock.now();
  const port: Clock = {
    now: () => clock.now(),
    monotonicMs: () => clock.now() - start,
    zone: () => 'Europe/Berlin',
    after: (delayMs, callback) => clock.after(delayMs, callback),
  };
  const witness = new NanoWitness();
  const roll = random('pair');
  const all: NanoMdmParts = {
    http: witness.over(server.http),
    clock: port,
    random: () => roll.whole(0, 999) / 1_000,
    address: 'https://mdm.example',
    declarationsAddress: null,
    credential: CREDENTIAL,
    mac: { udid },
    ...parts,
  };
  const client = new NanoMdm(all);

  /** Lets time pass until it is answered, six hours at most. */
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
  const follow = async (plan: PushPlan, polls = 2_000) => {
    let state = await live(client.follow(plan));
    for (let n = 1; n < polls && !isEnd(state); n += 1) state = await live(client.follow(plan));
    return state;
  };
  /** The updates that the Mac was ever told to install, by whatever means. */
  const commands = () => world.mac.record.filter(({ what }) => what === 'ScheduleOSUpdate').length;
  const enforced = () => server.declarations.for(udid).filter(({ Type }) => Type === ENFORCEMENT);
  return { ...world, client, parts: all, witness, live, push, follow, commands, enforced };
}

export type NanoPair = ReturnType<typeof nanoPair>;

const isEnd = (state: Awaited<ReturnType<NanoMdm['follow']>>): boolean =>
  'failed' in state || state.state === 'completed' || state.state === 'failed';
