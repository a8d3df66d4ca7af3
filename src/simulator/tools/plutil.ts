import { majorOf } from '../../domain/os-version.ts';
import type { Mac } from '../mac/mac.ts';
import { type PlistValue, plistText } from './plist-text.ts';
import type { Tool } from './tool.ts';

const STATE = '/private/var/db/softwareupdate/SoftwareUpdateDDMStatePersistence.plist';

/** `-convert xml1 -o - {file}`; knows the file in which softwareupdated keeps what an MDM declared to it. */
export const plutil: Tool = (argv, io, mac) => {
  const [convert, format, option, out, file = '', ...rest] = argv;
  if (convert !== '-convert' || format !== 'xml1' || option !== '-o' || out !== '-' || file === '' || rest.length > 0) {
    io.printErr('plutil: [command_option] [other_options] file...\n');
    return 1;
  }
  const state = file === STATE ? declaredState(mac) : null;
  const name = file.split('/').at(-1) ?? '';
  if (state === null) {
    io.printErr(`${notRead(file, 260, `The file “${name}” couldn’t be opened because there is no such file.`)}\n`);
    return 1;
  }
  if (io.caller.uid !== 0) {
    const why = `The file “${name}” couldn’t be opened because you don’t have permission to view it.`;
    io.printErr(`${notRead(file, 257, why)}\n`);
    return 1;
  }
  io.print(plistText(state));
  return 0;
};

/** Null where there is no such file: before macOS 14, and where no MDM could have declared anything. */
function declaredState(mac: Mac): PlistValue | null {
  if ((majorOf(mac.os.version) ?? 0) < 14 || mac.enrolment.terms === null) return null;
  const declarations = mac.mdm.declared().map(({ identifier, version, build, by }) => [
    identifier,
    {
      RMStoreDeclarationKey: identifier,
      ...(build === null ? {} : { TargetBuildVersion: build }),
      TargetLocalDateTime: by,
      TargetOSVersion: version,
    },
  ]);
  return {
    SUCorePersistedStateCoreVersion: '2.1.0',
    SUCorePersistedStatePolicyFields: { Declarations: Object.fromEntries(declarations) },
  };
}

const notRead = (file: string, code: number, why: string): string =>
  `${file}: file does not exist or is not readable or is not a regular file ` +
  `(Error Domain=NSCocoaErrorDomain Code=${code} "${why}" UserInfo={NSFilePath=${file}})`;
