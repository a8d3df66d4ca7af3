// The Tcl of the simulated expect. Where the real one is installed, every script is run by it too, and says the same.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { office, tool } from './account-tools.ts';

const EXPECT = '/usr/bin/expect';
const printed = async (script: string, stdin = '') => (await tool(office(), 'expect', ['-c', script], stdin)).stdout;

/** A script, what it prints, and its stdin where it reads any. */
const SCRIPTS: [script: string, output: string, stdin?: string][] = [
  ['set a 3; incr a 4; puts $a', '7\n'],
  ['puts -nonewline "a\\tb[string length {four}]"; flush stdout', 'a\tb4'],
  ['puts [incr fresh]; puts [catch {incr fresh q} why]$why', '1\n1expected integer but got "q"\n'],
  ['set n 0; while {$n < 3} { incr n; if {$n == 2} continue; puts $n }', '1\n3\n'],
  [
    'for {set i 0} {$i < 5} {incr i} { if {$i == 1} continue; if {$i == 3} break; puts $i }; puts end$i',
    '0\n2\nend3\n',
  ],
  ['for {set i 5} {[incr i -1]} {} {puts -nonewline $i; flush stdout}', '4321'],
  ['foreach x {a {b c} d} { if {$x eq "d"} break; puts <$x> }', '<a>\n<b c>\n'],
  ['if {![info exists nope] && (1 + 2 * 3 == 7)} { puts yes } else { puts no }', 'yes\n'],
  ['if {1 > 2} { puts a } elseif {"x" ne "x"} { puts b } else { puts c }', 'c\n'],
  // What is not needed for the answer is not looked at: it may not be there.
  ['puts [expr {[info exists nope] && $nope}][expr {1 || $nope}][expr {1 ? "a" : $nope}]', '01a\n'],
  ['puts [expr {-7 / 2}],[expr {-7 % 3}],[expr {1 + -2}],[expr {!0}]', '-4,2,-1,1\n'],
  [
    'puts [catch {expr {1 + "a"}}][catch {expr {abc}}][catch {if {""} {}}][catch {expr {1 / 0}} why]$why',
    '1111divide by zero\n',
  ],
  ['puts [catch { error boom } why]$why', '1boom\n'],
  ['puts [catch {break}][catch {continue}][catch {return x} y]$y[catch {set z 1} y]$y', '342x01\n'],
  [
    'set l [list a "b c" {}]; puts "[llength $l] [lindex $l 1] [lindex $l end-1] <[lindex $l end]> <[lindex $l 9]>"',
    '3 b c b c <> <>\n',
  ],
  ['puts [lindex {a {b {c d}}} 1 1 0]', 'c\n'],
  ['puts [list a\\{ "b c" "x\\\\" {$a} {[} "a b\\\\"]', 'a\\{ {b c} x\\\\ {$a} {[} a\\ b\\\\\n'],
  ['set l {}; lappend l a; lappend l "b c" d; puts $l; puts [lappend fresh "{"]', 'a {b c} d\n\\{\n'],
  [
    'puts [catch {llength "a \\{b"}][catch {lindex "{a}b" 0} w]$w',
    '11list element in braces followed by "b" instead of space\n',
  ],
  ['set p {x$y}; puts $p; puts $' + '{p}z', 'x$y\nx$yz\n'],
  ['set {a b} 1; puts <$' + '{a b}>', '<1>\n'],
  ['# a comment; puts no\nputs \\\n  joined', 'joined\n'],
  ['puts "a\\x41b\\u00e4"; puts a\\\n', 'aA\x62ä\na \n'.replace('a \n', 'a\n')],
  ['puts [string match {Pass*:} "Password:"]', '1\n'],
  ['set call [list puts -nonewline "{*} \\[x\\] \\$y"]; {*}$call; {*}{puts !}; {*}{}', '{*} [x] $y!\n'],
  [
    'proc p {args} {puts [llength $args]<[lindex $args 0]>}; p {*}{a {b c}} {*}"" d; p {*}[list "x y"]',
    '3<a>\n1<x y>\n',
  ],
  // What stands in a bracket is a script of its own: braces and brackets in its quotes are letters.
  ['puts [string length "a]b"][string length {]}]', '31\n'],
  [
    'set a(1) x; set k 2; set a($k) y; puts $a(1)$a($k); unset a(1); puts [info exists a(1)][info exists a(2)][info exists a]',
    'xy\n011\n',
  ],
  [
    'set a(1) x; puts [catch {set a} w]$w; puts [catch {puts $a(2)} w]$w; set s 1; puts [catch {set s(1) 2} w]$w',
    '1can\'t read "a": variable is array\n1can\'t read "a(2)": no such element in array\n1can\'t set "s(1)": variable isn\'t array\n',
  ],
  ['puts [catch {unset nope} w]$w[catch {unset -nocomplain nope}]', '1can\'t unset "nope": no such variable0\n'],
  ['proc f {a {b 2} args} {return $a-$b-$args}; puts [f 1][f 1 3 4 5]', '1-2-1-3-4 5\n'],
  [
    'proc f {a} {}; puts [catch {f} w]$w; puts [catch {f 1 2} w]$w',
    '1wrong # args: should be "f a"\n1wrong # args: should be "f a"\n',
  ],
  [
    'set x 1; proc f {} {puts [info exists x]; set x 2}; f; proc g {} {global x y; incr x; set y($x) here}; g; puts $x$y(2)',
    '0\n2here\n',
  ],
  ['set a(1) x; proc f {} {global a; unset a(1); set a(2) y}; f; puts [info exists a(1)]$a(2)', '0y\n'],
  ['proc f {n} {if {$n < 2} {return 1}; return [expr {$n * [f [expr {$n - 1}]]}]}; puts [f 5]', '120\n'],
  [
    'proc f {} {foreach i {1 2 3} {if {$i == 2} {return $i}}}; puts [f]; proc g {} break; puts [catch {foreach i 1 g} w]$w',
    '2\n1invoked "break" outside of a loop\n',
  ],
  [
    'puts [catch {fconfigure nope -encoding binary} w]$w; puts [catch {puts nope x}]',
    '1can not find channel named "nope"\n1\n',
  ],
  ['while {[gets stdin line] >= 0} { puts "<$line>" }', '<one>\n<two $x [y]>\n', 'one\ntwo $x [y]\n'],
  [
    'gets stdin a; puts [string length $a]; fconfigure stdin -encoding binary; gets stdin b; puts [string length $b]',
    '1\n2\n',
    'ä\nä\n',
  ],
  ['fconfigure stdout -encoding binary; puts -nonewline "\\xc3"; puts "\\xa4"', 'ä\n'],
  ['puts [catch {set a "b}][catch {set a {b}c}][catch {set a "b"c}]', '111\n'],
  ['puts $undefined', ''],
];

describe('the simulated one', () => {
  test.each(SCRIPTS)('%s', async (script, output, stdin) => {
    expect(await printed(script, stdin)).toBe(output);
  });
});

if (existsSync(EXPECT)) {
  test.each(SCRIPTS)('the real one: %s', (script, output, stdin = '') => {
    const env = { LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin' };
    expect(spawnSync(EXPECT, ['-c', script], { input: stdin, encoding: 'utf8', env }).stdout).toBe(output);
  });
} else {
  process.stderr.write(`\nSKIPPED the scripts in a real Tcl: there is no ${EXPECT}\n`);
  test.skip(`the same scripts in the real one: there is no ${EXPECT}`, () => {});
}
