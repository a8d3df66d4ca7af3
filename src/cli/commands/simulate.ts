import { readSettingsFile, type SettingsFromFile } from '../../adapters/settings/read-settings-file.ts';
import { writeStatus } from '../../agent/status-file.ts';
import { count } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import { releaseWords } from '../../domain/os-version.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { defaultSettings } from '../../policy/schema.ts';
import type { MacSpec } from '../../simulator/mac/mac-spec.ts';
import { macFromFile } from '../../simulator/mac-file.ts';
import { PERSONA_NAMES } from '../../simulator/people/personas.ts';
import { reportOn, type SimulationReport } from '../../simulator/report.ts';
import { savedWays, withAccountsFor } from '../../simulator/saved-ways.ts';
import { simulate as runSimulation, type SimulationInput } from '../../simulator/simulate.ts';
import { withServerSpec } from '../../simulator/simulated-servers.ts';
import { Store } from '../../store/store.ts';
import { painter } from '../colour.ts';
import type { CliCommand, Io, Values } from '../command.ts';
import { readText } from '../input.ts';
import { mdmOption } from '../mdm-option.ts';
import { readOffers } from '../offers-file.ts';
import { choiceOption, instantOption, textOption, wholeNumberOption, zoneOption } from '../options.ts';
import { EXAMPLE_OFFERS_FILE } from '../own-files.ts';
import { savedOption } from '../saved-option.ts';
import { summaryLines, timelineLine } from '../simulation-words.ts';
import { makeStateDirectory, refuseUnfitState } from '../state-directory.ts';

const DEFAULT_START = '2026-11-02T08:00';
const MOST_DAYS = 366;

export const simulate: CliCommand = {
  name: 'simulate',
  help: `upkeep simulate [--policy FILE] [--mac FILE] [--offers FILE] [--persona NAME] [--days N]
                [--start ISO] [--zone IANA] [--seed N] [--saved WAYS] [--mdm SERVICE[:FAULT,...]]
                [--state DIR] [--json]

Lets the real agent live on a simulated Mac and tells what happens, when and why.
Nothing on this computer is changed.

  --policy FILE    a configuration profile (.mobileconfig, XML or binary) or JSON; without it the defaults
  --mac FILE       the Mac, as JSON (docs/simulated-mac.md); without it a MacBook just below the offered macOS
  --offers FILE    the text a real \`softwareupdate --list\` printed; without it macOS 26.6.2
  --persona NAME   who sits there: ${PERSONA_NAMES.join(', ')} (procrastinator)
  --days N         how long, 1 to ${MOST_DAYS} (21)
  --start ISO      when it begins, local time of the Mac unless it names an offset (${DEFAULT_START})
  --zone IANA      where the Mac is (that of --mac, else Europe/Berlin)
  --seed N         another seed, another course of small chances (1); same seed and input, same output
  --saved WAYS     passwords that are saved, such as local-account or service-account=drifted (docs/simulation.md)
  --mdm SERVICE    the management server, jamf-pro or nanomdm, and what is wrong with it: jamf-pro:FAULT,FAULT (docs/simulation.md)
  --state DIR      keep the agent's state there (a new or empty directory), for \`upkeep status\` and \`upkeep explain\`
  --json           one JSON object (schema upkeep.simulation/1) instead of a story

Example: upkeep simulate --policy examples/three-weeks.mobileconfig --persona absent --days 30`,
  options: {
    policy: { type: 'string' },
    mac: { type: 'string' },
    offers: { type: 'string' },
    persona: { type: 'string' },
    days: { type: 'string' },
    start: { type: 'string' },
    zone: { type: 'string' },
    seed: { type: 'string' },
    saved: { type: 'string' },
    mdm: { type: 'string' },
    state: { type: 'string' },
    json: { type: 'boolean' },
  },
  positionals: { min: 0, max: 0 },
  run: async (values, _positionals, io) => {
    const persona = choiceOption(values, 'persona', PERSONA_NAMES, 'procrastinator');
    const days = wholeNumberOption(values, 'days', { min: 1, max: MOST_DAYS, otherwise: 21 });
    const seed = wholeNumberOption(values, 'seed', { min: 0, max: 4_294_967_295, otherwise: 1 });
    const offers = readOffers(textOption(values, 'offers') ?? EXAMPLE_OFFERS_FILE);
    const saved = savedOption(values);
    const mdm = mdmOption(values);
    const spec = withAccountsFor(saved, specFrom(values, offers));
    if (!spec.loggedIn && saved.some(({ method }) => method === 'saved-password')) throw nobodyToSave();
    const start = instantOption(values, 'start', spec.zone, DEFAULT_START);
    const policy = await policyFrom(textOption(values, 'policy'), spec.zone);
    const state = textOption(values, 'state');
    if (state !== null) refuseUnfitState(state);

    // Everything is read and right: only now may something be written.
    if (state !== null) makeStateDirectory(state);
    const store = state === null ? Store.inMemory() : Store.open(state);
    const input: SimulationInput = {
      settings: policy.settings,
      spec,
      offers,
      persona,
      days,
      start,
      seed,
      store,
      ...(saved.length === 0 ? {} : savedWays(saved)),
      ...(mdm === null ? {} : { mdm: withServerSpec(mdm, spec) }),
      ...(state === null ? {} : { publish: (status) => writeStatus(state, status) }),
      ...(io.errIsTerminal && values.json !== true ? { onProgress: (share) => progress(io, share) } : {}),
    };
    try {
      const report = reportOn(input, await runSimulation(input));
      if (io.errIsTerminal && values.json !== true) io.err('\r\u001b[K');
      io.out(
        values.json === true
          ? `${JSON.stringify(report, null, 2)}\n`
          : story(report, input, { ...policy, saved: textOption(values, 'saved'), mdm: textOption(values, 'mdm') }, io),
      );
      return report.invariants.violated.length === 0 ? 0 : 70;
    } finally {
      store.close();
    }
  },
};

const NOT_IN_ORDER = 'the server is never asked: `mdm` is not in authentication.order of the policy';

function nobodyToSave(): UpkeepError {
  return new UpkeepError(
    'usage.wrong',
    'a saved-password is saved by the person at the Mac, and nobody is logged in.',
    {
      remedy: 'Give another method to --saved, or a Mac with somebody logged in to --mac.',
    },
  );
}

function progress(io: Io, share: number): void {
  const width = 30;
  const full = Math.round(share * width);
  io.err(`\r${'█'.repeat(full)}${'·'.repeat(width - full)} ${Math.round(share * 100)} %`);
}

function story(
  report: SimulationReport,
  input: SimulationInput,
  policy: Pick<SettingsFromFile, 'warnings' | 'source'> & { saved: string | null; mdm: string | null },
  io: Io,
): string {
  const paint = painter(io.colour);
  const { spec } = input;
  const machine = `${spec.appleSilicon ? 'Apple silicon' : 'Intel'} ${spec.kind}`;
  const lines = [
    paint('bold', `${count(input.days, 'day')} of one Mac, simulated`),
    `  Mac        ${machine} on ${releaseWords(report.os.before)}, ${spec.zone}`,
    `  person     ${report.persona}`,
    ...(policy.saved === null ? [] : [`  saved      ${policy.saved}`]),
    ...(policy.mdm === null ? [] : [`  server     ${policy.mdm}`]),
    `  policy     ${policy.source}`,
    `  offered    ${input.offers.map((offer) => offer.title + (offer.title.includes(offer.version) ? '' : ` ${offer.version}`)).join(', ') || 'nothing'}`,
    ...policy.warnings.map((warning) => paint('yellow', `  note       ${warning.words}`)),
    ...(policy.mdm === null || input.settings.authentication.order.includes('mdm')
      ? []
      : [paint('yellow', `  note       ${NOT_IN_ORDER}`)]),
    '',
    ...report.timeline.map((entry) => timelineLine(entry, spec.zone, paint)),
    '',
    ...summaryLines(report, paint),
  ];
  return `${lines.join('\n')}\n`;
}

async function policyFrom(
  path: string | null,
  zone: string,
): Promise<Pick<SettingsFromFile, 'settings' | 'warnings' | 'source'>> {
  if (path === null) return { settings: defaultSettings, warnings: [], source: 'the defaults (no --policy given)' };
  return readSettingsFile(path, { zone });
}

function specFrom(values: Values, offers: readonly Offer[]): MacSpec {
  const path = textOption(values, 'mac');
  const spec = macFromFile(path === null ? null : { path, text: readText(path, 'the description of the Mac') }, offers);
  return { ...spec, zone: zoneOption(values, spec.zone) };
}
