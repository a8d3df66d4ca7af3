// What the agent costs a Mac, with real processes on the simulated Mac: a wake with nothing to do, a wake after a kill,
// the wakes of an idle week, and the commits that a disk can take. `npm run bench:wake [runs]`. Milliseconds and megabytes
// are this computer's; the ratios beside them travel.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeBundle } from '../scripts/bundle.ts';
import { NODE_FLAGS } from '../src/adapters/launchd/program.ts';
import { placesUnder } from '../src/adapters/places.ts';
import { readOffers } from '../src/cli/offers-file.ts';
import { DAY_MS, HOUR_MS, type Instant } from '../src/domain/instant.ts';
import { MacUnderRoot } from '../src/simulator/door/mac-under-root.ts';
import { defaultMacSpec } from '../src/simulator/mac/mac-spec.ts';
import { Store } from '../src/store/store.ts';

const AGENT = 'org.upkeep.agent';
const START: Instant = Temporal.ZonedDateTime.from('2026-11-02T08:30[Europe/Berlin]').epochMilliseconds;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runs = Number(process.argv[2] ?? 15);
const scratch = mkdtempSync(join(tmpdir(), 'ub-'));
const program = await writeBundle(join(root, 'dist'));

// What a process says of itself when it ends: on Linux what the system keeps begins with whoever started it.
const meter = join(scratch, 'meter.mjs');
const reading = join(scratch, 'reading.json');
writeFileSync(
  meter,
  `import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const peak = () => existsSync('/proc/self/status') ? Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) : process.resourceUsage().maxRSS;
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(${JSON.stringify(reading)}, JSON.stringify({ cpuMs: (user + system) / 1000, megabytes: peak() / 1024 }));
});
`,
);

type Reading = { cpuMs: number; megabytes: number };

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const rows: [string, string, string][] = [];
const tell = (what: string, figure: string, ratio = ''): void => {
  rows.push([what, figure, ratio]);
};

async function onMac<T>(offers: boolean, live: (mac: MacUnderRoot) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(scratch, 'm'));
  const spec = defaultMacSpec();
  const mac = new MacUnderRoot({
    root: folder,
    spec,
    start: START,
    time: 'eager',
    offers: offers ? readOffers(join(root, 'examples/offers-26.6.2.txt')) : [],
  });
  try {
    await mac.boot();
    const { exitCode, stderr } = await mac.run([process.execPath, program, 'install', '--root', mac.root]);
    if (exitCode !== 0) throw new Error(`upkeep could not be installed: ${stderr}`);
    return await live(mac);
  } finally {
    await mac.shutDown();
  }
}

const isAtWork = (mac: MacUnderRoot): boolean => mac.pidOf(AGENT) !== null;
const commitsOf = (mac: MacUnderRoot): { count: number; wakes: number } => {
  const store = Store.openReadOnly(placesUnder(mac.root).state);
  const journal = store.journal();
  store.close();
  return { count: journal.length, wakes: journal.filter(({ type }) => type === 'agent.woke').length };
};

/** One more run of the agent, measured by itself; to its end, or until something holds. */
async function metered(
  mac: MacUnderRoot,
  until: (() => boolean) | null = null,
): Promise<{ wallMs: number; pid: number } & Reading> {
  const begin = performance.now();
  const { pid, ended } = mac.start([
    process.execPath,
    ...NODE_FLAGS,
    '--import',
    meter,
    program,
    'run',
    '--root',
    mac.root,
  ]);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await mac.runUntil(until ?? (() => isOver));
  const wallMs = performance.now() - begin;
  const read = until === null ? (JSON.parse(readFileSync(reading, 'utf8')) as Reading) : { cpuMs: 0, megabytes: 0 };
  return { wallMs, pid, ...read };
}

const bare = median(
  Array.from({ length: runs }, () => {
    spawnSync(process.execPath, ['--import', meter, '-e', '0']);
    return (JSON.parse(readFileSync(reading, 'utf8')) as Reading).cpuMs;
  }),
);

await onMac(false, async (mac) => {
  await mac.runUntil(() => commitsOf(mac).count > 0 && !isAtWork(mac), DAY_MS);
  const found: { cpuMs: number; megabytes: number; wallMs: number; calls: number; commits: number }[] = [];
  for (let run = -2; run < runs; run += 1) {
    const [calls, commits] = [mac.counts().calls, commitsOf(mac).count];
    const { cpuMs, megabytes, wallMs } = await metered(mac);
    if (run < 0) continue;
    found.push({
      cpuMs,
      megabytes,
      wallMs,
      calls: mac.counts().calls - calls,
      commits: commitsOf(mac).count - commits,
    });
  }
  const of = (name: keyof (typeof found)[number]): number => median(found.map((one) => one[name]));
  tell(
    'a wake with nothing to do: CPU',
    `${of('cpuMs').toFixed(0)} ms`,
    `${(of('cpuMs') / bare).toFixed(1)} × node -e 0`,
  );
  tell('a wake with nothing to do: peak memory', `${of('megabytes').toFixed(0)} MB`);
  tell('a wake with nothing to do: processes started', `${of('calls')}`);
  tell('a wake with nothing to do: commits', `${of('commits')}`);
  const before = { ...commitsOf(mac), calls: mac.counts().calls };
  await mac.runUntil(mac.mac.world.now() + 7 * DAY_MS);
  const after = commitsOf(mac);
  tell('wakes per idle day', ((after.wakes - before.wakes) / 7).toFixed(1));
  tell('processes started per idle day', ((mac.counts().calls - before.calls) / 7).toFixed(0));
});

await onMac(true, async (mac) => {
  const isAsking = () => mac.mac.screen.windows().length > 0;
  const nothing: number[] = [];
  const again: number[] = [];
  await mac.runUntil(isAsking, DAY_MS);
  for (let run = 0; run < Math.min(runs, 10); run += 1) {
    const pid = mac.pidOf(AGENT);
    if (pid !== null) await mac.kill(pid, { tools: true });
    await mac.runUntil(() => !isAsking(), HOUR_MS);
    const { wallMs, pid: own } = await metered(mac, isAsking);
    again.push(wallMs);
    await mac.kill(own, { tools: true });
    nothing.push(bareWall());
  }
  tell(
    'killed with a dialog open: until it is shown again',
    `${median(again).toFixed(0)} ms`,
    `${(median(again) / median(nothing)).toFixed(1)} × node -e 0`,
  );
});

function bareWall(): number {
  const begin = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - begin;
}

/** Commits of the size that the agent makes, each flushed to the disk, against bare writes of a page with a flush. */
function commits(): void {
  const folder = join(scratch, 'store');
  mkdirSync(folder);
  const store = Store.open(folder);
  const context = { filler: 'x'.repeat(6_000) };
  const times = 300;
  const begin = performance.now();
  for (let n = 1; n <= times; n += 1) {
    store.commit({
      at: START + n,
      monotonicMs: n,
      type: 'bench',
      event: { n },
      checkpoint: { version: 2, value: 'assessing', context },
      because: [],
      wakeAt: null,
      started: [],
      ended: [],
      heard: [],
      promises: { n: Math.floor(n / 5) },
    });
  }
  const perSecond = (times / (performance.now() - begin)) * 1000;
  store.close();
  const handle = openSync(join(folder, 'bare'), 'w');
  const page = Buffer.alloc(4096);
  const from = performance.now();
  for (let n = 0; n < times; n += 1) {
    writeSync(handle, page);
    fsyncSync(handle);
  }
  const bareWrites = (times / (performance.now() - from)) * 1000;
  closeSync(handle);
  tell(
    'commits per second, each flushed',
    perSecond.toFixed(0),
    `${(perSecond / bareWrites).toFixed(2)} × bare flushed writes`,
  );
}
commits();
rmSync(scratch, { recursive: true, force: true });

for (const [what, figure, ratio] of rows)
  process.stdout.write(`${what.padEnd(54)} ${figure.padStart(8)}   ${ratio}
`);
