// Shared starting points for tests of decisions: a Mac in good order, one offer found, nothing promised yet.
import { type Facts, known } from '../../src/domain/facts.ts';
import { HOUR_MS, type Instant, readInstant } from '../../src/domain/instant.ts';
import { emptyLedger, type Ledger, type TrackedTarget } from '../../src/domain/ledger.ts';
import type { Offer } from '../../src/domain/offer.ts';
import type { Settings } from '../../src/domain/settings.ts';

export const ZONE = 'Europe/Berlin';

/** A local time in Berlin, as `2026-11-02T09:00`. */
export function berlin(text: string): Instant {
  const at = readInstant(text, ZONE);
  if (at === null) throw new Error(`not a time: ${text}`);
  return at;
}

export const MONDAY_NINE = berlin('2026-11-02T09:00');

export const settings: Settings = {
  organisation: 'Example IT',
  target: { majorUpgrades: false, version: null, securityResponses: true, betas: false },
  deferral: { menuMinutes: [60, 240, 1440], defaultMinutes: 60 },
  deadlines: {
    zeroDate: 'discovery',
    newTarget: 'keep',
    timeOfDay: '12:00',
    focus: { count: null, days: 5, date: null },
    soft: { count: null, days: 10, date: null },
    hard: { count: null, days: 14, date: null },
  },
  warning: { floorMinutes: 60, lockedFloorMinutes: 720 },
  activeHours: [],
  prompts: { timeoutMinutes: 120, maxPerDay: 8 },
  meetings: { respect: true, maxPostponements: 2 },
  power: { minimumPercent: 50 },
  storage: { updateGB: 15, upgradeGB: 25 },
  unattended: { install: 'always' },
  authentication: {
    order: ['saved-password', 'local-account', 'service-account', 'mdm'],
    severalSaved: false,
    rememberTyped: false,
    savedFailover: true,
    mdmFailover: ['always'],
    serviceAccount: { name: '_upkeep', rotateDays: 30 },
  },
  mdm: {
    service: 'none',
    url: null,
    discoverUrl: true,
    computerId: null,
    handOverDeadline: true,
    repairBootstrapToken: 'saved',
    declarationsUrl: null,
  },
  fileVault: { unlockNextStart: false },
  scan: { everyHours: 6 },
  budgets: { downloadAttempts: 6, installAttempts: 4, restartsPerTarget: 2, warningsPerDay: 4 },
};

export const offer: Offer = {
  label: 'macOS Tahoe 26.6.2-25G83',
  title: 'macOS Tahoe 26.6.2',
  version: '26.6.2',
  build: '25G83',
  sizeKiB: 2_824_636,
  recommended: true,
  restart: true,
  deferred: false,
  kind: 'macos',
};

export const BOOT = { id: '5F6D2A5B-0B4E-4C3A-9C4B-1D2E3F405162', startedAt: MONDAY_NINE - 24 * HOUR_MS };

/** An Intel Mac on AC power with anna at an unlocked screen, the update staged, no call. */
export function factsAt(at: Instant, changes: Partial<Facts> = {}): Facts {
  return {
    at,
    monotonicMs: at - BOOT.startedAt,
    zone: ZONE,
    os: known({ version: '26.6', build: '25G72' }),
    boot: known(BOOT),
    appleSilicon: known(false),
    consoleUser: known({ name: 'anna', uid: 501 }),
    screenLocked: known(false),
    power: known({ source: 'ac', percent: null }),
    displayHolders: known([]),
    availableKiB: known(100_000_000),
    staged: known({ version: '26.6.2', build: '25G83' }),
    offers: null,
    ...changes,
  };
}

export function targetFoundAt(foundAt: Instant, changes: Partial<TrackedTarget> = {}): TrackedTarget {
  return {
    label: offer.label,
    title: offer.title,
    version: offer.version,
    build: offer.build,
    sizeKiB: offer.sizeKiB,
    kind: 'minor',
    foundAt,
    zeroDate: foundAt,
    zone: ZONE,
    deferralCount: 0,
    countedAt: foundAt,
    downloadFailures: 0,
    installFailures: 0,
    restarts: 0,
    postponements: 0,
    lastFailureAt: null,
    ...changes,
  };
}

/** A ledger that knows the offer since Monday morning. */
export function ledgerWith(changes: Partial<Ledger> = {}): Ledger {
  return {
    ...emptyLedger,
    boot: BOOT,
    lastScan: { at: MONDAY_NINE, offers: [offer], passedOver: [] },
    target: targetFoundAt(MONDAY_NINE),
    awakeSince: { at: BOOT.startedAt, monotonicMs: 0 },
    ...changes,
  };
}
