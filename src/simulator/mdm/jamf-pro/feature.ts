import { SECOND_MS } from '../../../domain/instant.ts';
import { type Base, jamfTime } from './base.ts';
import { atLeast } from './server-version.ts';

type Job = { startedAt: number; endsAt: number; abandonedAt: number | null; records: number };

/**
 * The toggle of the plans feature. Switching it is a job in the background: until its end the old value is told, and
 * when it has been switched, either way, no plan is left.
 */
export class Feature {
  readonly #base: Base;
  readonly #clearPlans: () => void;
  readonly #records: () => number;
  #on = true;
  #cancel: (() => void) | null = null;
  readonly #jobs: { on: Job | null; off: Job | null } = { on: null, off: null };

  constructor(base: Base, parts: { clearPlans: () => void; records: () => number }) {
    this.#base = base;
    this.#clearPlans = parts.clearPlans;
    this.#records = parts.records;
  }

  get on(): boolean {
    return this.#on && this.#exists() && this.#base.faults.standing('feature-off') === null;
  }

  /** An older server has no plans, so that nothing keeps it from its older call. */
  #exists(): boolean {
    return atLeast(this.#base.version(), '10.48');
  }

  /** As it is from the first day on, without a job. */
  begin(on: boolean): void {
    this.#on = on;
  }

  set(on: boolean): void {
    if (on === this.#on || this.#cancel !== null) return;
    const now = this.#base.now();
    const lengthMs = this.#base.settings.switchingSeconds * SECOND_MS;
    this.#jobs[on ? 'on' : 'off'] = {
      startedAt: now,
      endsAt: now + lengthMs,
      abandonedAt: null,
      records: this.#records(),
    };
    this.#cancel = this.#base.clock.after(lengthMs, () => {
      this.#cancel = null;
      this.#on = on;
      this.#clearPlans();
    });
  }

  abandon(): void {
    this.#cancel?.();
    this.#cancel = null;
    for (const job of Object.values(this.#jobs)) {
      if (job !== null && job.endsAt > this.#base.now() && job.abandonedAt === null) job.abandonedAt = this.#base.now();
    }
  }

  /** Older servers know fewer of its members; from which version on is a guess. */
  shown(): Record<string, boolean> {
    const version = this.#base.version();
    const { cloud } = this.#base.settings;
    const toggle = this.on;
    if (!atLeast(version, '11.0')) return { toggle };
    if (!atLeast(version, '11.10')) return { toggle, forceInstallLocalDateEnabled: toggle && cloud };
    return {
      toggle,
      forceInstallLocalDateEnabled: toggle && cloud,
      customVersionEnabled: toggle && cloud,
      dssEnabled: toggle && cloud,
      recipeEnabled: false,
    };
  }

  /** Whether a deadline can be handed to the Mac. */
  get deadlines(): boolean {
    return this.on && this.#base.settings.cloud;
  }

  status(): Record<'toggleOn' | 'toggleOff', Record<string, unknown>> {
    const switching = this.#base.faults.standing('feature-switching') !== null;
    const now = this.#base.now();
    const endless: Job = {
      startedAt: now - 60 * SECOND_MS,
      endsAt: now + 3_600 * SECOND_MS,
      abandonedAt: null,
      records: this.#records(),
    };
    return {
      toggleOn: this.#jobStatus(switching ? endless : this.#jobs.on),
      toggleOff: this.#jobStatus(this.#jobs.off),
    };
  }

  #jobStatus(job: Job | null): Record<string, unknown> {
    if (job === null) {
      return {
        startTime: null,
        endTime: null,
        elapsedTime: 0,
        state: 'NEVER_RAN',
        totalRecords: 0,
        processedRecords: 0,
        percentComplete: 0,
        formattedPercentComplete: '0 / 0 -> 0% Complete',
        exitState: 'UNKNOWN',
        exitMessage: null,
      };
    }
    const until = Math.min(job.abandonedAt ?? this.#base.now(), job.endsAt);
    const running = job.abandonedAt === null && until < job.endsAt;
    const part = job.endsAt === job.startedAt ? 1 : (until - job.startedAt) / (job.endsAt - job.startedAt);
    const processed = Math.floor(job.records * part);
    const percent = Math.round(part * 1_000) / 10;
    return {
      startTime: withoutZone(job.startedAt),
      endTime: running ? null : withoutZone(until),
      elapsedTime: Math.floor((until - job.startedAt) / SECOND_MS),
      state: running ? 'RUNNING' : 'NOT_RUNNING',
      totalRecords: job.records,
      processedRecords: processed,
      percentComplete: percent,
      formattedPercentComplete: `${processed} / ${job.records} -> ${Math.floor(percent)}% Complete`,
      exitState: running ? 'EXECUTING' : job.abandonedAt === null ? 'COMPLETED' : 'STOPPED',
      exitMessage: null,
    };
  }
}

/** Times of jobs have neither a zone nor fractions. */
const withoutZone = (instant: number): string => jamfTime(instant).slice(0, 19);
