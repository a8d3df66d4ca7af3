// The rules of CONTRIBUTING.md as a table: which folder may import which, where time and output may enter, and that
// nothing in the charts waits on a timer. Plain file reading; TypeScript's compiler is not needed for it.
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The floor each folder of src lies on. `adapters/*` rooms and the two of floor 2 do not know each other. */
const FLOORS: Record<string, number> = {
  domain: 0,
  policy: 1,
  machines: 2,
  ports: 2,
  adapters: 3,
  store: 3,
  agent: 4,
  simulator: 5,
  foresight: 6,
  cli: 7,
};

/**
 * A global of this name as a value, however it is reached: not a field of something else, not in a plain string (an odd
 * number of quotes before it on its line), not the right side of `instanceof`, which only asks what came from outside.
 */
function globalNamed(name: string): RegExp {
  const inString = String.raw`(?<!^[^'\n]*'(?:[^'\n]*'[^'\n]*')*[^'\n]*)`;
  const asField = String.raw`(?<![\w$#]|(?<!\.\.|\bglobalThis\??|\bglobal\??)\.)`;
  return new RegExp(
    String.raw`${inString}${asField}(?<!\binstanceof\s+)(?:${name})(?![\w$])|\[\s*(['"\x60])(?:${name})\1\s*\]|\{[^}]*\b(?:${name})\b[^}]*\}\s*=\s*globalThis`,
    'm',
  );
}

/** Files that are the one place for something nobody else may touch. */
const ALLOWED: { what: string; pattern: RegExp; in: RegExp[] }[] = [
  { what: 'Date', pattern: globalNamed('Date'), in: [] },
  { what: 'performance', pattern: globalNamed('performance'), in: [] },
  { what: 'the wall clock (Temporal.Now)', pattern: /\bTemporal\.Now\b/, in: [/^src\/adapters\/clock\//] },
  {
    what: 'setTimeout and setInterval',
    pattern: globalNamed('setTimeout|setInterval'),
    in: [/^src\/adapters\/clock\//],
  },
  { what: 'setImmediate', pattern: /\bsetImmediate\b/, in: [/^src\/simulator\/virtual-clock\.ts$/] },
  // The id of a request has to be one of its own, whoever asks; it decides nothing.
  { what: 'chance (Math.random, randomUUID)', pattern: /\bMath\.random\b|\brandomUUID\b/, in: [/^src\/cli\/ask\.ts$/] },
  { what: 'console', pattern: globalNamed('console'), in: [] },
  { what: 'process, from floor 3 on', pattern: globalNamed('process'), in: [/^src\/(?!domain|policy|machines|ports)/] },
  { what: 'process.stdout, stderr, exit', pattern: /\bprocess\.(?:stdout|stderr|exit)\b/, in: [/^src\/cli\//] },
];

/** A timer of xstate: a state's `after`, the `delay` of an action, the `delays` of a setup. */
const TIMER = /(?:(?<![\w$.])|['"`])(?:after|delays?)['"`]?\]?\s*:|[{,]\s*delay\s*[,}]/;

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .sort();
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g)].map((found) =>
    relative(root, resolve(root, dirname(file), found[1] ?? found[2] ?? '')),
  );
}

const folderOf = (file: string): string => file.split('/')[1] ?? '';
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');

/** What of a text runs: neither comments nor types. */
const codeOf = (text: string): string => withoutComments(stripTypeScriptTypes(text));
const readCode = (file: string): string => codeOf(readFileSync(join(root, file), 'utf8'));

const files = sources('src');

describe('the floors', () => {
  test('every folder of src has a floor', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !(folder in FLOORS))).toEqual([]);
  });

  test('imports point down, and never sideways between folders of one floor', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => target !== 'package.json' && folderOf(target) !== folderOf(file))
        .filter((target) => (FLOORS[folderOf(target)] ?? 99) >= (FLOORS[folderOf(file)] ?? -1))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('machines know no ports, and adapters and store know no machines', () => {
    const forbidden: Record<string, string[]> = {
      machines: ['ports'],
      ports: ['machines'],
      adapters: ['machines', 'store'],
      store: ['machines', 'adapters'],
    };
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => forbidden[folderOf(file)]?.includes(folderOf(target)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the simulated Mac knows nothing of the agent: its tools, people and servers import domain and ports only', () => {
    const wrong = files
      .filter((file) => /^src\/simulator\/(mac|tools|people|mdm)\//.test(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => ['agent', 'machines', 'policy', 'store', 'adapters'].includes(folderOf(target)))
          .map((target) => `${file} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  test('no file imports itself by a circle', () => {
    const graph = new Map(files.map((file) => [file, importsOf(file)]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('every relative import names a file that is there', () => {
    const known = new Set(files);
    const missing = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => !known.has(target) && !target.endsWith('package.json'))
        .map((target) => `${file} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('one place for each thing from outside', () => {
  test.each(ALLOWED)('$what only where it belongs', ({ pattern, in: allowed }) => {
    const wrong = files.filter((file) => !allowed.some((place) => place.test(file)) && pattern.test(readCode(file)));
    expect(wrong).toEqual([]);
  });

  test.each([
    ['Date', 'const clock = Date;'],
    ['Date', 'new Date(0)'],
    ['Date', "Reflect.construct(Date, ['2026'])"],
    ['Date', "globalThis['Date'].now()"],
    ['Date', 'globalThis.Date()'],
    ['performance', 'performance.now()'],
    ['performance', 'const { now } = performance;'],
    ['performance', 'const { performance: clock } = globalThis;'],
    ['setTimeout and setInterval', 'const later = setTimeout;'],
    ['setTimeout and setInterval', 'run(setInterval, 5)'],
    ['console', "console['log'](1)"],
    ['console', 'const { log } = console;'],
    ['console', 'say(...console)'],
    ['process, from floor 3 on', 'process.env.HOME'],
    ['process, from floor 3 on', 'const { env } = process;'],
  ])('%s is found in: %s', (what, snippet) => {
    expect(ALLOWED.find((rule) => rule.what === what)?.pattern.test(codeOf(snippet))).toBe(true);
  });

  test.each([
    [
      'Date',
      'const due: Date | null = null; type Days = Map<string, Date>; function f(a: Date): Date[] { return [a]; }',
    ],
    ['Date', 'if (value instanceof Date) say(value.toISOString());'],
    ['Date', "print('Version    Date    '); // Date"],
    ['Date', 'readDate(zeroDate, date.Date)'],
    ['performance', 'this.performance.now()'],
    ['setTimeout and setInterval', 'let timer: ReturnType<typeof setTimeout>;'],
    ['setTimeout and setInterval', 'clock.setTimeout(run)'],
    ['console', "this.#console.open(mac.console, '/dev/console')"],
    ['process, from floor 3 on', 'holder.process; processes(); type Holder = { process: string };'],
  ])('%s is not found in: %s', (what, snippet) => {
    expect(ALLOWED.find((rule) => rule.what === what)?.pattern.test(codeOf(snippet))).toBe(false);
  });

  test('domain, policy and machines import no library that does I/O', () => {
    const pure = files.filter((file) => (FLOORS[folderOf(file)] ?? 9) <= 2 && folderOf(file) !== 'ports');
    const wrong = pure.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/from '([^.'][^']*)'/g)]
        .map((found) => found[1] ?? '')
        .filter((library) => !['xstate', 'zod'].includes(library))
        .map((library) => `${file} imports ${library}`),
    );
    expect(wrong).toEqual([]);
  });

  test('no timers in the charts', () => {
    expect(sources('src/machines').filter((file) => TIMER.test(readCode(file)))).toEqual([]);
  });

  test.each([
    'const state = { after: { 1000: "asking" } };',
    'const state = { "after": { 1000: "asking" } };',
    "const state = { ['after']: { 1000: 'asking' } };",
    "raise({ type: 'tick' }, { delay: 500 })",
    "raise({ type: 'tick' }, { id: 'x', delay })",
    'setup({ delays: { long: 5 } })',
  ])('a timer is found in: %s', (snippet) => expect(TIMER.test(codeOf(snippet))).toBe(true));

  test.each([
    'type Step = { before: Place; after: Place };',
    'const { before, after } = step;',
    'steps.push({ at, before, after });',
    'step.after.context',
  ])('no timer is found in: %s', (snippet) => expect(TIMER.test(codeOf(snippet))).toBe(false));

  test('the source names no package registry', () => {
    const wrong = [...files, 'package.json', 'package-lock.json', 'README.md'].filter((file) =>
      /registry\.npmjs|registry\.yarnpkg/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });
});
