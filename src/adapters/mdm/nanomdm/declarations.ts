import { z } from 'zod';
import { majorOf } from '../../../domain/os-version.ts';
import type { PushOrder } from '../../../domain/push.ts';
import { orNull } from '../json.ts';

/** What this Mac is declared by, and nothing else on the server ever is touched: every name has the UDID in it. */
export type OwnNames = { set: string; update: string; activation: string; subscriptions: string };

export const ownNames = (udid: string): OwnNames => ({
  set: `org.upkeep.${udid}`,
  update: `org.upkeep.update.${udid}`,
  activation: `org.upkeep.activation.${udid}`,
  subscriptions: `org.upkeep.status.${udid}`,
});

export type Declaration = { Type: string; Identifier: string; Payload: Readonly<Record<string, unknown>> };

const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';

/** What the Mac is asked to report, so that the server can tell how far it is. */
const REPORTED = [
  'device.operating-system.version',
  'device.operating-system.build-version',
  'softwareupdate.install-state',
  'softwareupdate.install-reason',
  'softwareupdate.failure-reason',
  'softwareupdate.pending-version',
];

/**
 * The declarations of an order, in the order in which they are to be put. The build is named only where no other release will
 * do.
 */
export function declarationsFor(order: PushOrder, by: string, names: OwnNames): readonly Declaration[] {
  const { version, build } = order.to;
  return [
    {
      Type: 'com.apple.configuration.management.status-subscriptions',
      Identifier: names.subscriptions,
      Payload: { StatusItems: REPORTED.map((Name) => ({ Name })) },
    },
    {
      Type: ENFORCEMENT,
      Identifier: names.update,
      Payload: {
        TargetOSVersion: version,
        ...(order.latest || build === null ? {} : { TargetBuildVersion: build }),
        TargetLocalDateTime: by,
      },
    },
    {
      Type: 'com.apple.activation.simple',
      Identifier: names.activation,
      Payload: { StandardConfigurations: [names.subscriptions, names.update] },
    },
  ];
}

/** A date and time without a zone, as the declaration wants it. */
export const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

export type Enforcement = { version: string; build: string | null; by: string };

/** Our own declaration as the server gives it back. */
export const enforcementSchema = z
  .object({
    Type: z.literal(ENFORCEMENT),
    Payload: z.object({
      TargetOSVersion: z.string().refine((text) => majorOf(text) !== null),
      TargetBuildVersion: orNull(z.string().max(64)),
      TargetLocalDateTime: z.string().regex(LOCAL_TIME),
    }),
  })
  .transform(
    ({ Payload: { TargetOSVersion, TargetBuildVersion, TargetLocalDateTime } }): Enforcement => ({
      version: TargetOSVersion,
      build: TargetBuildVersion,
      by: TargetLocalDateTime,
    }),
  );

/** The order that it amounts to; null while it is not known what the Mac runs. */
export function orderOf({ version, build, by }: Enforcement, running: string | null): PushOrder | null {
  const [from, to] = [majorOf(running ?? ''), majorOf(version)];
  if (from === null || to === null) return null;
  return { to: { version, build }, major: to > from, latest: false, action: { kind: 'enforce', by } };
}
