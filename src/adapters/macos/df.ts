import type { Printed } from '../commands/command.ts';
import { splitLines } from '../commands/lines.ts';
import { unreadable } from '../commands/unreadable.ts';

export type RootVolume = {
  /** In blocks of 512 bytes, whatever blocks were printed. */
  root: { blocks512: number; used512: number; available512: number; capacityPercent: number };
  availableKiB: number;
};

/** Reads `df`. Purgeable space is not counted in it, so what macOS could free comes on top. */
export function readRootVolume(printed: Printed): RootVolume {
  const [header, ...rows] = splitLines(printed.stdout);
  const blocks512 =
    BLOCKS_512[/\s(512-blocks|1024-blocks|1K-blocks|1M-blocks|1G-blocks)\s/.exec(header?.text ?? '')?.[1] ?? ''];
  if (blocks512 === undefined) throw unreadable('df', printed, 'the heading does not name a block size');
  const roots = rows.map((row) => ROW.exec(row.text)).filter((row) => row?.groups?.mount === '/');
  const [root] = roots;
  // A row that was cut after the first slash of its mount point looks like the root: two of them prove nothing.
  if (!root || roots.length > 1) throw unreadable('df', printed, 'there is not exactly one row for /');
  const { size, used, available, percent } = root.groups ?? {};
  const available512 = Number(available) * blocks512;
  return {
    root: {
      blocks512: Number(size) * blocks512,
      used512: Number(used) * blocks512,
      available512,
      capacityPercent: Number(percent),
    },
    availableKiB: Math.floor(available512 / 2),
  };
}

const BLOCKS_512: Readonly<Record<string, number>> = {
  '512-blocks': 1,
  '1024-blocks': 2,
  '1K-blocks': 2,
  '1M-blocks': 2048,
  '1G-blocks': 2_097_152,
};

// Device names and mount points hold blanks, so the row is recognised by its numbers; `-P` leaves out the inodes.
const ROW =
  /^(?<device>\S.*?)\s+(?<size>\d+)\s+(?<used>\d+)\s+(?<available>-?\d+)\s+(?<percent>\d+)%\s+(?:\d+\s+\d+\s+\d+%\s+)?(?<mount>\/.*)$/;
