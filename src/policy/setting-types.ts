import { z } from 'zod';
import { serverAddress, wrongServerAddress } from '../domain/server-address.ts';

/** The sorts of settings there are, each with the words in which it is explained and refused. */

/** What is known about one key besides its type. `allowed` finishes the sentence "must be …". */
export type SettingWords = { means: string; allowed: string; unit: string | null; example: unknown };

const words = z.registry<SettingWords>();

export function described<S extends z.ZodType>(schema: S, said: SettingWords): S {
  words.add(schema, said);
  return schema;
}

export function group<Shape extends z.core.$ZodLooseShape>(means: string, shape: Shape) {
  const names = Object.keys(shape);
  // `prefault`, not `default`: an absent group is read like an empty one, so that its keys fill in their own defaults.
  const schema = z.strictObject(shape).prefault({} as never);
  return described(schema, { means, allowed: `a group with the keys ${names.join(', ')}`, unit: null, example: {} });
}

export function whole(least: number, most: number, fallback: number, unit: string, means: string) {
  const allowed = `a whole number from ${least} to ${most} (${unit})`;
  return described(z.int().min(least).max(most).default(fallback), { means, allowed, unit, example: fallback });
}

export function yesNo(fallback: boolean, means: string) {
  return described(z.boolean().default(fallback), { means, allowed: 'true or false', unit: null, example: !fallback });
}

export function text(shortest: number, longest: number, fallback: string, means: string, example: string) {
  const schema = z
    .string()
    .trim()
    .min(shortest)
    .max(longest)
    // It stands in dialogs and in logs: a line break or an escape there could pass for something upkeep said.
    .refine((value) => !/\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u.test(value), { error: 'holds a control character' })
    .default(fallback);
  return described(schema, {
    means,
    allowed: `text of ${shortest} to ${longest} characters in one line`,
    unit: null,
    example,
  });
}

export function choice<Option extends string>(
  options: Record<Option, string>,
  fallback: NoInfer<Option>,
  means: string,
) {
  const names = Object.keys(options) as Option[];
  const meanings = names.map((name) => `\`${name}\`: ${options[name]}`).join('; ');
  const schema = z.enum(names).default(fallback as never);
  const allowed = `one of ${names.map((name) => `"${name}"`).join(', ')}`;
  return described(schema, { means: `${means} ${meanings}.`, allowed, unit: null, example: fallback });
}

export function optional<S extends z.ZodType>(
  schema: S,
  means: string,
  allowed: string,
  example: unknown,
  unit: string | null = null,
) {
  return described(schema.nullable().default(null as never), { means, allowed, unit, example });
}

export function httpsAddress() {
  return z
    .string()
    .superRefine((value, context) => {
      const wrong = wrongServerAddress(value);
      if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
    })
    .transform((value) => serverAddress(value) ?? value);
}

export function timeOfDay(latest: '23:59' | '24:00') {
  const pattern = latest === '24:00' ? /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/ : /^(?:[01]\d|2[0-3]):[0-5]\d$/;
  return z.string().regex(pattern, { error: 'is not a time of day written as HH:MM' });
}

export function localDateOr(word: string) {
  return z.string().superRefine((value, context) => {
    if (value === word) return;
    const dated = /^\d{4}-\d{2}-\d{2}$/.test(value);
    const wrong = dated ? wrongDay(value) : `is neither "${word}" nor a date written as YYYY-MM-DD`;
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
  });
}

export function localDateOrDateTime() {
  return z
    .string()
    .superRefine((value, context) => {
      const wrong = wrongDateOrDateTime(value);
      if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
    })
    .transform((value) => value.replace(' ', 'T'));
}

function wrongDateOrDateTime(value: string): string | null {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(.*))?$/.exec(value);
  const [, day, time, rest] = found ?? [];
  if (day === undefined) return 'is not a date written as YYYY-MM-DD or YYYY-MM-DDTHH:MM';
  if (time !== undefined && rest !== undefined && /^(?:\.\d+)?(?:z|[+-]\d{2}(?::?\d{2})?|\[.*)$/i.test(rest)) {
    return 'names a time zone; a deadline is promised in the local time of each Mac, so leave the zone out';
  }
  if (rest) return 'is not a date written as YYYY-MM-DD or YYYY-MM-DDTHH:MM';
  return wrongDay(day);
}

/** Why a well-written date cannot be meant; a year far away is a slip of the pen, not a deadline. */
function wrongDay(day: string): string | null {
  const year = Number(day.slice(0, 4));
  try {
    Temporal.PlainDate.from(day);
  } catch {
    return 'is not a day of the calendar';
  }
  return year >= 2020 && year <= 2099 ? null : 'lies outside the years 2020 to 2099';
}

/**
 * One node of what can be said, in the order of the schema: a group of keys, a key, or (`activeHours[].from`) a key of
 * the entries of a list.
 */
export type KnownKey = { key: string; kind: 'group' | 'key' | 'entry'; words: SettingWords };

/** All keys of a schema, each with its words. */
export function listKeys(schema: z.core.$ZodType, path = '', kind: 'key' | 'entry' = 'key'): KnownKey[] {
  const known: KnownKey[] = [];
  const said = words.get(schema);
  const inner = bare(schema);
  const isGroup = inner instanceof z.ZodObject;
  if (said) known.push({ key: path, kind: isGroup ? 'group' : kind, words: said });
  if (isGroup) {
    for (const [name, child] of Object.entries(inner.shape)) {
      known.push(...listKeys(child, path === '' ? name : `${path}.${name}`, kind));
    }
  }
  if (inner instanceof z.ZodArray && bare(inner.element) instanceof z.ZodObject) {
    known.push(...listKeys(inner.element, `${path}[]`, 'entry'));
  }
  return known;
}

/** The schema without the wrappers that only say what happens when nothing is given. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable) {
    return bare(schema.unwrap());
  }
  return schema;
}
