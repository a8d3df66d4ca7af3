// Whole lives of the real agent on the simulated Mac's second door: real processes, real signals, one story each.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'plist';
import { rolldown } from 'rolldown';
import { agentJob, plistFile, programFile, renderPlist } from '../../src/adapters/launchd/plists.ts';
import { NODE_FLAGS } from '../../src/adapters/launchd/program.ts';
import { type Places, placesUnder } from '../../src/adapters/places.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../../src/domain/instant.ts';
import type { Offer } from '../../src/domain/offer.ts';
import type { Request } from '../../src/domain/request.ts';
import { stateName } from '../../src/machines/explain.ts';
import { replay } from '../../src/machines/replay.ts';
import { readSettings } from '../../src/policy/read-settings.ts';
import { MacUnderRoot } from '../../src/simulator/door/mac-under-root.ts';
import type { MacSpec } from '../../src/simulator/mac/mac-spec.ts';
import type { PersonaName } from '../../src/simulator/people/personas.ts';
import { reportOn } from '../../src/simulator/report.ts';
import { type JournalRow, Store } from '../../src/store/store.ts';
import { root as project } from '../support/lives.ts';
import { type DeathAtCommit, nameOf, ORDERS } from './orders.ts';

export type Story = {
  name: string;
  settings: object;
  spec: MacSpec;
  offers: readonly Offer[];
  persona: PersonaName;
  start: Instant;
  seed: number;
  /** What an administrator asks for, so long after the start. */
  requests: readonly { afterMs: number; request: Request }[];
};

/** Tools that are waited for: a download, an install, a dialog. */
export const LONG = / --install| --download| --jsonstring/;

/**
 * Somebody kills it after so many calls of tools, or of long ones alone: time on the Mac goes on for `laterMs`, then the processes have `delayMs`
 * more. With what it started, or alone.
 */
export type DeathFromOutside = { calls: number; ofLong?: true; laterMs: number; delayMs: number; children: boolean };
export type Deaths = { atCommits?: readonly DeathAtCommit[]; fromOutside?: readonly DeathFromOutside[] };

/** What may not depend on when the agent was killed. */
export type Ending = {
  macOS: string;
  state: string;
  /** How often the person's answer was to put it off, less how often that was counted. */
  lostDeferrals: number;
  /** Restarts that a `softwareupdate` of the agent made. */
  restarts: number;
  doubleCounts: number;
  deadlines: string[];
  /** Requests with how often each was heard. */
  heard: Record<string, number>;
  /** Clicks of the person that the agent never took note of: only the one in the moment of the death. */
  unheardClicks: number;
  leftRunning: string[];
  openEffects: number;
  violated: unknown[];
};

export type Life = {
  ending: Ending;
  /** The names of its commits until the story was over, in order. */
  commits: string[];
  /** Deaths at commits that never came. */
  survived: readonly DeathAtCommit[];
  calls: readonly string[];
  deaths: number;
  /** Install commands that were run, and how often the agent decided to run one. */
  installs: number;
  installDecisions: number;
};

/** Makes one file of the agent, as it would be installed: it starts several times faster than its sources. */
export async function bundledAgent(): Promise<{ program: string; remove: () => void }> {
  mkdirSync(join(project, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(project, 'dist/kill-'));
  const bundle = await rolldown({
    input: join(project, 'test/kill/mortal-agent.ts'),
    platform: 'node',
    external: ['better-sqlite3'],
    logLevel: 'silent',
  });
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: 'agent.js', chunkFileNames: '[name]-[hash].js' });
  return { program: join(folder, 'agent.js'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const LIMIT_MS = 12 * 24 * HOUR_MS;

export async function live(
  program: string,
  story: Story,
  { atCommits = [], fromOutside = [] }: Deaths = {},
): Promise<Life> {
  const folder = mkdtempSync(join(tmpdir(), 'uk-'));
  const mac = new MacUnderRoot({ ...story, root: folder, time: 'eager' });
  const places = placesUnder(mac.root);
  const orders = join(mac.root, ORDERS);
  try {
    prepare(mac, places, program, story);
    if (atCommits.length > 0) writeFileSync(orders, JSON.stringify(atCommits));
    let deaths = 0;
    const left: string[] = [];
    const end = story.start + LIMIT_MS;
    const asked = story.requests.map(({ afterMs, request }, index) => ({ at: story.start + afterMs, request, index }));
    const killers = [...fromOutside].sort((one, other) => one.calls - other.calls);
    const isOver = () =>
      asked.length === 0 && mac.mac.os.version !== story.spec.macOS && mac.pidOf(AGENT) === null && isDone(places);
    await mac.boot();
    for (;;) {
      const [next, killer] = [asked[0], killers[0]];
      const until = Math.min(next?.at ?? end, end);
      const called = ({ ofLong }: DeathFromOutside) =>
        ofLong ? mac.mac.calls.filter((call) => LONG.test(wordsOf(call))).length : mac.mac.calls.length;
      const comesKiller = () => killer !== undefined && called(killer) >= killer.calls && mac.pidOf(AGENT) !== null;
      await mac.runUntil(() => mac.mac.world.now() >= until || isOver() || comesKiller(), LIMIT_MS);
      if (killer !== undefined && comesKiller()) {
        killers.shift();
        if (killer.laterMs > 0) await mac.runUntil(mac.mac.world.now() + killer.laterMs);
        const { died, orphans } = await killFromOutside(mac, killer);
        deaths += died ? 1 : 0;
        left.push(...orphans);
      } else if (next !== undefined && mac.mac.world.now() >= next.at) {
        asked.shift();
        ask(mac, places, `request-${next.index}`, next.request);
      } else break;
    }
    const survived = atCommits.length > 0 ? (JSON.parse(readFileSync(orders, 'utf8')) as DeathAtCommit[]) : [];
    deaths += atCommits.length - survived.length;
    const commits = commitsIn(places);
    // A leash of a dead agent may still have something to do, and what was armed last goes off.
    await mac.runUntil(mac.mac.world.now() + HOUR_MS);
    const { ending, ...rest } = endingOf(mac, places, story);
    return { ...rest, ending: { ...ending, leftRunning: [...left, ...ending.leftRunning] }, commits, deaths, survived };
  } finally {
    await mac.shutDown();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const AGENT = 'org.upkeep.agent';

export function prepare(mac: MacUnderRoot, places: Places, program: string, { settings }: Story): void {
  for (const path of [places.state, places.logs, places.doorbell]) mkdirSync(path, { recursive: true });
  writeFileSync(places.managedPreferences, build(settings as never));
  mac.place(programFile(places).slice(mac.root.length), [process.execPath, ...NODE_FLAGS, program]);
  const plist = plistFile(places, AGENT);
  mkdirSync(dirname(plist), { recursive: true });
  writeFileSync(plist, renderPlist(agentJob(places)), { mode: 0o644 });
}

/** Up to date, and nothing that a death left over has to wait for the next wake. */
function isDone(places: Places): boolean {
  const store = Store.openReadOnly(places.state);
  try {
    const at = stateName(store.checkpoint()?.value);
    return at === 'resting.upToDate' && store.waitingRequests().length === 0 && store.openEffects().length === 0;
  } finally {
    store.close();
  }
}

/** As the command line of an administrator does it: kept on the disk first, then launchd is asked to start the agent. */
function ask(mac: MacUnderRoot, places: Places, id: string, request: Request): void {
  const store = Store.open(places.state);
  store.append({ id, at: mac.mac.world.wall(), by: { kind: 'admin' }, request });
  store.close();
  mac.mac.jobs.kickstart(AGENT, false);
}

const wordsOf = ({ path, args }: { path: string; args: readonly string[] }): string => [path, ...args].join(' ');

/** Whether there was somebody to kill, and which tools outlived it though they should not have. */
async function killFromOutside(
  mac: MacUnderRoot,
  { delayMs, children }: DeathFromOutside,
): Promise<{ died: boolean; orphans: string[] }> {
  await sleep(delayMs);
  const pid = mac.pidOf(AGENT);
  if (pid === null) return { died: false, orphans: [] };
  await mac.kill(pid, { tools: children });
  let orphans = orphansOf(mac.root);
  for (let looks = 0; orphans.length > 0 && looks < 50; looks += 1) {
    await sleep(100);
    orphans = orphansOf(mac.root);
  }
  if (orphans.length > 0) {
    // Started in the very moment of the death, before anybody could be told of it: a look at the Mac ends by itself.
    await mac.runUntil(mac.mac.world.now() + MINUTE_MS);
    const still = new Set(orphansOf(mac.root));
    orphans = orphans.filter((line) => still.has(line));
  }
  return { died: true, orphans };
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Tools of the agent that go on running; not an install, which is to outlive it, nor what launchd itself runs. */
function orphansOf(root: string): string[] {
  const tools = processesNaming(root).filter((line) => line.includes(`/usr/bin/perl ${root}/`));
  return tools.filter((line) => !line.includes(' --install ') && !line.includes(' kickstart '));
}

function commitsIn(places: Places): string[] {
  const store = Store.openReadOnly(places.state);
  const journal = store.journal();
  store.close();
  return journal.map(({ type, value }) => nameOf(type, value));
}

function endingOf(mac: MacUnderRoot, places: Places, story: Story): Omit<Life, 'commits' | 'deaths' | 'survived'> {
  const store = Store.openReadOnly(places.state);
  const journal = store.journal();
  const openEffects = store.openEffects().length;
  store.close();
  const happenings = mac.mac.happenings;
  const clicks = happenings.filter((one) => one.kind === 'dialog-answered').length;
  const promises = promisesIn(journal);
  const ids = journal.filter((row) => row.type === 'request.heard').map((row) => (row.event as { id: string }).id);
  return {
    calls: mac.mac.calls.map(wordsOf),
    installDecisions: promises.installDecisions,
    installs: mac.mac.calls.filter((call) => call.args.includes('--install')).length,
    ending: {
      macOS: mac.mac.os.version,
      state: JSON.stringify(journal.at(-1)?.value),
      restarts: happenings.filter((one) => one.kind === 'restart' && one.cause === 'softwareupdate').length,
      lostDeferrals: promises.deferralAnswers - promises.deferrals,
      doubleCounts: promises.doubleCounts,
      deadlines: promises.deadlines,
      heard: Object.fromEntries(
        story.requests.map((_, index) => [`request-${index}`, ids.filter((id) => id === `request-${index}`).length]),
      ),
      unheardClicks: clicks - promises.answers,
      leftRunning: processesNaming(mac.root),
      openEffects,
      violated: violationsIn(mac, journal, story),
    },
  };
}

/** The promises that every simulation is watched for, held against what truly happened on this Mac. */
function violationsIn(mac: MacUnderRoot, journal: JournalRow[], story: Story): unknown[] {
  const reading = readSettings(story.settings, { zone: story.spec.zone });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const endedAt = mac.mac.world.now();
  const run = {
    mac: mac.mac,
    journal,
    endedAt,
    status: null,
    wakes: 0,
    commits: journal.length,
    cutsMade: 9,
    restsWithoutWake: 0,
    mdm: null,
  };
  const input = { ...story, settings: reading.settings, days: LIMIT_MS / DAY_MS, requests: [] };
  // The report asks for a store only to be of the same type; it reads the journal given.
  return reportOn({ ...input, store: Store.inMemory() }, run).invariants.violated;
}

function promisesIn(journal: readonly JournalRow[]) {
  const deadlines = new Set<string>();
  let answers = 0;
  let deferralAnswers = 0;
  let deferrals = 0;
  let counted = 0;
  let installDecisions = 0;
  for (const step of replay(journal)) {
    const { ledger, decision } = step.after.context;
    for (const reason of decision?.because ?? []) {
      if ((reason.code === 'deadline-ahead' || reason.code === 'deadline-passed') && reason.by === 'date')
        deadlines.add(`${reason.deadline} ${reason.at}`);
    }
    if (/^xstate\.done\.actor\.(ask|askTime|warn|askPassword|tell)$/.test(step.type)) {
      const { answer } = (step.event.output as { value: { answer: string } }).value;
      if (answer !== 'timed-out' && answer !== 'failed' && answer !== 'no-answer') answers += 1;
      if (answer === 'defer') deferralAnswers += 1;
    }
    const [from, to] = [stateName(step.before.value), stateName(step.after.value)];
    if (to.startsWith('installing.') && from !== to) installDecisions += 1;
    const before = step.before.context.ledger.target?.deferralCount ?? 0;
    const after = ledger.target?.deferralCount ?? before;
    if (after > before) {
      counted += after - before;
      deferrals += 1;
    }
  }
  return {
    deadlines: [...deadlines].sort(),
    answers,
    deferralAnswers,
    deferrals,
    doubleCounts: counted - deferrals,
    installDecisions,
  };
}

/** Processes of this computer that still have something to do with the root. */
function processesNaming(root: string): string[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return listed.filter((line) => line.includes(root));
}
