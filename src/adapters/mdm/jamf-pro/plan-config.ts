import { compareVersions, majorOf, type OsRelease, sameVersion } from '../../../domain/os-version.ts';
import type { PushAction, PushFailure, PushOrder } from '../../../domain/push.ts';
import type { ServerPlan } from './plan-schema.ts';

/** The part of a new plan that says what to do, with Jamf Pro’s own words. */
export type PlanConfig = {
  updateAction: 'DOWNLOAD_ONLY' | 'DOWNLOAD_INSTALL' | 'DOWNLOAD_INSTALL_RESTART' | 'DOWNLOAD_INSTALL_SCHEDULE';
  versionType: 'LATEST_MINOR' | 'LATEST_MAJOR' | 'SPECIFIC_VERSION' | 'CUSTOM_VERSION';
  specificVersion?: string;
  buildVersion?: string;
  forceInstallLocalDateTime?: string;
};

/** `offered`: the versions that the server can name in a plan; null where it did not say. */
export type PlanChoices = { offered: readonly string[] | null; customVersionEnabled: boolean };

/** What to write into a plan for an order, or why that cannot be ordered. Nothing else than ordered is ever asked for. */
export function planConfig(order: PushOrder, choices: PlanChoices): PlanConfig | { failed: PushFailure } {
  const { action } = order;
  if (action.kind === 'enforce' && !LOCAL_TIME.test(action.by))
    return failed('not-understood', 'the moment to enforce it at is no local date and time');
  const version = versionOf(order, choices);
  if ('failed' in version) return version;
  const updateAction = actionOf(order);
  if (action.kind !== 'enforce') return { updateAction, ...version };
  return { updateAction, ...version, forceInstallLocalDateTime: action.by };
}

const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

function actionOf({ action, major }: PushOrder): PlanConfig['updateAction'] {
  if (action.kind === 'download') return 'DOWNLOAD_ONLY';
  if (action.kind === 'enforce') return 'DOWNLOAD_INSTALL_SCHEDULE';
  // Apple’s forced restart works for minor updates only; installing as soon as possible is what works for a major one.
  return major ? 'DOWNLOAD_INSTALL' : 'DOWNLOAD_INSTALL_RESTART';
}

type Version = Omit<PlanConfig, 'updateAction' | 'forceInstallLocalDateTime'>;

function versionOf({ to, major, latest }: PushOrder, choices: PlanChoices): Version | { failed: PushFailure } {
  if (latest) return { versionType: major ? 'LATEST_MAJOR' : 'LATEST_MINOR' };
  const offered = choices.offered?.find((one) => sameVersion(one, to.version));
  if (offered !== undefined) return { versionType: 'SPECIFIC_VERSION', specificVersion: offered };
  if (choices.offered === null) return { versionType: 'SPECIFIC_VERSION', specificVersion: to.version };
  if (choices.customVersionEnabled && to.build !== null)
    return { versionType: 'CUSTOM_VERSION', specificVersion: to.version, buildVersion: to.build };
  const newest = choices.offered.toSorted(compareVersions).reverse().slice(0, 3).join(', ');
  return failed('version-unavailable', `it does not offer macOS ${to.version}; its newest are ${newest || 'none'}`);
}

const failed = (trouble: PushFailure['trouble'], detail: string): { failed: PushFailure } => ({
  failed: { trouble, detail },
});

/**
 * Whether a plan on the server does what this one would do, so that it can be had instead of a second one. Which of its two
 * ways of naming a release was used depends on what the server offered at that time, and does not matter.
 */
export function isSamePlan(plan: ServerPlan, config: PlanConfig): boolean {
  return (
    plan.updateAction === config.updateAction &&
    localTime(plan.forceInstallLocalDateTime) === localTime(config.forceInstallLocalDateTime) &&
    (config.specificVersion === undefined ? plan.versionType === config.versionType : isOfRelease(plan, config))
  );
}

function isOfRelease(plan: ServerPlan, { specificVersion = '', buildVersion }: PlanConfig): boolean {
  const named = releaseOf(plan);
  if (named === null || !sameVersion(named.version, specificVersion)) return false;
  return named.build === null || buildVersion === undefined || named.build === buildVersion;
}

/** The moment to the second, whatever the server wrote behind it. */
const localTime = (text: string | null | undefined): string => (text ?? '').slice(0, 19);

const KINDS: Readonly<Record<string, 'download' | 'install-and-restart'>> = {
  DOWNLOAD_ONLY: 'download',
  DOWNLOAD_INSTALL: 'install-and-restart',
  DOWNLOAD_INSTALL_RESTART: 'install-and-restart',
};

/** The order that a plan of anybody amounts to; null where it names no release, or does what we never order. */
export function orderOf(plan: ServerPlan, running: string | null): PushOrder | null {
  const to = releaseOf(plan);
  const action = plannedAction(plan);
  const [from, target] = [majorOf(running ?? ''), majorOf(to?.version ?? '')];
  if (to === null || action === null || from === null || target === null) return null;
  return { to, major: target > from, latest: false, action };
}

function releaseOf({ versionType, specificVersion, buildVersion }: ServerPlan): OsRelease | null {
  if (versionType !== 'SPECIFIC_VERSION' && versionType !== 'CUSTOM_VERSION') return null;
  if (specificVersion === null || majorOf(specificVersion) === null) return null;
  return { version: specificVersion, build: versionType === 'CUSTOM_VERSION' ? buildVersion : null };
}

function plannedAction({ updateAction, forceInstallLocalDateTime }: ServerPlan): PushAction | null {
  if (updateAction === 'DOWNLOAD_INSTALL_SCHEDULE')
    return forceInstallLocalDateTime === null ? null : { kind: 'enforce', by: localTime(forceInstallLocalDateTime) };
  const kind = KINDS[updateAction];
  return kind === undefined ? null : { kind };
}
