import { compareBuilds, compareVersions } from './os-version.ts';

export type OfferKind = 'macos' | 'safari' | 'clt' | 'other';

/** One item of `softwareupdate --list`, as the tool printed it. `sizeKiB` is null where no size could be read. */
export type Offer = {
  label: string;
  title: string;
  version: string;
  build: string | null;
  sizeKiB: number | null;
  recommended: boolean;
  restart: boolean;
  /** Held back by a managed deferral, yet listed (macOS 12 does that). */
  deferred: boolean;
  kind: OfferKind;
};

/** Newest first, by version, then by build. The order of the list is not a ranking. */
export function byNewest(a: Offer, b: Offer): number {
  return compareVersions(b.version, a.version) || compareBuilds(b.build ?? '', a.build ?? '');
}

/** A pre-release: the title says so, or the build ends in a lower-case letter and the version has no `(a)`. */
export function isBeta(offer: Offer): boolean {
  return /\bbeta\b|\brc\b/i.test(offer.title) || (/[a-z]$/.test(offer.build ?? '') && !isSecurityResponse(offer));
}

/** A small security release between versions (rapid security response, background security improvement). */
export function isSecurityResponse(offer: Offer): boolean {
  return /\([a-z]\)$/i.test(offer.version.trim()) || /\([a-z]\)$/i.test(offer.title.trim());
}
