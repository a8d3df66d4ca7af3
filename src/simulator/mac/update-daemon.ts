import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/instant.ts';
import type { Offer } from '../../domain/offer.ts';
import { majorOf } from '../../domain/os-version.ts';
import type { Random } from '../random.ts';
import type { Mac } from './mac.ts';
import { COMMITTING, FROM_STAGED, progressAt, readings } from './progress.ts';
import type { FetchEnd, Follower, Staged, UpdateService } from './update-service.ts';

type Job = {
  label: string;
  prepare: boolean;
  accepted: boolean;
  followers: Follower[];
  /** Set while nothing moves: gets it going again. */
  shake: (() => void) | null;
  done: Promise<FetchEnd>;
};

/** Space macOS wants beyond the download. */
const ROOM_MINOR_GB = 15;
const ROOM_MAJOR_GB = 25;
const KIB_PER_GB = 976_562.5;

/** softwareupdated: what it knows of the server, what it has on disk, and the one job it is at. */
export class UpdateDaemon implements UpdateService {
  readonly #mac: Mac;
  readonly #random: Random;
  readonly installed = new Set<string>();
  readonly history: { title: string; version: string; at: number }[] = [];
  #lastScan: Offer[] = [];
  #staged: Staged | null = null;
  #forgetStaged: (() => void) | null = null;
  #job: Job | null = null;
  #pending: { offer: Offer; call: number | null } | null = null;
  /** How far a broken-off download got, by label: it goes on from there. */
  readonly #got = new Map<string, number>();

  constructor(mac: Mac, random: Random) {
    this.#mac = mac;
    this.#random = random;
  }

  scan(): Offer[] {
    this.#lastScan = this.#offered();
    const staged = this.#staged;
    const major = staged && majorOf(staged.offer.version);
    const replaced = this.#lastScan.some(
      (offer) =>
        staged && offer.kind === 'macos' && majorOf(offer.version) === major && offer.label !== staged.offer.label,
    );
    if (replaced && !this.#lastScan.some((offer) => offer.label === staged?.offer.label)) this.dropStaged();
    return this.#lastScan;
  }

  /** What the last scan found, less what has been installed since. */
  cached(): Offer[] {
    return this.#lastScan.filter((offer) => !this.installed.has(offer.label));
  }

  staged(): Staged | null {
    return this.#staged;
  }

  /** A restart is to come by itself: an install was accepted. */
  restartPending(): boolean {
    return this.#pending !== null;
  }

  busyWith(): string | null {
    return this.#job?.label ?? null;
  }

  roomNeededGB(offer: Offer): number {
    const major = majorOf(offer.version) !== majorOf(this.#mac.os.version);
    const room = offer.kind !== 'macos' ? 1 : major ? ROOM_MAJOR_GB : ROOM_MINOR_GB;
    return Math.ceil(room + (offer.sizeKiB ?? 0) / KIB_PER_GB);
  }

  hasRoom(offer: Offer): boolean {
    return this.#staged?.offer.label === offer.label || this.#mac.disk.freeKiB >= this.roomNeededGB(offer) * KIB_PER_GB;
  }

  /** Downloads, and with `prepare` also prepares; joins a job already under way for the same label. */
  fetch(offer: Offer, prepare: boolean, follower: Follower, accepted = false): Promise<FetchEnd> {
    const staged = this.#staged;
    if (staged?.offer.label === offer.label && (staged.prepared || !prepare)) {
      return Promise.resolve(staged.prepared ? 'prepared' : 'downloaded');
    }
    const job = this.#job;
    if (job && job.label !== offer.label) return Promise.resolve('busy');
    if (job) {
      if (!job.followers.some((one) => one.watching())) job.shake?.();
      job.followers.push(follower);
      job.prepare ||= prepare;
      job.accepted ||= accepted;
      return job.done;
    }
    const followers = [follower];
    const done = Promise.resolve<FetchEnd>('offline');
    const begun: Job = { label: offer.label, prepare, accepted, followers, shake: null, done };
    this.#job = begun;
    begun.done = this.#work(offer, begun).then((end) => {
      this.#job = null;
      return end;
    });
    return begun.done;
  }

  /** Takes an install on: from here the daemon does it alone, whoever asked may go. */
  async install(offer: Offer, call: number | null, follower: Follower): Promise<FetchEnd> {
    const end = await this.fetch(offer, true, follower, true);
    if (end !== 'prepared') return end;
    this.#pending = { offer, call };
    const impatience = this.#random.whole(8, 150) * SECOND_MS;
    for (const { beforeMs, at } of COMMITTING) {
      this.#mac.awake.after(impatience - beforeMs, () => this.#mac.systemLog.progress(at));
    }
    this.#mac.awake.after(impatience, () => this.#mac.restart('softwareupdate', call));
    return end;
  }

  /** What the coming restart installs; asked by the Mac as it goes down. */
  takePending(): { offer: Offer; call: number | null } | null {
    const pending = this.#pending;
    this.#pending = null;
    this.#job = null;
    return pending && this.#staged?.prepared && this.#staged.offer.label === pending.offer.label ? pending : null;
  }

  /** The restart has applied it. */
  applied(offer: Offer): void {
    this.markInstalled(offer);
    this.#release();
  }

  markInstalled(offer: Offer): void {
    this.installed.add(offer.label);
    this.#got.delete(offer.label);
    this.history.push({ title: offer.title, version: offer.version, at: this.#mac.world.wall() });
  }

  /** macOS throws the prepared update away; it has to be downloaded again. */
  dropStaged(): void {
    const staged = this.#staged;
    if (!staged || this.#pending) return;
    this.#release();
    this.#got.delete(staged.offer.label);
    this.#mac.note({ kind: 'staged-vanished', label: staged.offer.label });
  }

  #release(): void {
    if (this.#staged) this.#mac.disk.freeKiB += this.#staged.offer.sizeKiB ?? 0;
    this.#staged = null;
    this.#forgetStaged?.();
    this.#forgetStaged = null;
  }

  #offered(): Offer[] {
    return this.#mac.catalogue.offersFor(this.#mac.world.now(), this.#mac.release(), this.installed);
  }

  async #work(offer: Offer, job: Job): Promise<FetchEnd> {
    const mac = this.#mac;
    const have = this.#staged?.offer.label === offer.label;
    if (!have && !this.#offered().some((one) => one.label === offer.label)) return 'withdrawn';
    if (!this.hasRoom(offer)) return 'disk full';
    if (!have) mac.note({ kind: 'download-begun', label: offer.label });
    let stall = mac.faults.strikes('download-stalls');
    const preparing = offer.kind === 'macos' && job.prepare;
    if (have && preparing)
      for (const { afterMs, at } of FROM_STAGED)
        mac.awake.after(afterMs, () => {
          if (this.#job === job) mac.systemLog.progress(at);
        });
    for (const { percent, afterMs } of this.#pace(offer, preparing)) {
      if (percent <= (have ? 60 : (this.#got.get(offer.label) ?? -1))) continue;
      await this.#pause(afterMs);
      if (stall && percent >= (stall.atPercent ?? 40)) {
        stall = null;
        await this.#stalled(job);
      }
      if (!job.accepted && !job.followers.some((one) => one.watching())) return this.#brokenOff(offer, 'killed');
      if (!have && percent <= 60 && !mac.online()) return this.#brokenOff(offer, 'offline');
      if (percent <= 60) this.#got.set(offer.label, percent);
      if (percent === 60 && !have) this.#keep(offer);
      if (offer.kind === 'macos') mac.systemLog.progress(progressAt(percent));
      for (const one of job.followers) one.reading(percent);
    }
    if (!preparing || this.#staged?.offer.label !== offer.label) return 'downloaded';
    this.#staged.prepared = true;
    mac.note({ kind: 'prepared', label: offer.label });
    return 'prepared';
  }

  #pace(offer: Offer, preparing: boolean) {
    const perSecondKiB = this.#random.whole(2_500, 11_000);
    const downloadMs = Math.max(4_000, ((offer.sizeKiB ?? 200_000) / perSecondKiB) * SECOND_MS);
    const prepareMs = preparing ? this.#random.whole(10, 30) * MINUTE_MS : 20_000;
    return readings(this.#random, { downloadMs, prepareMs });
  }

  #keep(offer: Offer): void {
    if (this.#staged) this.dropStaged();
    const mac = this.#mac;
    mac.disk.freeKiB -= offer.sizeKiB ?? 0;
    mac.note({ kind: 'downloaded', label: offer.label });
    if (offer.kind !== 'macos') {
      mac.disk.freeKiB += offer.sizeKiB ?? 0;
      return;
    }
    this.#staged = { offer, prepared: false };
    const fault = mac.faults.strikes('staged-vanishes');
    const lifeMs = fault ? (fault.afterHours ?? 2) * HOUR_MS : 3 * DAY_MS + this.#random.whole(-6, 6) * HOUR_MS;
    this.#forgetStaged = mac.world.after(lifeMs, () => this.dropStaged());
  }

  #brokenOff(offer: Offer, why: 'offline' | 'killed'): FetchEnd {
    this.#mac.note({ kind: 'download-ended', label: offer.label, why });
    return 'offline';
  }

  /** Nothing moves until everybody watching has given up, or somebody new asks after all others have. */
  async #stalled(job: Job): Promise<void> {
    const shaken = new Promise<void>((resolve) => {
      job.shake = resolve;
    });
    let over = false;
    const watch = async (): Promise<void> => {
      do await this.#pause(5 * MINUTE_MS);
      while (!over && (job.accepted || job.followers.some((one) => one.watching())));
    };
    await Promise.race([shaken, watch()]);
    over = true;
    job.shake = null;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#mac.awake.after(ms * this.#mac.faults.slowness(), resolve);
    });
  }
}
