import { DIALOG_PATH } from '../mac/dialog-path.ts';
import { defaults } from './defaults.ts';
import { df } from './df.ts';
import { dialog } from './dialog.ts';
import { ioreg } from './ioreg.ts';
import { launchctl } from './launchctl.ts';
import { pgrep } from './pgrep.ts';
import { pmset } from './pmset.ts';
import { scutil } from './scutil.ts';
import { shutdown } from './shutdown.ts';
import { softwareupdate } from './softwareupdate.ts';
import { stat } from './stat.ts';
import { sudo } from './sudo.ts';
import { swVers } from './sw-vers.ts';
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
  ['/usr/bin/pgrep', pgrep],
  ['/usr/bin/stat', stat],
  ['/bin/launchctl', launchctl],
  ['/usr/bin/sudo', sudo],
  ['/sbin/shutdown', shutdown],
  [DIALOG_PATH, dialog],
]);
