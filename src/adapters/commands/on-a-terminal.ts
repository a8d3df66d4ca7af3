import { UpkeepError } from '../../domain/problem.ts';
import { Secret } from '../../domain/secret.ts';
import { typeable } from './passwords.ts';

/** A prompt, as the end of what the tool has printed so far, and what is typed at it: a secret, or a text such as a name. */
export type Prompt = { ends: string } & ({ secret: Secret } | { text: string });

/** Exit codes of the script itself, apart from those of the tools it runs. */
export const TERMINAL_EXIT = { unknownPrompt: 112, neverAsked: 113, askedAgain: 114, killed: 115 } as const;

export const EXPECT = '/usr/bin/expect';

/**
 * Runs a tool that reads passwords from a terminal only. `expect` opens one for it, reads the passwords from its own
 * stdin, one a line, and types each at its prompt.
 *
 * Nothing secret is in the script, which everybody can see in the list of processes. Passwords pass through it as bytes
 * and as values of variables, so that no sign in them means anything to Tcl. Each is typed once: a prompt that comes
 * again means that the password was wrong, unless two prompts are expected to look alike; one that is not known might be
 * asking for somebody else's. Of a tool that was ended by a signal `wait` says 0, and more words than of one that ended
 * by itself: silence and 0 would pass for a right password.
 */
export function onATerminal(tool: string, args: readonly string[], prompts: readonly Prompt[]) {
  const stdin = prompts.flatMap((prompt) => {
    if ('secret' in prompt) return [typeable(prompt.secret), '\n'];
    return [typeable(new Secret(prompt.text)).expose((plain) => plain), '\n'];
  });
  return {
    path: EXPECT,
    args: [
      '-c',
      scriptOf(
        [tool, ...args],
        prompts.map(({ ends }) => ends),
      ),
    ],
    stdin,
  };
}

/** The tool and its arguments in a call of `onATerminal`; other calls unchanged. */
export function withoutTerminal(argv: readonly string[]): string[] {
  const [called, option, script] = argv;
  if ((called !== EXPECT && called !== 'expect') || option !== '-c' || script === undefined) return [...argv];
  return readCall(script) ?? [...argv];
}

/** A pattern for the name of an account inside a prompt, whose text the script sees as bytes. */
export function bytesOf(name: string): string {
  return [...Buffer.from(name)]
    .map((byte) => (/\w/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : inHex(byte)))
    .join('');
}

function inHex(byte: number): string {
  return `\\u${byte.toString(16).padStart(4, '0')}`;
}

function scriptOf(argv: readonly string[], prompts: readonly string[]): string {
  return [
    `${CALL}${argv.map(tclWord).join(' ')}]`,
    ...prompts.map((ends, i) => `set prompt(${i}) {${ends}}`),
    `set count ${prompts.length}`,
    SCRIPT,
  ].join('\n');
}

const CALL = 'set call [list ';

/** Everything after the call and its prompts, the same for all tools. */
const SCRIPT = `
log_user 0
set stty_init -echo
set timeout 20
fconfigure stdin -encoding binary -translation lf
fconfigure stdout -encoding binary -translation lf
set typed 0
for {set i 0} {$i < $count} {incr i} { gets stdin secret($i) }
proc say {text} { puts -nonewline $text; flush stdout }
proc stop {code} {
  global spawn_id
  catch {close -i $spawn_id}
  exit $code
}
proc answer {i} {
  global secret prompt count typed spawn_id
  for {set next $i} {![info exists secret($next)] || $prompt($next) ne $prompt($i)} {} {
    if {[incr next] >= $count} { stop ${TERMINAL_EXIT.askedAgain} }
  }
  set i $next
  after 200
  send -- "$secret($i)\\r"
  unset secret($i)
  incr typed
}
if {[catch {spawn -noecho {*}$call} why]} {
  puts stderr "[lindex $call 0]: command not found"
  exit 127
}
fconfigure $spawn_id -encoding binary
set branches {}
for {set i 0} {$i < $count} {incr i} {
  lappend branches -re "(?:^|\\n)\\[^\\n\\]*(?:$prompt($i)) ?\\$" "say \\$expect_out(buffer); answer $i; exp_continue"
}
lappend branches -re {^[^\\n]*\\n} {say $expect_out(buffer); exp_continue}
lappend branches timeout {
  expect -timeout 0 -re {:\\s*$} { say $expect_out(buffer); stop ${TERMINAL_EXIT.unknownPrompt} } timeout {}
  exp_continue
}
lappend branches eof {say $expect_out(buffer)}
expect {*}$branches
catch wait result
if {[lindex $result 2] != 0} { exit 1 }
if {[llength $result] > 4} { exit ${TERMINAL_EXIT.killed} }
if {[lindex $result 3] == 0 && $typed < $count} { exit ${TERMINAL_EXIT.neverAsked} }
exit [lindex $result 3]
`.trim();

/** A word of the script: as it is where nothing in it means anything to Tcl, else in quotes. */
function tclWord(word: string): string {
  if (/^[\w./:@%+,=-]+$/.test(word)) return word;
  if (/\p{Cc}/u.test(word)) {
    throw new UpkeepError('bug', 'An argument with a control character cannot be given to a tool.', {
      remedy: 'Report this as a bug in upkeep; nothing was run.',
    });
  }
  return `"${word.replace(/["\\$[\]]/g, '\\$&')}"`;
}

function readCall(script: string): string[] | null {
  const [first = ''] = script.split('\n', 1);
  if (!first.startsWith(CALL) || !first.endsWith(']')) return null;
  const words = first.slice(CALL.length, -1).matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g);
  return [...words].map(([, quoted, bare]) => quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
}
