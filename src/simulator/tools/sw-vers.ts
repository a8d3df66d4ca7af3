import { majorOf } from '../../domain/os-version.ts';
import type { Tool } from './tool.ts';

/** Name, version and build; single values by option, one or two dashes, upper or lower case. */
export const swVers: Tool = (argv, io, mac) => {
  const { version, build, extra } = mac.os;
  const knowsExtra = (majorOf(version) ?? 0) >= 13;
  const option = argv[0]?.replace(/^--?/, '').toLowerCase();
  if (option === undefined) {
    const extraLine = knowsExtra && extra !== null ? `ProductVersionExtra:\t${extra}\n` : '';
    io.print(`ProductName:\t\tmacOS\nProductVersion:\t\t${version}\n${extraLine}BuildVersion:\t\t${build}\n`);
    return 0;
  }
  if (option === 'productname') io.print('macOS\n');
  else if (option === 'productversion') io.print(`${version}\n`);
  else if (option === 'buildversion') io.print(`${build}\n`);
  else if (option === 'productversionextra' && knowsExtra) io.print(`${extra ?? ''}\n`);
  else {
    io.printErr('Usage: sw_vers [--help|--productName|--productVersion|--productVersionExtra|--buildVersion]\n');
    return 1;
  }
  return 0;
};
