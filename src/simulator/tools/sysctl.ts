import type { Mac } from '../mac/mac.ts';
import { ctime } from './local-time.ts';
import type { Tool } from './tool.ts';

/** Kernel values by name; `-n` leaves the name out. Names this kind of Mac lacks are unknown, not empty. */
export const sysctl: Tool = (argv, io, mac) => {
  const bare = argv.includes('-n');
  let exitCode = 0;
  for (const name of argv.filter((argument) => !argument.startsWith('-'))) {
    const value = kernelValue(name, mac);
    if (value === null) {
      io.printErr(`sysctl: unknown oid '${name}'\n`);
      exitCode = 1;
    } else io.print(bare ? `${value}\n` : `${name}: ${value}\n`);
  }
  return exitCode;
};

function kernelValue(name: string, mac: Mac): string | null {
  if (name === 'kern.bootsessionuuid') return mac.boot.session;
  if (name === 'kern.osversion') return mac.os.build;
  if (name === 'kern.hv_vmm_present') return '0';
  if (name === 'hw.model') return mac.spec.model;
  if (name === 'hw.optional.arm64') return mac.spec.appleSilicon ? '1' : null;
  if (name === 'kern.boottime') {
    // The kernel keeps the age of the boot and works the date out from the wall clock, so setting the clock moves it.
    const startedAt = mac.boot.startedAt + (mac.world.wall() - mac.world.now());
    const sec = Math.floor(startedAt / 1_000);
    const usec = (startedAt % 1_000) * 1_000 + 452;
    return `{ sec = ${sec}, usec = ${usec} } ${ctime(startedAt, mac.zone)}`;
  }
  return null;
}
