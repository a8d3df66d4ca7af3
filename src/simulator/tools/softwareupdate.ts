import { zoned } from '../../domain/instant.ts';
import type { Mac } from '../mac/mac.ts';
import { downloadUpdates } from './softwareupdate-download.ts';
import { installUpdates } from './softwareupdate-install.ts';
import { listFullInstallers, listUpdates } from './softwareupdate-list.ts';
import { readRequest } from './softwareupdate-request.ts';
import type { Tool, ToolIo } from './tool.ts';

/** Lists, downloads and installs what Apple offers. Its exit codes say little; see docs/simulated-mac.md. */
export const softwareupdate: Tool = async (argv, io, mac) => {
  const request = readRequest(argv);
  switch (request?.verb) {
    case 'list':
      return listUpdates(request, io, mac);
    case 'list-full-installers':
      return listFullInstallers(io, mac);
    case 'download':
      return downloadUpdates(request, io, mac);
    case 'install':
      return installUpdates(request, io, mac);
    case 'history':
      return printHistory(io, mac);
    case 'schedule':
      io.print('Automatic checking for updates is turned on\n');
      return 0;
    default:
      io.print(USAGE);
      // A usage error is no error to it.
      return 0;
  }
};

function printHistory(io: ToolIo, mac: Mac): number {
  io.print('Display Name                                       Version    Date                  \n');
  io.print('------------                                       -------    ----                  \n');
  for (const { title, version, at } of mac.daemon.history) {
    const local = zoned(at, mac.zone);
    const two = (n: number): string => String(n).padStart(2, '0');
    const date = `${two(local.month)}/${two(local.day)}/${local.year}, ${two(local.hour)}:${two(local.minute)}:${two(local.second)}`;
    io.print(`${title.padEnd(50)} ${version.padEnd(10)} ${date}\n`);
  }
  return 0;
}

const USAGE = `usage: softwareupdate <cmd> [<args> ...]

** Manage Updates:
\t-l | --list\t\tList all appropriate update labels (options:  --no-scan, --product-types)
\t-d | --download\t\tDownload Only
\t-i | --install\t\tInstall
\t\t<label> ...\tspecific updates
\t\t-a | --all\t\tAll appropriate updates
\t\t-R | --restart\t\tAutomatically restart (or shut down) if required to complete installation.
\t\t-r | --recommended\tOnly recommended updates
\t--list-full-installers\tList the available macOS Installers
\t--history\t\tShow the install history.  By default, only displays updates installed by softwareupdate.
`;
