// Lives of a Mac that is enrolled with a simulated management server, for stories: what to live, and what went between the
// agent, the server and the Mac.
import type { Settings } from '../../src/domain/settings.ts';
import type { Happening, HappeningOf } from '../../src/simulator/mac/happenings.ts';
import type { JamfFaultInput } from '../../src/simulator/mdm/jamf-pro/faults.ts';
import type { RouteName as JamfRoute } from '../../src/simulator/mdm/jamf-pro/route-names.ts';
import type { JamfProServer } from '../../src/simulator/mdm/jamf-pro/server.ts';
import type { NanoFaultInput } from '../../src/simulator/mdm/nanomdm/faults.ts';
import type { RouteName as NanoRoute } from '../../src/simulator/mdm/nanomdm/route-names.ts';
import type { RestartReport } from '../../src/simulator/report.ts';
import type { SimulationInput } from '../../src/simulator/simulate.ts';
import { type JamfProInput, SimulatedJamfPro } from '../../src/simulator/simulated-jamf-pro.ts';
import type { NanoMdmInput } from '../../src/simulator/simulated-nanomdm.ts';
import type { ServerCall, ServerRecord, SimulatedServer, TimedFault } from '../../src/simulator/simulated-server.ts';
import type { ServerInput } from '../../src/simulator/simulated-servers.ts';
import { canary } from './canary.ts';
import { type Life, live, specWith, threeWeeks } from './lives.ts';

type StoryInput<Fault> = Partial<Omit<SimulationInput, 'store' | 'spec' | 'settings' | 'mdm'>> & {
  /** What is wrong with the server; an hour behind `fault` counts from the start. */
  faults?: readonly (Fault | TimedFault<Fault>)[];
  /** The Mac as its JSON describes it: one on Apple silicon whose bootstrap token the server holds, unless it says otherwise. */
  mac?: object;
  /** What differs from the three weeks of most stories. */
  settings?: Partial<Settings>;
};

export type MdmStoryInput = StoryInput<JamfFaultInput> & {
  /** The server, apart from its faults. */
  server?: Omit<Partial<JamfProInput>, 'faults'>;
};
export type NanoStoryInput = StoryInput<NanoFaultInput> & {
  server?: Omit<Partial<NanoMdmInput>, 'faults'>;
};

export type MdmStory = Life & {
  mdm: SimulatedServer;
  record: ServerRecord;
  happened<Kind extends Happening['kind']>(kind: Kind): HappeningOf<Kind>[];
  /** Every restart, and the warning that went before it. */
  restarts: RestartReport[];
  /** What the agent asked of the server: everything, or one call. */
  asked(route?: JamfRoute | NanoRoute): ServerCall[];
  /** What was ordered, by kind. */
  orders: string[];
  /** The commands the Mac was given by the server, in order. */
  told: string[];
  violated: string[];
};

/** With Jamf Pro. */
export function mdmStory({ faults = [], server, ...rest }: MdmStoryInput = {}): Promise<MdmStory> {
  return storyWith({ service: 'jamf-pro', secret: canary('jamf'), ...server, faults: faults.map(timed) }, rest);
}

/** With NanoMDM and KMFDDM. */
export function nanoStory({ faults = [], server, ...rest }: NanoStoryInput = {}): Promise<MdmStory> {
  return storyWith({ service: 'nanomdm', secret: canary('nano_story'), ...server, faults: faults.map(timed) }, rest);
}

const timed = <Fault extends object>(one: Fault | TimedFault<Fault>): TimedFault<Fault> =>
  'fault' in one ? one : { fault: one };

async function storyWith(
  server: ServerInput,
  { mac = {}, settings, ...rest }: Omit<StoryInput<never>, 'faults'>,
): Promise<MdmStory> {
  const life = await live({
    days: 7,
    ...rest,
    spec: specWith({ bootstrapToken: true, ...mac }),
    settings: { ...threeWeeks, ...settings },
    mdm: server,
  });
  const { mdm, mac: lived } = life.run;
  if (mdm === null) throw new Error('the story has a server');
  const { record } = mdm;
  return {
    ...life,
    mdm,
    record,
    happened: <Kind extends Happening['kind']>(kind: Kind) =>
      lived.happenings.filter((one): one is HappeningOf<Kind> => one.kind === kind),
    restarts: life.report.restarts,
    asked: (route) => record.requests.filter((call) => route === undefined || call.route === route),
    orders: record.ordered.map(({ action }) => action.kind),
    told: record.told.flatMap((one) => (one.kind === 'command' ? [one.command] : [])),
    violated: life.report.invariants.violated.map(({ invariant, text }) => `${invariant}: ${text}`),
  };
}

/** The Jamf Pro of a story, for what an administrator does to it. */
export function jamfOf(mdm: SimulatedServer | null): JamfProServer {
  if (!(mdm instanceof SimulatedJamfPro)) throw new Error('the story has a Jamf Pro');
  return mdm.server;
}

/** The ways to be authorised, with the server among them or alone. */
export const orderOf = (...order: Settings['authentication']['order']): Pick<Settings, 'authentication'> => ({
  authentication: { ...threeWeeks.authentication, order },
});
