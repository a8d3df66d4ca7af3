import type { Offer } from '../../domain/offer.ts';
import type { OsRelease } from '../../domain/os-version.ts';

const EXTRA = /\s*(\([a-z]\))$/i;

/** The macOS on the disk. A rapid response's letter stands apart from the version, as `sw_vers` keeps it. */
export class InstalledMacOS {
  version: string;
  build: string;
  extra: string | null;

  constructor(version: string, build: string) {
    this.version = version.replace(EXTRA, '');
    this.build = build;
    this.extra = extraOf(version);
  }

  release(): OsRelease {
    const { version, build, extra } = this;
    return { version: extra === null ? version : `${version} ${extra}`, build };
  }

  apply(offer: Offer): void {
    const version = offer.version.replace(EXTRA, '');
    // The list says 27 where the system that comes of it says 27.0.
    this.version = /^\d+$/.test(version) ? `${version}.0` : version;
    this.build = offer.build ?? this.build;
    this.extra = extraOf(offer.version);
  }
}

function extraOf(version: string): string | null {
  return EXTRA.exec(version.trim())?.[1] ?? null;
}
