import { type Instant, localWords } from '../../domain/instant.ts';
import { UpkeepError } from '../../domain/problem.ts';
import { MacUnderRoot } from '../../simulator/door/mac-under-root.ts';
import type { MacSpec } from '../../simulator/mac/mac-spec.ts';
import { macFromFile } from '../../simulator/mac-file.ts';
import { PERSONA_NAMES } from '../../simulator/people/personas.ts';
import type { CliCommand, Io, Values } from '../command.ts';
import { happeningLine } from '../happening-words.ts';
import { readText } from '../input.ts';
import { labJamf } from '../lab-jamf.ts';
import { readOffers } from '../offers-file.ts';
import { choiceOption, instantOption, textOption, wholeNumberOption, wrongOption } from '../options.ts';
import { EXAMPLE_OFFERS_FILE } from '../own-files.ts';
import { untilStopped } from '../until-stopped.ts';

const DEFAULT_START = '2026-11-02T08:00';
const FASTEST = 100_000;

export const lab: CliCommand = {
  name: 'lab',
  help: `upkeep lab DIR [--mac FILE] [--offers FILE] [--persona NAME] [--scale N] [--start ISO] [--seed N]
upkeep lab jamf [--port N] [--version V] [--fault NAME[:VALUE]]...

Runs a simulated Mac whose tools are real programs under DIR, for trying things by hand. It prints what
happens on that Mac and ends with Control-C; what lies in DIR then stays.

With jamf instead of a folder it serves a simulated Jamf Pro on this computer's loopback, with one Mac that
is nothing but managed, prints how to talk to it, and then each request (docs/simulated-jamf-pro.md).

  --mac FILE       the Mac, as JSON (docs/simulated-mac.md); without it a MacBook just below the offered macOS
  --offers FILE    the text a real \`softwareupdate --list\` printed; without it macOS 26.6.2
  --persona NAME   who sits there: nobody, ${PERSONA_NAMES.join(', ')} (nobody)
  --scale N        how many times faster than real time, 1 to ${FASTEST} (60)
  --start ISO      what time it is there, local time of the Mac unless it names an offset (${DEFAULT_START})
  --seed N         another seed, another course of small chances (1)

  --port N         where it listens, on 127.0.0.1 (0: any port that is free)
  --version V      the version of the server, 10.30 to 11.30.1 (11.30.1)
  --fault NAME     something that is wrong with it, such as slow:10 or plan-fails:NO_DISK_SPACE; may be repeated

Examples: upkeep lab /tmp/mac --persona agreeable --scale 600
          upkeep lab jamf --fault plan-lags:20 --fault feature-off`,
  options: {
    mac: { type: 'string' },
    offers: { type: 'string' },
    persona: { type: 'string' },
    scale: { type: 'string' },
    start: { type: 'string' },
    seed: { type: 'string' },
    port: { type: 'string' },
    version: { type: 'string' },
    fault: { type: 'string', multiple: true },
  },
  positionals: { min: 1, max: 1 },
  run: async (values, positionals, io) => {
    const [folder = ''] = positionals;
    if (folder === 'jamf') return labJamf(without(values, MAC_OPTIONS, 'a simulated Mac in a folder'), io);
    without(values, JAMF_OPTIONS, '`upkeep lab jamf`');
    if (folder.trim() === '') throw wrongOption('DIR', folder, 'the path of a folder');
    const persona = choiceOption(values, 'persona', ['nobody', ...PERSONA_NAMES], 'nobody');
    const scale = wholeNumberOption(values, 'scale', { min: 1, max: FASTEST, otherwise: 60 });
    const seed = wholeNumberOption(values, 'seed', { min: 0, max: 4_294_967_295, otherwise: 1 });
    const offers = readOffers(textOption(values, 'offers') ?? EXAMPLE_OFFERS_FILE);
    const path = textOption(values, 'mac');
    const file = path === null ? null : { path, text: readText(path, 'the description of the Mac') };
    const spec = macFromFile(file, offers);
    const start = instantOption(values, 'start', spec.zone, DEFAULT_START);
    const mac = new MacUnderRoot({
      root: folder,
      spec,
      offers,
      persona: persona === 'nobody' ? null : persona,
      seed,
      start,
      time: { scale },
    });
    try {
      await mac.boot();
      io.out(welcome(mac.root, spec, scale, start));
      await live(mac, io);
    } finally {
      await mac.shutDown();
    }
    io.out('The Mac is off.\n');
    return 0;
  },
};

const MAC_OPTIONS = ['mac', 'offers', 'persona', 'scale', 'start', 'seed'];
const JAMF_OPTIONS = ['port', 'version', 'fault'];

/** The values, unless an option is among them that belongs to the other of the two. */
function without(values: Values, names: readonly string[], owner: string): Values {
  const stray = names.find((name) => values[name] !== undefined);
  if (stray === undefined) return values;
  throw new UpkeepError('usage.wrong', `--${stray} belongs to ${owner}.`, {
    remedy: 'Leave it out. A folder that is called jamf is written ./jamf.',
  });
}

/** Tells what happens until somebody has had enough. */
async function live(mac: MacUnderRoot, io: Io): Promise<void> {
  const stopped = untilStopped();
  let told = 0;
  const tell = (): boolean => {
    for (const happening of mac.mac.happenings.slice(told)) io.out(`${happeningLine(happening)}\n`);
    told = mac.mac.happenings.length;
    return stopped.already();
  };
  try {
    while ((await mac.runUntil(tell)) === 'reached');
  } finally {
    stopped.forget();
  }
}

function welcome(root: string, spec: MacSpec, scale: number, start: Instant): string {
  return `A simulated Mac runs in ${root}
  macOS ${spec.macOS} (${spec.build}), ${spec.zone}, ${localWords(start, spec.zone)}, ${scale} times as fast as real time

Tools, as root on that Mac:
  ${root}/usr/bin/sw_vers
  ${root}/usr/sbin/softwareupdate --list
  ${root}/bin/launchctl bootstrap system ${root}/Library/LaunchDaemons/NAME.plist
upkeep there:
  upkeep install --root ${root}
  upkeep status --root ${root}
Control-C ends it.

`;
}
