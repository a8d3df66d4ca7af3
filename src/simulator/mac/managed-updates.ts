import { HOUR_MS, type Instant, instantAt, isoOf, MINUTE_MS } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import { compareVersions, majorOf } from '../../domain/os-version.ts';
import type {
  AvailableUpdate,
  Declaration,
  ScheduledUpdate,
  UpdateProgress,
  UpdateResult,
} from '../mdm/managed-mac.ts';
import type { Mac } from './mac.ts';

const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';
const TRY_AGAIN_AFTER_MS = 15 * MINUTE_MS;
const TRIES = 40;
/** macOS will not begin an update on a battery below this. */
const LEAST_BATTERY_PERCENT = 20;
/** Where a deadline passed while the Mac could not act. */
const GRACE_MS = HOUR_MS;
/** The display's percentage at which everything is downloaded. */
const DOWNLOADED_PERCENT = 60;

/** What softwareupdated is at for an MDM. */
type Order = {
  offer: Offer;
  by: 'mdm' | 'declaration';
  install: boolean;
  percent: number;
  installing: boolean;
  done: boolean;
};

export type Target = { identifier: string; version: string; build: string | null; by: string };

/**
 * Updates that an MDM asked for, by a command or by a declaration. A command is done at once, and forgotten at the next
 * start; a declaration stands until it is withdrawn, and macOS enforces it by itself at its time in the Mac's zone.
 */
export class ManagedUpdates {
  readonly #mac: Mac;
  readonly #report: (items: Record<string, unknown>) => void;
  readonly #declared: () => void;
  #found: Offer[] = [];
  #order: Order | null = null;
  #targets: Target[] = [];
  /** Targets whose deadline was ahead when this Mac last began to wait for it; only those are met on time. */
  readonly #awaited = new Set<string>();
  /** When a target is due whose deadline was missed. */
  readonly #missed = new Map<string, Instant>();
  #failed = new Set<string>();
  #forgetTimer: (() => void) | null = null;
  #state = 'none';
  #failures = 0;

  /** `declared` is called when the file changes in which macOS keeps what is declared. */
  constructor(mac: Mac, report: (items: Record<string, unknown>) => void, declared: () => void) {
    this.#mac = mac;
    this.#report = report;
    this.#declared = declared;
  }

  scan(): void {
    if (this.#mac.online()) this.#found = this.#mac.daemon.scan();
  }

  /** What the last scan found, less what is deferred. */
  available(): AvailableUpdate[] {
    return this.#found
      .filter(({ kind, deferred }) => kind === 'macos' && !deferred)
      .map((offer) => this.#listed(offer));
  }

  /** Takes commands on; what comes of them shows later. */
  schedule(updates: readonly ScheduledUpdate[]): UpdateResult[] {
    // A key is known from a scan only; what is named by its version the Mac looks for itself.
    if (updates.some(({ ProductVersion }) => ProductVersion !== undefined)) this.scan();
    return updates.map((update) => {
      const offer = this.#found.find(
        (one) => productKeyOf(one, this.#mac) === update.ProductKey || one.version === update.ProductVersion,
      );
      const ProductKey = update.ProductKey ?? '';
      if (offer === undefined) return { ProductKey, InstallAction: 'Error', Status: 'Idle' };
      const obstacle = this.#obstacleTo(offer, update);
      if (obstacle !== null) return { ProductKey, InstallAction: 'Error', Status: obstacle };
      const { InstallAction } = update;
      // While a declaration enforces something, commands are ignored.
      if (this.#targets.length === 0 && InstallAction !== 'NotifyOnly' && !this.#forNothing(offer)) {
        // InstallLater leaves the rest to the person.
        this.#begin(offer, 'mdm', InstallAction !== 'DownloadOnly' && InstallAction !== 'InstallLater');
      }
      const staged = this.#mac.daemon.staged()?.offer.label === offer.label;
      return { ProductKey, InstallAction, Status: staged ? 'Installing' : 'Downloading' };
    });
  }

  /** Acknowledged, and softwareupdated does nothing about it. */
  #forNothing({ label }: Offer): boolean {
    if (this.#mac.faults.strikes('mdm-update-ignored') === null) return false;
    this.#mac.note({ kind: 'install-queued-for-nothing', label, call: null });
    return true;
  }

  status(): UpdateProgress[] {
    if (this.#order === null) return [];
    const { offer, percent, installing, done } = this.#order;
    const IsDownloaded = this.#mac.daemon.staged()?.offer.label === offer.label;
    // macOS has thrown it away.
    if (done && !IsDownloaded) return [];
    return [
      {
        ProductKey: productKeyOf(offer, this.#mac),
        IsDownloaded,
        DownloadPercentComplete: IsDownloaded ? 1 : Math.min(1, percent / DOWNLOADED_PERCENT),
        Status: installing ? 'Installing' : IsDownloaded ? 'Idle' : 'Downloading',
      },
    ];
  }

  /** What is to be enforced, in the order of the declarations. */
  declared(): readonly Readonly<Target>[] {
    return this.#targets;
  }

  /** All that is declared now; what is missing was withdrawn. */
  declare(declarations: readonly Declaration[]): void {
    const configurations = declarations.filter(({ Type }) => Type.startsWith('com.apple.configuration.'));
    const read = configurations.map((one) => [one, this.#targetOf(one)] as const);
    const before = JSON.stringify(this.#targets);
    this.#targets = read.flatMap(([, target]) => (target === null ? [] : [target]));
    if (JSON.stringify(this.#targets) !== before) {
      this.#mac.note({ kind: 'declarations-changed' });
      this.#declared();
    }
    const known = new Set(this.#targets.map(({ identifier }) => identifier));
    this.#failed = new Set([...this.#failed].filter((one) => known.has(one)));
    if (this.#order?.by === 'declaration' && !this.#order.installing && this.#targets.length === 0) this.#order = null;
    this.#report({
      management: {
        declarations: {
          configurations: read.map(([one, target]) => ({
            active: target !== null,
            identifier: one.Identifier,
            valid: one.Type === ENFORCEMENT && target === null ? 'invalid' : 'valid',
            'server-token': one.ServerToken,
          })),
        },
      },
    });
    this.#reconsider();
  }

  started(): void {
    const { version, build } = this.#mac.os;
    this.#state = 'none';
    this.#failures = 0;
    this.#report({
      device: { 'operating-system': { version, 'build-version': build } },
      softwareupdate: { 'install-state': 'none', 'failure-reason': { count: 0 } },
    });
    this.#missed.clear();
    this.woke();
  }

  woke(): void {
    this.#awaited.clear();
    this.#reconsider();
  }

  goDown(): void {
    this.#order = null;
    this.#forgetTimer = null;
  }

  #targetOf({ Type, Identifier, Payload }: Declaration): Target | null {
    const { TargetOSVersion, TargetBuildVersion, TargetLocalDateTime } = Payload;
    const { os, enrolment } = this.#mac;
    if (Type !== ENFORCEMENT || (majorOf(os.version) ?? 0) < 14 || enrolment.terms?.supervised !== true) return null;
    if (typeof TargetOSVersion !== 'string' || typeof TargetLocalDateTime !== 'string') return null;
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(TargetLocalDateTime)) return null;
    const build = typeof TargetBuildVersion === 'string' ? TargetBuildVersion : null;
    return { identifier: Identifier, version: TargetOSVersion, build, by: TargetLocalDateTime };
  }

  /** Downloads what is declared, and installs what is due; then waits for the next that is. */
  #reconsider(): void {
    this.#forgetTimer?.();
    this.#forgetTimer = null;
    const ahead = this.#targets
      .filter(({ version }) => compareVersions(version, this.#mac.os.version) > 0)
      .map((target) => ({ target, due: this.#dueOf(target) }))
      .toSorted((a, b) => a.due - b.due);
    const [next] = ahead;
    if (next === undefined) return;
    const now = this.#mac.world.wall();
    const { target, due } = next;
    const offer = this.#offerFor(target);
    if (offer === null) this.#fail(target.identifier, 'MADownloadNoMatchFound');
    else this.#begin(offer, 'declaration', due <= now && !this.#lacksPower());
    // The wall clock and the zone can change under a wait, so none is long.
    const ms = due > now ? Math.min(due - now, HOUR_MS) : HOUR_MS;
    this.#forgetTimer = this.#mac.awake.after(ms, () => this.#reconsider());
  }

  #dueOf({ identifier, by }: Target): Instant {
    const [date = '', time = ''] = by.split('T');
    const deadline = instantAt(date, time, this.#mac.zone);
    const now = this.#mac.world.wall();
    if (deadline > now) {
      this.#awaited.add(identifier);
      this.#missed.delete(identifier);
      return deadline;
    }
    if (this.#awaited.has(identifier)) return deadline;
    const due = this.#missed.get(identifier) ?? now + GRACE_MS;
    this.#missed.set(identifier, due);
    return due;
  }

  #offerFor({ version, build }: Target): Offer | null {
    const { catalogue, world } = this.#mac;
    return (
      catalogue
        .offersFor(world.now(), this.#mac.release(), new Set())
        .find(
          (one) =>
            one.kind === 'macos' &&
            compareVersions(one.version, version) === 0 &&
            (build === null || one.build === build),
        ) ?? null
    );
  }

  #obstacleTo(offer: Offer, { InstallAction }: ScheduledUpdate): UpdateResult['Status'] | null {
    if (!this.#mac.daemon.hasRoom(offer)) return 'DownloadInsufficientSpace';
    const installs = InstallAction !== 'DownloadOnly' && InstallAction !== 'NotifyOnly';
    if (!installs) return null;
    if (this.#lacksPower()) return 'InstallInsufficientPower';
    return InstallAction === 'InstallForceRestart' && isMajor(offer, this.#mac) ? 'InstallFailed' : null;
  }

  #lacksPower(): boolean {
    const { battery } = this.#mac;
    return battery.source() === 'battery' && battery.percent() < LEAST_BATTERY_PERCENT;
  }

  #begin(offer: Offer, by: Order['by'], install: boolean): void {
    const now = this.#order;
    if (now?.offer.label === offer.label && (now.install || !install)) return;
    if (now?.installing) return;
    const order: Order = { offer, by, install, percent: 0, installing: false, done: false };
    this.#order = order;
    // Whoever breaks off is a bug of this file and should be seen as one.
    void this.#carryOut(order);
  }

  async #carryOut(order: Order): Promise<void> {
    const { daemon, enrolment, spec, faults } = this.#mac;
    const { offer, install } = order;
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (spec.appleSilicon && !enrolment.tokenWorks()) {
        // Nobody authorises it. The bits are no secret, though.
        if (install) return this.#refused(order, 'Failed to get the bootstrap token');
      } else if (install) {
        const failure = faults.strikes('install-fails');
        if (failure !== null) return this.#refused(order, failure.text ?? 'Installation failed');
        if (faults.strikes('queued-but-never-happens') !== null) {
          this.#mac.note({ kind: 'install-queued-for-nothing', label: offer.label, call: null });
          return;
        }
        order.installing = true;
        this.#mac.note({ kind: 'install-accepted', label: offer.label, call: null });
      }
      const may = !spec.appleSilicon || enrolment.tokenWorks();
      const staged = daemon.staged();
      if (staged?.offer.label !== offer.label) this.#changed(order, 'downloading');
      else if (install) this.#changed(order, 'installing');
      const follower = {
        reading: (percent: number) => {
          order.percent = percent;
          if (install && percent === DOWNLOADED_PERCENT) this.#changed(order, 'installing');
        },
        watching: () => this.#order === order,
      };
      const end = await (install ? daemon.install(offer, null, follower) : daemon.fetch(offer, may, follower));
      if (this.#order !== order) return;
      if (end === 'prepared' || end === 'downloaded') {
        order.done = true;
        this.#changed(order, install ? 'installing' : end === 'prepared' ? 'prepared' : 'waiting');
        return;
      }
      order.installing = false;
      if (end === 'withdrawn' || end === 'disk full') return this.#refused(order, end);
      await this.#pause(TRY_AGAIN_AFTER_MS);
      if (this.#order !== order) return;
    }
    this.#refused(order, 'gave up');
  }

  #refused(order: Order, text: string): void {
    this.#order = null;
    this.#mac.note({ kind: 'install-failed', label: order.offer.label, call: null, text });
    this.#fail(order.offer.label, text);
  }

  /** Told once for each thing that fails, until it is declared anew. */
  #fail(what: string, reason: string): void {
    if (this.#failed.has(what)) return;
    this.#failed.add(what);
    this.#failures += 1;
    this.#state = 'failed';
    this.#report({
      softwareupdate: {
        'install-state': 'failed',
        'failure-reason': { count: this.#failures, reason, timestamp: isoOf(this.#mac.world.wall()) },
      },
    });
  }

  #changed({ offer, by }: Order, state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#report({
      softwareupdate: {
        'install-state': state,
        'pending-version': { 'os-version': offer.version, 'build-version': offer.build ?? '' },
        'install-reason': { reason: [by] },
      },
    });
  }

  #listed(offer: Offer): AvailableUpdate {
    const size = (offer.sizeKiB ?? 0) * 1_024;
    return {
      ProductKey: productKeyOf(offer, this.#mac),
      HumanReadableName: offer.title,
      ProductName: offer.title,
      Version: offer.version,
      Build: offer.build ?? '',
      DownloadSize: size,
      InstallSize: size * 2,
      AppIdentifiersToClose: [],
      IsCritical: false,
      IsConfigDataUpdate: false,
      IsFirmwareUpdate: false,
      IsMajorOSUpdate: isMajor(offer, this.#mac),
      RestartRequired: offer.restart,
      AllowsInstallLater: true,
      RequiresBootstrapToken: this.#mac.spec.appleSilicon,
    };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#mac.awake.after(ms, resolve);
    });
  }
}

const isMajor = (offer: Offer, mac: Mac): boolean => majorOf(offer.version) !== majorOf(mac.os.version);

const productKeyOf = (offer: Offer, mac: Mac): string =>
  `MSU_UPDATE_${offer.build ?? ''}_patch_${offer.version}_${isMajor(offer, mac) ? 'major' : 'minor'}`;
