import type { z } from 'zod';
import type { SettingProblem } from './setting-problem.ts';
import type { SettingWords } from './setting-types.ts';
import { kindWords, valueWords } from './setting-values.ts';

/** For what is not a group of settings at all. */
export function wrongWhole(raw: unknown): SettingProblem {
  return {
    key: '',
    given: valueWords(raw),
    what: `is ${kindWords(raw)}, not a group of settings`,
    allowed: 'a dictionary of settings',
    nearest: null,
  };
}

/** Says in words for admins what the schema found wrong with one value. */
export function valueProblem(issue: z.core.$ZodIssue, key: string, value: unknown, said: SettingWords): SettingProblem {
  return {
    key,
    given: value === undefined || mayHoldSecret(value) ? null : valueWords(value),
    what: whatIsWrong(issue, value),
    allowed: said.allowed,
    nearest: null,
  };
}

/** An address can have a password or a token in it, before its host or after its path. */
function mayHoldSecret(value: unknown): boolean {
  return typeof value === 'string' && /:\/\/.*[@?#]/.test(value);
}

function whatIsWrong(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'is not a whole number' : wrongKind(issue.expected, value);
    case 'invalid_value':
      return typeof value === 'string' ? 'is none of the choices' : wrongKind('string', value);
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int' ? 'is too small' : 'is empty';
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int' ? 'is too large' : 'is too long';
    default:
      return issue.message;
  }
}

const EXPECTED_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
};

function wrongKind(expected: string, value: unknown): string {
  return `is ${kindWords(value)}, not ${EXPECTED_WORDS[expected] ?? expected}${kindHint(expected, value)}`;
}

/** How to write what was probably meant; quotes and plist tags are the usual slips. */
function kindHint(expected: string, value: unknown): string {
  if (expected === 'number' && typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value)) {
    return '; write it without quotes, in a profile as <integer> instead of <string>';
  }
  if (expected === 'boolean' && (typeof value === 'string' || typeof value === 'number')) {
    return '; write true or false without quotes, in a profile <true/> or <false/>';
  }
  if (expected === 'string' && typeof value === 'number') {
    return '; write it in quotes, in a profile as <string>';
  }
  if (expected === 'string' && value instanceof Date) {
    return '; a <date> of a profile is meant in UTC, so write the local date as <string>';
  }
  return '';
}
