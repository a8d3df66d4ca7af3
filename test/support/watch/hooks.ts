// Looks at all that leaves this process: arguments and environments of what it starts, what it writes to files and
// databases, and files before they are removed. Works in the processes that run tests and, loaded before the program, in
// those that the tests start.
import childProcess from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import fs from 'node:fs';
import Module, { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { canaryIn, labelIn, type Recogniser, recogniserOf } from './marks.ts';

/** Where a secret was seen, in which spelling, and whose it is; never the secret. */
export type Sighting = { place: string; as: string; of: string | null };

type Watch = {
  report: (sighting: Sighting) => unknown;
  mayHold: Set<string>;
  toolsThemselves: { allowed: boolean };
  installed: boolean;
  /** In this process, since they were last taken. */
  seen: Sighting[];
};

/** One for each process: a bundle within it has a copy of this file. */
const KEY = Symbol.for('upkeep.watch');
const shared = globalThis as { [KEY]?: Watch };
shared[KEY] ??= {
  report: () => {},
  mayHold: new Set(),
  toolsThemselves: { allowed: false },
  installed: false,
  seen: [],
};
const watch: Watch = shared[KEY];

export const MAY_HOLD = watch.mayHold;
export const TOOLS_THEMSELVES = watch.toolsThemselves;

/** Another file of tests begins in this process: what the one before it was allowed is so no more. */
export function beginFile(): { first: boolean } {
  const first = !watch.installed;
  watch.mayHold.clear();
  watch.toolsThemselves.allowed = false;
  watch.report = (sighting) => watch.seen.push(sighting);
  install();
  return { first };
}

/** What was seen in this process since the last time, whoever asks. */
export const takeSeen = (): Sighting[] => watch.seen.splice(0);

/** What is told of every sighting from now on; what was told before comes back. */
export function reportTo(report: Watch['report']): Watch['report'] {
  const before = watch.report;
  watch.report = report;
  return before;
}

/** The simulated Macs of which real programs have called tools: what those made up besides is a secret, too. */
const macs = new Set<SimulatedMac>();
type SimulatedMac = {
  calls: readonly Call[];
  secrets: () => Set<string>;
  accounts: { all: () => readonly { name: string; fullName: string }[] };
};
type Call = { path: string; args: readonly string[]; exposed: readonly string[] };

/** Shorter ones would turn up by chance. */
const SHORTEST = 10;

/** The passwords and keys that are no canaries: what upkeep and the Macs' own tools made up, and defaults. */
function madeUp(): Recogniser {
  const all = [...macs];
  const names = new Set(all.flatMap((mac) => mac.accounts.all().flatMap(({ name, fullName }) => [name, fullName])));
  const secrets = new Set(all.flatMap((mac) => [...mac.secrets()]));
  return recogniserOf(
    [...secrets].filter((one) => one.length >= SHORTEST && !names.has(one) && canaryIn(one) === null),
  );
}

export function look(what: unknown, place: () => string, recognise: Recogniser = canaryIn): void {
  if (typeof what !== 'string' && !(what instanceof Uint8Array)) {
    if (Array.isArray(what)) for (const one of what) look(one, place, recognise);
    else if (ArrayBuffer.isView(what)) look(bytesOf(what), place, recognise);
    return;
  }
  const as = recognise(what);
  if (as !== null) watch.report({ place: place(), as, of: labelIn(what) });
}

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** What files are left out of the search: the program itself, whose text says what the simulated Mac's password is. */
const PROGRAM = /\/(?:node_modules|dist\/(?:test|kill|canary)-\w+)(?:\/|$)/;
const LARGEST_BYTES = 64 * 1_048_576;

const mayHold = (path: string): boolean =>
  [...watch.mayHold].some((allowed) => path === allowed || path.startsWith(`${allowed}/`));

/** Looks through a file, or a folder with all in it. */
export function lookThrough(path: string): void {
  const also = madeUp();
  const recognise: Recogniser = (what) => canaryIn(what) ?? also(what);
  const visit = (at: string): void => {
    const found = fs.lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined || mayHold(at) || PROGRAM.test(at)) return;
    if (found.isDirectory()) {
      for (const name of fs.readdirSync(at)) {
        look(name, () => `the name of a file in ${at}`, recognise);
        visit(join(at, name));
      }
    } else if (found.isFile() && found.size > 0 && found.size <= LARGEST_BYTES) {
      look(fs.readFileSync(at), () => `the file ${at}`, recognise);
    }
  };
  try {
    visit(path);
  } catch (error) {
    // Somebody else removed it meanwhile, or it is closed to this user: it is not for this to say.
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** At the end of a file of tests: what is left in temporary folders, and what those Macs made up against their calls. */
export function lookBack(): void {
  const also = madeUp();
  for (const { path, args, exposed } of [...macs].flatMap((mac) => mac.calls)) {
    if (watch.toolsThemselves.allowed) break;
    look([...args, ...exposed], () => `the arguments or surroundings of ${path} on a simulated Mac`, also);
  }
  for (const folder of temporaryFolders) lookThrough(folder);
  temporaryFolders.clear();
  macs.clear();
}

/** Starts to look. Once in a process. */
export function install(): void {
  if (watch.installed) return;
  watch.installed = true;
  watchPrograms();
  watchFiles();
  watchDatabases();
  watchSimulatedMacs();
  syncBuiltinESMExports();
}

/** Folders made for a while. */
const temporaryFolders = new Set<string>();

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** Puts something before a method; the method itself stays as it is, with its other properties. */
function before<Args extends unknown[]>(owner: object, name: string, first: (...args: Args) => void): void {
  const methods = owner as Record<string, AnyFunction>;
  const original = methods[name];
  if (original === undefined) throw new Error(`there is no ${name} to watch`);
  const watched = function (this: unknown, ...args: never[]): unknown {
    first(...(args as unknown as Args));
    return original.apply(this, args);
  };
  methods[name] = Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original));
}

type Start = { file: string; args?: readonly string[]; envPairs?: string[] };
type ChildStream = { push: (piece: unknown, encoding?: BufferEncoding) => boolean } | null | undefined;
type Child = { stdout: ChildStream; stderr: ChildStream };

let forChildren: ((start: Start) => void) | null = null;
/** What is done to a program before it starts, such as having it watch itself. */
export function onStart(change: (start: Start) => void): void {
  forChildren = change;
}

function watchPrograms(): void {
  const lookAt = (file: unknown, args: unknown, environment: unknown) => {
    look(args, () => `the arguments of ${file}`);
    look(environment, () => `the environment of ${file}`);
  };
  const prototype = childProcess.ChildProcess.prototype as unknown as { spawn: (this: Child, start: Start) => number };
  const spawn = prototype.spawn;
  prototype.spawn = function (start) {
    lookAt(start.file, start.args, start.envPairs);
    const isWatched = forChildren !== null && isOurs(start);
    if (isWatched) forChildren?.(start);
    const error = spawn.call(this, start);
    if (isWatched) {
      for (const name of ['stdout', 'stderr'] as const) lookAtStream(this[name], `${name} of ${start.file}`);
    }
    return error;
  };
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    before(childProcess, name, (file: unknown, ...more: unknown[]) => {
      const options = more.findLast((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
      const environment = Object.entries((options as { env?: object } | undefined)?.env ?? {}).flat();
      lookAt(file, [file, ...more.filter(Array.isArray)], environment);
    });
  }
}

/** Upkeep, whose output is looked at; tools of macOS may print a password to whoever asks them for it. */
const isOurs = ({ file, args = [] }: Start): boolean =>
  file.endsWith('/upkeep') || [file, ...args].some((word) => word.includes(process.execPath));

/** A piece may end in the middle of a secret, so that the end of the one before is looked at once more. */
function lookAtStream(stream: ChildStream, name: string): void {
  if (stream === null || stream === undefined) return;
  const push = stream.push;
  let tail = '';
  stream.push = function (piece, encoding) {
    if (piece instanceof Uint8Array || typeof piece === 'string') {
      const text = tail + (typeof piece === 'string' ? piece : Buffer.from(piece).toString('latin1'));
      look(text, () => name);
      tail = canaryIn(text) === null ? text.slice(-200) : '';
    }
    return push.call(this, piece, encoding);
  };
}

function watchFiles(): void {
  const named = (file: unknown): string =>
    typeof file === 'number' ? descriptorName(file) : file instanceof URL ? file.pathname : resolve(String(file));
  const written = (file: unknown, data: unknown): void => {
    let name: string | null = null;
    const lookAt = (one: unknown) =>
      look(one, () => {
        name ??= named(file);
        return `what was written to ${name}`;
      });
    if (isTyped(file, data, named)) return;
    lookAt(data);
  };
  for (const name of [
    'writeFile',
    'writeFileSync',
    'appendFile',
    'appendFileSync',
    'write',
    'writeSync',
    'writev',
    'writevSync',
  ])
    before(fs, name, written);
  for (const name of ['writeFile', 'appendFile']) before(fs.promises, name, written);
  const removed = (path: unknown): void => {
    if (typeof path === 'string') lookThrough(resolve(path));
  };
  for (const name of ['rm', 'rmSync', 'unlink', 'unlinkSync']) before(fs, name, removed);
  for (const name of ['rm', 'unlink']) before(fs.promises, name, removed);
  const mkdtempSync = fs.mkdtempSync as (...args: unknown[]) => string;
  (fs as { mkdtempSync: unknown }).mkdtempSync = (...args: unknown[]) => {
    const folder = mkdtempSync(...args);
    temporaryFolders.add(folder);
    return folder;
  };
}

function isTyped(file: unknown, data: unknown, named: (file: unknown) => string): boolean {
  return watch.mayHold.size > 0 && seenInAny(data) && mayHold(named(file));
}

const seenInAny = (data: unknown): boolean =>
  Array.isArray(data)
    ? data.some(seenInAny)
    : (typeof data === 'string' || data instanceof Uint8Array) && canaryIn(data) !== null;

function descriptorName(descriptor: number): string {
  try {
    return fs.readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return `the file with descriptor ${descriptor}`;
  }
}

/** Every value bound to a statement of SQLite, since later ones may be written over it in the file. */
function watchDatabases(): void {
  const loader = Module as unknown as { _load: (this: unknown, request: string, ...more: unknown[]) => unknown };
  const load = loader._load;
  loader._load = function (request, ...more) {
    const loaded = load.call(this, request, ...more);
    if (/better-sqlite3(?:[/\\]lib[/\\]index\.js)?$/.test(request)) watchStatements(loaded as { prototype: object });
    return loaded;
  };
}

const watchedDatabases = new WeakSet<object>();

function watchStatements(database: { prototype: object }): void {
  if (watchedDatabases.has(database)) return;
  watchedDatabases.add(database);
  const methods = database.prototype as { prepare: (this: unknown, sql: string) => { source: string } };
  const prepare = methods.prepare;
  let isWatched = false;
  methods.prepare = function (sql) {
    const statement = prepare.call(this, sql);
    look(sql, () => 'the text of an SQL statement');
    if (!isWatched) {
      isWatched = true;
      const prototype = Object.getPrototypeOf(statement) as object;
      for (const name of ['run', 'get', 'all', 'iterate', 'bind']) watchBinding(prototype, name);
    }
    return statement;
  };
}

function watchBinding(prototype: object, name: string): void {
  const statements = prototype as Record<string, (this: { source: string }, ...values: unknown[]) => unknown>;
  const original = statements[name];
  if (original === undefined) throw new Error(`statements have no ${name}`);
  statements[name] = function (...values) {
    for (const value of values) {
      const isNamed = typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
      look(isNamed ? Object.values(value).flat() : value, () => `the database, by “${this.source.slice(0, 60)}”`);
    }
    return original.apply(this, values);
  };
}

/** Tools that run within this process, or whose calls a real program passed on to the simulated Mac in it. */
function watchSimulatedMacs(): void {
  diagnostics.subscribe('simulated-mac.call', (message) => {
    const { mac, call } = message as { mac: SimulatedMac; call: Call };
    if (call.exposed.some((one) => one.startsWith('PATH='))) macs.add(mac);
    if (watch.toolsThemselves.allowed) return;
    look(call.args, () => `the arguments of ${call.path} on a simulated Mac`);
    look(call.exposed, () => `the surroundings of ${call.path} on a simulated Mac`);
  });
}
