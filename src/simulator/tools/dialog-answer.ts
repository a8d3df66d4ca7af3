import type { DialogAnswer } from '../mac/screen.ts';

type Field = { title: string; values: string[]; default: string };

/** What swiftDialog prints about the inputs when it is left by its first button; nothing when it has none. */
export function answerText(shows: Record<string, unknown>, answer: DialogAnswer): string {
  const selects = fieldsOf(shows.selectitems).map((field) => {
    const value = answer.selected[field.title] ?? field.default;
    return { title: field.title, value, index: field.values.indexOf(value) };
  });
  const texts = fieldsOf(shows.textfield).map(({ title }) => ({ title, text: answer.typed[title] ?? '' }));
  const boxes = boxesOf(shows.checkbox).map(({ label, checked }) => ({
    title: label,
    ticked: answer.ticked?.[label] ?? checked,
  }));
  if (selects.length + texts.length + boxes.length === 0) return '';
  return shows.json === true ? jsonText(selects, texts, boxes) : plainText(selects, texts, boxes);
}

type Selects = { title: string; value: string; index: number }[];
type Texts = { title: string; text: string }[];
type Boxes = { title: string; ticked: boolean }[];

function jsonText(selects: Selects, texts: Texts, boxes: Boxes): string {
  const answer: Record<string, unknown> = {};
  const only = selects.length === 1 ? selects[0] : undefined;
  if (only) Object.assign(answer, { SelectedOption: only.value, SelectedIndex: only.index });
  for (const { title, value, index } of selects) answer[title] = { selectedValue: value, selectedIndex: index };
  for (const { title, text } of texts) answer[title] = text;
  for (const { title, ticked } of boxes) answer[title] = ticked;
  // Swift puts a blank before the colon.
  return `${JSON.stringify(answer, null, 2).replace(/^(\s*"(?:[^"\\]|\\.)*"):/gm, '$1 :')}\n`;
}

function plainText(selects: Selects, texts: Texts, boxes: Boxes): string {
  const only = selects.length === 1 ? selects[0] : undefined;
  const lines = only ? [`"SelectedOption" : "${only.value}"`, `"SelectedIndex" : ${only.index}`] : [];
  for (const { title, value, index } of selects) lines.push(`"${title}" : "${value}"`, `"${title}" index : "${index}"`);
  for (const { title, text } of texts) lines.push(`${title} : ${text}`);
  for (const { title, ticked } of boxes) lines.push(`"${title}" : "${ticked}"`);
  return `${lines.join('\n')}\n`;
}

function fieldsOf(raw: unknown): Field[] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isObject).map((field) => {
    const values = Array.isArray(field.values) ? field.values.map(String) : [];
    return { title: String(field.title ?? ''), values, default: String(field.default ?? values[0] ?? '') };
  });
}

/** Checkboxes answer under their label. */
function boxesOf(raw: unknown): { label: string; checked: boolean }[] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isObject).map(({ label, checked }) => ({
    label: String(label ?? ''),
    checked: checked === true || checked === 'true',
  }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
