import type { Random } from '../random.ts';

/** A UUID (version 4) in capitals, as macOS writes them. */
export function newUuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => random.whole(0, 15).toString(16))
    .join('')
    .toUpperCase();
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-9$4-$5');
}
