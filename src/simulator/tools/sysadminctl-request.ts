/** One line of what it says: all of them go to stderr, with the head NSLog gives them. */
export type Say = (text: string) => void;

export type SysadminVerb =
  | '-secureTokenStatus'
  | '-secureTokenOn'
  | '-secureTokenOff'
  | '-addUser'
  | '-deleteUser'
  | '-resetPasswordFor'
  | '-newPassword';

/** What the arguments ask for. A password of `-` is asked for; null was not given. */
export type SysadminRequest = {
  verb: SysadminVerb;
  /** The account it is about; for `-newPassword` alone there is none: the caller's. */
  subject: string;
  options: ReadonlyMap<string, string>;
  flags: ReadonlySet<string>;
};

const VERBS: readonly SysadminVerb[] = [
  '-secureTokenStatus',
  '-secureTokenOn',
  '-secureTokenOff',
  '-addUser',
  '-deleteUser',
  '-resetPasswordFor',
];
const FLAGS = new Set(['-secure', '-keepHome', '-admin', '-roleAccount', 'interactive']);
const OPTIONS = new Set([
  '-adminUser',
  '-adminPassword',
  '-password',
  '-newPassword',
  '-oldPassword',
  '-passwordHint',
  '-hint',
  '-fullName',
  '-UID',
  '-GID',
  '-shell',
  '-home',
  '-picture',
]);

/** Null where the tool would print its usage. */
export function readSysadminRequest(argv: readonly string[]): SysadminRequest | null {
  const options = new Map<string, string>();
  const flags = new Set<string>();
  let found: { verb: SysadminVerb; subject: string } | null = null;
  for (let place = 0; place < argv.length; place += 1) {
    const argument = argv[place] ?? '';
    const verb = VERBS.find((one) => one === argument);
    if (FLAGS.has(argument)) flags.add(argument);
    else if (verb === undefined && !OPTIONS.has(argument)) return null;
    else {
      place += 1;
      const value = argv[place];
      if (value === undefined) return null;
      if (verb === undefined) options.set(argument, value);
      else found = { verb, subject: value };
    }
  }
  if (found === null && options.has('-newPassword')) found = { verb: '-newPassword', subject: '' };
  return found === null ? null : { ...found, options, flags };
}
