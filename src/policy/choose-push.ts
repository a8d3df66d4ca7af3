import type { Fact } from '../domain/facts.ts';
import { compareVersions, majorOf } from '../domain/os-version.ts';
import type { PushAbilities, PushAction, PushFailure, PushMeans, PushTrouble } from '../domain/push.ts';

/** What a Jamf Pro server said of itself. `version` is null where it did not say. */
export type JamfFeatures = {
  version: string | null;
  /** The feature toggle of update plans; `missing` where the server is too old to have it. */
  plans: 'on' | 'off' | 'switching' | 'missing';
  forceInstallLocalDateEnabled: boolean;
  dssEnabled: boolean;
};

/** The means such a server has. While plans are on it refuses the older call, and the other way round. */
export function jamfMeans(features: JamfFeatures): Pick<PushAbilities, 'means' | 'lacks'> {
  const { plans, version, forceInstallLocalDateEnabled, dssEnabled } = features;
  if (plans === 'switching') return { means: [], lacks: 'feature-switching' };
  if (plans === 'on') {
    const means: PushMeans[] = forceInstallLocalDateEnabled && dssEnabled ? ['declaration', 'plan'] : ['plan'];
    return { means, lacks: null };
  }
  const hasLegacy = version === null || compareVersions(version, LEGACY_SINCE) >= 0;
  return { means: hasLegacy ? ['legacy-command'] : [], lacks: plans === 'off' ? 'feature-off' : null };
}

/** Before it a server knows no plans at all, and need not be asked. */
export const PLANS_SINCE = '10.48';
const LEGACY_SINCE = '10.36';
const LEGACY_ON_APPLE_SILICON_SINCE = '10.38';
const DECLARATIONS_SINCE = 14;
const COMMANDS_UNTIL = 26;

export type PushSituation = {
  kind: PushAction['kind'];
  /** What runs on the Mac now. */
  macos: string;
  appleSilicon: Fact<boolean>;
  server: PushAbilities;
};

/**
 * `kind` is what to order: `enforce` where an install was wanted that only a declaration can bring, which needs a moment
 * to install at.
 */
export type PushChoice = { means: PushMeans; kind: PushAction['kind'] } | PushFailure;

/** By which means a server should bring an update to this Mac, or why by none. What is not known is left to the server. */
export function choosePush({ kind, macos, appleSilicon, server }: PushSituation): PushChoice {
  const { device, means, lacks } = server;
  const running = majorOf(macos);
  if (running === null) return not('not-supported', 'it is not known which macOS runs here');
  if (device.managed === false) return not('not-managed', 'the server does not manage this Mac');
  if (device.supervised === false) return not('not-supervised', 'this Mac is not supervised');
  if (lacks === 'feature-switching') return not(lacks, 'the server is turning its update feature on or off');

  const withoutCommands = running > COMMANDS_UNTIL;
  if (withoutCommands && kind === 'download')
    return not('not-supported', `macOS ${running} downloads an update by a server’s order only to install it`);
  if (withoutCommands || kind === 'enforce') {
    if (running < DECLARATIONS_SINCE)
      return not('not-supported', `macOS ${running} knows no deadlines of a server; macOS ${DECLARATIONS_SINCE} does`);
    if (device.declarative === false) return not('not-supported', 'this Mac takes no declarations from the server');
    if (means.includes('declaration')) return { means: 'declaration', kind: 'enforce' };
    return not(lacks ?? 'not-supported', 'the server cannot hand a deadline to this Mac');
  }

  const command = (['plan', 'raw-command'] as const).find((one) => means.includes(one));
  if (command !== undefined) return { means: command, kind };
  if (!means.includes('legacy-command'))
    return not(lacks ?? 'not-supported', 'the server offers no way to update a Mac');
  const onIntel = appleSilicon.known && !appleSilicon.value;
  const { serverVersion } = server;
  if (!onIntel && serverVersion !== null && compareVersions(serverVersion, LEGACY_ON_APPLE_SILICON_SINCE) < 0)
    return not('not-supported', `the server updates Apple silicon from version ${LEGACY_ON_APPLE_SILICON_SINCE} on`);
  return { means: 'legacy-command', kind };
}

const not = (trouble: PushTrouble, detail: string): PushFailure => ({ trouble, detail });
