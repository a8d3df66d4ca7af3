import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/instant.ts';
import { compareVersions, majorOf } from '../../../domain/os-version.ts';
import type { AvailableUpdate, Declaration, InstallAction, MdmCommand, UpdateProgress } from '../managed-mac.ts';
import { type Base, jamfTime } from './base.ts';
import type { Computer, Computers, FinalReport } from './computers.ts';
import type { ErrorReason } from './faults.ts';
import { isOver, type Plan, type PlanConfig, type Plans, type UpdateStatus } from './plans.ts';

/** Between the scan it asked for and the question what was found, Jamf Pro waits this long. */
const SCAN_WAIT_SECONDS = 300;

/** How often the Mac is asked how far it is, and for how long. */
const STATUS_EVERY_MS = 10 * MINUTE_MS;
const STATUS_FOR_MS = 3 * DAY_MS;
const HOUR_SECONDS = HOUR_MS / SECOND_MS;

/** After the deadline, wherever the Mac is: the server knows nothing of its zone. */
const GRACE_MS = DAY_MS + 12 * HOUR_MS;

/**
 * How a plan gets from its beginning to its end, by commands or by a declaration. Each step waits for the clock or for the
 * Mac; a plan that is over or cleared never goes on. The order of states within a group, and what a step takes but for the
 * wait after the scan, are guesses.
 */
export class PlanLife {
  readonly #base: Base;
  readonly #computers: Computers;
  readonly #plans: Plans;
  #nextEvent = 4_200;
  #nextStatus = 1;

  constructor(base: Base, computers: Computers, plans: Plans) {
    this.#base = base;
    this.#computers = computers;
    this.#plans = plans;
  }

  begin(plan: Plan): void {
    this.#received(plan, '.PlanCreatedEvent');
    if (plan.doom !== null && typeof plan.doom === 'object' && !plan.doom.late) {
      const { reason, afterMs } = plan.doom;
      this.#base.clock.after(afterMs, () => this.#fail(plan, reason));
    }
    // A life that breaks off is a bug of this file and should be seen as one.
    void this.#live(plan);
  }

  async #live(plan: Plan): Promise<void> {
    await this.#stay(plan, 2);
    plan.state = 'PendingPlanValidation';
    await this.#stay(plan, 5);
    if (plan.doom === 'completes-unseen') {
      plan.state = 'StartingPlan';
      await this.#stay(plan, 60);
      return this.#complete(plan);
    }
    const objection = this.#objectionTo(plan);
    if (objection !== null) {
      plan.state = 'RejectingPlan';
      this.#received(plan, '.PlanRejectedEvent');
      await this.#stay(plan, 5);
      return this.#fail(plan, objection);
    }
    plan.state = 'AcceptingPlan';
    await this.#stay(plan, 5);
    this.#received(plan, '.PlanAcceptedEvent');
    plan.state = 'ProcessingPlanType';
    await this.#stay(plan, 3);
    const byDeclaration =
      plan.config.updateAction === 'DOWNLOAD_INSTALL_SCHEDULE' ||
      this.#base.faults.standing('commands-by-declaration') !== null;
    if (!byDeclaration) plan.state = 'ProcessingPlanTypeMdm';
    await this.#stay(plan, 3);
    plan.state = 'StartingPlan';
    this.#received(plan, '.StartPlanEvent');
    const late = this.#base.faults.strikes('plan-late');
    await this.#stay(plan, late === null ? 5 : late.hours * HOUR_SECONDS);
    return byDeclaration ? this.#byDeclaration(plan) : this.#byCommands(plan);
  }

  /** Why the plan is not accepted, as far as the server knows by itself. */
  #objectionTo(plan: Plan): ErrorReason | null {
    const { computer, config } = plan;
    const { facts } = computer;
    const others = this.#plans.of(computer);
    if (others.slice(0, others.indexOf(plan)).some((other) => !isOver(other)))
      return 'EXISTING_PLAN_FOR_DEVICE_IN_PROGRESS';
    if (config.updateAction === 'UNKNOWN' || config.versionType === 'UNKNOWN') return 'ILLEGAL_ARGUMENT_EXCEPTION';
    if (!computer.managed) return 'NOT_MANAGED';
    if (!facts.supervised) return 'NOT_SUPERVISED';
    if (facts.appleSilicon && computer.bootstrapToken === null) return 'APPLE_SILICON_NO_ESCROW_KEY';
    if (config.updateAction === 'DOWNLOAD_INSTALL_SCHEDULE') {
      if ((majorOf(facts.version) ?? 0) < 14)
        return 'DECLARATIVE_DEVICE_MANAGEMENT_SOFTWARE_UPDATES_NOT_SUPPORTED_FOR_DEVICE_OS_VERSION';
      if (!facts.declarative || !this.#base.settings.cloud) return 'DECLARATIVE_SERVICE_ERROR';
      if (config.forceInstallLocalDateTime === null) return 'INVALID_CONFIGURATION_DECLARATION';
    }
    if (config.versionType === 'SPECIFIC_VERSION') {
      if (!this.#base.settings.available.macOS.includes(config.specificVersion)) return 'SPECIFIC_VERSION_UNAVAILABLE';
      if (compareVersions(config.specificVersion, facts.version) <= 0) return 'DOWNGRADE_NOT_SUPPORTED';
    } else if (config.versionType !== 'CUSTOM_VERSION' && this.#latestFor(plan) === null) return 'NO_UPDATES_AVAILABLE';
    return null;
  }

  async #byCommands(plan: Plan): Promise<void> {
    plan.state = 'SchedulingScanForOSUpdates';
    const scan = await this.#ask(plan, { RequestType: 'ScheduleOSUpdateScan', Force: false });
    plan.state = 'ProcessingScheduleOSUpdateScanResponse';
    if (scan.Status !== 'Acknowledged') return this.#fail(plan, 'QUEUE_SCHEDULED_OS_UPDATE_SCAN_FAILURE');
    await this.#stay(plan, 1);
    plan.state = 'WaitingForScheduledOSUpdateScanToComplete';
    this.#sent(plan, '.QueueAvailableOsUpdatesCommand', { availableOSUpdateDelay: SCAN_WAIT_SECONDS });
    await this.#stay(plan, SCAN_WAIT_SECONDS);
    plan.state = 'CollectingAvailableOSUpdates';
    const list = await this.#ask(plan, { RequestType: 'AvailableOSUpdates' });
    plan.state = 'ProcessingAvailableOSUpdatesResponse';
    if (list.Status !== 'Acknowledged') return this.#fail(plan, 'QUEUE_AVAILABLE_OS_UPDATE_COMMAND_FAILURE');
    const offered = list.AvailableOSUpdates ?? [];
    this.#received(plan, '.AvailableOsUpdateRequestCompletedEvent', {
      availableOSUpdatesDto: this.#listed(plan, offered),
    });
    await this.#stay(plan, 1);
    plan.state = 'ProcessingSchedulingType';
    const update = chosenFrom(offered, plan);
    if (update === null) return this.#fail(plan, 'NO_UPDATES_AVAILABLE');
    await this.#stay(plan, 1);
    plan.state = 'SchedulingMDM';
    await this.#stay(plan, 1);
    plan.state = 'MDMPlanScheduled';
    await this.#stay(plan, 1);
    plan.state = 'SchedulingOSUpdate';
    const { maxDeferrals } = plan.config;
    const action = actionFor(plan, update);
    const scheduled = await this.#ask(plan, {
      RequestType: 'ScheduleOSUpdate',
      Updates: [
        {
          ProductKey: update.ProductKey,
          ProductVersion: update.Version,
          InstallAction: action,
          ...(action === 'InstallLater' ? { MaxUserDeferrals: maxDeferrals } : {}),
        },
      ],
    });
    plan.state = 'ProcessingScheduleOSUpdateResponse';
    const [result] = scheduled.Status === 'Acknowledged' ? (scheduled.UpdateResults ?? []) : [];
    if (scheduled.Status !== 'Acknowledged') return this.#fail(plan, 'QUEUE_SCHEDULE_OS_UPDATE_FAILURE');
    if (result?.Status.endsWith('InsufficientSpace')) return this.#fail(plan, 'NO_DISK_SPACE');
    if (result?.InstallAction === 'Error') return this.#fail(plan, 'MDM_CLIENT_EXCEPTION');
    return this.#follow(plan, update.Version);
  }

  async #follow(plan: Plan, version: string): Promise<void> {
    const begun = this.#base.now();
    plan.state = 'WaitingToCollectOSUpdateStatus';
    if (await this.#isDoomed(plan)) return;
    while (this.#base.now() - begun < STATUS_FOR_MS) {
      plan.state = 'WaitingToCollectOSUpdateStatus';
      await this.#stay(plan, STATUS_EVERY_MS / SECOND_MS);
      plan.state = 'CollectingOSUpdateStatus';
      const report = await this.#ask(plan, { RequestType: 'OSUpdateStatus' });
      plan.state = 'ProcessingOSUpdateStatusResponse';
      if (report.Status !== 'Acknowledged') return this.#fail(plan, 'QUEUE_OS_UPDATE_STATUS_COMMAND_FAILURE');
      const progress = report.OSUpdateStatus ?? [];
      for (const one of progress) this.#note(plan.computer, one);
      const downloaded = progress.some((one) => one.IsDownloaded);
      if (plan.config.updateAction === 'DOWNLOAD_ONLY' && downloaded) return this.#complete(plan);
      if (progress.length === 0 && (await this.#isInstalled(plan, version))) {
        this.#noteInstalled(plan.computer);
        return this.#complete(plan);
      }
    }
    return this.#fail(plan, 'STILL_IN_PROGRESS_FAILURE');
  }

  async #isInstalled(plan: Plan, version: string): Promise<boolean> {
    plan.state = 'VerifyingInstallation';
    const report = await this.#ask(plan, { RequestType: 'DeviceInformation', Queries: ['OSVersion', 'BuildVersion'] });
    plan.state = 'ProcessingInstallationVerification';
    const runs = report.Status === 'Acknowledged' ? report.QueryResponses?.OSVersion : undefined;
    return typeof runs === 'string' && compareVersions(runs, version) >= 0;
  }

  async #byDeclaration(plan: Plan): Promise<void> {
    const { computer, config } = plan;
    const version = namesVersion(plan) ? config.specificVersion : (this.#latestFor(plan) ?? '');
    const by = config.forceInstallLocalDateTime ?? jamfTime(this.#base.now()).slice(0, 19);
    plan.state = 'SchedulingDDM';
    const declared = this.#enforcement(version, config.buildVersion, by);
    plan.declarations = declared;
    const [{ Identifier: configuration }] = declared;
    this.#sent(plan, '.QueueDeclarativeCommand', {});
    // What was reported about an earlier update says nothing about this one.
    computer.statusItems.delete('softwareupdate.failure-reason');
    let seen = computer.reports;
    this.#computers.declare(computer, [...computer.declarations, ...plan.declarations]);
    await this.#stay(plan, 5);
    plan.state = 'DDMPlanScheduled';
    this.#received(plan, '.DDMPlanScheduledEvent');
    await this.#stay(plan, 5);
    plan.state = 'WaitingToStartDDMUpdate';
    if (await this.#isDoomed(plan)) return;
    const withdrawn = this.#base.faults.strikes('declaration-withdrawn');
    if (withdrawn !== null) this.#base.clock.after(withdrawn.hours * HOUR_MS, () => this.#cancel(plan));
    const lastWord = Temporal.PlainDateTime.from(by).toZonedDateTime('UTC').epochMilliseconds + GRACE_MS;
    while (await this.#statusReported(plan, seen, lastWord)) {
      seen = computer.reports;
      plan.state = 'CollectingDDMStatus';
      await this.#stay(plan, 1);
      plan.state = 'ProcessingDDMStatusResponse';
      await this.#stay(plan, 1);
      if (computer.refusedDeclarations.has(configuration)) return this.#fail(plan, 'INVALID_CONFIGURATION_DECLARATION');
      if (failureCount(computer) > 0)
        return this.#fail(plan, 'DECLARATIVE_DEVICE_MANAGEMENT_STATUS_RESPONSE_FAILURE_REASON_RECEIVED');
      const runs = computer.statusItems.get('device.operating-system.version')?.value;
      if (runs !== undefined && compareVersions(runs, version) >= 0) {
        plan.state = 'VerifyingInstallation';
        await this.#stay(plan, 2);
        plan.state = 'ProcessingInstallationVerification';
        await this.#stay(plan, 2);
        return this.#complete(plan);
      }
      plan.state = 'WaitingToStartDDMUpdate';
    }
    return this.#fail(plan, 'NO_DEVICE_STATUS_BY_GRACE_PERIOD');
  }

  /** What a blueprint does: a deadline that belongs to no plan. Returns what withdraws it. */
  declareBeside(computer: Computer, by: string): () => void {
    const version = this.#latest(computer, 'LATEST_MINOR') ?? computer.facts.version;
    const declared = this.#enforcement(version, null, by);
    this.#computers.declare(computer, [...computer.declarations, ...declared]);
    return () => this.#takeBack(computer, declared);
  }

  #enforcement(version: string, build: string | null, by: string): [Declaration, Declaration] {
    const configuration = this.#base.uuid().toLowerCase();
    const activation = this.#base.uuid().toLowerCase();
    return [
      {
        Type: 'com.apple.configuration.softwareupdate.enforcement.specific',
        Identifier: configuration,
        ServerToken: this.#base.uuid().toLowerCase(),
        Payload: {
          TargetOSVersion: version,
          ...(build === null ? {} : { TargetBuildVersion: build }),
          TargetLocalDateTime: by,
        },
      },
      {
        Type: 'com.apple.activation.simple',
        Identifier: activation,
        ServerToken: this.#base.uuid().toLowerCase(),
        Payload: { StandardConfigurations: [configuration] },
      },
    ];
  }

  /** Where the Mac has been told what to do and the plan nevertheless comes to nothing. */
  async #isDoomed(plan: Plan): Promise<boolean> {
    if (plan.doom === 'stuck') return true;
    if (plan.doom === null || typeof plan.doom === 'string' || !plan.doom.late) return false;
    await this.#stay(plan, plan.doom.afterMs / SECOND_MS);
    this.#fail(plan, plan.doom.reason);
    return true;
  }

  /** Whether the Mac reports more than has been `seen`; false when it has not until then. */
  #statusReported(plan: Plan, seen: number, until: number): Promise<boolean> {
    const { statusListeners, reports } = plan.computer;
    if (reports > seen) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (reported: boolean): void => {
        statusListeners.delete(heard);
        cancel();
        if (!isOver(plan) && !plan.cleared) resolve(reported);
      };
      const heard = (): void => end(true);
      const cancel = this.#base.clock.after(Math.max(0, until - this.#base.now()), () => end(false));
      statusListeners.add(heard);
    });
  }

  #ask(plan: Plan, command: MdmCommand): Promise<FinalReport> {
    return new Promise((resolve) => {
      this.#computers.send(plan.computer, command, (report) => {
        if (!isOver(plan) && !plan.cleared) resolve(report);
      });
    });
  }

  #stay(plan: Plan, seconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#base.clock.after(seconds * SECOND_MS, () => {
        if (!isOver(plan) && !plan.cleared) resolve();
      });
    });
  }

  #complete(plan: Plan): void {
    plan.state = 'PlanCompleted';
    this.#withdraw(plan);
  }

  #cancel(plan: Plan): void {
    if (isOver(plan) || plan.cleared) return;
    plan.state = 'PlanCanceled';
    this.#withdraw(plan);
  }

  /** A plan that nothing came of ends by itself. */
  giveUp(plan: Plan): void {
    this.#fail(plan, 'STILL_IN_PROGRESS_FAILURE');
  }

  #fail(plan: Plan, reason: ErrorReason): void {
    if (isOver(plan) || plan.cleared) return;
    plan.state = 'PlanFailed';
    plan.errorReasons = [reason];
    this.#withdraw(plan);
  }

  /** Its declarations go with it; a command that was queued stays where it is. */
  #withdraw(plan: Plan): void {
    const { computer, declarations } = plan;
    // A plan that was struck by a late fault is wrong about the Mac, which goes on.
    if (declarations.length === 0 || (plan.doom !== null && typeof plan.doom === 'object' && plan.doom.late)) return;
    this.#takeBack(computer, declarations);
  }

  #takeBack(computer: Computer, declarations: readonly Declaration[]): void {
    const left = computer.declarations.filter((one) => !declarations.includes(one));
    if (left.length < computer.declarations.length) this.#computers.declare(computer, left);
  }

  /** The feature was switched off: the plan is no more. */
  forget(plan: Plan): void {
    this.#withdraw(plan);
  }

  #latestFor({ computer, config }: Plan): string | null {
    return this.#latest(computer, config.versionType);
  }

  #latest({ facts: { version } }: Computer, versionType: PlanConfig['versionType']): string | null {
    const newer = this.#base.settings.available.macOS.filter((one) => compareVersions(one, version) > 0);
    return newestOf(newer, (one) => one, version, versionType);
  }

  #sent(plan: Plan, type: string, more: Record<string, unknown>): void {
    plan.events.push({
      type,
      eventSentEpoch: this.#base.now(),
      managementUUID: plan.computer.managementId,
      processManagerUUID: plan.uuid,
      ...more,
    });
  }

  #received(plan: Plan, type: string, more: Record<string, unknown> = {}): void {
    this.#nextEvent += 1;
    plan.events.push({
      id: this.#nextEvent,
      type,
      deviceObjectId: plan.deviceId,
      managementUUID: plan.computer.managementId,
      eventReceivedEpoch: this.#base.now(),
      processManagerUUID: plan.uuid,
      ...more,
    });
  }

  #listed(plan: Plan, updates: readonly AvailableUpdate[]): Record<string, unknown> {
    return {
      deviceObjectId: plan.deviceId,
      managementUUID: plan.computer.managementId,
      availableOsUpdates: updates.map((update) => ({
        build: update.Build,
        preview: false,
        version: update.Version,
        critical: update.IsCritical,
        productKey: update.ProductKey,
        installSize: update.InstallSize,
        productName: update.ProductName,
        downloadSize: update.DownloadSize,
        majorOSUpdate: update.IsMajorOSUpdate,
        firmwareUpdate: update.IsFirmwareUpdate,
        restartRequired: update.RestartRequired,
        humanReadableName: update.HumanReadableName,
        allowsInstallLater: update.AllowsInstallLater,
        appIdentifiersToClose: update.AppIdentifiersToClose,
        configurationDataUpdate: update.IsConfigDataUpdate,
      })),
      eventReceivedEpoch: this.#base.now(),
    };
  }

  #note(computer: Computer, progress: UpdateProgress): void {
    const statuses = this.#plans.updateStatuses.get(computer) ?? new Map<string, UpdateStatus>();
    this.#plans.updateStatuses.set(computer, statuses);
    const known = statuses.get(progress.ProductKey);
    const now = this.#base.now();
    statuses.set(progress.ProductKey, {
      id: known?.id ?? this.#nextStatus++,
      computer,
      productKey: progress.ProductKey,
      downloadPercentComplete: progress.DownloadPercentComplete,
      downloaded: progress.IsDownloaded,
      status: progress.Status.toUpperCase(),
      deferralsRemaining: progress.DeferralsRemaining ?? 0,
      maxDeferrals: progress.MaxDeferrals ?? 0,
      nextScheduledInstall: progress.NextScheduledInstall ?? null,
      pastNotifications: progress.PastNotifications ?? [],
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
    });
  }

  #noteInstalled(computer: Computer): void {
    for (const status of this.#plans.statusesOf(computer)) {
      status.status = 'INSTALLED';
      status.updatedAt = this.#base.now();
    }
  }
}

/** A plan that is in progress as long as it is left alone: somebody made it whose Mac never answered. */
export function leaveInProgress(plan: Plan): void {
  plan.state = 'MDMPlanScheduled';
}

const namesVersion = ({ config }: Plan): boolean =>
  config.versionType === 'SPECIFIC_VERSION' || config.versionType === 'CUSTOM_VERSION';

function failureCount(computer: Computer): number {
  const reported = computer.statusItems.get('softwareupdate.failure-reason')?.value;
  const { count } = JSON.parse(reported ?? '{}') as { count?: unknown };
  return typeof count === 'number' ? count : 0;
}

function chosenFrom(updates: readonly AvailableUpdate[], plan: Plan): AvailableUpdate | null {
  const { computer, config } = plan;
  const macOS = updates.filter(({ RestartRequired, IsConfigDataUpdate, IsFirmwareUpdate }) => {
    return RestartRequired && !IsConfigDataUpdate && !IsFirmwareUpdate;
  });
  if (!namesVersion(plan)) return newestOf(macOS, ({ Version }) => Version, computer.facts.version, config.versionType);
  return (
    macOS.find(({ Version, Build }) => {
      return (
        compareVersions(Version, config.specificVersion) === 0 &&
        (config.versionType !== 'CUSTOM_VERSION' || config.buildVersion === null || Build === config.buildVersion)
      );
    }) ?? null
  );
}

function newestOf<One>(items: readonly One[], versionOf: (one: One) => string, runs: string, type: string): One | null {
  const fitting = items.filter((one) => type !== 'LATEST_MINOR' || majorOf(versionOf(one)) === majorOf(runs));
  return fitting.toSorted((a, b) => compareVersions(versionOf(b), versionOf(a)))[0] ?? null;
}

/** Apple's InstallForceRestart and InstallLater work for minor updates only. */
function actionFor({ config }: Plan, update: AvailableUpdate): InstallAction {
  if (config.updateAction === 'DOWNLOAD_ONLY') return 'DownloadOnly';
  if (update.IsMajorOSUpdate || config.updateAction === 'DOWNLOAD_INSTALL') return 'InstallASAP';
  return config.updateAction === 'DOWNLOAD_INSTALL_ALLOW_DEFERRAL' ? 'InstallLater' : 'InstallForceRestart';
}
