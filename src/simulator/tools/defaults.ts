import type { Mac } from '../mac/mac.ts';
import { nsLogHead } from './local-time.ts';
import type { Tool } from './tool.ts';

const UPDATE_DOMAIN = '/System/Volumes/Update/Update';
const UPDATE_KEY = 'update-asset-attributes';
const JAMF_DOMAIN = '/Library/Preferences/com.jamfsoftware.jamf.plist';

/**
 * `read {domain} [key]` in the old-style form; knows the domain in which macOS says which update it has prepared, and that in which
 * Jamf Pro leaves the address of its server.
 */
export const defaults: Tool = (argv, io, mac) => {
  const [verb, domain = '', key] = argv;
  if (verb !== 'read') {
    io.printErr("Command line interface to a user's defaults.\n");
    return 255;
  }
  const staged = stagedValues(mac);
  if (domain === UPDATE_DOMAIN && staged && (key === undefined || key === UPDATE_KEY)) {
    const dictionary = oldStyle(staged, key === undefined ? '        ' : '    ');
    io.print(key === undefined ? `{\n    "${UPDATE_KEY}" =     {\n${dictionary}    };\n}\n` : `{\n${dictionary}}\n`);
    return 0;
  }
  const { terms } = mac.enrolment;
  if (domain === JAMF_DOMAIN && key === 'jss_url' && terms !== null) {
    io.print(`${new URL(terms.server).origin}/\n`);
    return 0;
  }
  const what =
    key === undefined
      ? `Domain ${domain} does not exist`
      : `The domain/default pair of (${domain}, ${key}) does not exist`;
  io.printErr(`${nsLogHead(mac, 'defaults', io.pid)} \n${what}\n`);
  return 1;
};

/** On Apple silicon the bits count only once an owner let them be prepared; on Intel the download is enough. */
function stagedValues(mac: Mac): Record<string, string> | null {
  const staged = mac.daemon.staged();
  if (!staged || (mac.spec.appleSilicon && !staged.prepared)) return null;
  const extra = /\([a-z]\)$/i.exec(staged.offer.version)?.[0];
  return {
    Build: staged.offer.build ?? '',
    OSVersion: staged.offer.version.replace(/\s*\([a-z]\)$/i, ''),
    ...(extra === undefined ? {} : { ProductVersionExtra: extra }),
    SUDocumentationID: `macOS${staged.offer.version.replaceAll('.', '')}`,
  };
}

function oldStyle(values: Record<string, string>, indent: string): string {
  return Object.entries(values)
    .map(([key, value]) => `${indent}${key} = ${/^[A-Za-z0-9]+$/.test(value) ? value : `"${value}"`};\n`)
    .join('');
}
