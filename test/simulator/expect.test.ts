// expect gives a tool a terminal and types into it: a small Tcl, tried with the questions of the other tools.
import { expect, test } from 'vitest';
import { canary, toolsAreGivenSecrets } from '../support/canary.ts';
import { ADMIN, CLARA, exitOf, hasToken, office, tool } from './account-tools.ts';
import { PASSWORD } from './harness.ts';

toolsAreGivenSecrets();

const STRANGE = canary('strange', (it) => `ä😀 漢 ${it}`);

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
    expect {
      timeout { exit 9 }
      eof { exit 0 }
    }`;
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

test('cases in braces on one line are a pattern like any other', async () => {
  const script = `set timeout 3
    spawn -noecho /usr/bin/dscl . -authonly anna
    expect { timeout { exit 9 } }
    exit 5`;
  expect(exitOf(await tool(office(), 'expect', ['-c', script]))).toBe(5);
});

test('when the terminal goes away the tool ends by it, and has read no password', async () => {
  const mac = office();
  const script = `spawn -noecho /usr/bin/dscl . -authonly anna
    expect "Password:"
    close
    puts "[lindex [wait] 4] [catch {send x} why] $why"`;
  const { stdout } = await tool(mac, 'expect', ['-c', script]);
  expect(stdout).toMatch(/CHILDKILLED 1 can not find channel named "exp\d+"\n$/);
  expect(mac.accounts.named('anna')?.failedLogins).toBe(0);
});

test('with stty_init -echo nothing typed is ever shown', async () => {
  const script = `set stty_init -echo
    set timeout 3
    spawn -noecho /usr/bin/dscl . -authonly anna
    send "${PASSWORD}\\r"
    expect timeout`;
  expect((await tool(office(), 'expect', ['-c', script])).stdout).not.toContain(PASSWORD);
});

test('at the end of a program everything it printed is in the buffer', async () => {
  const script = `log_user 0
    spawn -noecho /usr/bin/dscl . -authonly nobody-here
    expect "Password:"
    send "x\\r"
    set branches [list timeout {puts late} eof {puts <$expect_out(buffer)>}]
    expect {*}$branches`;
  expect((await tool(office(), 'expect', ['-c', script])).stdout).toMatch(/^< \r\n<dscl_cmd> DS Error: -14136 .*>\n$/s);
});

test('a channel in binary shows bytes, and bytes written to it are characters again', async () => {
  const script = `log_user 0
    fconfigure stdin -encoding binary -translation lf
    fconfigure stdout -encoding binary -translation lf
    gets stdin password
    puts [string length $password]
    puts $password
    spawn -noecho /usr/bin/dscl . -authonly anna
    fconfigure $spawn_id -encoding binary
    expect "Password:"
    send -- "$password\\r"
    expect eof
    exit [lindex [wait] 3]`;
  const mac = office({ password: STRANGE });
  const ran = await tool(mac, 'expect', ['-c', script], `${STRANGE}\n`);
  expect([ran.stdout, exitOf(ran)]).toEqual([`${Buffer.byteLength(STRANGE)}\n${STRANGE}\n`, 0]);
});

test('procedures see the variables of the script only where they ask for them; settings they see anyway', async () => {
  const script = `log_user 0
    proc started {} { spawn -noecho /usr/bin/dscl . -authonly anna; return $spawn_id }
    spawn -noecho /usr/bin/dscl . -authonly anna
    set first $spawn_id
    puts [expr {[started] eq $spawn_id}]
    puts [expr {$first eq $spawn_id}]
    proc ask {} { expect "Password:" { return asked } timeout { return late } }
    puts [ask]
    puts [info exists expect_out(buffer)]`;
  expect((await tool(office(), 'expect', ['-c', script])).stdout).toBe('0\n1\nasked\n0\n');
});
