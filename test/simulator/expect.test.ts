// expect gives a tool a terminal and types into it: a small Tcl, tried with the questions of the other tools.
import { describe, expect, test } from 'vitest';
import { ADMIN, CLARA, exitOf, hasToken, office, tool } from './account-tools.ts';
import { PASSWORD } from './harness.ts';

const GRANT = `
log_user 0
set timeout 20
# The passwords come on stdin, never in here.
if {[gets stdin admin] < 0} { puts stderr "no password"; exit 2 }
gets stdin user
set asked 0
spawn /usr/sbin/sysadminctl -secureTokenOn clara -password - -adminUser bert -adminPassword -
expect {
  -re {Enter password for ([^\\r\\n]*):} {
    incr asked
    if {$asked == 1} { send -- "$admin\\r" } elseif {$asked == 2} { send -- "$user\\r" } else { exit 72 }
    exp_continue
  }
  timeout { exit 70 }
  eof {}
}
log_user 1
puts "asked $asked times, last for $expect_out(1,string)"
set result [wait]
exit [lindex $result 3]
`;

test('answers both questions for a token, with nothing secret among arguments', async () => {
  const mac = office({ faults: [{ name: 'prompt-needs-terminal' }] });
  const ran = await tool(mac, 'expect', ['-c', GRANT], `${ADMIN}\n${CLARA}\n`);
  expect([ran.stdout, ran.stderr, exitOf(ran)]).toEqual(['asked 2 times, last for clara \n', '', 0]);
  expect(await hasToken(mac, 'clara')).toBe(true);
  const exposed = mac.calls.flatMap(({ args, exposed }) => [...args, ...exposed]).join('\n');
  expect(exposed).toContain('-secureTokenOn');
  expect(exposed).not.toContain(ADMIN);
});

test('a script on stdin, in a file, with arguments', async () => {
  const mac = office();
  const auth = `spawn -noecho dscl . -authonly [lindex $argv 0]
    expect "Password:"
    send "$argc-nonsense\\r"
    expect eof
    catch wait result
    exit [lindex $result 3]`;
  expect(exitOf(await tool(mac, 'expect', ['-', 'anna'], auth))).toBe(10);
  mac.files.set('/tmp/auth.exp', auth.replace('$argc-nonsense', PASSWORD));
  const ran = await tool(mac, 'expect', ['-f', '/tmp/auth.exp', 'anna']);
  expect([ran.stdout, exitOf(ran)]).toEqual(['Password: \r\n', 0]);
  expect(exitOf(await tool(mac, 'expect', ['/no/such.exp']))).toBe(1);
});

test('what is typed before the question is shown and thrown away', async () => {
  const mac = office();
  const script = `set timeout 3
    spawn -noecho /usr/bin/dscl . -authonly anna
    send "${PASSWORD}\\r"
    expect { timeout { exit 9 } eof { exit 0 } }`;
  const ran = await tool(mac, 'expect', ['-c', script]);
  expect(exitOf(ran)).toBe(9);
  expect(ran.stdout).toContain(PASSWORD);
});

test('an answer after the question is not spoilt by what was typed before it', async () => {
  const script = `gets stdin password
    spawn -noecho /usr/bin/dscl . -authonly anna
    send "too early"
    expect "Password:"
    send "$password\\r"
    expect eof
    exit [lindex [wait] 3]`;
  expect(exitOf(await tool(office(), 'expect', ['-c', script], `${PASSWORD}\n`))).toBe(0);
});

test('what a script started is exposed, as others would see it', async () => {
  const mac = office();
  await tool(mac, 'expect', ['-c', 'gets stdin p; spawn dscl . -authonly anna $p; expect eof'], `${PASSWORD}\n`);
  expect(mac.calls[0]?.args.join(' ')).not.toContain(PASSWORD);
  expect(mac.calls[0]?.exposed).toContain(PASSWORD);
});

test('a tool that is not there, and commands it does not know, end it', async () => {
  const mac = office();
  const missing = await tool(mac, 'expect', ['-c', 'spawn /usr/bin/nothing']);
  expect([exitOf(missing), missing.stderr]).toEqual([
    1,
    expect.stringContaining('couldn\'t execute "/usr/bin/nothing"'),
  ]);
  const unknown = await tool(mac, 'expect', ['-c', 'frobnicate 1']);
  expect([exitOf(unknown), unknown.stderr]).toEqual([1, expect.stringContaining('invalid command name "frobnicate"')]);
});

describe('its Tcl', () => {
  const printed = async (script: string, stdin = '') => (await tool(office(), 'expect', ['-c', script], stdin)).stdout;

  test.each([
    ['set a 3; incr a 4; puts $a', '7\n'],
    ['puts -nonewline "a\\tb[string length {four}]"', 'a\tb4'],
    ['set n 0; while {$n < 3} { incr n; if {$n == 2} continue; puts $n }', '1\n3\n'],
    ['foreach x {a {b c} d} { if {$x eq "d"} break; puts <$x> }', '<a>\n<b c>\n'],
    ['if {![info exists nope] && (1 + 2 * 3 == 7)} { puts yes } else { puts no }', 'yes\n'],
    ['if {1 > 2} { puts a } elseif {"x" ne "x"} { puts b } else { puts c }', 'c\n'],
    ['puts [catch { error boom } why]$why', '1boom\n'],
    ['set l [list a "b c" {}]; puts "[llength $l] [lindex $l 1]"', '3 b c\n'],
    ['set p {x$y}; puts $p; puts $' + '{p}z', 'x$y\nx$yz\n'],
    ['# a comment; puts no\nputs \\\n  joined', 'joined\n'],
    ['puts [string match {Pass*:} "Password:"]', '1\n'],
    ['puts $undefined', ''],
  ])('%s', async (script, output) => {
    expect(await printed(script)).toBe(output);
  });

  test('reads lines of stdin until there are none', async () => {
    expect(await printed('while {[gets stdin line] >= 0} { puts "<$line>" }', 'one\ntwo\n')).toBe('<one>\n<two>\n');
  });
});
