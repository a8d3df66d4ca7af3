import { type Instant, localWords } from '../../domain/instant.ts';
import { MacUnderRoot } from '../../simulator/door/mac-under-root.ts';
import type { MacSpec } from '../../simulator/mac/mac-spec.ts';
import { macFromFile } from '../../simulator/mac-file.ts';
import { PERSONA_NAMES } from '../../simulator/people/personas.ts';
import type { CliCommand, Io } from '../command.ts';
import { happeningLine } from '../happening-words.ts';
import { readText } from '../input.ts';
import { readOffers } from '../offers-file.ts';
import { choiceOption, instantOption, textOption, wholeNumberOption, wrongOption } from '../options.ts';
import { EXAMPLE_OFFERS_FILE } from '../own-files.ts';

const DEFAULT_START = '2026-11-02T08:00';
const FASTEST = 100_000;

export const lab: CliCommand = {
  name: 'lab',
  help: `upkeep lab DIR [--mac FILE] [--offers FILE] [--persona NAME] [--scale N] [--start ISO] [--seed N]

Runs a simulated Mac whose tools are real programs under DIR, for trying things by hand. It prints what
happens on that Mac and ends with Control-C; what lies in DIR then stays.

  --mac FILE       the Mac, as JSON (docs/simulated-mac.md); without it a MacBook just below the offered macOS
  --offers FILE    the text a real \`softwareupdate --list\` printed; without it macOS 26.6.2
  --persona NAME   who sits there: nobody, ${PERSONA_NAMES.join(', ')} (nobody)
  --scale N        how many times faster than real time, 1 to ${FASTEST} (60)
  --start ISO      what time it is there, local time of the Mac unless it names an offset (${DEFAULT_START})
  --seed N         another seed, another course of small chances (1)

Example: upkeep lab /tmp/mac --persona agreeable --scale 600`,
  options: {
    mac: { type: 'string' },
    offers: { type: 'string' },
    persona: { type: 'string' },
    scale: { type: 'string' },
    start: { type: 'string' },
    seed: { type: 'string' },
  },
  positionals: { min: 1, max: 1 },
  run: async (values, positionals, io) => {
    const [folder = ''] = positionals;
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

/** Tells what happens until somebody has had enough. */
async function live(mac: MacUnderRoot, io: Io): Promise<void> {
  let enough = false;
  const stop = (): void => {
    enough = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  let told = 0;
  const tell = (): boolean => {
    for (const happening of mac.mac.happenings.slice(told)) io.out(`${happeningLine(happening)}\n`);
    told = mac.mac.happenings.length;
    return enough;
  };
  try {
    while ((await mac.runUntil(tell)) === 'reached');
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
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
