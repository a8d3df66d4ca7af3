// What a simulated Jamf Pro gets when a release comes out and a fleet pushes it at the pace of the policy, each Mac by the real
// client. `npm run bench:mdm-load [macs]`. Figures are of virtual time and the same on every computer.
import { HOUR_MS, SECOND_MS } from '../src/domain/instant.ts';
import { type FleetOptions, fleet } from '../test/support/mdm-fleet.ts';

const macs = Number(process.argv[2] ?? 10_000);
const stories: [string, Omit<FleetOptions, 'macs'>][] = [
  ['by commands', {}],
  ['by a declaration, due on the fourth day', { action: { kind: 'enforce', by: '2026-11-26T21:00:00' } }],
];
const print = (line: string): void => void process.stdout.write(`${line}\n`);

print(`${macs} Macs that see a release at one moment:`);
for (const [name, options] of stories) {
  const load = await fleet({ macs, ...options });
  const ends = Object.entries(load.ended).map(([end, count]) => `${count} ${end}`);
  print(`${name}: at most ${load.worstSecond} requests in a second, ${load.worstMinute} in a minute`);
  print(
    `  ${load.total} requests in ${(load.lastsMs / HOUR_MS).toFixed(1)} h, ${(load.total / macs).toFixed(1)} for each Mac`,
  );
  print(`  one plan asked about every ${load.closestPollsMs / SECOND_MS} s at most; ${ends.join(', ')}`);
}
