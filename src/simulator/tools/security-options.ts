/** What the options of a command about generic passwords say. */
export type ItemOptions = {
  account: string | null;
  service: string | null;
  label: string | null;
  kind: string | null;
  comment: string | null;
  /** For `add`: the secret; `asked` where `-w` was last and had none. For `find`: whether only the secret is wanted. */
  secret: string | 'asked' | null;
  onlySecret: boolean;
  showSecret: boolean;
  update: boolean;
  /** Null: not said. */
  trusted: readonly string[] | 'all' | null;
  keychains: readonly string[];
};

const NOTHING: ItemOptions = {
  account: null,
  service: null,
  label: null,
  kind: null,
  comment: null,
  secret: null,
  onlySecret: false,
  showSecret: false,
  update: false,
  trusted: null,
  keychains: [],
};

/** Reads them up to the first word that is no option: from there on it is keychains. Null where it would show its usage. */
export function readItemOptions(verb: 'add' | 'find' | 'delete', words: readonly string[]): ItemOptions | null {
  const options = { ...NOTHING };
  const trusted: string[] = [];
  let place = 0;
  for (; words[place]?.startsWith('-'); place += 1) {
    const option = words[place] ?? '';
    const next = words[place + 1];
    if (option === '-U' && verb === 'add') options.update = true;
    else if (option === '-A' && verb === 'add') options.trusted = 'all';
    else if (option === '-g' && verb === 'find') options.showSecret = true;
    else if (option === '-w' && verb === 'find') options.onlySecret = true;
    else if (option === '-w' && verb === 'add' && next === undefined) options.secret = 'asked';
    else if (next === undefined) return null;
    else {
      place += 1;
      if (option === '-a') options.account = next;
      else if (option === '-s') options.service = next;
      else if (option === '-l') options.label = next;
      else if (option === '-D') options.kind = next;
      else if (option === '-j') options.comment = next;
      else if (option === '-T' && verb === 'add') trusted.push(next);
      else if ((option === '-w' || option === '-p') && verb === 'add') options.secret = next;
      else if (option === '-X' && verb === 'add') options.secret = Buffer.from(next, 'hex').toString('utf8');
      else if (!['-c', '-C', '-G', '-t'].includes(option)) return null;
    }
  }
  if (trusted.length > 0 && options.trusted === null) options.trusted = trusted.filter((path) => path !== '');
  return { ...options, keychains: words.slice(place) };
}
