import { count } from '../domain/instant.ts';
import { counted } from '../policy/examine/examine.ts';
import type { Finding, Mark } from '../policy/examine/finding.ts';
import type { Colour, Paint } from './colour.ts';
import { visible } from './complain.ts';
import { broken } from './status-words.ts';

/** How it is shown: colours, the width lines are broken at (null: as long as they come), explanations for what is well. */
export type CheckupLook = { paint: Paint; columns: number | null; all: boolean };

/** The findings for people, in groups, each with a mark; what it means and what to do below those that are not well. */
export function checkupWords(findings: readonly Finding[], { paint, columns, all }: CheckupLook): string {
  const lines: string[] = [];
  let group = '';
  for (const finding of findings) {
    const [name = ''] = finding.code.split('.');
    const title = TITLES[name] ?? name;
    if (title !== group) lines.push(...(group === '' ? [] : ['']), paint('bold', title));
    group = title;
    lines.push(...findingLines(finding, { paint, columns, all }));
  }
  return `${[...lines, '', summary(findings, paint)].join('\n')}\n`;
}

function findingLines(finding: Finding, { paint, columns, all }: CheckupLook): string[] {
  const { mark, what, means, remedy, quotes = [], code } = finding;
  const { sign, colour } = MARKS[mark];
  const indented = (text: string, first: string, later = '    ') =>
    broken(visible(text), columns === null ? null : columns - later.length).map(
      (line, index) => `${index === 0 ? first : later}${line}`,
    );
  const head = indented(what, `  ${paint(colour, sign)} `);
  if (mark === 'ok' && !all) return head;
  return [
    ...head,
    ...indented(means, '    '),
    ...quotes.map((quote) => paint('dim', `    | ${visible(quote)}`)),
    ...(remedy === null ? [] : indented(remedy, '    To do: ', '           ')),
    paint('dim', `    (${code})`),
  ];
}

function summary(findings: readonly Finding[], paint: Paint): string {
  const counts = counted(findings);
  const parts = (['broken', 'attention', 'unknown', 'ok'] as const)
    .filter((mark) => counts[mark] > 0)
    .map((mark) => paint(MARKS[mark].colour, `${counts[mark]} ${MARKS[mark].word}`));
  return `${count(findings.length, 'finding')}: ${parts.join(', ')}.`;
}

const MARKS: Record<Mark, { sign: string; colour: Colour; word: string }> = {
  ok: { sign: '✓', colour: 'green', word: 'well' },
  attention: { sign: '!', colour: 'yellow', word: 'to look at' },
  broken: { sign: '✗', colour: 'red', word: 'broken' },
  unknown: { sign: '?', colour: 'cyan', word: 'unknown' },
};

/** Several groups of codes may stand under one title. */
const TITLES: Readonly<Record<string, string>> = {
  tools: 'Tools',
  tokens: 'Secure tokens and owners',
  owners: 'Secure tokens and owners',
  person: 'Who can authorise an update',
  authority: 'Who can authorise an update',
  method: 'Who can authorise an update',
  keychain: 'Saved passwords',
  'service-account': 'Saved passwords',
  password: 'Saved passwords',
  lockout: 'Lock-outs',
  enrolment: 'Enrolment',
  'bootstrap-token': 'Enrolment',
  server: 'Management server',
  filevault: 'FileVault',
  upkeep: 'upkeep itself',
};
