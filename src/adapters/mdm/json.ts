import { z } from 'zod';
import type { Secret } from '../../domain/secret.ts';

/** The JSON of a body; undefined where it is none. The error of a failed reading repeats the text, so it ends here. */
export function jsonIn(body: Secret): unknown {
  return body.expose((text) => parsed(text));
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A member that may be missing, null or of another kind: all of it counts as not said. */
export const orNull = <T extends z.ZodType>(schema: T) =>
  schema
    .nullish()
    .catch(null)
    .transform((value): z.output<T> | null => (value ?? null) as z.output<T> | null);

/** Ids are text; some answers have numbers. Whatever goes into an address later is held to plain characters. */
export const idSchema = z
  .union([z.string(), z.number().int().nonnegative()])
  .transform(String)
  .pipe(z.string().regex(/^[A-Za-z0-9-]{1,64}$/));
