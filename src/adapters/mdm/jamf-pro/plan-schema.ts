import { z } from 'zod';
import { idSchema, orNull, parsed } from '../json.ts';

/** A word of the server’s own, such as a state; some reasons have seventy letters. */
const word = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,119}$/);
const localTime = orNull(z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/));

/** A plan as the server tells it. Words it may have that nobody has heard of yet are kept as they are. */
export const planSchema = z.object({
  planUuid: idSchema,
  device: orNull(z.object({ deviceId: idSchema, objectType: orNull(z.string()) })),
  updateAction: orNull(word).transform((text) => text ?? 'UNKNOWN'),
  versionType: orNull(word).transform((text) => text ?? 'UNKNOWN'),
  specificVersion: orNull(z.string().max(64)),
  buildVersion: orNull(z.string().max(64)),
  forceInstallLocalDateTime: localTime,
  status: orNull(z.object({ state: orNull(word), errorReasons: orNull(z.array(word.catch('UNKNOWN'))) })),
});
export type ServerPlan = z.infer<typeof planSchema>;

export const planListSchema = z.object({ totalCount: orNull(z.number()), results: z.array(planSchema) });

/** The answer to a new plan calls the same id by another name. */
export const madeSchema = z.object({
  plans: z.array(z.object({ planId: idSchema, device: orNull(z.object({ deviceId: idSchema })) })),
});

export const offeredSchema = z.object({ availableUpdates: z.object({ macOS: z.array(z.string()) }) });

export type PlanEvent = { type: string; atMs: number | null };

const eventSchema = z.object({
  type: z.string().regex(/^[.\w]{1,64}$/),
  eventReceivedEpoch: orNull(z.number()),
  eventSentEpoch: orNull(z.number()),
});

/** The events of a plan: a text with JSON in it, the list itself, or nothing yet. What cannot be read is left out. */
export const eventsSchema = z.object({ events: z.unknown() }).transform(({ events }): PlanEvent[] => listOf(events));

function listOf(events: unknown): PlanEvent[] {
  if (typeof events === 'string') return listOf(parsed(events));
  if (Array.isArray(events)) {
    return events.flatMap((one) => {
      const { success, data } = eventSchema.safeParse(one);
      return success ? [{ type: data.type, atMs: data.eventReceivedEpoch ?? data.eventSentEpoch }] : [];
    });
  }
  return typeof events === 'object' && events !== null && 'events' in events && Array.isArray(events.events)
    ? listOf(events.events)
    : [];
}

export type PlanDeclaration = { type: string; version: string | null; by: string | null };

const payloadSchema = z.object({ TargetOSVersion: orNull(z.string().max(64)), TargetLocalDateTime: localTime });

/** The declarations of a plan. Their payload is a text with JSON in it; the documentation shows an object. */
export const declarationsSchema = z
  .object({ declarations: orNull(z.array(z.object({ type: z.string(), payloadJson: z.unknown() }))) })
  .transform(({ declarations }): PlanDeclaration[] =>
    (declarations ?? []).map(({ type, payloadJson }) => {
      const { data } = payloadSchema.safeParse(typeof payloadJson === 'string' ? parsed(payloadJson) : payloadJson);
      return { type, version: data?.TargetOSVersion ?? null, by: data?.TargetLocalDateTime?.slice(0, 19) ?? null };
    }),
  );
