import { lengthWords } from '../../domain/instant.ts';
import { Secret } from '../../domain/secret.ts';
import { allCommands } from './catalogue.ts';
import type { AnyCommand } from './command.ts';
import { withoutTerminal } from './on-a-terminal.ts';

/** The text of docs/commands.md, made from the catalogue. */
export function renderCommandsDoc(): string {
  return `${[
    '# Commands',
    '',
    '<!-- Made from src/adapters/commands/catalogue.ts by `npm run docs`; a test fails when it is stale. -->',
    '',
    'Every command upkeep can run on a Mac. There are no others: tools are started only through this table, by absolute',
    'path, without a shell, with a fixed environment (`LC_ALL=C`, `LANG=en_US.UTF-8`, a PATH of four system folders and',
    '`HOME`). Values in braces differ from call to call. [security.md](security.md) has the threat model.',
    '',
    '## Privilege classes',
    '',
    'The agent runs as root. What a command would need if somebody typed it sorts the table, and says what a reviewer has to',
    'look at: the class below is the least that will do.',
    '',
    '| class | commands | of them act | what it takes | what for |',
    '|---|---|---|---|---|',
    ...CLASSES.map(classRow),
    '',
    ...CLASSES.flatMap(classSection),
    '## How to read the columns',
    '',
    '- **looks or acts**: a dry run and `upkeep doctor` run only what looks. A check of a password acts, because a wrong one',
    '  counts as a failed login.',
    '- **secret**: how a password goes in. Never on the command line; written to stdin and forgotten. *typed at the',
    '  prompt*: the tool asks on a terminal only, so `/usr/bin/expect` runs it on one of its own and types what it reads from',
    '  its stdin, once, at a prompt that names whose password it wants; at any other prompt it gives up.',
    '- **limits**: the tool is ended (SIGTERM, then SIGKILL) after this time, after this long without a word, or past this',
    '  much output.',
    '- **after a crash**: what happens to a call that was running when upkeep or the Mac went down. *once*: never repeated',
    '  blindly; upkeep looks at the Mac to learn what became of it.',
    '',
    'Calls through `launchctl asuser` run in the session of the person at the Mac, and with `sudo -u` as that person unless',
    'it says `sudo -u root`.',
    '',
    'Beside them runs one `/bin/sh` that only waits on a pipe: should upkeep be killed, it ends the tools that were running,',
    'except an install, which is never broken off. The output of an install goes to files in the folder of the state, so',
    'that it can go on without a reader.',
  ].join('\n')}\n`;
}

type Class = { privilege: AnyCommand['privilege']; title: string; takes: string; why: string };

const CLASSES: readonly Class[] = [
  {
    privilege: 'anyone',
    title: 'anyone',
    takes: 'no rights: any user of the Mac gets the same answer',
    why: 'facts about the Mac',
  },
  {
    privilege: 'root',
    title: 'root',
    takes: 'root, and nobody’s password',
    why: 'downloads, launchd, dialogs in somebody’s session, the keychain of the Mac, accounts',
  },
  {
    privilege: 'credential',
    title: 'root + password',
    takes:
      'root and the password of an account, which upkeep is given by a person or has saved: a volume owner’s for an update (Apple silicon; none on Intel), an administrator’s for a change of accounts or a bootstrap token',
    why: 'what macOS does not let root do alone',
  },
];

const inClass = ({ privilege }: Class): AnyCommand[] =>
  allCommands.filter((command) => command.privilege === privilege);

function classRow(each: Class): string {
  const commands = inClass(each);
  const acting = commands.filter(({ effect }) => effect === 'act').length;
  const anchor = each.title.replaceAll(/[^a-z ]/g, '').replaceAll(' ', '-');
  return `| [${each.title}](#${anchor}) | ${commands.length} | ${acting} | ${each.takes} | ${each.why} |`;
}

function classSection(each: Class): string[] {
  return [
    `## ${each.title}`,
    '',
    '| command | what it does | command line | looks or acts | secret | limits | after a crash |',
    '|---|---|---|---|---|---|---|',
    ...inClass(each).map(row),
    '',
  ];
}

/** The command line of an entry as documents show it, with what is written to stdin. */
export function invocationOf(command: AnyCommand): string {
  const line = withoutTerminal([command.example.path ?? command.tool, ...command.example.args])
    .map(quoted)
    .join(' ');
  const typed = (command.example.stdin ?? [])
    .map((part) => (part instanceof Secret ? '{password}' : part.replace(/\s+/g, ' ')))
    .join('')
    .trim();
  return typed === '' ? line : `${line} <<< ${quoted(typed)}`;
}

function row(command: AnyCommand): string {
  const cells = [
    `\`${command.name}\``,
    command.summary,
    `\`${invocationOf(command)}\``,
    { probe: 'looks', act: '**acts**' }[command.effect],
    { none: '–', stdin: 'on stdin', terminal: 'typed at the prompt' }[command.secret],
    limitsOf(command),
    { probe: 'looks again', idempotent: 'runs again', once: '**once**' }[command.recovery],
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function limitsOf({ limits }: AnyCommand): string {
  const silence = limits.silenceMs === null ? [] : [`${lengthWords(limits.silenceMs)} of silence`];
  return [inWords(limits.timeoutMs), ...silence, `${limits.outputBytes / 1_000_000} MB`].join(', ');
}

function inWords(lengthMs: number): string {
  return lengthMs < 60_000 ? `${lengthMs / 1_000} seconds` : lengthWords(lengthMs);
}

function quoted(argument: string): string {
  return /^[\w./:{}=-]+$/.test(argument) ? argument : `'${argument}'`;
}
