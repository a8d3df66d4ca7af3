import { byNewest, isBeta, isSecurityResponse, type Offer } from './offer.ts';
import { compareBuilds, compareVersions, majorOf, type OsRelease, versionMatches } from './os-version.ts';
import type { Settings } from './settings.ts';

export type TargetKind = 'minor' | 'major' | 'security-response';

/** The one macOS release this Mac is being driven to. */
export type Target = {
  label: string;
  title: string;
  version: string;
  build: string | null;
  sizeKiB: number | null;
  kind: TargetKind;
};

/** Why an offer was not chosen; stable words, shown by `explain`. */
export type PassedOver = {
  label: string;
  why:
    | 'not-macos'
    | 'not-newer'
    | 'deferred-by-mdm'
    | 'beta'
    | 'major-not-allowed'
    | 'not-the-wanted-version'
    | 'security-response-not-allowed'
    | 'older-than-chosen';
};

/**
 * Chooses the newest macOS offer the settings allow. The order of the list means nothing, deferred items are never
 * taken, and an older or equal release is never a target.
 */
export function chooseTarget(
  offers: readonly Offer[],
  running: OsRelease,
  wanted: Settings['target'],
): { target: Target | null; passedOver: PassedOver[] } {
  const passedOver: PassedOver[] = [];
  const candidates: Offer[] = [];
  for (const offer of offers) {
    const why = reasonAgainst(offer, running, wanted);
    if (why === null) candidates.push(offer);
    else passedOver.push({ label: offer.label, why });
  }
  const [chosen, ...older] = candidates.sort(byNewest);
  passedOver.push(...older.map((offer) => ({ label: offer.label, why: 'older-than-chosen' as const })));
  return { target: chosen ? targetFrom(chosen, running) : null, passedOver };
}

function reasonAgainst(offer: Offer, running: OsRelease, wanted: Settings['target']): PassedOver['why'] | null {
  if (offer.kind !== 'macos' || majorOf(offer.version) === null) return 'not-macos';
  if (!isNewer(offer, running)) return 'not-newer';
  if (offer.deferred) return 'deferred-by-mdm';
  if (isBeta(offer) && !wanted.betas) return 'beta';
  if (majorOf(offer.version) !== majorOf(running.version) && !wanted.majorUpgrades) return 'major-not-allowed';
  if (isSecurityResponse(offer) && !wanted.securityResponses) return 'security-response-not-allowed';
  if (wanted.version !== null && !versionMatches(wanted.version, offer.version)) return 'not-the-wanted-version';
  return null;
}

function isNewer(offer: Offer, running: OsRelease): boolean {
  const byVersion = compareVersions(offer.version, running.version);
  if (byVersion !== 0) return byVersion > 0;
  if (offer.build === null || running.build === null) return false;
  return compareBuilds(offer.build, running.build) > 0;
}

function targetFrom(offer: Offer, running: OsRelease): Target {
  const major = majorOf(offer.version) !== majorOf(running.version);
  return {
    label: offer.label,
    title: offer.title,
    version: offer.version,
    build: offer.build,
    sizeKiB: offer.sizeKiB,
    kind: major ? 'major' : isSecurityResponse(offer) ? 'security-response' : 'minor',
  };
}
