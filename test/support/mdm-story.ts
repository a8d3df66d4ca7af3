// Lives of a Mac that is enrolled with a simulated management server, for stories: what to live, and what went between the
// agent, the server and the Mac.
import type { Settings } from '../../src/domain/settings.ts';
import type { Happening, HappeningOf } from '../../src/simulator/mac/happenings.ts';
import type { JamfFaultInput } from '../../src/simulator/mdm/jamf-pro/faults.ts';
import type { RouteName } from '../../src/simulator/mdm/jamf-pro/route-names.ts';
import type { JamfCall } from '../../src/simulator/mdm/jamf-pro/server.ts';
import type { RestartReport } from '../../src/simulator/report.ts';
import type { SimulationInput } from '../../src/simulator/simulate.ts';
import type { MdmRecord, SimulatedMdm, SimulatedMdmInput, TimedFault } from '../../src/simulator/simulated-mdm.ts';
import { canary } from './canary.ts';
import { type Life, live, specWith, threeWeeks } from './lives.ts';

export type MdmStoryInput = Partial<Omit<SimulationInput, 'store' | 'spec' | 'settings' | 'mdm'>> & {
  /** What is wrong with the server; an hour behind `fault` counts from the start. */
  faults?: readonly (JamfFaultInput | TimedFault)[];
  /** The server, apart from its faults. */
  server?: Omit<Partial<SimulatedMdmInput>, 'faults'>;
  /** The Mac as its JSON describes it: one on Apple silicon whose bootstrap token the server holds, unless it says otherwise. */
  mac?: object;
  /** What differs from the three weeks of most stories. */
  settings?: Partial<Settings>;
};

export type MdmStory = Life & {
  mdm: SimulatedMdm;
  record: MdmRecord;
  happened<Kind extends Happening['kind']>(kind: Kind): HappeningOf<Kind>[];
  /** Every restart, and the warning that went before it. */
  restarts: RestartReport[];
  /** What the agent asked of the server: everything, or one call. */
  asked(route?: RouteName): JamfCall[];
  /** How many plans were made, by their actions. */
  orders: string[];
  /** The commands the Mac was given by the server, in order. */
  told: string[];
  violated: string[];
};

export async function mdmStory({
  faults = [],
  server,
  mac = {},
  settings,
  ...rest
}: MdmStoryInput = {}): Promise<MdmStory> {
  const life = await live({
    days: 7,
    ...rest,
    spec: specWith({ bootstrapToken: true, ...mac }),
    settings: { ...threeWeeks, ...settings },
    mdm: {
      service: 'jamf-pro',
      secret: canary('jamf'),
      ...server,
      faults: faults.map((one) => ('fault' in one ? one : { fault: one })),
    },
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
    orders: record.ordered.map(({ config }) => config.updateAction),
    told: record.told.flatMap((one) => (one.kind === 'command' ? [one.command] : [])),
    violated: life.report.invariants.violated.map(({ invariant, text }) => `${invariant}: ${text}`),
  };
}

/** The ways to be authorised, with the server among them or alone. */
export const orderOf = (...order: Settings['authentication']['order']): Pick<Settings, 'authentication'> => ({
  authentication: { ...threeWeeks.authentication, order },
});
