// How many days of one Mac the simulator lives through in a second, and what of that time goes where. Ratios and rates
// only: absolute times say more about the machine than about upkeep. `npm run bench`.
import { DAY_MS } from '../src/domain/instant.ts';
import { PERSONA_NAMES } from '../src/simulator/people/personas.ts';
import { simulate } from '../src/simulator/simulate.ts';
import { Store } from '../src/store/store.ts';
import { intelMac, siliconMac, threeWeeks } from '../test/support/lives.ts';
import { berlin, offer } from '../test/support/situations.ts';

const DAYS = 30;
const ROUNDS = 12;

async function month(
  persona: (typeof PERSONA_NAMES)[number],
  appleSilicon: boolean,
  seed: number,
): Promise<{ ms: number; commits: number; commands: number }> {
  const store = Store.inMemory();
  const begun = performance.now();
  const run = await simulate({
    settings: threeWeeks,
    spec: appleSilicon ? siliconMac : intelMac,
    offers: [offer],
    persona,
    days: DAYS,
    start: berlin('2026-11-02T08:00'),
    seed,
    store,
  });
  const ms = performance.now() - begun;
  store.close();
  return { ms, commits: run.commits, commands: run.mac.calls.length };
}

await month('procrastinator', false, 0);
process.stdout.write(`one month (${DAYS} days) of one Mac, ${ROUNDS} seeds each\n\n`);
process.stdout.write('persona          Mac       device-days/s   months that fit in a second   commits   commands\n');
let slowest = 0;
for (const persona of PERSONA_NAMES) {
  for (const appleSilicon of [false, true]) {
    const times: number[] = [];
    let commits = 0;
    let commands = 0;
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const one = await month(persona, appleSilicon, seed);
      times.push(one.ms);
      commits += one.commits;
      commands += one.commands;
    }
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)] ?? Number.NaN;
    slowest = Math.max(slowest, times.at(-1) ?? 0);
    const row = [
      persona.padEnd(16),
      (appleSilicon ? 'silicon' : 'intel').padEnd(9),
      String(Math.round((DAYS * 1000) / median)).padStart(13),
      (1000 / median).toFixed(1).padStart(29),
      String(Math.round(commits / ROUNDS)).padStart(9),
      String(Math.round(commands / ROUNDS)).padStart(10),
    ];
    process.stdout.write(`${row.join(' ')}\n`);
  }
}
process.stdout.write(
  `\nslowest single month: ${(slowest / 1000).toFixed(3)} of a second; simulated to real time ${Math.round((DAYS * DAY_MS) / slowest)} : 1\n`,
);
