import { authRoutes } from './auth-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { inventoryRoutes } from './inventory-routes.ts';
import type { Route } from './parts.ts';
import { planRoutes } from './plan-routes.ts';

export type Found =
  | { kind: 'route'; route: Route; params: Record<string, string> }
  | { kind: 'other-method' }
  | { kind: 'nothing' };

/** Routes by the number of parts of their paths; a route that names a part goes before one that takes any. */
const ROUTES = new Map<number, { route: Route; parts: string[] }[]>();
for (const route of [...authRoutes, ...inventoryRoutes, ...planRoutes, ...commandRoutes]) {
  const parts = route.path.split('/');
  ROUTES.set(parts.length, [...(ROUTES.get(parts.length) ?? []), { route, parts }]);
}

export function findRoute(method: string, path: string): Found {
  const given = path.split('/');
  let other = false;
  for (const { route, parts } of ROUTES.get(given.length) ?? []) {
    if (!parts.every((part, place) => part === given[place] || (part.startsWith('{') && given[place] !== ''))) continue;
    if (route.method !== method) {
      other = true;
      continue;
    }
    const params: Record<string, string> = {};
    for (const [place, part] of parts.entries())
      if (part.startsWith('{')) params[part.slice(1, -1)] = decoded(given[place] ?? '');
    return { kind: 'route', route, params };
  }
  return { kind: other ? 'other-method' : 'nothing' };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
