import { Secret } from '../../domain/secret.ts';
import type { Printed } from '../commands/command.ts';
import { optionValue } from '../commands/options.ts';
import { unreadableUnseen } from '../commands/unreadable.ts';

/** How a dialog ended. Only a button is an answer; everything else, `unknown` above all, is no consent. */
export type DialogEnd =
  | 'button1'
  | 'button2'
  | 'info-button'
  | 'timer'
  | 'told-to-quit'
  | 'quit-key'
  | 'closed'
  | 'time-exceeded'
  | 'key-required'
  | 'terminated'
  | 'image-missing'
  | 'file-missing'
  | 'bad-colour'
  | 'error'
  | 'unknown';

export type Choice = { value: string; index: number | null };
export type DialogValue = string | boolean | Choice | Secret;

/** `values` is what was typed and chosen; null unless button 1 ended the dialog, since only then it is printed. */
export type DialogAnswer = { end: DialogEnd; exitCode: number | null; values: { [field: string]: DialogValue } | null };

/**
 * Reads the exit code and the values of a swiftDialog. Nothing of the printed text gets into an error: it may hold a
 * password in clear. Which fields are secure is read from the dialog's own definition; where that is not at hand, every
 * text counts as secret.
 */
export function readDialog(printed: Printed): DialogAnswer {
  const end = printed.exitCode === null ? 'unknown' : (ENDS[printed.exitCode] ?? 'unknown');
  if (end !== 'button1') return { end, exitCode: printed.exitCode, values: null };
  return { end, exitCode: printed.exitCode, values: valuesOf(printed) };
}

// Exit codes of swiftDialog 3. 2xx are its own complaints; 255 never arrives, it is turned into 0 by the program.
const ENDS: Readonly<Record<number, DialogEnd>> = {
  0: 'button1',
  1: 'error',
  2: 'button2',
  3: 'info-button',
  4: 'timer',
  5: 'told-to-quit',
  10: 'quit-key',
  15: 'closed',
  20: 'time-exceeded',
  30: 'key-required',
  40: 'terminated',
  201: 'image-missing',
  202: 'file-missing',
  203: 'bad-colour',
};

function valuesOf(printed: Printed): DialogAnswer['values'] {
  const from = printed.stdout.indexOf('{');
  const to = printed.stdout.lastIndexOf('}');
  if (from < 0) return null;
  const answer = jsonObject(printed.stdout.slice(from, to + 1));
  if (answer === null) throw unreadableUnseen('dialog', printed, 'the answer is no JSON object');
  const openFields = openTextFields(printed);
  const values: [string, DialogValue][] = [];
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value === 'string') values.push([name, openFields?.has(name) ? value : new Secret(value)]);
    else if (typeof value === 'boolean') values.push([name, value]);
    else if (isChoice(value)) values.push([name, choiceOf(value)]);
  }
  // A single select repeats its answer under names that no field of ours has; the choice itself is kept above.
  return Object.fromEntries(values.filter(([name]) => name !== 'SelectedOption' && name !== 'SelectedIndex'));
}

/** The text fields that are not secure, by the name they answer under; null when the definition is not known. */
function openTextFields(printed: Printed): Set<string> | null {
  const definition = jsonObject(optionValue(printed.args, '--jsonstring') ?? '');
  if (definition === null) return null;
  const fields = Array.isArray(definition.textfield) ? definition.textfield : [];
  const open = new Set<string>();
  for (const field of fields.filter(isObject)) {
    if (field.secure === undefined || field.secure === false) {
      for (const name of [field.title, field.name]) if (typeof name === 'string') open.add(name);
    }
  }
  return open;
}

function jsonObject(text: string): { [key: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isChoice(value: unknown): value is { selectedValue: string; selectedIndex?: unknown } {
  return isObject(value) && typeof value.selectedValue === 'string';
}

function choiceOf(value: { selectedValue: string; selectedIndex?: unknown }): Choice {
  const index = Number(value.selectedIndex ?? Number.NaN);
  return { value: value.selectedValue, index: Number.isInteger(index) ? index : null };
}
