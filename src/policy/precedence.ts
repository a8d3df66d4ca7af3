import { type Group, isGroup } from './setting-values.ts';

/**
 * What is in force where an administrator manages some settings by a profile and others were set on the Mac: managed
 * over local, key by key, also inside groups. A list is one value and is never mixed. `overruled` names the local keys
 * that have no effect, dotted.
 */
export function inForce(managed: unknown, local: unknown): { settings: unknown; overruled: string[] } {
  if (!isGroup(managed) || !isGroup(local)) return { settings: managed ?? local ?? {}, overruled: [] };
  const overruled: string[] = [];
  return { settings: laidOver(managed, local, '', overruled), overruled };
}

function laidOver(managed: Group, local: Group, path: string, overruled: string[]): Group {
  // Own keys only, on an object without a prototype: keys come from a file.
  const merged: Group = Object.assign(Object.create(null), local);
  for (const [key, value] of Object.entries(managed)) {
    const below = Object.hasOwn(local, key) ? local[key] : undefined;
    if (isGroup(value) && isGroup(below)) merged[key] = laidOver(value, below, `${path}${key}.`, overruled);
    else {
      if (below !== undefined) overruled.push(`${path}${key}`);
      merged[key] = value;
    }
  }
  return { ...merged };
}
