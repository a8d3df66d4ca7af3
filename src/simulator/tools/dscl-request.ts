/** What is asked of the directory: the verb without its dash, the path in pieces, and the rest. */
export type DsclRequest = {
  verb: string;
  path: readonly string[];
  rest: readonly string[];
  plist: boolean;
  raw: readonly string[];
};

const NODES = new Set(['.', '/Local/Default', 'localhost', '/Search', '/Local/Target']);
const WITH_VALUE = new Set(['-u', '-P', '-f']);

const VERBS = new Set(
  'list read readall search auth authonly passwd create createpl append merge delete change'.split(' '),
);

/** Null where the tool would print its usage. */
export function readDsclRequest(argv: readonly string[]): DsclRequest | null {
  let place = 0;
  let plist = false;
  while (argv[place]?.startsWith('-')) {
    const option = argv[place] ?? '';
    plist ||= option === '-plist';
    place += WITH_VALUE.has(option) ? 2 : 1;
  }
  const node = argv[place] ?? '';
  const verb = (argv[place + 1] ?? '').replace(/^-/, '').toLowerCase();
  if (!NODES.has(node) || !VERBS.has(verb)) return null;
  const raw = argv.slice(place + 2);
  const [path = '/', ...rest] = raw;
  return { verb, path: piecesOf(path), rest, plist, raw };
}

/** Within `localhost` and `/Search` the node is part of the path, or left out. */
function piecesOf(path: string): string[] {
  return path
    .replace(/^\/?Local\/Default(?=\/|$)/, '')
    .split('/')
    .filter((piece) => piece !== '');
}
