import { zoned } from '../domain/instant.ts';
import { releaseWords } from '../domain/os-version.ts';
import type { Happening } from '../simulator/mac/happenings.ts';

/** One thing that happened on a simulated Mac, in one line with the Mac's own date and time. */
export function happeningLine(happening: Happening): string {
  const local = zoned(happening.wall, happening.zone);
  return `${local.toPlainDate()} ${local.toPlainTime().toString({ smallestUnit: 'second' })}  ${words(happening)}`;
}

function words(one: Happening): string {
  switch (one.kind) {
    case 'dialog-opened':
      return `dialog ${one.dialog} opens for ${one.user}: ${JSON.stringify(one.shows.title ?? '')}`;
    case 'dialog-visible':
    case 'dialog-seen':
      return `dialog ${one.dialog} is ${one.kind.slice('dialog-'.length)}`;
    case 'dialog-answered':
      return `dialog ${one.dialog} is answered with ${one.button}`;
    case 'dialog-closed':
      return `dialog ${one.dialog} closes (${one.why})`;
    case 'restart':
      return `the Mac goes down (${one.cause})`;
    case 'booted':
      return `the Mac has started, on ${releaseWords(one.release)}`;
    case 'waits-for-unlock':
      return 'the Mac waits at FileVault’s screen';
    case 'app-quit':
      return `apps of ${one.user} quit (${one.why})`;
    case 'power':
      return `power: ${one.source}, ${one.percent} %`;
    case 'network':
      return `network ${one.up ? 'up' : 'down'}`;
    case 'authentication-failed':
      return `wrong password for ${one.user}${one.lockedOut ? '; the account is locked' : ''}`;
    case 'wake-armed':
    case 'wake-fired':
    case 'wake-missed':
      return `launchd: calendar time ${one.kind === 'wake-fired' ? 'has come' : one.kind.slice('wake-'.length)}`;
    case 'job-started':
      return `launchd: ${one.label} starts (${one.why})`;
    case 'job-ended':
      return `launchd: ${one.label} ends (${one.signal ?? `exit ${one.exitCode}`})`;
    case 'job-loaded':
    case 'job-unloaded':
      return `launchd: ${one.label} ${one.kind.slice('job-'.length)}`;
    case 'fault':
      return `fault: ${one.name}`;
    case 'install-failed':
      return `install failed: ${one.label}: ${one.text}`;
    default:
      return plainWords(one);
  }
}

/** What is said well enough by its kind and the one name in it. */
function plainWords(one: Happening): string {
  const name = 'label' in one ? one.label : 'user' in one ? one.user : null;
  const what = one.kind.replaceAll('-', ' ');
  return name === null ? what : `${what}: ${name}`;
}
