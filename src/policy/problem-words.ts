import type { SettingProblem } from './setting-problem.ts';
import { printable } from './setting-values.ts';

/** The problems as an admin reads them in a terminal: one block each, all in one message. */
export function problemsInWords(source: string, problems: readonly SettingProblem[]): string {
  const heading = `${printable(source)}: ${problems.length === 1 ? 'one setting is' : `${problems.length} settings are`} wrong.`;
  const blocks = problems.slice(0, MOST_BLOCKS).map((problem) => {
    const lines = [`  ${problem.key === '' ? '(the whole)' : printable(problem.key)}`];
    const value = problem.given === null ? '' : `${problem.given} `;
    lines.push(`    ${value}${problem.what}.`);
    if (problem.allowed !== null) lines.push(`    Allowed: ${problem.allowed}.`);
    if (problem.nearest !== null) lines.push(`    Did you mean ${problem.nearest}?`);
    return lines.join('\n');
  });
  if (problems.length > MOST_BLOCKS) blocks.push(`  … and ${problems.length - MOST_BLOCKS} more.`);
  return [heading, ...blocks].join('\n\n');
}

const MOST_BLOCKS = 50;
