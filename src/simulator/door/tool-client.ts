/**
 * The program that stands at the path of every tool: it hands the call to the simulated Mac and does what it is told
 * until it is told to end. It is Perl without a single module, since loading one takes longer than all it does: some
 * 4 ms a call, where Node takes 40. `socket` is the door's path, `tools` the paths of tools without their root.
 *
 * Frames to the Mac: `H` call, `A` written. From it: `O`, `E` text for the streams, `X` exit code, `K` signal.
 */
export function toolClient(options: { perl: string; socket: string; root: string; tools: readonly string[] }): string {
  return `#!${options.perl}
# A tool of the simulated Mac in ${options.root.replaceAll('\n', ' ')}. Generated; the answers come from the Mac.
my $socket = ${quoted(options.socket)};
my @tools = (${options.tools.map(quoted).join(', ')});
${PROGRAM}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/(['\\])/g, '\\$1')}'`;
}

const PROGRAM = String.raw`
my $called = $0;
my ($path) = grep { substr($called, -length $_) eq $_ } @tools;
if (!defined $path) {
  require Cwd;
  $called = Cwd::abs_path($called);
  ($path) = grep { substr($called, -length $_) eq $_ } @tools;
}
$SIG{PIPE} = 'DEFAULT';

# Nothing can be typed into a terminal or /dev/null here: the tool is told that stdin is closed.
my ($open, $typed) = (0, '');
if (defined fileno(STDIN) && !-t STDIN) {
  my ($stdin, $null) = ((stat STDIN)[6], (stat '/dev/null')[6]);
  if (!-c STDIN || $stdin != $null) {
    $open = 1;
    while (1) {
      my $n = sysread(STDIN, $typed, 65536, length $typed);
      next if !defined $n && $! == 4;
      last if !$n;
    }
  }
}

my $address = $^O eq 'darwin' ? pack('C C a104', 106, 1, $socket) : pack('S a108', 1, $socket);
if (!socket(DOOR, 1, 1, 0) || !connect(DOOR, $address)) {
  print STDERR "$0: the simulated Mac is not running ($!)\n";
  exit 69;
}
binmode $_ for \*STDOUT, \*STDERR, \*DOOR;

sub put {
  my ($to, $text) = @_;
  my $done = 0;
  while ($done < length $text) {
    my $n = syswrite($to, $text, length($text) - $done, $done);
    if (defined $n) { $done += $n }
    elsif ($! == 11 || $! == 35) { select(undef, undef, undef, 0.005) }
    elsif ($! != 4) { return }
  }
}
sub take {
  my ($count) = @_;
  my $got = '';
  while (length $got < $count) {
    my $n = sysread(DOOR, $got, $count - length $got, length $got);
    next if !defined $n && $! == 4;
    # The Mac went down, or is gone: nothing says goodbye.
    kill KILL => $$ if !$n;
  }
  return $got;
}

# Others can read the environment of a program: it is told, so that a secret in it is noticed.
my $environment = join("\0", map { "$_=$ENV{$_}" } sort keys %ENV);
my $call = pack('(N/a*)*', $$, getppid, getpgrp, $path, $open, $typed, $environment, @ARGV);
put(\*DOOR, 'H' . pack('N/a*', $call));
while (1) {
  my ($kind, $length) = unpack('a N', take(5));
  my $content = $length ? take($length) : '';
  if ($kind eq 'X') { exit $content }
  if ($kind eq 'K') {
    $SIG{$content} = 'DEFAULT';
    kill $content => $$;
    sleep 1;
    kill KILL => $$;
  }
  put($kind eq 'E' ? \*STDERR : \*STDOUT, $content);
  put(\*DOOR, 'A' . pack('N', 0));
}
`;
