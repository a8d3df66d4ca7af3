/** Long options that stand alone; every other one is followed by its value. */
const SWITCHES = new Set([
  'json',
  'quitoninfo',
  'alwaysreturninput',
  'hidetimerbar',
  'ontop',
  'moveable',
  'small',
  'big',
  'mini',
  'fullscreen',
  'blurscreen',
  'button1disabled',
  'button2',
  'infobutton',
  'ignorednd',
  'hidedefaultkeyboardaction',
  'loginwindow',
  'notification',
]);

/** Options that may come several times; in JSON they are lists. */
const REPEATED = new Set(['textfield', 'checkbox', 'selecttitle', 'listitem']);

export type DialogOptions = { ok: true; shows: Record<string, unknown> } | { ok: false; text: string };

/** What the dialog is to show, whether it came as JSON text, as a JSON file or as plain options. */
export function readDialogOptions(argv: readonly string[], readFile: (path: string) => string | null): DialogOptions {
  const shows: Record<string, unknown> = {};
  for (let place = 0; place < argv.length; place += 1) {
    const argument = argv[place] ?? '';
    if (!argument.startsWith('--')) continue;
    const name = argument.slice(2);
    if (SWITCHES.has(name)) {
      shows[name] = true;
      continue;
    }
    const next = argv[place + 1];
    // An option at the end or before another option has no value: it counts as given and empty.
    if (next === undefined || /^--[a-z]/.test(next)) {
      shows[name] = '';
      continue;
    }
    place += 1;
    if (name === 'jsonstring' || name === 'jsonfile') {
      const text = name === 'jsonstring' ? next : readFile(next);
      const read = text === null ? null : objectIn(text);
      if (read === null) return { ok: false, text: text === null ? `No such file ${next}` : 'JSON could not be read' };
      Object.assign(shows, read);
    } else if (REPEATED.has(name)) shows[name] = [...((shows[name] as unknown[] | undefined) ?? []), plainField(next)];
    else shows[name] = next;
  }
  return { ok: true, shows: withSelects(shows) };
}

/** `Password,secure,required` as the plain option has it. */
function plainField(text: string): Record<string, unknown> {
  const [title = '', ...flags] = text.split(',').map((part) => part.trim());
  return { title, ...Object.fromEntries(flags.map((flag) => [flag, true])) };
}

/** The plain options for a list, brought into the form JSON has. */
function withSelects(shows: Record<string, unknown>): Record<string, unknown> {
  if (shows.selectitems !== undefined || shows.selectvalues === undefined) return shows;
  const titles = shows.selecttitle as { title?: string }[] | undefined;
  const values = String(shows.selectvalues)
    .split(',')
    .map((value) => value.trim());
  return {
    ...shows,
    selectitems: [{ title: titles?.[0]?.title ?? '', values, default: shows.selectdefault ?? values[0] }],
  };
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
