/** Every call these servers know; faults can be confined to one. */
export const ROUTE_NAMES = [
  'version',
  'push',
  'enqueue',
  'declarations',
  'declaration-put',
  'declaration',
  'declaration-delete',
  'declaration-touch',
  'sets',
  'set-declarations',
  'set-declarations-put',
  'set-declarations-delete',
  'enrollment-sets',
  'enrollment-sets-put',
  'enrollment-sets-delete',
  'declaration-sets',
  'declaration-status',
  'status-values',
  'status-errors',
  'status-report',
  'notify',
] as const;

export type RouteName = (typeof ROUTE_NAMES)[number];
