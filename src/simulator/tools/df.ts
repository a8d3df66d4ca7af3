import type { Mac } from '../mac/mac.ts';
import type { Tool } from './tool.ts';

type Unit = { title: string; bytes: number };
const UNITS: Record<string, Unit> = {
  '-k': { title: '1024-blocks', bytes: 1_024 },
  '-m': { title: '1M-blocks', bytes: 1_048_576 },
  '-g': { title: '1G-blocks', bytes: 1_073_741_824 },
};
const HALF_KIB: Unit = { title: '512-blocks', bytes: 512 };

/** Space by volume, in 512-byte blocks unless an option says otherwise. The system and the data volume share theirs. */
export const df: Tool = (argv, io, mac) => {
  const unit = argv.map((argument) => UNITS[argument]).find((found) => found !== undefined) ?? HALF_KIB;
  const paths = argv.filter((argument) => !argument.startsWith('-'));
  const missing = paths.filter((path) => !path.startsWith('/'));
  for (const path of missing) io.printErr(`df: ${path}: No such file or directory\n`);
  if (missing.length > 0) return 1;
  const rows = volumes(mac).filter(({ mount }) => paths.length === 0 || paths.some((path) => volumeOf(path) === mount));
  const head = ['Filesystem', unit.title, 'Used', 'Available', 'Capacity', 'iused', 'ifree', '%iused', ' Mounted on'];
  const table = rows.map(({ device, usedKiB, mount, inodes }) => {
    const total = mac.disk.totalKiB;
    const free = mac.disk.freeKiB;
    const capacity = `${Math.ceil((100 * usedKiB) / (usedKiB + free))}%`;
    const blocks = [total, usedKiB, free].map((kib) => String(Math.floor((kib * 1_024) / unit.bytes)));
    return [device, ...blocks, capacity, String(inodes), String(Math.floor(free * 10)), '0%', `  ${mount}`];
  });
  io.print(columns([head, ...table]));
  return 0;
};

function volumes(mac: Mac) {
  const systemKiB = 10_493_052;
  const dataKiB = mac.disk.totalKiB - mac.disk.freeKiB - systemKiB;
  return [
    { device: '/dev/disk3s1s1', usedKiB: systemKiB, mount: '/', inodes: 403_755 },
    { device: '/dev/disk3s5', usedKiB: dataKiB, mount: '/System/Volumes/Data', inodes: 2_318_402 },
  ];
}

function volumeOf(path: string): string {
  return path.startsWith('/System/Volumes/Data') || path.startsWith('/Users') ? '/System/Volumes/Data' : '/';
}

/** The first column to the left, the last as it is, the rest to the right. */
function columns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        if (column === 0) return cell.padEnd(width);
        return column === row.length - 1 ? cell : cell.padStart(width);
      })
      .join(' ');
  return `${rows.map(line).join('\n')}\n`;
}
