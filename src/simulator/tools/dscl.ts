import type { Mac } from '../mac/mac.ts';
import { codeOf, type DirectoryError, exitCodeOf } from './directory-errors.ts';
import { authenticate, changePassword } from './dscl-passwords.ts';
import { listRecords, readAllRecords, readRecord, searchRecords } from './dscl-read.ts';
import { type DsclRequest, readDsclRequest } from './dscl-request.ts';
import { changeRecord } from './dscl-write.ts';
import type { Tool, ToolIo } from './tool.ts';

/** Reads and writes the local directory. `dscl [-plist] {node} -{verb} {path} …` */
export const dscl: Tool = async (argv, io, mac) => {
  const request = readDsclRequest(argv);
  if (request === null) {
    io.print('dscl (v14.0)\nusage: dscl [options] [<datasource> [<command>]]\n');
    return 64;
  }
  if (mac.faults.strikes('dscl-hangs')) await io.forever();
  await io.sleep(mac.random.whole(10, 60));
  const error = await carryOut(request, io, mac);
  if (error === null) return 0;
  io.printErr(`<dscl_cmd> DS Error: ${codeOf(error)} (${error})\n`);
  // Printed to a buffer and so last, though said first.
  if (isAuthentication(request))
    io.print(`Authentication for node /Local/Default failed. (${codeOf(error)}, ${error})\n`);
  return exitCodeOf(error);
};

function carryOut(request: DsclRequest, io: ToolIo, mac: Mac): Promise<DirectoryError | null> | DirectoryError | null {
  switch (request.verb) {
    case 'list':
      return listRecords(request, io, mac);
    case 'read':
      return readRecord(request, io, mac);
    case 'readall':
      return readAllRecords(request, io, mac);
    case 'search':
      return searchRecords(request, io, mac);
    case 'auth':
    case 'authonly':
      return authenticate(request, io, mac);
    case 'passwd':
      return changePassword(request, io, mac);
    default:
      return changeRecord(request, io, mac);
  }
}

const isAuthentication = ({ verb }: DsclRequest): boolean => verb === 'auth' || verb === 'authonly';
