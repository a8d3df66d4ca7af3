/** The newest server this one plays when nothing else is asked for. */
export const NEWEST_VERSION = '11.30.1';

const VERSION = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?$/;

export const isServerVersion = (text: string): boolean => VERSION.test(text);

export function atLeast(version: string, floor: string): boolean {
  const [mine, wanted] = [partsOf(version), partsOf(floor)];
  for (let place = 0; place < 3; place += 1) {
    const difference = (mine[place] ?? 0) - (wanted[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** With the time stamp that a server puts behind its number. */
export const versionAnswer = (version: string): string => `${version}-t1784555528405`;

const partsOf = (version: string): number[] => version.split('.').map(Number);
