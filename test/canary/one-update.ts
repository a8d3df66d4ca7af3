// The real agent in this process, on a simulated Mac with Apple silicon, from an administrator's wish to the restart:
// the person types their password on the way. Everything upkeep writes goes to real files; its log tells all it can.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'plist';
import { pinoLog } from '../../src/adapters/log/pino-log.ts';
import { rotatingFile } from '../../src/adapters/log/rotating-file.ts';
import { placesUnder } from '../../src/adapters/places.ts';
import { runAgent } from '../../src/agent/run-agent.ts';
import { complain } from '../../src/cli/complain.ts';
import { HOUR_MS, type Instant, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Offer } from '../../src/domain/offer.ts';
import { readMacSpec } from '../../src/simulator/mac/mac-spec.ts';
import { VirtualMac } from '../../src/simulator/mac/virtual-mac.ts';
import { Person } from '../../src/simulator/people/person.ts';
import { PERSONAS } from '../../src/simulator/people/personas.ts';
import { VirtualClock } from '../../src/simulator/virtual-clock.ts';
import { Store } from '../../src/store/store.ts';

/** The restart comes after little more than the hour of warning, unless something goes wrong. */
const LONGEST_MS = 3 * HOUR_MS;

export type OneUpdate = { installed: boolean; typed: boolean; told: string };

/** The way of one update on a Mac whose files are below `root`. */
export async function oneUpdate(root: string, password: string, offer: Offer, start: Instant): Promise<OneUpdate> {
  const places = placesUnder(root);
  const folders = [places.state, places.logs, places.doorbell, places.sockets, dirname(places.managedPreferences)];
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  writeFileSync(places.managedPreferences, build({ organisation: 'Example IT' }));
  const store = Store.open(places.state);
  store.append({ id: 'wish', at: start, by: { kind: 'admin' }, request: { kind: 'install' } });
  store.close();

  const read = readMacSpec({ password });
  if (!read.ok) throw new Error('this is no Mac');
  const clock = new VirtualClock(start);
  const mac = new VirtualMac({ spec: read.spec, clock, seed: 1 });
  mac.publish([offer]);
  new Person({ mac, persona: PERSONAS.agreeable, seed: 1 }).begin();

  let told = '';
  const hear = (line: string) => {
    told += `${line}\n`;
  };
  const sink = rotatingFile(places.logs, { rotates: true });
  const log = pinoLog({ clock: mac.clock, sink, level: 'debug', fields: { run: '1', version: '0' }, summary: hear });
  let over = false;
  mac.onShutdown(() => {
    over = true;
  });
  let life = oneLife();
  mac.launchd.onDue(() => {
    life = life.then(oneLife);
  });
  while (!over && clock.now() < start + LONGEST_MS) {
    await clock.runUntil(clock.now() + MINUTE_MS, () => over);
    // Virtual time would run away from the files and sockets, which are real.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const installed = over;
  if (!over) mac.cutPower(null);
  await life;

  async function oneLife(): Promise<void> {
    const door = mac.door();
    const stop = new AbortController();
    mac.onShutdown(() => stop.abort());
    const wake = { arm: async (at: Instant) => mac.launchd.arm(at), working: async () => {} };
    const commands = { ...door.commands, letGo: () => {} };
    await runAgent({ places, clock: door.clock, commands, wake, log, http: null, version: '0', stop: stop.signal })
      .catch((error: unknown) => complain(error, { err: hear }))
      .finally(() => door.close());
  }
  sink.close();
  const typed = mac.happenings.some((one) => one.kind === 'dialog-answered' && one.typed.length > 0);
  return { installed, typed, told };
}
