// Macs that push one release through one simulated Jamf Pro, each by the real client and at the pace of the policy, and what
// the server got of it.
import { JamfPro } from '../../src/adapters/mdm/jamf-pro/jamf-pro.ts';
import { PacedHttp } from '../../src/adapters/mdm/paced-http.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.ts';
import type { PushOrder } from '../../src/domain/push.ts';
import { Secret } from '../../src/domain/secret.ts';
import { nextPollMs, pushOffsetMs, REQUEST_GAP_MS } from '../../src/policy/push-pace.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Http } from '../../src/ports/http.ts';
import { JamfProServer } from '../../src/simulator/mdm/jamf-pro/server.ts';
import { availableMacOS, ScriptedMac } from '../../src/simulator/mdm/scripted-mac.ts';
import { random } from '../../src/simulator/random.ts';
import { VirtualClock } from '../../src/simulator/virtual-clock.ts';
import { canary } from './canary.ts';

const START = Temporal.Instant.from('2026-11-23T05:17:00Z').epochMilliseconds;
const VERSION = '26.6.2';

export const udids = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => {
    const roll = random(`udid ${index}`);
    const hex = (length: number) => Array.from({ length }, () => roll.whole(0, 15).toString(16)).join('');
    return [8, 4, 4, 4, 12].map(hex).join('-').toUpperCase();
  });

export type FleetOptions = {
  macs: number;
  /** When each begins, after all of them saw the release at one moment. */
  offsetMs?: (udid: string, index: number) => number;
  gapMs?: number;
  /** How soon each wants to ask about its plan again. */
  pollMs?: (sinceMadeMs: number) => number;
  action?: PushOrder['action'];
};

/** `requests` holds, for each Mac, when its requests reached the server, counted from its own start. */
export type Load = {
  requests: number[][];
  /** The requests in the busiest second, and in the busiest minute. */
  worstSecond: number;
  worstMinute: number;
  total: number;
  /** The shortest time between two questions about one plan. */
  closestPollsMs: number;
  ended: Record<string, number>;
  lastsMs: number;
};

/** Lives through a release on all Macs. */
export async function fleet({
  macs,
  offsetMs = (udid) => pushOffsetMs(udid, VERSION),
  gapMs = REQUEST_GAP_MS,
  pollMs = nextPollMs,
  action = { kind: 'install-and-restart' },
}: FleetOptions): Promise<Load> {
  const clock = new VirtualClock(START);
  const busy = new Busy();
  const lastPolls = new Map<string, number>();
  let closestPollsMs = Infinity;
  const server = new JamfProServer({
    clock,
    onCall: ({ at, route, path }) => {
      busy.count(at);
      if (route !== 'plan') return;
      closestPollsMs = Math.min(closestPollsMs, at - (lastPolls.get(path) ?? -Infinity));
      lastPolls.set(path, at);
    },
  });
  const secret = canary('fleet');
  server.addClient({ id: 'upkeep', secret });
  const port: Clock = {
    now: () => clock.now(),
    monotonicMs: () => clock.now() - START,
    zone: () => 'Europe/Berlin',
    after: (delayMs, callback) => clock.after(delayMs, callback),
  };
  const requests: number[][] = [];
  const ended: Record<string, number> = {};
  let left = macs;

  for (const [index, udid] of udids(macs).entries()) {
    const mac = new ScriptedMac(clock, { facts: { udid }, script: { offered: [availableMacOS(VERSION, '25G83')] } });
    server.enrol(mac);
    const roll = random(`mac ${index}`);
    const begins = offsetMs(udid, index);
    const own: number[] = [];
    requests.push(own);
    const witnessed: Http = {
      send: (request, signal) => {
        own.push(clock.now() - START - begins);
        return server.http.send(request, signal);
      },
    };
    const client = new JamfPro({
      http: new PacedHttp(witnessed, port, gapMs),
      clock: port,
      random: () => roll.whole(0, 999) / 1_000,
      address: 'https://jamf.example',
      credential: { kind: 'client', id: 'upkeep', secret: new Secret(secret) },
      mac: { udid, computerId: null, recon: null },
    });
    clock.after(begins, () => {
      void workflow(client, port, action, pollMs).then((end) => {
        ended[end] = (ended[end] ?? 0) + 1;
        left -= 1;
      });
    });
  }
  await clock.runUntil(START + 30 * DAY_MS, () => left === 0);
  server.close();
  return { requests, ...busy.worst(), closestPollsMs, ended, lastsMs: clock.now() - START };
}

/** What one Mac does for one release, in the order in which an agent would. */
async function workflow(
  client: JamfPro,
  clock: Clock,
  action: PushOrder['action'],
  pollMs: (sinceMadeMs: number) => number,
): Promise<string> {
  const order: PushOrder = { to: { version: VERSION, build: '25G83' }, major: false, latest: false, action };
  const abilities = await client.look();
  if ('failed' in abilities) return abilities.failed.trouble;
  const made = await client.push(order, action.kind === 'enforce' ? 'declaration' : 'plan');
  if ('failed' in made) return made.failed.trouble;
  await client.nudge();
  const madeMs = clock.monotonicMs();
  for (;;) {
    await new Promise<void>((resolve) => void clock.after(pollMs(clock.monotonicMs() - madeMs), resolve));
    const state = await client.follow(made.plan);
    const isOver = 'failed' in state || state.state === 'completed' || state.state === 'failed';
    if (!isOver) continue;
    await client.close();
    return 'failed' in state ? state.failed.trouble : state.state;
  }
}

/** How many requests came when, to the second. */
export class Busy {
  readonly #seconds = new Map<number, number>();

  count(atMs: number): void {
    const second = Math.floor(atMs / SECOND_MS);
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + 1);
  }

  worst(): { worstSecond: number; worstMinute: number; total: number } {
    const minutes = new Map<number, number>();
    let [total, worstSecond] = [0, 0];
    for (const [second, count] of this.#seconds) {
      total += count;
      worstSecond = Math.max(worstSecond, count);
      const minute = Math.floor((second * SECOND_MS) / MINUTE_MS);
      minutes.set(minute, (minutes.get(minute) ?? 0) + count);
    }
    return { worstSecond, worstMinute: Math.max(0, ...minutes.values()), total };
  }
}
