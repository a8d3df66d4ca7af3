import { instantAt } from '../domain/instant.ts';
import type { DeadlineRule, Settings } from '../domain/settings.ts';
import { dateInstant, FAMILIES, STAGES, type Stage } from './deadline-stages.ts';
import { defaultSettings } from './schema.ts';
import type { SettingProblem } from './setting-problem.ts';
import { valueWords } from './setting-values.ts';

/** What no single key shows: settings that are right by themselves and impossible together. */
export function contradictions(settings: Settings, faulty: ReadonlySet<string>, zone: string): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const { deadlines, warning } = settings;
  const sound = (...keys: string[]) =>
    !keys.some((key) => [...faulty].some((bad) => key === bad || key.startsWith(`${bad}.`)));

  for (const family of FAMILIES) {
    if (family === 'date' && !sound('deadlines.timeOfDay')) continue;
    const set = STAGES.filter((stage) => deadlines[stage][family] !== null && sound(`deadlines.${stage}.${family}`));
    for (const [nth, later] of set.entries()) {
      const own = orderOf(deadlines, later, family, zone);
      const earlier = set.slice(0, nth).find((stage) => orderOf(deadlines, stage, family, zone) >= own);
      if (earlier === undefined) continue;
      problems.push({
        key: `deadlines.${later}.${family}`,
        given: valueWords(deadlines[later][family]),
        what: `is not later than deadlines.${earlier}.${family} (${deadlines[earlier][family]})`,
        allowed: 'focus before soft before hard, where they are set',
        nearest: null,
      });
    }
  }

  const { zeroDate } = deadlines;
  if (zeroDate !== 'discovery' && sound('deadlines.zeroDate')) {
    for (const stage of STAGES) {
      const { date } = deadlines[stage];
      if (date === null || !sound(`deadlines.${stage}.date`)) continue;
      if (dateInstant(deadlines, date, zone) >= instantAt(zeroDate, '00:00', zone)) continue;
      problems.push({
        key: `deadlines.${stage}.date`,
        given: valueWords(date),
        what: `is before the zero date, deadlines.zeroDate (${zeroDate})`,
        allowed: 'a date on or after the zero date',
        nearest: null,
      });
    }
  }

  if (
    sound('warning.floorMinutes', 'warning.lockedFloorMinutes') &&
    warning.lockedFloorMinutes < warning.floorMinutes
  ) {
    const isDefault = warning.lockedFloorMinutes === defaultSettings.warning.lockedFloorMinutes;
    problems.push({
      key: 'warning.lockedFloorMinutes',
      given: valueWords(warning.lockedFloorMinutes),
      what: `${isDefault ? '(the default) ' : ''}is less than warning.floorMinutes (${warning.floorMinutes})`,
      allowed: 'at least as long as warning.floorMinutes, since nobody sees a warning on a locked Mac',
      nearest: null,
    });
  }

  const { service, url, discoverUrl } = settings.mdm;
  if (service !== 'none' && url === null && sound('mdm.service', 'mdm.url', 'mdm.discoverUrl')) {
    const missing = (what: string) =>
      problems.push({ key: 'mdm.url', given: null, what, allowed: 'the https address of the server', nearest: null });
    if (service === 'nanomdm') missing('is not set, and NanoMDM tells no Mac where it takes orders');
    else if (!discoverUrl) missing('is not set, and mdm.discoverUrl (false) forbids to look for it');
  }
  return problems;
}

function orderOf(deadlines: Settings['deadlines'], stage: Stage, family: keyof DeadlineRule, zone: string): number {
  const value = deadlines[stage][family];
  return typeof value === 'string' ? dateInstant(deadlines, value, zone) : (value ?? 0);
}
