// The client of Jamf Pro at the simulated server, in virtual time, with everything between them held against the schema.
import { JamfPro, type JamfProParts } from '../../../src/adapters/mdm/jamf-pro/jamf-pro.ts';
import { HOUR_MS } from '../../../src/domain/instant.ts';
import type { PushAction, PushMeans, PushOrder } from '../../../src/domain/push.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Http } from '../../../src/ports/http.ts';
import { random } from '../../../src/simulator/random.ts';
import { jamf, PASSWORD, SECRET } from '../../simulator/mdm/jamf-harness.ts';
import { answerFlaws, requestFlaws, wireOf } from './jamf-schema.ts';

export const CREDENTIALS = {
  client: { kind: 'client', id: 'upkeep', secret: new Secret(SECRET) },
  account: { kind: 'account', name: 'upkeep', password: new Secret(PASSWORD) },
} as const;
export type CredentialKind = keyof typeof CREDENTIALS;

/** What the Mac of the harness is offered, and the moment to enforce it at. */
export const ORDER: Omit<PushOrder, 'action'> = {
  to: { version: '26.6.2', build: '25G83' },
  major: false,
  latest: false,
};
export const ACTIONS: Readonly<Record<PushAction['kind'], PushAction>> = {
  download: { kind: 'download' },
  'install-and-restart': { kind: 'install-and-restart' },
  enforce: { kind: 'enforce', by: '2026-11-23T21:00:00' },
};
export const orderTo = (kind: PushAction['kind']): PushOrder => ({ ...ORDER, action: ACTIONS[kind] });

/** Everything that goes by, and what is wrong with it. `usual` are flaws of answers that a fault is there to cause. */
export class Witness {
  readonly requests: string[] = [];
  readonly flaws: string[] = [];
  /** How many requests for a plan reached the server while another plan for the Mac was under way. */
  second = 0;

  over(http: Http, isUnderWay: () => boolean = () => false): Http {
    return {
      send: async (request, signal) => {
        const wire = wireOf(request);
        const what = `${wire.method} ${new URL(wire.url).pathname}`;
        this.requests.push(what);
        for (const flaw of requestFlaws(wire)) this.flaws.push(`${what}: ${flaw}`);
        if (/^POST .*\/plans$/.test(what) && isUnderWay()) this.second += 1;
        const result = await http.send(request, signal);
        if (result.kind === 'failed') return result;
        const { status, headers, body } = result.answer;
        for (const flaw of body.expose((text) => answerFlaws(wire, { status, headers, body: text })))
          this.flaws.push(`${what} → ${status}: ${flaw}`);
        return result;
      },
    };
  }
}

export function pair(
  credential: CredentialKind = 'client',
  options: Parameters<typeof jamf>[0] = {},
  mac: Parameters<typeof jamf>[1] = {},
  parts: Partial<JamfProParts> = {},
) {
  const world = jamf(options, mac);
  const { server, clock } = world;
  const start = clock.now();
  const port: Clock = {
    now: () => clock.now(),
    monotonicMs: () => clock.now() - start,
    zone: () => 'Europe/Berlin',
    after: (delayMs, callback) => clock.after(delayMs, callback),
  };
  const witness = new Witness();
  const { udid } = world.mac.facts();
  const isUnderWay = (): boolean => {
    const { computers, plans } = server.parts;
    const computer = computers.byUdid(udid);
    return computer !== null && plans.underWay(computer) !== null;
  };
  const roll = random('pair');
  const client = new JamfPro({
    http: witness.over(server.http, isUnderWay),
    clock: port,
    random: () => roll.whole(0, 999) / 1_000,
    address: 'https://jamf.example',
    credential: CREDENTIALS[credential],
    mac: { udid, computerId: null, recon: null },
    ...parts,
  });

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

  /** Follows a plan until it is over, or for so many polls. */
  const follow = async (plan: { means: PushMeans; id: string | null }, polls = 200) => {
    let state = await live(client.follow(plan));
    for (let n = 1; n < polls && !isEnd(state); n += 1) state = await live(client.follow(plan));
    return state;
  };
  return { ...world, client, witness, live, push, follow, plans: () => server.parts.plans.all() };
}

export type Pair = ReturnType<typeof pair>;

const isEnd = (state: Awaited<ReturnType<JamfPro['follow']>>): boolean =>
  'failed' in state || state.state === 'completed' || state.state === 'failed';
