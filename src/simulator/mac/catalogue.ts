import type { Instant } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import { compareBuilds, compareVersions, majorOf, type OsRelease } from '../../domain/os-version.ts';

export type Listing = { offer: Offer; from: Instant; until: Instant | null };

/** What Apple's server offers, and when. What of it this Mac still lacks is worked out when somebody scans. */
export class Catalogue {
  readonly #listings: Listing[] = [];

  publish(offers: readonly Offer[], from: Instant, until: Instant | null): void {
    for (const offer of offers) this.#listings.push({ offer, from, until });
  }

  withdraw(label: string, at: Instant): void {
    for (const listing of this.#listings) {
      if (listing.offer.label === label) listing.until = Math.min(listing.until ?? at, at);
    }
  }

  /** The offers for a Mac in this state, in the order of publication: the order is not a ranking. */
  offersFor(now: Instant, running: OsRelease, installed: ReadonlySet<string>): Offer[] {
    const current = this.#listings.filter(
      (listing) => listing.from <= now && (listing.until === null || now < listing.until),
    );
    return current
      .filter(({ offer }) => (offer.kind === 'macos' ? newerThan(offer, running) : !installed.has(offer.label)))
      .filter((listing) => !current.some((other) => supersedes(other, listing)))
      .map((listing) => listing.offer);
  }
}

/** An update to macOS in the words that Apple's list uses for it. */
export function macosOffer(
  version: string,
  build: string,
  sizeKiB: number,
  more: Partial<Pick<Offer, 'recommended' | 'deferred' | 'restart'>> = {},
): Offer {
  const major = majorOf(version) ?? 0;
  const name = MARKETING_NAMES[major];
  const title = /\([a-z]\)$/i.test(version)
    ? `macOS Security Response ${version}`
    : `macOS ${name === undefined ? '' : `${name} `}${version}`;
  return {
    label: `${title}-${build}`,
    title,
    version,
    build,
    sizeKiB,
    recommended: more.recommended ?? true,
    restart: more.restart ?? true,
    deferred: more.deferred ?? false,
    kind: 'macos',
  };
}

export const MARKETING_NAMES: Readonly<Record<number, string>> = {
  11: 'Big Sur',
  12: 'Monterey',
  13: 'Ventura',
  14: 'Sonoma',
  15: 'Sequoia',
  26: 'Tahoe',
};

function newerThan(offer: Offer, running: OsRelease): boolean {
  const byVersion = compareVersions(offer.version, running.version);
  return byVersion > 0 || (byVersion === 0 && compareBuilds(offer.build ?? '', running.build ?? '') > 0);
}

/** Apple takes an update off the list when the next one of the same major release comes out. */
function supersedes(other: Listing, listing: Listing): boolean {
  if (other.offer.kind !== 'macos' || listing.offer.kind !== 'macos' || other.from <= listing.from) return false;
  if (majorOf(other.offer.version) !== majorOf(listing.offer.version)) return false;
  return newerThan(other.offer, listing.offer);
}
