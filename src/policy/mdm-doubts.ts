import type { Settings } from '../domain/settings.ts';
import type { SettingDoubt } from './setting-problem.ts';

/** A management server that is named and never asked, asked although something gentler would do, or holds too much of a key. */
export function mdmDoubts({ mdm, authentication }: Settings): SettingDoubt[] {
  const { service, url, computerId, declarationsUrl, repairBootstrapToken } = mdm;
  const found: SettingDoubt[] = [];
  const say = (keys: string[], words: string) => void found.push({ keys, words });
  if (service === 'none') {
    const idle = Object.entries({ url, computerId, declarationsUrl }).filter(([, value]) => value !== null);
    if (idle.length > 0) {
      const keys = idle.map(([name]) => `mdm.${name}`);
      say(['mdm.service', ...keys], `No server is named (mdm.service), so ${keys.join(', ')} has no effect.`);
    }
    return found;
  }
  if (service === 'jamf-pro' && declarationsUrl !== null)
    say(['mdm.declarationsUrl'], 'Jamf Pro takes declarations itself: mdm.declarationsUrl has no effect.');
  if (service === 'nanomdm' && computerId !== null)
    say(['mdm.computerId'], 'NanoMDM knows Macs by their hardware: mdm.computerId has no effect.');
  const { order, severalSaved, mdmFailover } = authentication;
  const place = order.indexOf('mdm');
  if (place < 0) {
    say(
      ['mdm.service', 'authentication.order'],
      'A server is named (mdm.service), but "mdm" is missing in authentication.order: it is never asked to install.',
    );
    return found;
  }
  if (place === 0 && mdmFailover.length === 0)
    say(
      ['authentication.order', 'authentication.mdmFailover'],
      'The server comes first, and when it fails nobody is asked (authentication.mdmFailover is empty): such a Mac is not updated.',
    );
  if (repairBootstrapToken === 'person' && mdmFailover.every((kind) => kind === 'server-unreachable'))
    say(
      ['mdm.repairBootstrapToken', 'authentication.mdmFailover'],
      'A person is to mend the bootstrap token (mdm.repairBootstrapToken), but is not asked for a password where that is the trouble (authentication.mdmFailover): only a saved administrator does.',
    );
  const later = order.slice(place + 1);
  if (severalSaved && later.length > 0)
    say(
      ['authentication.order'],
      `The server is asked before ${later.join(', ')}, which act on this Mac alone. A credential of a server reaches further: put "mdm" last, unless the other ways are only meant for when it fails.`,
    );
  if (service === 'nanomdm')
    say(
      ['mdm.service', 'mdm.url'],
      'NanoMDM has one key for all: each Mac that keeps it can command every other. Let mdm.url be that of a broker which lets a Mac order for itself alone.',
    );
  return found;
}
