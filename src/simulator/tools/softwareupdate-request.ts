export type UpdateVerb = 'list' | 'list-full-installers' | 'download' | 'install' | 'history' | 'schedule';

export type UpdateRequest = {
  verb: UpdateVerb;
  labels: string[];
  all: boolean;
  recommended: boolean;
  scan: boolean;
  restart: boolean;
  force: boolean;
  user: string | null;
  stdinpass: boolean;
};

const VERBS: Record<string, UpdateVerb> = {
  '-l': 'list',
  '--list': 'list',
  '-d': 'download',
  '--download': 'download',
  '-i': 'install',
  '--install': 'install',
  '--list-full-installers': 'list-full-installers',
  '--history': 'history',
  '--schedule': 'schedule',
};

/** Options that are taken and change nothing here. */
const ACCEPTED = new Set(['--agree-to-license', '--verbose', '--include-config-data', '--os-only']);

/** What the arguments ask for; null where the tool would print its usage. There is no `--label`: labels stand alone. */
export function readRequest(argv: readonly string[]): UpdateRequest | null {
  const request: UpdateRequest = {
    verb: 'list',
    labels: [],
    all: false,
    recommended: false,
    scan: true,
    restart: false,
    force: false,
    user: null,
    stdinpass: false,
  };
  let verb: UpdateVerb | null = null;
  for (let place = 0; place < argv.length; place += 1) {
    const argument = argv[place] ?? '';
    const named = VERBS[argument];
    if (named !== undefined) verb = named;
    else if (argument === '--all' || argument === '-a') request.all = true;
    else if (argument === '--recommended' || argument === '-r') request.recommended = true;
    else if (argument === '--no-scan') request.scan = false;
    else if (argument === '--restart' || argument === '-R') request.restart = true;
    else if (argument === '--force') request.force = true;
    else if (argument === '--stdinpass') request.stdinpass = true;
    else if (argument === '--user') {
      place += 1;
      request.user = argv[place] ?? '';
    } else if (argument.startsWith('-') && !ACCEPTED.has(argument)) return null;
    else if (!argument.startsWith('-')) request.labels.push(argument);
  }
  if (verb === null) return null;
  const needsLabels = verb === 'download' || verb === 'install';
  if (needsLabels && request.labels.length === 0 && !request.all && !request.recommended) return null;
  return { ...request, verb };
}
