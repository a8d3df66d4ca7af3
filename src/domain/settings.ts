import type { AuthMethod, MdmFailover } from './authority.ts';

/**
 * The admin's settings as the agent uses them: complete, checked, every default filled in. `policy/schema.ts` turns a
 * profile or JSON file into this; units stand last in each name.
 */
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A stretch of the week in which people may be disturbed; `to` before `from` runs past midnight. Times are `HH:MM`. */
export type ActiveHours = { days: Weekday[]; from: string; to: string };

/** When a deadline falls: after so many deferrals, so many days after the zero date, on a local date, whichever first. */
export type DeadlineRule = { count: number | null; days: number | null; date: string | null };

export type UnattendedInstall = 'always' | 'after-soft-deadline' | 'after-hard-deadline' | 'never';

/** How the install is authorised on Apple silicon; the secrets themselves are never settings. */
export type AuthenticationSettings = {
  order: AuthMethod[];
  severalSaved: boolean;
  rememberTyped: boolean;
  savedFailover: boolean;
  mdmFailover: MdmFailover[];
  serviceAccount: { name: string; rotateDays: number };
};

export const MDM_SERVICES = ['none', 'jamf-pro', 'nanomdm'] as const;
/** The management server that brings updates about; of each sort one way of talking. */
export type MdmService = (typeof MDM_SERVICES)[number];

/** How the management server is reached and what it is let do; its credential is never a setting. */
export type MdmSettings = {
  service: MdmService;
  /** `https`, without a slash at its end; null: where the Mac’s own management says. */
  url: string | null;
  discoverUrl: boolean;
  /** What the server calls this Mac, filled in by itself in a profile. */
  computerId: string | null;
  handOverDeadline: boolean;
  repairBootstrapToken: 'off' | 'saved' | 'person';
  declarationsUrl: string | null;
};

export type Settings = {
  organisation: string;
  target: { majorUpgrades: boolean; version: string | null; securityResponses: boolean; betas: boolean };
  deferral: { menuMinutes: number[]; defaultMinutes: number };
  deadlines: {
    /** Day 0 of the `days` rules: when this Mac first saw the update, or a fixed local date. */
    zeroDate: 'discovery' | string;
    /** When a newer release replaces the target: keep the days already counted, or start over. */
    newTarget: 'keep' | 'restart';
    /** Local time of day at which `days` and bare-date deadlines fall, `HH:MM`. */
    timeOfDay: string;
    focus: DeadlineRule;
    soft: DeadlineRule;
    hard: DeadlineRule;
  };
  /** How long before a restart a warning must have been on the screen (unlocked / locked or asleep). */
  warning: { floorMinutes: number; lockedFloorMinutes: number };
  activeHours: ActiveHours[];
  prompts: { timeoutMinutes: number; maxPerDay: number };
  meetings: { respect: boolean; maxPostponements: number };
  power: { minimumPercent: number };
  storage: { updateGB: number; upgradeGB: number };
  unattended: { install: UnattendedInstall };
  authentication: AuthenticationSettings;
  mdm: MdmSettings;
  fileVault: { unlockNextStart: boolean };
  scan: { everyHours: number };
  budgets: { downloadAttempts: number; installAttempts: number; restartsPerTarget: number; warningsPerDay: number };
};
