import { DIALOG_PATH } from '../mac/dialog-path.ts';
import { JAMF_PATH } from '../mac/jamf-path.ts';
import { defaults } from './defaults.ts';
import { df } from './df.ts';
import { dialog } from './dialog.ts';
import { diskutil } from './diskutil.ts';
import { dscl } from './dscl.ts';
import { dseditgroup } from './dseditgroup.ts';
import { expect } from './expect.ts';
import { fdesetup } from './fdesetup.ts';
import { id } from './id.ts';
import { ioreg } from './ioreg.ts';
import { jamf } from './jamf.ts';
import { launchctl } from './launchctl.ts';
import { log } from './log.ts';
import { mdmclient } from './mdmclient.ts';
import { pgrep } from './pgrep.ts';
import { plutil } from './plutil.ts';
import { pmset } from './pmset.ts';
import { profiles } from './profiles.ts';
import { pwpolicy } from './pwpolicy.ts';
import { scutil } from './scutil.ts';
import { security } from './security.ts';
import { shutdown } from './shutdown.ts';
import { softwareupdate } from './softwareupdate.ts';
import { stat } from './stat.ts';
import { sudo } from './sudo.ts';
import { swVers } from './sw-vers.ts';
import { sysadminctl } from './sysadminctl.ts';
import { sysctl } from './sysctl.ts';
import type { Tool } from './tool.ts';

/** Every tool this Mac has, by absolute path: programs find nothing by name alone. */
export const TOOLBOX: ReadonlyMap<string, Tool> = new Map([
  ['/usr/sbin/softwareupdate', softwareupdate],
  ['/usr/bin/sw_vers', swVers],
  ['/usr/sbin/sysctl', sysctl],
  ['/usr/sbin/scutil', scutil],
  ['/usr/bin/pmset', pmset],
  ['/usr/sbin/ioreg', ioreg],
  ['/bin/df', df],
  ['/usr/bin/defaults', defaults],
  ['/usr/bin/plutil', plutil],
  ['/usr/bin/pgrep', pgrep],
  ['/usr/bin/stat', stat],
  ['/bin/launchctl', launchctl],
  ['/usr/bin/sudo', sudo],
  ['/sbin/shutdown', shutdown],
  ['/usr/sbin/sysadminctl', sysadminctl],
  ['/usr/bin/dscl', dscl],
  ['/usr/sbin/dseditgroup', dseditgroup],
  ['/usr/bin/id', id],
  ['/usr/bin/pwpolicy', pwpolicy],
  ['/usr/sbin/diskutil', diskutil],
  ['/usr/bin/fdesetup', fdesetup],
  ['/usr/bin/security', security],
  ['/usr/bin/profiles', profiles],
  ['/usr/libexec/mdmclient', mdmclient],
  ['/usr/bin/log', log],
  ['/usr/bin/expect', expect],
  [DIALOG_PATH, dialog],
  [JAMF_PATH, jamf],
]);
