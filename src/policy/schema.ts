import { z } from 'zod';
import { AUTH_METHODS, MDM_FAILOVERS } from '../domain/authority.ts';
import { readOsVersion } from '../domain/os-version.ts';
import type { DeadlineRule, Settings, Weekday } from '../domain/settings.ts';
import { mdmFailoverNamed } from './choose-authority.ts';
import {
  choice,
  described,
  group,
  httpsAddress,
  type KnownKey,
  listKeys,
  localDateOr,
  localDateOrDateTime,
  optional,
  text,
  timeOfDay,
  whole,
  yesNo,
} from './setting-types.ts';

/**
 * What an admin can say, and the one place that says so: keys, types, ranges, defaults and words. Validation, the
 * messages about wrong settings and docs/settings.md all come from here, so that none of them can lag behind.
 */

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Weekday[];

const HTTPS_ADDRESS = 'an https address without a name, a password or a query in it';
const HALF_DAY_MINUTES = 720;
const WEEK_MINUTES = 10_080;
const DAY_MINUTES = 1_440;

const deadline = (stage: string, effect: string, example: { count: number; days: number; date: string }) =>
  group(`${stage}: ${effect} The earliest of the rules given counts.`, {
    count: optional(
      z.int().min(0).max(100),
      `${stage} after so many deferrals; 0 means from the first time on.`,
      'a whole number of deferrals from 0 to 100',
      example.count,
      'deferrals',
    ),
    days: optional(
      z.int().min(0).max(365),
      `${stage} so many calendar days after the zero date, at \`deadlines.timeOfDay\`.`,
      'a whole number of days from 0 to 365',
      example.days,
      'days',
    ),
    date: optional(
      localDateOrDateTime(),
      `${stage} on a fixed local date; without a time of its own it falls at \`deadlines.timeOfDay\`.`,
      'a local date such as 2026-11-30, or a local date and time such as 2026-11-30T17:30, without a time zone',
      example.date,
    ),
  }) satisfies z.ZodType<DeadlineRule>;

export const settingsSchema = z.strictObject({
  organisation: text(1, 60, 'Your IT team', 'Who asks: the name people read in every dialog.', 'Example Ltd IT'),

  target: group('Which releases upkeep drives toward.', {
    majorUpgrades: yesNo(false, 'Whether to go on to the next major macOS, or stay within the one the Mac runs.'),
    version: optional(
      z.string().refine((version) => readOsVersion(version) !== null, { error: 'is not a macOS version' }),
      'The release wanted; a shorter version names every release that begins with it. Without it, the newest offered.',
      'a macOS version as text, such as "26", "26.6" or "26.6.2"',
      '26.6.2',
    ),
    securityResponses: yesNo(true, 'Whether small security releases between versions are installed too.'),
    betas: yesNo(false, 'Whether a pre-release may be a target.'),
  }),

  deferral: group('What a person may choose instead of restarting now.', {
    menuMinutes: described(
      z
        .array(z.int().min(5).max(WEEK_MINUTES))
        .min(1)
        .max(12)
        .transform((minutes) => [...new Set(minutes)].sort((a, b) => a - b))
        .default([60, 240, DAY_MINUTES]),
      {
        means: 'The lengths offered in the "remind me in" menu, shown from short to long.',
        allowed: `a list of 1 to 12 whole numbers of minutes, each from 5 to ${WEEK_MINUTES}`,
        unit: 'minutes',
        example: [60, 240, 1440],
      },
    ),
    defaultMinutes: whole(5, WEEK_MINUTES, 60, 'minutes', 'How long to wait when nobody answered the question.'),
  }),

  deadlines: group('From when on "not now" is worth less. Without any deadline people can defer for ever.', {
    zeroDate: described(localDateOr('discovery').default('discovery'), {
      means: 'Day 0 of the `days` rules: the day this Mac first saw the update, or one date for every Mac.',
      allowed: '"discovery" or a local date such as 2026-11-02',
      unit: null,
      example: '2026-11-02',
    }),
    newTarget: choice(
      { keep: 'keep the days already counted', restart: 'start over' },
      'keep',
      'What happens when a newer release replaces the target.',
    ),
    timeOfDay: described(timeOfDay('23:59').default('12:00'), {
      means: 'The local time of day at which deadlines given by days or by a bare date fall.',
      allowed: 'a time of day from 00:00 to 23:59',
      unit: null,
      example: '12:00',
    }),
    focus: deadline('Focus deadline', 'from then on a call or presentation no longer keeps the question away.', {
      count: 3,
      days: 5,
      date: '2026-11-16',
    }),
    soft: deadline('Soft deadline', 'from then on people choose when to restart, but no longer whether.', {
      count: 6,
      days: 10,
      date: '2026-11-23',
    }),
    hard: deadline('Hard deadline', 'from then on the Mac restarts by itself, after a fair warning.', {
      count: 10,
      days: 14,
      date: '2026-11-27T17:30',
    }),
  }),

  warning: group('How long a restart that nobody chose is announced before it happens.', {
    floorMinutes: whole(
      30,
      DAY_MINUTES,
      60,
      'minutes',
      'The warning has been on the screen of the unlocked Mac at least this long. Less than 30 cannot be set.',
    ),
    lockedFloorMinutes: whole(
      60,
      WEEK_MINUTES,
      HALF_DAY_MINUTES,
      'minutes',
      'The same for a Mac that is locked or asleep, where nobody sees the warning; not shorter than the floor above.',
    ),
  }),

  activeHours: described(
    z
      .array(
        z
          .strictObject({
            days: described(
              z
                .array(z.enum(WEEKDAYS))
                .min(1)
                .transform((days) => WEEKDAYS.filter((day) => days.includes(day))),
              {
                means: 'The days on which the stretch begins.',
                allowed: `a list of at least one of ${WEEKDAYS.join(', ')}`,
                unit: null,
                example: ['mon', 'tue', 'wed', 'thu', 'fri'],
              },
            ),
            from: described(timeOfDay('23:59'), {
              means: 'The local time at which it begins.',
              allowed: 'a time of day from 00:00 to 23:59',
              unit: null,
              example: '08:00',
            }),
            to: described(timeOfDay('24:00'), {
              means: 'The local time at which it ends; a time before `from` is on the next day.',
              allowed: 'a time of day from 00:00 to 24:00, other than `from`',
              unit: null,
              example: '18:00',
            }),
          })
          .refine((hours) => hours.from !== hours.to, {
            path: ['to'],
            error: 'is the same as `from`, which leaves no time at all; for whole days write from 00:00 to 24:00',
          }),
      )
      .max(50)
      .default([]),
    {
      means: 'The stretches of the week in which people may be disturbed. None means always.',
      allowed: 'a list of up to 50 stretches, each with `days`, `from` and `to`',
      unit: null,
      example: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' }],
    },
  ),

  prompts: group('How much of a person’s attention may be asked for.', {
    timeoutMinutes: whole(
      5,
      DAY_MINUTES,
      120,
      'minutes',
      'How long a question stays open before it counts as unanswered.',
    ),
    maxPerDay: whole(1, 24, 8, 'questions a day', 'How often people are asked in one day at most.'),
  }),

  meetings: group('Calls, presentations and whatever else keeps the display awake.', {
    respect: yesNo(true, 'Whether to wait until a call or presentation is over.'),
    maxPostponements: whole(0, 10, 2, 'times', 'How often a restart that is due may be put off for that.'),
  }),

  power: group('When a Mac has enough power to install.', {
    minimumPercent: whole(0, 100, 50, 'percent', 'The charge needed on battery; on mains power nothing is asked for.'),
  }),

  storage: group('How much free space an installation needs.', {
    updateGB: whole(1, 200, 15, 'GB', 'Free space for an update within the same major version.'),
    upgradeGB: whole(1, 200, 25, 'GB', 'Free space for an upgrade to another major version.'),
  }),

  unattended: group('What happens while nobody is logged in.', {
    install: choice(
      {
        always: 'as soon as everything is ready',
        'after-soft-deadline': 'only once the soft deadline has passed',
        'after-hard-deadline': 'only once the hard deadline has passed',
        never: 'not without a person',
      },
      'always',
      'When to install while nobody is logged in.',
    ),
  }),

  authentication: group(
    'How an install is authorised on Apple silicon, where root alone may not. No password stands here: `upkeep auth set` takes it.',
    {
      order: described(
        z
          .array(z.enum(AUTH_METHODS))
          .transform((methods) => [...new Set(methods)])
          .default([...AUTH_METHODS]),
        {
          means: 'The saved ways in the order they are used in; one that is missing here is never used.',
          allowed: `a list of ${AUTH_METHODS.map((method) => `"${method}"`).join(', ')}`,
          unit: null,
          example: ['service-account', 'mdm'],
        },
      ),
      severalSaved: yesNo(
        false,
        'Whether more than one way may be saved, so that the next is used when one fails. Without it only one is kept.',
      ),
      rememberTyped: yesNo(
        false,
        'Whether people are offered to keep what they typed in their own keychain, for the next update.',
      ),
      savedFailover: yesNo(
        true,
        'Whether the person at the Mac is asked for their password when a saved one does not work.',
      ),
      mdmFailover: described(
        z
          .array(z.string().refine((name) => mdmFailoverNamed(name) !== null, { error: 'is not a kind of failover' }))
          .transform((names) => [...new Set(names.flatMap((name) => mdmFailoverNamed(name) ?? []))])
          .default(['always']),
        {
          means:
            'When the person is asked because the management server did not bring the update about: `always`; `server-unreachable`; `bootstrap-token`; `soft-deadline` or `hard-deadline`, once that has passed; `install-now`. The names ALWAYS, NOSERVICE, BOOTSTRAP, ERROR, SOFT, HARD, DEADLINE and INSTALLNOW are understood too.',
          allowed: `a list of ${MDM_FAILOVERS.map((kind) => `"${kind}"`).join(', ')}`,
          unit: null,
          example: ['bootstrap-token', 'hard-deadline'],
        },
      ),
      serviceAccount: group('The account that upkeep makes for itself when told to.', {
        name: described(
          z
            .string()
            .regex(/^[a-z_][a-z0-9_-]{0,30}$/, { error: 'is not a short account name' })
            .default('_upkeep'),
          {
            means: 'Its short name.',
            allowed: 'up to 31 lower-case letters, digits, "_" and "-", beginning with a letter or "_"',
            unit: null,
            example: '_upkeep',
          },
        ),
        rotateDays: whole(1, 365, 30, 'days', 'How old its password may become before it is replaced.'),
      }),
    },
  ),

  mdm: group(
    'The management server, where it brings the updates about. Its credential does not stand here: `upkeep auth set mdm` takes it (docs/mdm.md).',
    {
      service: choice(
        { none: 'no server is asked', 'jamf-pro': 'Jamf Pro', nanomdm: 'NanoMDM, with KMFDDM for declarations' },
        'none',
        'Which server is asked.',
      ),
      url: optional(
        httpsAddress(),
        'The address of the server, or of a broker that talks to it. Without it, the one that the management of this Mac names; NanoMDM names none.',
        HTTPS_ADDRESS,
        'https://example.jamfcloud.com',
      ),
      discoverUrl: yesNo(true, 'Whether an address that is not set may be taken from the management of this Mac.'),
      computerId: optional(
        z.string().superRefine((value, context) => {
          const wrong = wrongComputerId(value);
          if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
        }),
        'What Jamf Pro calls this Mac: `$JSSID` in a profile, which Jamf Pro fills in. It is checked against the hardware; without it, or where it is old, the Mac is looked for.',
        'a whole number as text, which is what Jamf Pro makes of $JSSID',
        '42',
      ),
      handOverDeadline: yesNo(
        true,
        'Whether the hard deadline is handed to macOS as a declaration, where the server and the macOS can.',
      ),
      repairBootstrapToken: choice(
        {
          off: 'nobody does, it is only said',
          saved: 'by a saved administrator',
          person:
            'by a saved administrator, or else with the password that the person at the Mac types for the install, where they are an administrator',
        },
        'saved',
        'With whose password a bootstrap token that is missing or of no use is escrowed anew.',
      ),
      declarationsUrl: optional(
        httpsAddress(),
        'The address of KMFDDM, where it is not that of NanoMDM.',
        HTTPS_ADDRESS,
        'https://ddm.example.com',
      ),
    },
  ),

  fileVault: group(
    'FileVault, on Intel: there the Mac stops at its screen after the restart, and the update with it.',
    {
      unlockNextStart: yesNo(
        false,
        'Whether a saved password unlocks the next start right before an install (an authenticated restart), so that the Mac comes up again with nobody there. Until that start the key of the disk lies in the memory of the Mac (docs/security.md). Nobody is ever asked for a password for this.',
      ),
    },
  ),

  scan: group('Looking for updates.', {
    everyHours: whole(1, 168, 6, 'hours', 'How often to ask Software Update what there is.'),
  }),

  budgets: group('How often upkeep tries before it stops and says so.', {
    downloadAttempts: whole(1, 20, 6, 'attempts', 'Downloads of one target.'),
    installAttempts: whole(1, 20, 4, 'attempts', 'Installations of one target.'),
    restartsPerTarget: whole(1, 20, 2, 'restarts', 'Restarts for one target.'),
    warningsPerDay: whole(1, 20, 4, 'warnings', 'Countdowns to a restart shown within one day.'),
  }),
}) satisfies z.ZodType<Settings>;

/** All that applies when an admin says nothing. */
export const defaultSettings: Settings = settingsSchema.parse({});

export const knownKeys: readonly KnownKey[] = listKeys(settingsSchema);

/** A server fills the variable in; what it left alone names no Mac. */
function wrongComputerId(value: string): string | null {
  if (/^[1-9]\d{0,17}$/.test(value)) return null;
  return value.includes('$')
    ? 'is a variable that the server did not fill in: Jamf Pro does so only in profiles that it sends itself'
    : 'is not a whole number above 0';
}
